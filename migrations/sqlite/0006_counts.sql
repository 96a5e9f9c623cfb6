-- What the start pages count, read from an index alone: by state and day, for one organisation and for the hub. Only what
-- is open, so that they stay small, and so that no other query is tempted to use them.

CREATE INDEX orders_days ON orders (counterparty_id, kind, state, promised_on, answer_due_at)
  WHERE state NOT IN ('rejected', 'invoiced', 'cancelled');
CREATE INDEX orders_hub_days ON orders (kind, state, promised_on, answer_due_at)
  WHERE state NOT IN ('rejected', 'invoiced', 'cancelled');
CREATE INDEX shipments_days ON shipments (counterparty_id, state, estimated_on) WHERE state IN ('in_transit', 'held');
CREATE INDEX shipments_hub_days ON shipments (state, estimated_on) WHERE state IN ('in_transit', 'held');
CREATE INDEX invoices_days ON invoices (counterparty_id, state, currency, due_on, total, paid)
  WHERE state NOT IN ('rejected', 'paid');
CREATE INDEX invoices_hub_days ON invoices (state, currency, due_on, total, paid) WHERE state NOT IN ('rejected', 'paid');
