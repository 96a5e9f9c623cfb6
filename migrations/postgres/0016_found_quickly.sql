-- Orders are found by the numbers of their items.
CREATE INDEX order_lines_buyer_item ON order_lines (buyer_item);
CREATE INDEX order_lines_seller_item ON order_lines (seller_item);
CREATE INDEX order_lines_gtin ON order_lines (gtin);

-- A broken promise is written down once, as a step of a ladder is.
DROP INDEX case_events_step;
CREATE UNIQUE INDEX case_events_step ON case_events (case_id, event_id) WHERE kind IN ('escalated', 'breached') AND system = 'portico';

-- What is to be told of cases leaves before reference data.
CREATE INDEX deliveries_due_case ON deliveries (endpoint_id, due_at, at, id) WHERE state = 'waiting' AND case_id IS NOT NULL;
