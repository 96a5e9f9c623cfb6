-- A draft belongs to the person, or the key, that typed it; one from before, of whom only the name is known, to whoever of the
-- organisation opens it.
CREATE TABLE drafts_new (
  id BLOB PRIMARY KEY,
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  person_id BLOB,
  kind TEXT NOT NULL,
  subject_id BLOB NOT NULL,
  body TEXT NOT NULL,
  errors TEXT NOT NULL,
  author TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (organisation_id, kind, subject_id, person_id)
) STRICT;
INSERT INTO drafts_new (id, organisation_id, kind, subject_id, body, errors, author, updated_at)
  SELECT id, organisation_id, kind, subject_id, body, errors, author, updated_at FROM drafts;
DROP TABLE drafts;
ALTER TABLE drafts_new RENAME TO drafts;
