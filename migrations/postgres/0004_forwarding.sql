-- Interchanges that are passed on as they came: to a partner with a system of its own, or to the hub's.

CREATE TABLE forwards (
  interchange_id uuid PRIMARY KEY REFERENCES interchanges (id),
  receiver_id uuid NOT NULL REFERENCES organisations (id),
  transmission_id uuid REFERENCES transmissions (id),
  created_at timestamptz NOT NULL
);
CREATE INDEX forwards_waiting ON forwards (receiver_id, created_at) WHERE transmission_id IS NULL;
CREATE INDEX forwards_transmission ON forwards (transmission_id) WHERE transmission_id IS NOT NULL;
