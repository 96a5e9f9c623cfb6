-- What is to be told of exceptions, and remittances: what was paid, for which invoices.

-- Since when people wait to be told that an exception is there, or worse; none where they were told.
ALTER TABLE exceptions ADD COLUMN untold_since timestamptz;
CREATE INDEX exceptions_untold ON exceptions (owner, counterparty_id) WHERE untold_since IS NOT NULL;
-- What stands about one thing, for its page and for the lists.
CREATE INDEX exceptions_standing ON exceptions (subject_id) WHERE state = 'open';
CREATE INDEX exceptions_standing_root ON exceptions (root) WHERE state = 'open';
CREATE INDEX exceptions_standing_document ON exceptions (document_id) WHERE state = 'open';

-- A payment as its payer told it (820). Its number is the trace number; amounts in minor units.
CREATE TABLE remittances (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  counterparty_id uuid NOT NULL REFERENCES organisations (id),
  number text NOT NULL,
  currency text NOT NULL,
  total bigint NOT NULL,
  method text,
  paid_on date,
  adjustments jsonb NOT NULL,
  document_id uuid REFERENCES documents (id),
  created_at timestamptz NOT NULL,
  UNIQUE (kind, counterparty_id, number)
);
CREATE INDEX remittances_newest ON remittances (created_at, id);
CREATE INDEX remittances_counterparty ON remittances (counterparty_id, created_at, id);
CREATE INDEX remittances_document ON remittances (document_id);

-- What was paid for one invoice. Applied: it counts on the invoice.
CREATE TABLE remittance_items (
  remittance_id uuid NOT NULL REFERENCES remittances (id),
  position bigint NOT NULL,
  number text NOT NULL,
  is_invoice boolean NOT NULL,
  invoice_id uuid REFERENCES invoices (id),
  is_applied boolean NOT NULL,
  paid bigint NOT NULL,
  gross bigint,
  discount bigint NOT NULL,
  adjustments jsonb NOT NULL,
  PRIMARY KEY (remittance_id, position)
);
CREATE INDEX remittance_items_invoice ON remittance_items (invoice_id);
CREATE INDEX remittance_items_unknown ON remittance_items (number) WHERE invoice_id IS NULL;
