-- Sending and taking in: what a job is asked for while it runs, whose file it was, and what an acknowledgment answers.

ALTER TABLE jobs ADD COLUMN again_at timestamptz;

ALTER TABLE transmissions ADD COLUMN owner_id uuid REFERENCES organisations (id);
CREATE INDEX transmissions_handle ON transmissions (route_id, handle) WHERE direction = 'in';

ALTER TABLE documents ADD COLUMN answers_id uuid REFERENCES interchanges (id);
CREATE INDEX documents_waiting ON documents (receiver_id, release_at) WHERE status = 'validated';
