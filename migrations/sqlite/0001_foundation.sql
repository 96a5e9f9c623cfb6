-- The whole of Portico's first schema. SQLite: times are microseconds since 1970 in UTC, dates are ISO text, ids are 16 bytes.

-- Who is who ---------------------------------------------------------------------------------------------------------

CREATE TABLE organisations (
  id BLOB PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  is_hub INTEGER NOT NULL,
  is_supplier INTEGER NOT NULL,
  is_customer INTEGER NOT NULL,
  is_carrier INTEGER NOT NULL,
  zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  place TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Identifiers on the wire. Seat: 'portal' (Portico reads and writes in its name) or 'wire' (it has its own system).
CREATE TABLE identifiers (
  qualifier TEXT NOT NULL,
  value TEXT NOT NULL,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  seat TEXT NOT NULL CHECK (seat IN ('portal', 'wire')),
  PRIMARY KEY (qualifier, value)
) STRICT;
CREATE INDEX identifiers_organisation ON identifiers (organisation_id);

CREATE TABLE users (
  id BLOB PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  zone TEXT NOT NULL,
  theme TEXT NOT NULL,
  failures INTEGER NOT NULL,
  locked_until INTEGER,
  disabled_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
  id BLOB PRIMARY KEY,
  user_id BLOB NOT NULL REFERENCES users (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  role TEXT NOT NULL CHECK (role IN ('administrator', 'member')),
  created_at INTEGER NOT NULL,
  UNIQUE (user_id, organisation_id)
) STRICT;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id BLOB REFERENCES users (id),
  data TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE machine_keys (
  id BLOB PRIMARY KEY,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  name TEXT NOT NULL,
  key_hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;

-- Answers to writes over the machine API, kept to be given again byte for byte.
CREATE TABLE idempotent_answers (
  machine_key_id BLOB NOT NULL REFERENCES machine_keys (id),
  idempotency_key TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  status INTEGER NOT NULL,
  content_type TEXT NOT NULL,
  body BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (machine_key_id, idempotency_key)
) STRICT;

-- Documents on the wire ----------------------------------------------------------------------------------------------

CREATE TABLE routes (
  id BLOB PRIMARY KEY,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  name TEXT NOT NULL,
  config TEXT NOT NULL,
  is_copy INTEGER NOT NULL,
  is_active INTEGER NOT NULL,
  looked_at INTEGER,
  succeeded_at INTEGER,
  failed_at INTEGER,
  failure TEXT
) STRICT;
CREATE INDEX routes_organisation ON routes (organisation_id);

CREATE TABLE transmissions (
  id BLOB PRIMARY KEY,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  route_id BLOB REFERENCES routes (id),
  name TEXT NOT NULL,
  handle TEXT,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  file TEXT NOT NULL,
  status TEXT NOT NULL,
  failure TEXT,
  delivered_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX transmissions_undelivered ON transmissions (route_id, created_at) WHERE direction = 'out' AND delivered_at IS NULL;

CREATE TABLE interchanges (
  id BLOB PRIMARY KEY,
  transmission_id BLOB NOT NULL REFERENCES transmissions (id),
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  position INTEGER NOT NULL,
  standard TEXT NOT NULL,
  sender_qualifier TEXT NOT NULL,
  sender_value TEXT NOT NULL,
  receiver_qualifier TEXT NOT NULL,
  receiver_value TEXT NOT NULL,
  control_number TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  is_taken INTEGER NOT NULL,
  ta1 TEXT,
  findings TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX interchanges_transmission ON interchanges (transmission_id);
-- The inbox key: nothing is received twice.
CREATE UNIQUE INDEX interchanges_taken ON interchanges
  (standard, sender_qualifier, sender_value, receiver_qualifier, receiver_value, control_number) WHERE direction = 'in' AND is_taken;

CREATE TABLE groups (
  id BLOB PRIMARY KEY,
  interchange_id BLOB NOT NULL REFERENCES interchanges (id),
  position INTEGER NOT NULL,
  functional_id TEXT NOT NULL,
  control_number TEXT NOT NULL,
  verdict TEXT,
  acknowledged_at INTEGER
) STRICT;
CREATE INDEX groups_interchange ON groups (interchange_id);
CREATE INDEX groups_control ON groups (control_number, functional_id);

CREATE TABLE documents (
  id BLOB PRIMARY KEY,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  group_id BLOB REFERENCES groups (id),
  transmission_id BLOB REFERENCES transmissions (id),
  counterparty_id BLOB REFERENCES organisations (id),
  code TEXT NOT NULL,
  kind TEXT NOT NULL,
  control_number TEXT,
  number TEXT NOT NULL,
  sender_id BLOB REFERENCES organisations (id),
  receiver_id BLOB REFERENCES organisations (id),
  status TEXT NOT NULL,
  is_accepted INTEGER NOT NULL,
  findings TEXT NOT NULL,
  content TEXT,
  origins TEXT NOT NULL,
  body TEXT,
  first_segment INTEGER NOT NULL,
  last_segment INTEGER NOT NULL,
  order_id BLOB,
  shipment_id BLOB,
  invoice_id BLOB,
  release_at INTEGER,
  delivered_at INTEGER,
  acknowledged_at INTEGER,
  acknowledgment TEXT,
  answered_at INTEGER,
  answer TEXT,
  author TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX documents_newest ON documents (created_at, id);
CREATE INDEX documents_counterparty ON documents (counterparty_id, created_at, id);
CREATE INDEX documents_group ON documents (group_id);
CREATE INDEX documents_transmission ON documents (transmission_id);
CREATE INDEX documents_order ON documents (order_id);
CREATE INDEX documents_release ON documents (release_at) WHERE status = 'validated';

CREATE TABLE document_events (
  id BLOB PRIMARY KEY,
  document_id BLOB NOT NULL REFERENCES documents (id),
  status TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX document_events_document ON document_events (document_id, at);

CREATE TABLE control_numbers (
  scope TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT;

-- Orders, shipments, invoices ----------------------------------------------------------------------------------------
-- One hub per installation: each row names its other party, which is its scope. Kind 'purchase': the hub buys from it;
-- kind 'sales': it buys from the hub.

CREATE TABLE orders (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('purchase', 'sales')),
  counterparty_id BLOB NOT NULL REFERENCES organisations (id),
  number TEXT NOT NULL,
  seller_number TEXT,
  revision INTEGER NOT NULL,
  state TEXT NOT NULL,
  turn TEXT NOT NULL CHECK (turn IN ('seller', 'buyer', 'none')),
  currency TEXT NOT NULL,
  ordered_on TEXT,
  requested_on TEXT,
  promised_on TEXT,
  answer_due_at INTEGER,
  answered_at INTEGER,
  parties TEXT NOT NULL,
  terms TEXT NOT NULL,
  notes TEXT NOT NULL,
  total INTEGER NOT NULL,
  line_count INTEGER NOT NULL,
  document_id BLOB REFERENCES documents (id),
  answer_document_id BLOB REFERENCES documents (id),
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (kind, counterparty_id, number)
) STRICT;
CREATE INDEX orders_newest ON orders (created_at, id);
CREATE INDEX orders_counterparty ON orders (counterparty_id, created_at, id);
CREATE INDEX orders_state ON orders (counterparty_id, state, created_at, id);
CREATE INDEX orders_hub_state ON orders (state, created_at, id);
CREATE INDEX orders_number ON orders (number);

CREATE TABLE order_revisions (
  id BLOB PRIMARY KEY,
  order_id BLOB NOT NULL REFERENCES orders (id),
  revision INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  document_id BLOB REFERENCES documents (id),
  lines TEXT NOT NULL,
  at INTEGER NOT NULL,
  UNIQUE (order_id, revision)
) STRICT;

CREATE TABLE order_lines (
  id BLOB PRIMARY KEY,
  order_id BLOB NOT NULL REFERENCES orders (id),
  position INTEGER NOT NULL,
  line TEXT NOT NULL,
  buyer_item TEXT,
  seller_item TEXT,
  gtin TEXT,
  description TEXT NOT NULL,
  unit TEXT NOT NULL,
  unit_price INTEGER NOT NULL,
  price_per INTEGER NOT NULL,
  confirmed_price INTEGER,
  requested_on TEXT,
  promised_on TEXT,
  status TEXT NOT NULL,
  reason_code TEXT,
  reason_text TEXT,
  ordered INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  backordered INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  shipped INTEGER NOT NULL,
  received INTEGER NOT NULL,
  invoiced INTEGER NOT NULL,
  paid INTEGER NOT NULL,
  provenance TEXT NOT NULL,
  UNIQUE (order_id, position)
) STRICT;

-- Parts of a line wanted on different dates, or promised for different dates.
CREATE TABLE schedule_lines (
  order_line_id BLOB NOT NULL REFERENCES order_lines (id),
  kind TEXT NOT NULL CHECK (kind IN ('requested', 'promised')),
  position INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  on_date TEXT,
  PRIMARY KEY (order_line_id, kind, position)
) STRICT;

CREATE TABLE allocations (
  sales_line_id BLOB NOT NULL REFERENCES order_lines (id),
  purchase_line_id BLOB NOT NULL REFERENCES order_lines (id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (sales_line_id, purchase_line_id)
) STRICT;
CREATE INDEX allocations_purchase ON allocations (purchase_line_id);

CREATE TABLE shipments (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('purchase', 'sales')),
  counterparty_id BLOB NOT NULL REFERENCES organisations (id),
  number TEXT NOT NULL,
  source_id BLOB REFERENCES shipments (id),
  ship_to_id BLOB REFERENCES organisations (id),
  ship_to TEXT,
  state TEXT NOT NULL,
  carrier_scac TEXT,
  carrier_name TEXT,
  tracking TEXT,
  bill_of_lading TEXT,
  shipped_on TEXT,
  estimated_on TEXT,
  delivered_at INTEGER,
  delivered_by TEXT,
  package_count INTEGER,
  document_id BLOB REFERENCES documents (id),
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX shipments_key ON shipments (kind, counterparty_id, number) WHERE source_id IS NULL;
CREATE UNIQUE INDEX shipments_source ON shipments (source_id, counterparty_id) WHERE source_id IS NOT NULL;
CREATE INDEX shipments_newest ON shipments (created_at, id);
CREATE INDEX shipments_counterparty ON shipments (counterparty_id, created_at, id);
CREATE INDEX shipments_number ON shipments (number);
CREATE INDEX shipments_tracking ON shipments (tracking);

CREATE TABLE packages (
  id BLOB PRIMARY KEY,
  shipment_id BLOB NOT NULL REFERENCES shipments (id),
  position INTEGER NOT NULL,
  mark TEXT NOT NULL,
  inside INTEGER,
  UNIQUE (shipment_id, position)
) STRICT;

CREATE TABLE shipment_lines (
  id BLOB PRIMARY KEY,
  shipment_id BLOB NOT NULL REFERENCES shipments (id),
  order_id BLOB NOT NULL REFERENCES orders (id),
  order_line_id BLOB NOT NULL REFERENCES order_lines (id),
  position INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  received INTEGER,
  unit TEXT NOT NULL,
  package INTEGER,
  UNIQUE (shipment_id, position)
) STRICT;
CREATE INDEX shipment_lines_order ON shipment_lines (order_id);

CREATE TABLE invoices (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('purchase', 'sales')),
  counterparty_id BLOB NOT NULL REFERENCES organisations (id),
  number TEXT NOT NULL,
  order_id BLOB REFERENCES orders (id),
  shipment_id BLOB REFERENCES shipments (id),
  state TEXT NOT NULL,
  state_reason TEXT,
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,
  paid INTEGER NOT NULL,
  invoiced_on TEXT,
  due_on TEXT,
  document_id BLOB REFERENCES documents (id),
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (kind, counterparty_id, number)
) STRICT;
CREATE INDEX invoices_newest ON invoices (created_at, id);
CREATE INDEX invoices_counterparty ON invoices (counterparty_id, created_at, id);
CREATE INDEX invoices_order ON invoices (order_id);
CREATE INDEX invoices_number ON invoices (number);

CREATE TABLE invoice_lines (
  id BLOB PRIMARY KEY,
  invoice_id BLOB NOT NULL REFERENCES invoices (id),
  order_line_id BLOB REFERENCES order_lines (id),
  position INTEGER NOT NULL,
  line TEXT NOT NULL,
  description TEXT NOT NULL,
  quantity INTEGER NOT NULL,
  unit TEXT NOT NULL,
  unit_price INTEGER NOT NULL,
  price_per INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  UNIQUE (invoice_id, position)
) STRICT;

-- What happened, as histories and timelines show it. The scope is the counterparty, as everywhere.
CREATE TABLE events (
  id BLOB PRIMARY KEY,
  counterparty_id BLOB REFERENCES organisations (id),
  order_id BLOB,
  shipment_id BLOB,
  invoice_id BLOB,
  document_id BLOB,
  kind TEXT NOT NULL,
  words TEXT NOT NULL,
  changes TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX events_counterparty ON events (counterparty_id, at, id);
CREATE INDEX events_order ON events (order_id, at);
CREATE INDEX events_shipment ON events (shipment_id, at);
CREATE INDEX events_invoice ON events (invoice_id, at);

-- Forms that were begun, or refused, so that nothing typed is lost.
CREATE TABLE drafts (
  id BLOB PRIMARY KEY,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  kind TEXT NOT NULL,
  subject_id BLOB NOT NULL,
  body TEXT NOT NULL,
  errors TEXT NOT NULL,
  author TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (organisation_id, kind, subject_id)
) STRICT;

-- Work to be done later, written with the change that causes it.
CREATE TABLE jobs (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  dedup_key TEXT,
  run_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  lease_until INTEGER,
  lease BLOB,
  failure TEXT,
  dead_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE dead_at IS NULL;
CREATE UNIQUE INDEX jobs_dedup ON jobs (kind, dedup_key) WHERE dedup_key IS NOT NULL AND dead_at IS NULL;

-- Content mirrored from Kentico --------------------------------------------------------------------------------------

CREATE TABLE content_items (
  id BLOB NOT NULL,
  language TEXT NOT NULL,
  kind TEXT NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  body TEXT NOT NULL,
  audiences TEXT NOT NULL,
  attachment TEXT,
  first_published INTEGER,
  last_published INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL,
  PRIMARY KEY (id, language)
) STRICT;
CREATE INDEX content_items_kind ON content_items (kind, last_published);
CREATE INDEX content_items_slug ON content_items (slug);

CREATE TABLE content_assets (
  path TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  file TEXT NOT NULL,
  size INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL
) STRICT;

CREATE TABLE content_feeds (
  kind TEXT PRIMARY KEY,
  watermark TEXT,
  swept_at INTEGER,
  succeeded_at INTEGER,
  failed_at INTEGER,
  failure TEXT
) STRICT;
