-- Exceptions: what went wrong, what was done about it, and how the rules that find it are set.

-- One row for each kind and subject. The root is what is examined as a whole: 'order:ID', 'invoice:ID', 'document:ID',
-- 'file:ID', 'partner:ID'; an examination decides about all rows of its root. Money 0 is none.
CREATE TABLE exceptions (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  root text NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid NOT NULL,
  subject_number text NOT NULL,
  counterparty_id uuid REFERENCES organisations (id),
  owner text NOT NULL CHECK (owner IN ('hub', 'partner')),
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  state text NOT NULL CHECK (state IN ('open', 'closed')),
  differences jsonb NOT NULL,
  document_id uuid REFERENCES documents (id),
  money bigint NOT NULL,
  currency text,
  began_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  ended_at timestamptz,
  settled_by text,
  settled_note text NOT NULL,
  settled_step bigint,
  times bigint NOT NULL,
  earlier bigint NOT NULL,
  round bigint NOT NULL,
  case_id uuid REFERENCES cases (id),
  version bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (root, kind, subject_id)
);
CREATE INDEX exceptions_due ON exceptions (state, due_at, id);
CREATE INDEX exceptions_money ON exceptions (state, money, id);
CREATE INDEX exceptions_counterparty ON exceptions (counterparty_id, owner, state, due_at, id);
CREATE INDEX exceptions_kind ON exceptions (kind, settled_step) WHERE settled_step IS NOT NULL;
CREATE INDEX exceptions_subject ON exceptions (subject_number, subject_kind);

-- Steps that were done, each time it was open.
CREATE TABLE exception_steps (
  exception_id uuid NOT NULL REFERENCES exceptions (id),
  round bigint NOT NULL,
  step bigint NOT NULL,
  done_by text NOT NULL,
  done_at timestamptz NOT NULL,
  PRIMARY KEY (exception_id, round, step)
);

-- What differs from the built-in settings: for everybody, a partner, a document type, or both.
CREATE TABLE exception_rules (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  partner_id uuid REFERENCES organisations (id),
  document text,
  is_on boolean NOT NULL,
  threshold bigint NOT NULL,
  repeats bigint NOT NULL,
  author text NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX exception_rules_all ON exception_rules (kind, coalesce(document, '')) WHERE partner_id IS NULL;
CREATE UNIQUE INDEX exception_rules_partner ON exception_rules (kind, partner_id, coalesce(document, '')) WHERE partner_id IS NOT NULL;

-- Documents with the same number: what came in the place of another.
CREATE INDEX documents_number ON documents (number, kind, direction);
-- When a partner's system was heard.
CREATE INDEX transmissions_owner ON transmissions (owner_id, created_at) WHERE direction = 'in';
