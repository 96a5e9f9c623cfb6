-- Orders are found by the numbers of their items.
CREATE INDEX order_lines_buyer_item ON order_lines (buyer_item);
CREATE INDEX order_lines_seller_item ON order_lines (seller_item);
CREATE INDEX order_lines_gtin ON order_lines (gtin);

-- What other systems were not told yet is found without reading the whole case.
CREATE INDEX case_messages_untold ON case_messages (case_id) WHERE NOT told;
CREATE INDEX case_events_untold ON case_events (case_id) WHERE NOT told;

-- Whoever is told of cases is told of their files.
UPDATE endpoints SET types = replace(types, '"case.commented"', '"case.commented","case.attachment.added"') WHERE types LIKE '%"case.commented"%';
