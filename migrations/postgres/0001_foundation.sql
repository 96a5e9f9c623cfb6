-- The whole of Portico's first schema. PostgreSQL: the same tables and columns as for SQLite, with its own types.

-- Who is who ---------------------------------------------------------------------------------------------------------

CREATE TABLE organisations (
  id uuid PRIMARY KEY,
  code text NOT NULL UNIQUE,
  name text NOT NULL,
  is_hub boolean NOT NULL,
  is_supplier boolean NOT NULL,
  is_customer boolean NOT NULL,
  is_carrier boolean NOT NULL,
  zone text NOT NULL,
  currency text NOT NULL,
  place text NOT NULL,
  created_at timestamptz NOT NULL
);

-- Identifiers on the wire. Seat: 'portal' (Portico reads and writes in its name) or 'wire' (it has its own system).
CREATE TABLE identifiers (
  qualifier text NOT NULL,
  value text NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  seat text NOT NULL CHECK (seat IN ('portal', 'wire')),
  PRIMARY KEY (qualifier, value)
);
CREATE INDEX identifiers_organisation ON identifiers (organisation_id);

CREATE TABLE users (
  id uuid PRIMARY KEY,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  password_hash text NOT NULL,
  zone text NOT NULL,
  theme text NOT NULL,
  failures bigint NOT NULL,
  locked_until timestamptz,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL
);

CREATE TABLE memberships (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  role text NOT NULL CHECK (role IN ('administrator', 'member')),
  created_at timestamptz NOT NULL,
  UNIQUE (user_id, organisation_id)
);

