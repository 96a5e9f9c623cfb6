-- Reference data: what the hub's systems say of partners, places, items and contacts, in versions with effective dates.

-- One version of one thing. Whose it is decides who sees it; the hub's own places and contacts are seen by everybody.
-- The sequence is the source's: which version holds on a day follows from the versions alone.
CREATE TABLE reference_versions (
  id uuid PRIMARY KEY,
  subject text NOT NULL CHECK (subject IN ('partner', 'location', 'item', 'contact')),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  code text NOT NULL,
  sequence bigint NOT NULL,
  valid_from date NOT NULL,
  valid_until date,
  is_removed boolean NOT NULL,
  fields jsonb NOT NULL,
  source text NOT NULL,
  event_id text NOT NULL,
  recorded_at timestamptz NOT NULL,
  UNIQUE (organisation_id, subject, code, sequence)
);
