-- Changes that are fetched from another system, and what such a system says a case is called in a third one.

-- How far the changes of a system were read. The cursor is the system's own; it moves in the transaction of the effect.
-- Failures counts those in a row.
CREATE TABLE system_feeds (
  system text PRIMARY KEY,
  cursor text NOT NULL,
  failures bigint NOT NULL,
  failure text,
  failed_at timestamptz,
  succeeded_at timestamptz,
  created_at timestamptz NOT NULL
);

-- What another system is said to call a case, before that system spoke of it itself: it joins the case when it does.
CREATE TABLE case_claims (
  case_id uuid NOT NULL REFERENCES cases (id),
  system text NOT NULL,
  external_id text NOT NULL,
  PRIMARY KEY (case_id, system)
);
CREATE INDEX case_claims_external ON case_claims (system, external_id);
