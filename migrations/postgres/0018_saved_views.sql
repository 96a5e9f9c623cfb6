-- Lists as people narrowed them, each kept under a name; shared ones are seen by everybody of the organisation.
-- `query` is the part of the list's address that narrows it; `folded` the name in small letters without accents.
CREATE TABLE saved_views (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  list text NOT NULL,
  name text NOT NULL,
  folded text NOT NULL,
  query text NOT NULL,
  is_shared boolean NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (user_id, organisation_id, list, folded)
);
CREATE INDEX saved_views_shared ON saved_views (organisation_id, list) WHERE is_shared;

-- The view that the menu opens a list with, for each person in each organisation.
CREATE TABLE list_starts (
  user_id uuid NOT NULL REFERENCES users (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  list text NOT NULL,
  view_id uuid NOT NULL REFERENCES saved_views (id),
  PRIMARY KEY (user_id, organisation_id, list)
);
CREATE INDEX list_starts_view ON list_starts (view_id);
