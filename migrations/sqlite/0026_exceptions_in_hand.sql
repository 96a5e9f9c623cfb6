-- Who of the side that settles an exception has it in hand.
ALTER TABLE exceptions ADD COLUMN assignee_id BLOB REFERENCES users (id);
CREATE INDEX exceptions_assignee ON exceptions (assignee_id, state, due_at, id) WHERE assignee_id IS NOT NULL;
