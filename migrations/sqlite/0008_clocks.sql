-- What the hub promises and when it works, escalation, and what people are told.

-- Promises -----------------------------------------------------------------------------------------------------------

-- When a place works: hours of each weekday (Monday first, minutes after midnight) in its zone, and days off.
CREATE TABLE calendars (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  zone TEXT NOT NULL,
  week TEXT NOT NULL,
  holidays TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- What is promised for the cases it fits: an empty kind, priority or partner fits every one. Minutes of working time; the
-- ladder says what happens as they run out.
CREATE TABLE sla_policies (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT,
  priority TEXT,
  counterparty_id BLOB REFERENCES organisations (id),
  first_response INTEGER,
  next_response INTEGER,
  resolution INTEGER,
  calendar_id BLOB REFERENCES calendars (id),
  ladder TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- When the next step of its ladder is due. Cases that were open before are looked at when their promise is.
ALTER TABLE cases ADD COLUMN next_step_at INTEGER;
UPDATE cases SET next_step_at = due_at WHERE due_at IS NOT NULL;
CREATE INDEX cases_next_step ON cases (next_step_at, id) WHERE next_step_at IS NOT NULL;
CREATE INDEX cases_assignee ON cases (assignee_id, updated_at, id) WHERE assignee_id IS NOT NULL;
-- A step is taken once: its key stands where other events name what said so.
CREATE UNIQUE INDEX case_events_step ON case_events (case_id, event_id) WHERE kind = 'escalated' AND system = 'portico';

-- Notifications ------------------------------------------------------------------------------------------------------

-- What a person is told, for one of the organisations they act for. The cause is told once. Way: as it was wanted then.
CREATE TABLE notifications (
  id BLOB PRIMARY KEY,
  user_id BLOB NOT NULL REFERENCES users (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  topic TEXT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  link TEXT NOT NULL,
  cause TEXT NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('page', 'mail', 'digest')),
  mailed_at INTEGER,
  read_at INTEGER,
  at INTEGER NOT NULL,
  UNIQUE (user_id, organisation_id, cause)
) STRICT;
CREATE INDEX notifications_newest ON notifications (user_id, organisation_id, at, id);
CREATE INDEX notifications_unread ON notifications (user_id, organisation_id) WHERE read_at IS NULL;
CREATE INDEX notifications_digest ON notifications (user_id, at) WHERE way = 'digest' AND mailed_at IS NULL;

-- How a person wants to be told of a topic; what is not here is as usual.
CREATE TABLE notification_ways (
  user_id BLOB NOT NULL REFERENCES users (id),
  topic TEXT NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('page', 'mail', 'digest', 'nothing')),
  PRIMARY KEY (user_id, topic)
) STRICT;

-- When no mail shall come, and when the digest does: minutes after midnight in the person's zone.
CREATE TABLE notification_hours (
  user_id BLOB PRIMARY KEY REFERENCES users (id),
  quiet_from INTEGER,
  quiet_to INTEGER,
  digest_at INTEGER NOT NULL
) STRICT;

-- Mail that is to be sent, and was.
CREATE TABLE mails (
  id BLOB PRIMARY KEY,
  user_id BLOB NOT NULL REFERENCES users (id),
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  sent_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX mails_user ON mails (user_id, created_at, id);
