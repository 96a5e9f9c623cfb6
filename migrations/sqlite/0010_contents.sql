-- What cases hold besides what is written in them: files, documents of the trade, and disputes with how they end.

-- Files attached to a case; the bytes are in the file store, or stay with the other system, which says where.
CREATE TABLE case_attachments (
  id BLOB PRIMARY KEY,
  case_id BLOB NOT NULL REFERENCES cases (id),
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  file TEXT,
  url TEXT,
  visibility TEXT NOT NULL CHECK (visibility IN ('internal', 'partner')),
  side TEXT NOT NULL CHECK (side IN ('internal', 'partner')),
  author TEXT NOT NULL,
  organisation_id BLOB REFERENCES organisations (id),
  origin TEXT NOT NULL,
  origin_id TEXT,
  at INTEGER NOT NULL
) STRICT;
-- The same file is kept once for each who may see it: a partner must not learn that the hub has it already.
CREATE UNIQUE INDEX case_attachments_contents ON case_attachments (case_id, sha256, visibility);
CREATE UNIQUE INDEX case_attachments_origin ON case_attachments (case_id, origin, origin_id) WHERE origin_id IS NOT NULL;

-- Files that come in pieces, and the pieces that are there.
CREATE TABLE case_uploads (
  id BLOB PRIMARY KEY,
  case_id BLOB NOT NULL REFERENCES cases (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  author TEXT NOT NULL,
  name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  visibility TEXT NOT NULL CHECK (visibility IN ('internal', 'partner')),
  size INTEGER NOT NULL,
  received INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX case_uploads_case ON case_uploads (case_id);
CREATE INDEX case_uploads_idle ON case_uploads (updated_at);

CREATE TABLE case_upload_parts (
  upload_id BLOB NOT NULL REFERENCES case_uploads (id),
  position INTEGER NOT NULL,
  file TEXT NOT NULL,
  PRIMARY KEY (upload_id, position)
) STRICT;

-- The documents of the trade that a dispute is about, attached by themselves.
CREATE TABLE case_documents (
  case_id BLOB NOT NULL REFERENCES cases (id),
  document_id BLOB NOT NULL REFERENCES documents (id),
  PRIMARY KEY (case_id, document_id)
) STRICT;
CREATE INDEX case_documents_document ON case_documents (document_id);

-- Money given back for an invoice, which stays as it is.
CREATE TABLE credit_notes (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  counterparty_id BLOB NOT NULL REFERENCES organisations (id),
  number TEXT NOT NULL,
  invoice_id BLOB NOT NULL REFERENCES invoices (id),
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,
  document_id BLOB REFERENCES documents (id),
  at INTEGER NOT NULL,
  UNIQUE (kind, counterparty_id, number)
) STRICT;
CREATE INDEX credit_notes_invoice ON credit_notes (invoice_id);

-- A case that says something is not as it should be. Why and what is asked for stand in the case itself. Outcome:
-- 'credited', 'accepted'.
CREATE TABLE disputes (
  case_id BLOB PRIMARY KEY REFERENCES cases (id),
  order_id BLOB REFERENCES orders (id),
  shipment_id BLOB REFERENCES shipments (id),
  invoice_id BLOB REFERENCES invoices (id),
  currency TEXT NOT NULL,
  claimed INTEGER,
  outcome TEXT CHECK (outcome IN ('credited', 'accepted')),
  credit_note_id BLOB REFERENCES credit_notes (id),
  settled_at INTEGER
) STRICT;
CREATE INDEX disputes_order ON disputes (order_id);
CREATE INDEX disputes_shipment ON disputes (shipment_id);
CREATE INDEX disputes_invoice ON disputes (invoice_id);

-- What credit notes gave back of an invoice, kept beside what was paid.
ALTER TABLE invoices ADD COLUMN credited INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_shipment ON documents (shipment_id) WHERE shipment_id IS NOT NULL;
CREATE INDEX documents_invoice ON documents (invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX documents_answers ON documents (answers_id) WHERE answers_id IS NOT NULL;

-- Cases that belong together; 'part_of': the case has become part of the other one, where its messages are read.
CREATE TABLE case_links (
  case_id BLOB NOT NULL REFERENCES cases (id),
  other_id BLOB NOT NULL REFERENCES cases (id),
  kind TEXT NOT NULL CHECK (kind IN ('related', 'part_of')),
  at INTEGER NOT NULL,
  PRIMARY KEY (case_id, other_id)
) STRICT;
CREATE INDEX case_links_other ON case_links (other_id);

-- What a partner says of how a case was settled.
CREATE TABLE case_ratings (
  case_id BLOB NOT NULL REFERENCES cases (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  score TEXT NOT NULL CHECK (score IN ('good', 'fair', 'poor')),
  word TEXT NOT NULL,
  author TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (case_id, organisation_id)
) STRICT;
