-- Exceptions: what went wrong, what was done about it, and how the rules that find it are set.

-- One row for each kind and subject. The root is what is examined as a whole: 'order:ID', 'invoice:ID', 'document:ID',
-- 'file:ID', 'partner:ID'; an examination decides about all rows of its root. Money 0 is none.
CREATE TABLE exceptions (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  root TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BLOB NOT NULL,
  subject_number TEXT NOT NULL,
  counterparty_id BLOB REFERENCES organisations (id),
  owner TEXT NOT NULL CHECK (owner IN ('hub', 'partner')),
  severity TEXT NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  differences TEXT NOT NULL,
  document_id BLOB REFERENCES documents (id),
  money INTEGER NOT NULL,
  currency TEXT,
  began_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  ended_at INTEGER,
  settled_by TEXT,
  settled_note TEXT NOT NULL,
  settled_step INTEGER,
  times INTEGER NOT NULL,
  earlier INTEGER NOT NULL,
  round INTEGER NOT NULL,
  case_id BLOB REFERENCES cases (id),
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (root, kind, subject_id)
) STRICT;
CREATE INDEX exceptions_due ON exceptions (state, due_at, id);
CREATE INDEX exceptions_money ON exceptions (state, money, id);
CREATE INDEX exceptions_counterparty ON exceptions (counterparty_id, owner, state, due_at, id);
CREATE INDEX exceptions_kind ON exceptions (kind, settled_step) WHERE settled_step IS NOT NULL;
CREATE INDEX exceptions_subject ON exceptions (subject_number, subject_kind);

-- Steps that were done, each time it was open.
CREATE TABLE exception_steps (
  exception_id BLOB NOT NULL REFERENCES exceptions (id),
  round INTEGER NOT NULL,
  step INTEGER NOT NULL,
  done_by TEXT NOT NULL,
  done_at INTEGER NOT NULL,
  PRIMARY KEY (exception_id, round, step)
) STRICT;

-- What differs from the built-in settings: for everybody, a partner, a document type, or both.
CREATE TABLE exception_rules (
  id BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  partner_id BLOB REFERENCES organisations (id),
  document TEXT,
  is_on INTEGER NOT NULL,
  threshold INTEGER NOT NULL,
  repeats INTEGER NOT NULL,
  author TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX exception_rules_all ON exception_rules (kind, coalesce(document, '')) WHERE partner_id IS NULL;
CREATE UNIQUE INDEX exception_rules_partner ON exception_rules (kind, partner_id, coalesce(document, '')) WHERE partner_id IS NOT NULL;

-- Documents with the same number: what came in the place of another.
CREATE INDEX documents_number ON documents (number, kind, direction);
-- When a partner's system was heard.
CREATE INDEX transmissions_owner ON transmissions (owner_id, created_at) WHERE direction = 'in';
