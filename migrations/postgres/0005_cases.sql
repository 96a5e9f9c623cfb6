-- Cases, what is written in them, and the systems they are kept in step with.

-- Cases --------------------------------------------------------------------------------------------------------------

-- Portico's case is the record; the number is what people say.
CREATE TABLE cases (
  id uuid PRIMARY KEY,
  number text NOT NULL UNIQUE,
  kind text NOT NULL,
  status text NOT NULL,
  priority text NOT NULL,
  title text NOT NULL,
  reason text,
  action text,
  proposed jsonb NOT NULL,
  counterparty_id uuid NOT NULL REFERENCES organisations (id),
  opened_by text NOT NULL CHECK (opened_by IN ('internal', 'partner')),
  author text NOT NULL,
  assignee_id uuid REFERENCES users (id),
  tier bigint NOT NULL,
  due_at timestamptz,
  version bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX cases_newest ON cases (updated_at, id);
CREATE INDEX cases_status ON cases (status, updated_at, id);
CREATE INDEX cases_due ON cases (due_at, id) WHERE due_at IS NOT NULL;

-- Who takes part, besides the hub. The order of the list is repeated here, so that a partner's list is one index.
CREATE TABLE case_parties (
  case_id uuid NOT NULL REFERENCES cases (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  PRIMARY KEY (organisation_id, case_id)
);
CREATE INDEX case_parties_case ON case_parties (case_id);

-- What was written. Visibility 'internal' never leaves the hub. Origin: 'portico', or the system it came from.
CREATE TABLE case_messages (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES cases (id),
  visibility text NOT NULL CHECK (visibility IN ('internal', 'partner')),
  side text NOT NULL CHECK (side IN ('internal', 'partner')),
  author text NOT NULL,
  organisation_id uuid REFERENCES organisations (id),
  body text NOT NULL,
  origin text NOT NULL,
  origin_id text,
  at timestamptz NOT NULL
);
CREATE INDEX case_messages_case ON case_messages (case_id, at, id);
CREATE UNIQUE INDEX case_messages_origin ON case_messages (case_id, origin, origin_id) WHERE origin_id IS NOT NULL;

-- What happened to a case: its clocks are computed from this and from what was written.
CREATE TABLE case_events (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES cases (id),
  kind text NOT NULL,
  old text,
  new text,
  note text NOT NULL,
  visibility text NOT NULL CHECK (visibility IN ('internal', 'partner')),
  actor text NOT NULL,
  system text NOT NULL,
  event_id text,
  at timestamptz NOT NULL
);
CREATE INDEX case_events_case ON case_events (case_id, at, id);

-- What a case is about. A number that names nothing known is kept as text and linked later.
CREATE TABLE case_references (
  case_id uuid NOT NULL REFERENCES cases (id),
  kind text NOT NULL CHECK (kind IN ('order', 'shipment', 'invoice', 'document')),
  number text NOT NULL,
  order_id uuid REFERENCES orders (id),
  shipment_id uuid REFERENCES shipments (id),
  invoice_id uuid REFERENCES invoices (id),
  document_id uuid REFERENCES documents (id),
  PRIMARY KEY (case_id, kind, number)
);
CREATE INDEX case_references_number ON case_references (kind, number);
CREATE INDEX case_references_order ON case_references (order_id);
CREATE INDEX case_references_shipment ON case_references (shipment_id);
CREATE INDEX case_references_invoice ON case_references (invoice_id);

-- Other systems ------------------------------------------------------------------------------------------------------

-- The same case in another system: at most one there for one here.
CREATE TABLE bonds (
  id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES cases (id),
  system text NOT NULL,
  external_id text NOT NULL,
  is_ours boolean NOT NULL,
  health text NOT NULL,
  failure text,
  synced_at timestamptz,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (system, external_id),
  UNIQUE (case_id, system)
);

-- Events that were taken, each once: the key is theirs. State: 'applied', 'parked', 'refused'.
CREATE TABLE inbound_events (
  id uuid PRIMARY KEY,
  source text NOT NULL,
  event_id text NOT NULL,
  system text NOT NULL,
  kind text NOT NULL,
  sha256 bytea NOT NULL,
  body jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('applied', 'parked', 'refused')),
  waits_for text,
  reason text NOT NULL,
  case_id uuid REFERENCES cases (id),
  at timestamptz NOT NULL,
  UNIQUE (source, event_id)
);
CREATE INDEX inbound_events_parked ON inbound_events (waits_for) WHERE state = 'parked';
CREATE INDEX inbound_events_newest ON inbound_events (at, id);
