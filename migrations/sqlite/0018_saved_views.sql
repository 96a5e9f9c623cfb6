-- Lists as people narrowed them, each kept under a name; shared ones are seen by everybody of the organisation.
-- `query` is the part of the list's address that narrows it; `folded` the name in small letters without accents.
CREATE TABLE saved_views (
  id BLOB PRIMARY KEY,
  user_id BLOB NOT NULL REFERENCES users (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  list TEXT NOT NULL,
  name TEXT NOT NULL,
  folded TEXT NOT NULL,
  query TEXT NOT NULL,
  is_shared INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (user_id, organisation_id, list, folded)
) STRICT;
CREATE INDEX saved_views_shared ON saved_views (organisation_id, list) WHERE is_shared;

-- The view that the menu opens a list with, for each person in each organisation.
CREATE TABLE list_starts (
  user_id BLOB NOT NULL REFERENCES users (id),
  organisation_id BLOB NOT NULL REFERENCES organisations (id),
  list TEXT NOT NULL,
  view_id BLOB NOT NULL REFERENCES saved_views (id),
  PRIMARY KEY (user_id, organisation_id, list)
) STRICT;
CREATE INDEX list_starts_view ON list_starts (view_id);