CREATE TABLE sessions (
  id text PRIMARY KEY,
  user_id uuid REFERENCES users (id),
  data jsonb NOT NULL,
  user_agent text NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE machine_keys (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  name text NOT NULL,
  key_hash bytea NOT NULL UNIQUE,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);

-- Answers to writes over the machine API, kept to be given again byte for byte.
CREATE TABLE idempotent_answers (
  machine_key_id uuid NOT NULL REFERENCES machine_keys (id),
  idempotency_key text NOT NULL,
  request_hash bytea NOT NULL,
  status bigint NOT NULL,
  content_type text NOT NULL,
  body bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (machine_key_id, idempotency_key)
);

-- Documents on the wire ----------------------------------------------------------------------------------------------

CREATE TABLE routes (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  name text NOT NULL,
  config jsonb NOT NULL,
  is_copy boolean NOT NULL,
  is_active boolean NOT NULL,
  looked_at timestamptz,
  succeeded_at timestamptz,
  failed_at timestamptz,
  failure text
);
CREATE INDEX routes_organisation ON routes (organisation_id);

CREATE TABLE transmissions (
  id uuid PRIMARY KEY,
  direction text NOT NULL CHECK (direction IN ('in', 'out')),
  route_id uuid REFERENCES routes (id),
  name text NOT NULL,
  handle text,
  sha256 bytea NOT NULL,
  size bigint NOT NULL,
  file text NOT NULL,
  status text NOT NULL,
  failure text,
  delivered_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX transmissions_undelivered ON transmissions (route_id, created_at) WHERE direction = 'out' AND delivered_at IS NULL;

CREATE TABLE interchanges (
  id uuid PRIMARY KEY,
  transmission_id uuid NOT NULL REFERENCES transmissions (id),
  direction text NOT NULL CHECK (direction IN ('in', 'out')),
  position bigint NOT NULL,
  standard text NOT NULL,
  sender_qualifier text NOT NULL,
  sender_value text NOT NULL,
  receiver_qualifier text NOT NULL,
  receiver_value text NOT NULL,
  control_number text NOT NULL,
  sha256 bytea NOT NULL,
  is_taken boolean NOT NULL,
  ta1 text,
  findings jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX interchanges_transmission ON interchanges (transmission_id);
-- The inbox key: nothing is received twice.
CREATE UNIQUE INDEX interchanges_taken ON interchanges
  (standard, sender_qualifier, sender_value, receiver_qualifier, receiver_value, control_number) WHERE direction = 'in' AND is_taken;

CREATE TABLE groups (
  id uuid PRIMARY KEY,
  interchange_id uuid NOT NULL REFERENCES interchanges (id),
  position bigint NOT NULL,
  functional_id text NOT NULL,
  control_number text NOT NULL,
  verdict text,
  acknowledged_at timestamptz
);
CREATE INDEX groups_interchange ON groups (interchange_id);
CREATE INDEX groups_control ON groups (control_number, functional_id);

CREATE TABLE documents (
  id uuid PRIMARY KEY,
  direction text NOT NULL CHECK (direction IN ('in', 'out')),
  group_id uuid REFERENCES groups (id),
  transmission_id uuid REFERENCES transmissions (id),
  counterparty_id uuid REFERENCES organisations (id),
  code text NOT NULL,
  kind text NOT NULL,
  control_number text,
  number text NOT NULL,
  sender_id uuid REFERENCES organisations (id),
  receiver_id uuid REFERENCES organisations (id),
  status text NOT NULL,
  is_accepted boolean NOT NULL,
  findings jsonb NOT NULL,
  content jsonb,
  origins jsonb NOT NULL,
  body text,
  first_segment bigint NOT NULL,
  last_segment bigint NOT NULL,
  order_id uuid,
  shipment_id uuid,
  invoice_id uuid,
  release_at timestamptz,
  delivered_at timestamptz,
  acknowledged_at timestamptz,
  acknowledgment text,
  answered_at timestamptz,
  answer text,
  author text NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE INDEX documents_newest ON documents (created_at, id);
CREATE INDEX documents_counterparty ON documents (counterparty_id, created_at, id);
CREATE INDEX documents_group ON documents (group_id);
CREATE INDEX documents_transmission ON documents (transmission_id);
CREATE INDEX documents_order ON documents (order_id);
CREATE INDEX documents_release ON documents (release_at) WHERE status = 'validated';

CREATE TABLE document_events (
  id uuid PRIMARY KEY,
  document_id uuid NOT NULL REFERENCES documents (id),
  status text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  note text NOT NULL
);
CREATE INDEX document_events_document ON document_events (document_id, at);

CREATE TABLE control_numbers (
  scope text PRIMARY KEY,
  last bigint NOT NULL
);

-- Orders, shipments, invoices ----------------------------------------------------------------------------------------
-- One hub per installation: each row names its other party, which is its scope. Kind 'purchase': the hub buys from it;
-- kind 'sales': it buys from the hub.

CREATE TABLE orders (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('purchase', 'sales')),
  counterparty_id uuid NOT NULL REFERENCES organisations (id),
  number text NOT NULL,
  seller_number text,
  revision bigint NOT NULL,
  state text NOT NULL,
  turn text NOT NULL CHECK (turn IN ('seller', 'buyer', 'none')),
  currency text NOT NULL,
  ordered_on date,
  requested_on date,
  promised_on date,
  answer_due_at timestamptz,
  answered_at timestamptz,
  parties jsonb NOT NULL,
  terms text NOT NULL,
  notes text NOT NULL,
  total bigint NOT NULL,
  line_count bigint NOT NULL,
  document_id uuid REFERENCES documents (id),
  answer_document_id uuid REFERENCES documents (id),
  version bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (kind, counterparty_id, number)
);
CREATE INDEX orders_newest ON orders (created_at, id);
CREATE INDEX orders_counterparty ON orders (counterparty_id, created_at, id);
CREATE INDEX orders_state ON orders (counterparty_id, state, created_at, id);
CREATE INDEX orders_hub_state ON orders (state, created_at, id);
CREATE INDEX orders_number ON orders (number);

CREATE TABLE order_revisions (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES orders (id),
  revision bigint NOT NULL,
  kind text NOT NULL,
  actor text NOT NULL,
  document_id uuid REFERENCES documents (id),
  lines jsonb NOT NULL,
  at timestamptz NOT NULL,
  UNIQUE (order_id, revision)
);

CREATE TABLE order_lines (
  id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES orders (id),
  position bigint NOT NULL,
  line text NOT NULL,
  buyer_item text,
  seller_item text,
  gtin text,
  description text NOT NULL,
  unit text NOT NULL,
  unit_price bigint NOT NULL,
  price_per bigint NOT NULL,
  confirmed_price bigint,
  requested_on date,
  promised_on date,
  status text NOT NULL,
  reason_code text,
  reason_text text,
  ordered bigint NOT NULL,
  confirmed bigint NOT NULL,
  backordered bigint NOT NULL,
  rejected bigint NOT NULL,
  shipped bigint NOT NULL,
  received bigint NOT NULL,
  invoiced bigint NOT NULL,
  paid bigint NOT NULL,
  provenance jsonb NOT NULL,
  UNIQUE (order_id, position)
);

-- Parts of a line wanted on different dates, or promised for different dates.
CREATE TABLE schedule_lines (
  order_line_id uuid NOT NULL REFERENCES order_lines (id),
  kind text NOT NULL CHECK (kind IN ('requested', 'promised')),
  position bigint NOT NULL,
  quantity bigint NOT NULL,
  on_date date,
  PRIMARY KEY (order_line_id, kind, position)
);

CREATE TABLE allocations (
  sales_line_id uuid NOT NULL REFERENCES order_lines (id),
  purchase_line_id uuid NOT NULL REFERENCES order_lines (id),
  quantity bigint NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (sales_line_id, purchase_line_id)
);
CREATE INDEX allocations_purchase ON allocations (purchase_line_id);

CREATE TABLE shipments (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('purchase', 'sales')),
  counterparty_id uuid NOT NULL REFERENCES organisations (id),
  number text NOT NULL,
  source_id uuid REFERENCES shipments (id),
  ship_to_id uuid REFERENCES organisations (id),
  ship_to jsonb,
  state text NOT NULL,
  carrier_scac text,
  carrier_name text,
  tracking text,
  bill_of_lading text,
  shipped_on date,
  estimated_on date,
  delivered_at timestamptz,
  delivered_by text,
  package_count bigint,
  document_id uuid REFERENCES documents (id),
  version bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX shipments_key ON shipments (kind, counterparty_id, number) WHERE source_id IS NULL;
CREATE UNIQUE INDEX shipments_source ON shipments (source_id, counterparty_id) WHERE source_id IS NOT NULL;
CREATE INDEX shipments_newest ON shipments (created_at, id);
CREATE INDEX shipments_counterparty ON shipments (counterparty_id, created_at, id);
CREATE INDEX shipments_number ON shipments (number);
CREATE INDEX shipments_tracking ON shipments (tracking);

CREATE TABLE packages (
  id uuid PRIMARY KEY,
  shipment_id uuid NOT NULL REFERENCES shipments (id),
  position bigint NOT NULL,
  mark text NOT NULL,
  inside bigint,
  UNIQUE (shipment_id, position)
);

CREATE TABLE shipment_lines (
  id uuid PRIMARY KEY,
  shipment_id uuid NOT NULL REFERENCES shipments (id),
  order_id uuid NOT NULL REFERENCES orders (id),
  order_line_id uuid NOT NULL REFERENCES order_lines (id),
  position bigint NOT NULL,
  quantity bigint NOT NULL,
  received bigint,
  unit text NOT NULL,
  package bigint,
  UNIQUE (shipment_id, position)
);
CREATE INDEX shipment_lines_order ON shipment_lines (order_id);

CREATE TABLE invoices (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('purchase', 'sales')),
  counterparty_id uuid NOT NULL REFERENCES organisations (id),
  number text NOT NULL,
  order_id uuid REFERENCES orders (id),
  shipment_id uuid REFERENCES shipments (id),
  state text NOT NULL,
  state_reason text,
  currency text NOT NULL,
  total bigint NOT NULL,
  paid bigint NOT NULL,
  invoiced_on date,
  due_on date,
  document_id uuid REFERENCES documents (id),
  version bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (kind, counterparty_id, number)
);
CREATE INDEX invoices_newest ON invoices (created_at, id);
CREATE INDEX invoices_counterparty ON invoices (counterparty_id, created_at, id);
CREATE INDEX invoices_order ON invoices (order_id);
CREATE INDEX invoices_number ON invoices (number);

CREATE TABLE invoice_lines (
  id uuid PRIMARY KEY,
  invoice_id uuid NOT NULL REFERENCES invoices (id),
  order_line_id uuid REFERENCES order_lines (id),
  position bigint NOT NULL,
  line text NOT NULL,
  description text NOT NULL,
  quantity bigint NOT NULL,
  unit text NOT NULL,
  unit_price bigint NOT NULL,
  price_per bigint NOT NULL,
  amount bigint NOT NULL,
  UNIQUE (invoice_id, position)
);

-- What happened, as histories and timelines show it. The scope is the counterparty, as everywhere.
CREATE TABLE events (
  id uuid PRIMARY KEY,
  counterparty_id uuid REFERENCES organisations (id),
  order_id uuid,
  shipment_id uuid,
  invoice_id uuid,
  document_id uuid,
  kind text NOT NULL,
  words text NOT NULL,
  changes jsonb NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX events_counterparty ON events (counterparty_id, at, id);
CREATE INDEX events_order ON events (order_id, at);
CREATE INDEX events_shipment ON events (shipment_id, at);
CREATE INDEX events_invoice ON events (invoice_id, at);

-- Forms that were begun, or refused, so that nothing typed is lost.
CREATE TABLE drafts (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  body jsonb NOT NULL,
  errors jsonb NOT NULL,
  author text NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (organisation_id, kind, subject_id)
);

-- Work to be done later, written with the change that causes it.
CREATE TABLE jobs (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  payload jsonb NOT NULL,
  dedup_key text,
  run_at timestamptz NOT NULL,
  attempts bigint NOT NULL,
  lease_until timestamptz,
  lease uuid,
  failure text,
  dead_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE dead_at IS NULL;
CREATE UNIQUE INDEX jobs_dedup ON jobs (kind, dedup_key) WHERE dedup_key IS NOT NULL AND dead_at IS NULL;

-- Content mirrored from Kentico --------------------------------------------------------------------------------------

CREATE TABLE content_items (
  id uuid NOT NULL,
  language text NOT NULL,
  kind text NOT NULL,
  slug text NOT NULL,
  title text NOT NULL,
  summary text NOT NULL,
  body text NOT NULL,
  audiences jsonb NOT NULL,
  attachment text,
  first_published timestamptz,
  last_published timestamptz NOT NULL,
  fetched_at timestamptz NOT NULL,
  PRIMARY KEY (id, language)
);
CREATE INDEX content_items_kind ON content_items (kind, last_published);
CREATE INDEX content_items_slug ON content_items (slug);

CREATE TABLE content_assets (
  path text PRIMARY KEY,
  name text NOT NULL,
  media_type text NOT NULL,
  file text NOT NULL,
  size bigint NOT NULL,
  fetched_at timestamptz NOT NULL
);

CREATE TABLE content_feeds (
  kind text PRIMARY KEY,
  watermark text,
  swept_at timestamptz,
  succeeded_at timestamptz,
  failed_at timestamptz,
  failure text
);
