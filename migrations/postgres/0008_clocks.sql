-- What the hub promises and when it works, escalation, and what people are told.

-- Promises -----------------------------------------------------------------------------------------------------------

-- When a place works: hours of each weekday (Monday first, minutes after midnight) in its zone, and days off.
CREATE TABLE calendars (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE,
  zone text NOT NULL,
  week jsonb NOT NULL,
  holidays jsonb NOT NULL,
  version bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);

-- What is promised for the cases it fits: an empty kind, priority or partner fits every one. Minutes of working time; the
-- ladder says what happens as they run out.
CREATE TABLE sla_policies (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE,
  kind text,
  priority text,
  counterparty_id uuid REFERENCES organisations (id),
  first_response bigint,
  next_response bigint,
  resolution bigint,
  calendar_id uuid REFERENCES calendars (id),
  ladder jsonb NOT NULL,
  version bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL
);

-- When the next step of its ladder is due. Cases that were open before are looked at when their promise is.
ALTER TABLE cases ADD COLUMN next_step_at timestamptz;
UPDATE cases SET next_step_at = due_at WHERE due_at IS NOT NULL;
CREATE INDEX cases_next_step ON cases (next_step_at, id) WHERE next_step_at IS NOT NULL;
CREATE INDEX cases_assignee ON cases (assignee_id, updated_at, id) WHERE assignee_id IS NOT NULL;
-- A step is taken once: its key stands where other events name what said so.
CREATE UNIQUE INDEX case_events_step ON case_events (case_id, event_id) WHERE kind = 'escalated' AND system = 'portico';

-- Notifications ------------------------------------------------------------------------------------------------------

-- What a person is told, for one of the organisations they act for. The cause is told once. Way: as it was wanted then.
CREATE TABLE notifications (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  topic text NOT NULL,
  title text NOT NULL,
  body text NOT NULL,
  link text NOT NULL,
  cause text NOT NULL,
  way text NOT NULL CHECK (way IN ('page', 'mail', 'digest')),
  mailed_at timestamptz,
  read_at timestamptz,
  at timestamptz NOT NULL,
  UNIQUE (user_id, organisation_id, cause)
);
CREATE INDEX notifications_newest ON notifications (user_id, organisation_id, at, id);
CREATE INDEX notifications_unread ON notifications (user_id, organisation_id) WHERE read_at IS NULL;
CREATE INDEX notifications_digest ON notifications (user_id, at) WHERE way = 'digest' AND mailed_at IS NULL;

-- How a person wants to be told of a topic; what is not here is as usual.
CREATE TABLE notification_ways (
  user_id uuid NOT NULL REFERENCES users (id),
  topic text NOT NULL,
  way text NOT NULL CHECK (way IN ('page', 'mail', 'digest', 'nothing')),
  PRIMARY KEY (user_id, topic)
);

-- When no mail shall come, and when the digest does: minutes after midnight in the person's zone.
CREATE TABLE notification_hours (
  user_id uuid PRIMARY KEY REFERENCES users (id),
  quiet_from bigint,
  quiet_to bigint,
  digest_at bigint NOT NULL
);

-- Mail that is to be sent, and was.
CREATE TABLE mails (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  address text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  sent_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE INDEX mails_user ON mails (user_id, created_at, id);
