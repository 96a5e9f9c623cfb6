-- What cases hold besides what is written in them: files, documents of the trade, and disputes with how they end.

-- Files attached to a case; the bytes are in the file store, or stay with the other system, which says where.
CREATE TABLE case_attachments (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES cases (id),
  name text NOT NULL,
  media_type text NOT NULL,
  size bigint NOT NULL,
  sha256 bytea NOT NULL,
  file text,
  url text,
  visibility text NOT NULL CHECK (visibility IN ('internal', 'partner')),
  side text NOT NULL CHECK (side IN ('internal', 'partner')),
  author text NOT NULL,
  organisation_id uuid REFERENCES organisations (id),
  origin text NOT NULL,
  origin_id text,
  at timestamptz NOT NULL
);
-- The same file is kept once for each who may see it: a partner must not learn that the hub has it already.
CREATE UNIQUE INDEX case_attachments_contents ON case_attachments (case_id, sha256, visibility);
CREATE UNIQUE INDEX case_attachments_origin ON case_attachments (case_id, origin, origin_id) WHERE origin_id IS NOT NULL;

-- Files that come in pieces, and the pieces that are there.
CREATE TABLE case_uploads (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES cases (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  author text NOT NULL,
  name text NOT NULL,
  fingerprint text NOT NULL,
  visibility text NOT NULL CHECK (visibility IN ('internal', 'partner')),
  size bigint NOT NULL,
  received bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX case_uploads_case ON case_uploads (case_id);
CREATE INDEX case_uploads_idle ON case_uploads (updated_at);

CREATE TABLE case_upload_parts (
  upload_id uuid NOT NULL REFERENCES case_uploads (id),
  position bigint NOT NULL,
  file text NOT NULL,
  PRIMARY KEY (upload_id, position)
);

-- The documents of the trade that a dispute is about, attached by themselves.
CREATE TABLE case_documents (
  case_id uuid NOT NULL REFERENCES cases (id),
  document_id uuid NOT NULL REFERENCES documents (id),
  PRIMARY KEY (case_id, document_id)
);
CREATE INDEX case_documents_document ON case_documents (document_id);

-- Money given back for an invoice, which stays as it is.
CREATE TABLE credit_notes (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  counterparty_id uuid NOT NULL REFERENCES organisations (id),
  number text NOT NULL,
  invoice_id uuid NOT NULL REFERENCES invoices (id),
  currency text NOT NULL,
  total bigint NOT NULL,
  document_id uuid REFERENCES documents (id),
  at timestamptz NOT NULL,
  UNIQUE (kind, counterparty_id, number)
);
CREATE INDEX credit_notes_invoice ON credit_notes (invoice_id);

-- A case that says something is not as it should be. Why and what is asked for stand in the case itself. Outcome:
-- 'credited', 'accepted'.
CREATE TABLE disputes (
  case_id uuid PRIMARY KEY REFERENCES cases (id),
  order_id uuid REFERENCES orders (id),
  shipment_id uuid REFERENCES shipments (id),
  invoice_id uuid REFERENCES invoices (id),
  currency text NOT NULL,
  claimed bigint,
  outcome text CHECK (outcome IN ('credited', 'accepted')),
  credit_note_id uuid REFERENCES credit_notes (id),
  settled_at timestamptz
);
CREATE INDEX disputes_order ON disputes (order_id);
CREATE INDEX disputes_shipment ON disputes (shipment_id);
CREATE INDEX disputes_invoice ON disputes (invoice_id);

-- What credit notes gave back of an invoice, kept beside what was paid.
ALTER TABLE invoices ADD COLUMN credited bigint NOT NULL DEFAULT 0;
CREATE INDEX documents_shipment ON documents (shipment_id) WHERE shipment_id IS NOT NULL;
CREATE INDEX documents_invoice ON documents (invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX documents_answers ON documents (answers_id) WHERE answers_id IS NOT NULL;

-- Cases that belong together; 'part_of': the case has become part of the other one, where its messages are read.
CREATE TABLE case_links (
  case_id uuid NOT NULL REFERENCES cases (id),
  other_id uuid NOT NULL REFERENCES cases (id),
  kind text NOT NULL CHECK (kind IN ('related', 'part_of')),
  at timestamptz NOT NULL,
  PRIMARY KEY (case_id, other_id)
);
CREATE INDEX case_links_other ON case_links (other_id);

-- What a partner says of how a case was settled.
CREATE TABLE case_ratings (
  case_id uuid NOT NULL REFERENCES cases (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  score text NOT NULL CHECK (score IN ('good', 'fair', 'poor')),
  word text NOT NULL,
  author text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (case_id, organisation_id)
);
