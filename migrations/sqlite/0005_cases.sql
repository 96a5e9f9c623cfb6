-- Cases, what is written in them, and the systems they are kept in step with.

-- Cases --------------------------------------------------------------------------------------------------------------

-- Portico's case is the record; the number is what people say.
CREATE TABLE cases (
  id BLOB PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  priority TEXT NOT NULL,
  title TEXT NOT NULL,
  reason TEXT,
  action TEXT,
  proposed TEXT NOT NULL,
  counterparty_id BLOB NOT NULL REFERENCES organisations (id),
  opened_by TEXT NOT NULL CHECK (opened_by IN ('internal', 'partner')),
  author TEXT NOT NULL,
  assignee_id BLOB REFERENCES users (id),
  tier INTEGER NOT NULL,
  due_at INTEGER,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cases_newest ON cases (updated_at, id);
CREATE INDEX cases_status ON cases (status, updated_at, id);
CREATE INDEX cases_due ON cases (due_at, id) WHERE due_at IS NOT NULL;

-- Who takes part, besides the hub. The order of the list is repeated here, so that a partner's list is one index.
CREATE TABLE case_parties (
  case_id BLOB NOT NULL REFERENCES cases (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  PRIMARY KEY (organisation_id, case_id)
) STRICT;
CREATE INDEX case_parties_case ON case_parties (case_id);

-- What was written. Visibility 'internal' never leaves the hub. Origin: 'portico', or the system it came from.
CREATE TABLE case_messages (
  id BLOB PRIMARY KEY,
  case_id BLOB NOT NULL REFERENCES cases (id),
  visibility TEXT NOT NULL CHECK (visibility IN ('internal', 'partner')),
  side TEXT NOT NULL CHECK (side IN ('internal', 'partner')),
  author TEXT NOT NULL,
  organisation_id BLOB REFERENCES organisations (id),
  body TEXT NOT NULL,
  origin TEXT NOT NULL,
  origin_id TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX case_messages_case ON case_messages (case_id, at, id);
CREATE UNIQUE INDEX case_messages_origin ON case_messages (case_id, origin, origin_id) WHERE origin_id IS NOT NULL;

-- What happened to a case: its clocks are computed from this and from what was written.
CREATE TABLE case_events (
  id BLOB PRIMARY KEY,
  case_id BLOB NOT NULL REFERENCES cases (id),
  kind TEXT NOT NULL,
  old TEXT,
  new TEXT,
  note TEXT NOT NULL,
  visibility TEXT NOT NULL CHECK (visibility IN ('internal', 'partner')),
  actor TEXT NOT NULL,
  system TEXT NOT NULL,
  event_id TEXT,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX case_events_case ON case_events (case_id, at, id);

-- What a case is about. A number that names nothing known is kept as text and linked later.
CREATE TABLE case_references (
  case_id BLOB NOT NULL REFERENCES cases (id),
  kind TEXT NOT NULL CHECK (kind IN ('order', 'shipment', 'invoice', 'document')),
  number TEXT NOT NULL,
  order_id BLOB REFERENCES orders (id),
  shipment_id BLOB REFERENCES shipments (id),
  invoice_id BLOB REFERENCES invoices (id),
  document_id BLOB REFERENCES documents (id),
  PRIMARY KEY (case_id, kind, number)
) STRICT;
CREATE INDEX case_references_number ON case_references (kind, number);
CREATE INDEX case_references_order ON case_references (order_id);
CREATE INDEX case_references_shipment ON case_references (shipment_id);
CREATE INDEX case_references_invoice ON case_references (invoice_id);

-- Other systems ------------------------------------------------------------------------------------------------------

-- The same case in another system: at most one there for one here.
CREATE TABLE bonds (
  id BLOB PRIMARY KEY,
  case_id BLOB NOT NULL REFERENCES cases (id),
  system TEXT NOT NULL,
  external_id TEXT NOT NULL,
  is_ours INTEGER NOT NULL,
  health TEXT NOT NULL,
  failure TEXT,
  synced_at INTEGER,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (system, external_id),
  UNIQUE (case_id, system)
) STRICT;

-- Events that were taken, each once: the key is theirs. State: 'applied', 'parked', 'refused'.
CREATE TABLE inbound_events (
  id BLOB PRIMARY KEY,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  system TEXT NOT NULL,
  kind TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('applied', 'parked', 'refused')),
  waits_for TEXT,
  reason TEXT NOT NULL,
  case_id BLOB REFERENCES cases (id),
  at INTEGER NOT NULL,
  UNIQUE (source, event_id)
) STRICT;
CREATE INDEX inbound_events_parked ON inbound_events (waits_for) WHERE state = 'parked';
CREATE INDEX inbound_events_newest ON inbound_events (at, id);
