-- Events that go out to other systems, and what keeps a case in step with the same case elsewhere.

-- Where events go. Secrets: those that sign, with a blank between; types: none means all. System: whose changes are not
-- sent back to it. While retry_at lies ahead the endpoint is left alone; failures counts its failures in a row.
CREATE TABLE endpoints (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  url TEXT NOT NULL,
  secrets TEXT NOT NULL,
  types TEXT NOT NULL,
  system TEXT NOT NULL,
  is_local INTEGER NOT NULL,
  is_active INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  retry_at INTEGER,
  failure TEXT,
  failed_at INTEGER,
  succeeded_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

-- One event on its way to one endpoint; its id is the event's. The body is kept as it is sent, so that every attempt sends
-- the same bytes. Of one subject (a case, an order) the sequence has no gaps, and a later one never leaves before an
-- earlier one: one that was given up holds those behind it until somebody sends it again or leaves it out.
CREATE TABLE deliveries (
  id BLOB PRIMARY KEY,
  endpoint_id BLOB NOT NULL REFERENCES endpoints (id),
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  case_id BLOB REFERENCES cases (id),
  body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead', 'left_out')),
  attempts INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  failure TEXT,
  settled_at INTEGER,
  at INTEGER NOT NULL,
  UNIQUE (endpoint_id, subject, sequence)
) STRICT;
CREATE INDEX deliveries_due ON deliveries (endpoint_id, due_at, at, id) WHERE state = 'waiting';
CREATE INDEX deliveries_newest ON deliveries (endpoint_id, at, id);
CREATE INDEX deliveries_case ON deliveries (case_id, state) WHERE case_id IS NOT NULL;

-- The place of the newest word of the other system on each field that it owns: an older one that comes late is not news.
CREATE TABLE bond_fields (
  bond_id BLOB NOT NULL REFERENCES bonds (id),
  field TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (bond_id, field)
) STRICT;

-- What of a case was not told to other systems yet. What was there before has nobody to be told to.
ALTER TABLE case_messages ADD COLUMN told INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE case_events ADD COLUMN told INTEGER NOT NULL DEFAULT FALSE;
UPDATE case_messages SET told = TRUE;
UPDATE case_events SET told = TRUE;
CREATE INDEX case_messages_untold ON case_messages (case_id) WHERE NOT told;
CREATE INDEX case_events_untold ON case_events (case_id) WHERE NOT told;
