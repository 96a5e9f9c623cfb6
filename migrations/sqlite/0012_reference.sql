-- Reference data: what the hub's systems say of partners, places, items and contacts, in versions with effective dates.

-- One version of one thing. Whose it is decides who sees it; the hub's own places and contacts are seen by everybody.
-- The sequence is the source's: which version holds on a day follows from the versions alone.
CREATE TABLE reference_versions (
  id BLOB PRIMARY KEY,
  subject TEXT NOT NULL CHECK (subject IN ('partner', 'location', 'item', 'contact')),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  code TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT,
  is_removed INTEGER NOT NULL,
  fields TEXT NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  UNIQUE (organisation_id, subject, code, sequence)
) STRICT;
