-- A draft belongs to the person, or the key, that typed it; one from before, of whom only the name is known, to whoever of the
-- organisation opens it.
CREATE TABLE drafts_new (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  person_id uuid,
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  body jsonb NOT NULL,
  errors jsonb NOT NULL,
  author text NOT NULL,
  updated_at timestamptz NOT NULL,
  UNIQUE (organisation_id, kind, subject_id, person_id)
);
INSERT INTO drafts_new (id, organisation_id, kind, subject_id, body, errors, author, updated_at)
  SELECT id, organisation_id, kind, subject_id, body, errors, author, updated_at FROM drafts;
DROP TABLE drafts;
ALTER TABLE drafts_new RENAME TO drafts;
