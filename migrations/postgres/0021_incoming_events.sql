-- Events that were refused, newest last_at first, for whoever looks after the other side. Only so many are kept, of signed
-- and of unsigned ones apart, so that a stranger's cannot push out those of the other system. The same refusal within an
-- hour is one row: fingerprint says which are the same, times how often it came. What an event claims is its own word.
CREATE TABLE refused_events (
  id uuid PRIMARY KEY,
  fingerprint bytea NOT NULL UNIQUE,
  reason text NOT NULL,
  is_signed boolean NOT NULL,
  field text NOT NULL,
  message text NOT NULL,
  source text NOT NULL,
  event_id text NOT NULL,
  kind text NOT NULL,
  size bigint NOT NULL,
  excerpt text NOT NULL,
  times bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL
);
CREATE INDEX refused_events_newest ON refused_events (last_at, id);

-- How many were refused on each day (UTC), kept or not.
CREATE TABLE refused_counts (
  day date NOT NULL,
  reason text NOT NULL,
  events bigint NOT NULL,
  PRIMARY KEY (day, reason)
);

-- A parked event that nothing is to be done about.
ALTER TABLE inbound_events ADD COLUMN set_aside_at timestamptz;

-- What people did about a parked event: tried it again, set it aside, brought it back.
CREATE TABLE inbound_event_steps (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES inbound_events (id),
  step text NOT NULL CHECK (step IN ('again', 'aside', 'back')),
  outcome text NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX inbound_event_steps_event ON inbound_event_steps (event_id, at);
