-- What the receiver's application said of a document (824), beside the acknowledgment of its syntax: one row for each
-- advice and document, with the code as sent and every error. The newest one counts.
CREATE TABLE advices (
  advice_id BLOB NOT NULL REFERENCES documents (id),
  document_id BLOB NOT NULL REFERENCES documents (id),
  code TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'accepted_with_change', 'accepted_with_errors', 'partly_accepted', 'rejected')),
  errors TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (advice_id, document_id)
) STRICT;
CREATE INDEX advices_document ON advices (document_id, at);
