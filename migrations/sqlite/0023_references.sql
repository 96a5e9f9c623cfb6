-- What a case is about: payments and single lines besides. `line` is the number of a line of the order or invoice; empty
-- where the whole is meant.
CREATE TABLE case_references_new (
  case_id BLOB NOT NULL REFERENCES cases (id),
  kind TEXT NOT NULL CHECK (kind IN ('order', 'shipment', 'invoice', 'payment', 'document')),
  number TEXT NOT NULL,
  line TEXT NOT NULL,
  order_id BLOB REFERENCES orders (id),
  shipment_id BLOB REFERENCES shipments (id),
  invoice_id BLOB REFERENCES invoices (id),
  remittance_id BLOB REFERENCES remittances (id),
  document_id BLOB REFERENCES documents (id),
  PRIMARY KEY (case_id, kind, number, line)
) STRICT;
INSERT INTO case_references_new (case_id, kind, number, line, order_id, shipment_id, invoice_id, document_id)
  SELECT case_id, kind, number, '', order_id, shipment_id, invoice_id, document_id FROM case_references;
DROP TABLE case_references;
ALTER TABLE case_references_new RENAME TO case_references;
CREATE INDEX case_references_number ON case_references (kind, number);
CREATE INDEX case_references_order ON case_references (order_id);
CREATE INDEX case_references_shipment ON case_references (shipment_id);
CREATE INDEX case_references_invoice ON case_references (invoice_id);
CREATE INDEX case_references_remittance ON case_references (remittance_id);
