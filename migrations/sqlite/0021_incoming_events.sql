-- Events that were refused, newest last_at first, for whoever looks after the other side. Only so many are kept, of signed
-- and of unsigned ones apart, so that a stranger's cannot push out those of the other system. The same refusal within an
-- hour is one row: fingerprint says which are the same, times how often it came. What an event claims is its own word.
CREATE TABLE refused_events (
  id BLOB PRIMARY KEY,
  fingerprint BLOB NOT NULL UNIQUE,
  reason TEXT NOT NULL,
  is_signed INTEGER NOT NULL,
  field TEXT NOT NULL,
  message TEXT NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  size INTEGER NOT NULL,
  excerpt TEXT NOT NULL,
  times INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX refused_events_newest ON refused_events (last_at, id);

-- How many were refused on each day (UTC), kept or not.
CREATE TABLE refused_counts (
  day TEXT NOT NULL,
  reason TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (day, reason)
) STRICT;

-- A parked event that nothing is to be done about.
ALTER TABLE inbound_events ADD COLUMN set_aside_at INTEGER;

-- What people did about a parked event: tried it again, set it aside, brought it back.
CREATE TABLE inbound_event_steps (
  id BLOB PRIMARY KEY,
  event_id BLOB NOT NULL REFERENCES inbound_events (id),
  step TEXT NOT NULL CHECK (step IN ('again', 'aside', 'back')),
  outcome TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX inbound_event_steps_event ON inbound_event_steps (event_id, at);
