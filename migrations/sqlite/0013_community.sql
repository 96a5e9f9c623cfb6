-- Changes that are fetched from another system, and what such a system says a case is called in a third one.

-- How far the changes of a system were read. The cursor is the system's own; it moves in the transaction of the effect.
-- Failures counts those in a row.
CREATE TABLE system_feeds (
  system TEXT PRIMARY KEY,
  cursor TEXT NOT NULL,
  failures INTEGER NOT NULL,
  failure TEXT,
  failed_at INTEGER,
  succeeded_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

-- What another system is said to call a case, before that system spoke of it itself: it joins the case when it does.
CREATE TABLE case_claims (
  case_id BLOB NOT NULL REFERENCES cases (id),
  system TEXT NOT NULL,
  external_id TEXT NOT NULL,
  PRIMARY KEY (case_id, system)
) STRICT;
CREATE INDEX case_claims_external ON case_claims (system, external_id);
