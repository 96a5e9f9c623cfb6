-- What comes by mail, who of several partners reads what in a case, and how cases are found.

-- Mail ---------------------------------------------------------------------------------------------------------------

-- What a mail is about, so that an answer to it finds its case: the message it tells of, where it tells of one, and the
-- organisation it was written to its reader for.
ALTER TABLE mails ADD COLUMN case_id uuid REFERENCES cases (id);
ALTER TABLE mails ADD COLUMN message_id uuid REFERENCES case_messages (id);
ALTER TABLE mails ADD COLUMN organisation_id uuid REFERENCES organisations (id);

-- Mail that came in, each once. State: 'written' (it is in its case), 'review' (a person has to look at it), 'set_aside'.
-- What was written stands apart from what it quotes; the whole mail is in the file store.
CREATE TABLE incoming_mails (
  id uuid PRIMARY KEY,
  sha256 bytea NOT NULL UNIQUE,
  size bigint NOT NULL,
  file text NOT NULL,
  sender text NOT NULL,
  subject text NOT NULL,
  body text NOT NULL,
  quoted text NOT NULL,
  names jsonb NOT NULL,
  state text NOT NULL CHECK (state IN ('written', 'review', 'set_aside')),
  reason text,
  detail text NOT NULL,
  case_id uuid REFERENCES cases (id),
  message_id uuid REFERENCES case_messages (id),
  settled_by text,
  settled_at timestamptz,
  at timestamptz NOT NULL
);
CREATE INDEX incoming_mails_state ON incoming_mails (state, at, id);
CREATE INDEX incoming_mails_message ON incoming_mails (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX incoming_mails_case ON incoming_mails (case_id, at) WHERE case_id IS NOT NULL;

-- Who reads what -----------------------------------------------------------------------------------------------------

-- Of what partners may read ('partner'): the one that does; everybody who takes part where none is named. What was there
-- so far is between the hub and the partner of its case.
ALTER TABLE case_messages ADD COLUMN reader_id uuid REFERENCES organisations (id);
ALTER TABLE case_events ADD COLUMN reader_id uuid REFERENCES organisations (id);
ALTER TABLE case_attachments ADD COLUMN reader_id uuid REFERENCES organisations (id);
ALTER TABLE case_uploads ADD COLUMN reader_id uuid REFERENCES organisations (id);
UPDATE case_messages SET reader_id = (SELECT counterparty_id FROM cases WHERE cases.id = case_messages.case_id)
  WHERE visibility = 'partner';
UPDATE case_attachments SET reader_id = (SELECT counterparty_id FROM cases WHERE cases.id = case_attachments.case_id)
  WHERE visibility = 'partner';
UPDATE case_uploads SET reader_id = (SELECT counterparty_id FROM cases WHERE cases.id = case_uploads.case_id)
  WHERE visibility = 'partner';
UPDATE case_events SET reader_id = (SELECT counterparty_id FROM cases WHERE cases.id = case_events.case_id)
  WHERE visibility = 'partner'
    AND kind IN ('attached', 'settled', 'linked', 'merged', 'absorbed', 'tier', 'escalated', 'breached', 'wished');
DROP INDEX case_attachments_contents;
CREATE UNIQUE INDEX case_attachments_shared ON case_attachments (case_id, sha256, visibility) WHERE reader_id IS NULL;
CREATE UNIQUE INDEX case_attachments_single ON case_attachments (case_id, sha256, reader_id) WHERE reader_id IS NOT NULL;

-- Search -------------------------------------------------------------------------------------------------------------

-- The words of cases, each folded (small letters without accents) and as bytes, so that a search reads the words that begin
-- with what is looked for and no cases. A word is found by whoever may read where it stands. They are gathered by a job.
CREATE TABLE case_words (
  word bytea NOT NULL,
  case_id uuid NOT NULL REFERENCES cases (id),
  visibility text NOT NULL CHECK (visibility IN ('internal', 'partner')),
  reader_id uuid REFERENCES organisations (id)
);
CREATE INDEX case_words_word ON case_words (word, visibility, reader_id, case_id);
CREATE INDEX case_words_case ON case_words (case_id);
ALTER TABLE cases ADD COLUMN is_indexed boolean NOT NULL DEFAULT TRUE;
UPDATE cases SET is_indexed = FALSE;
CREATE INDEX cases_unindexed ON cases (id) WHERE NOT is_indexed;
