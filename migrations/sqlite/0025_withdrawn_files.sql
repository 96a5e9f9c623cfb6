-- A file that was withdrawn: who did, when and why. Its contents are given to nobody any more, and may be attached again.
ALTER TABLE case_attachments ADD COLUMN withdrawn_at INTEGER;
ALTER TABLE case_attachments ADD COLUMN withdrawn_by TEXT;
ALTER TABLE case_attachments ADD COLUMN withdrawn_why TEXT;
DROP INDEX case_attachments_shared;
DROP INDEX case_attachments_single;
CREATE UNIQUE INDEX case_attachments_shared ON case_attachments (case_id, sha256, visibility) WHERE reader_id IS NULL AND withdrawn_at IS NULL;
CREATE UNIQUE INDEX case_attachments_single ON case_attachments (case_id, sha256, reader_id) WHERE reader_id IS NOT NULL AND withdrawn_at IS NULL;
