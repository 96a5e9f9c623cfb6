-- What the receiver's application said of a document (824), beside the acknowledgment of its syntax: one row for each
-- advice and document, with the code as sent and every error. The newest one counts.
CREATE TABLE advices (
  advice_id uuid NOT NULL REFERENCES documents (id),
  document_id uuid NOT NULL REFERENCES documents (id),
  code text NOT NULL,
  verdict text NOT NULL CHECK (verdict IN ('accepted', 'accepted_with_change', 'accepted_with_errors', 'partly_accepted', 'rejected')),
  errors jsonb NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (advice_id, document_id)
);
CREATE INDEX advices_document ON advices (document_id, at);
