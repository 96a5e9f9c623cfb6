-- How much of an allocation has left the supplier, and which line of a supplier's shipment a customer's part comes from.

ALTER TABLE allocations ADD COLUMN shipped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shipment_lines ADD COLUMN source_line_id BLOB REFERENCES shipment_lines (id);

-- What is known of the shipments there are: a customer's part lies on the line of the supplier's shipment that covers it.
UPDATE shipment_lines SET source_line_id = (
  SELECT origin.id FROM shipments AS seen
  JOIN shipment_lines AS origin ON origin.shipment_id = seen.source_id
  JOIN allocations ON allocations.purchase_line_id = origin.order_line_id AND allocations.sales_line_id = shipment_lines.order_line_id
  WHERE seen.id = shipment_lines.shipment_id ORDER BY origin.position LIMIT 1);
UPDATE allocations SET shipped = coalesce((
  SELECT sum(part.quantity) FROM shipment_lines AS part
  JOIN shipment_lines AS origin ON origin.id = part.source_line_id
  WHERE part.order_line_id = allocations.sales_line_id AND origin.order_line_id = allocations.purchase_line_id), 0);

-- What lists, counts and look-ups ask for.
CREATE INDEX documents_counts ON documents (direction, status);
CREATE INDEX documents_counterparty_counts ON documents (counterparty_id, direction, status);
CREATE INDEX documents_status ON documents (status, created_at, id);
CREATE INDEX shipments_hub_state ON shipments (state, created_at, id);
CREATE INDEX shipments_state ON shipments (counterparty_id, state, created_at, id);
CREATE INDEX invoices_hub_state ON invoices (state, created_at, id);
CREATE INDEX invoices_state ON invoices (counterparty_id, state, created_at, id);
CREATE INDEX interchanges_sent ON interchanges (control_number, sender_value, receiver_value) WHERE direction = 'out';
CREATE INDEX shipment_lines_order_line ON shipment_lines (order_line_id);
CREATE INDEX shipment_lines_source ON shipment_lines (source_line_id);
CREATE INDEX invoice_lines_order_line ON invoice_lines (order_line_id);
