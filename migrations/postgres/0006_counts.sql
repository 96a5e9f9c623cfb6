-- What the start pages count, read from an index alone: by state and day, for one organisation and for the hub.

CREATE INDEX orders_days ON orders (counterparty_id, kind, state, promised_on, answer_due_at);
CREATE INDEX orders_hub_days ON orders (kind, state, promised_on, answer_due_at);
CREATE INDEX shipments_days ON shipments (counterparty_id, state, estimated_on);
CREATE INDEX shipments_hub_days ON shipments (state, estimated_on);
CREATE INDEX invoices_days ON invoices (counterparty_id, state, currency, due_on, total, paid);
CREATE INDEX invoices_hub_days ON invoices (state, currency, due_on, total, paid);
