-- A partner's list of cases is read from an index of its own: where a case stands and when it changed last are repeated
-- beside the partner.

CREATE TABLE case_parties_new (
  case_id uuid NOT NULL REFERENCES cases (id),
  organisation_id uuid NOT NULL REFERENCES organisations (id),
  status text NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (organisation_id, case_id)
);
INSERT INTO case_parties_new
  SELECT case_parties.case_id, case_parties.organisation_id, cases.status, cases.updated_at
  FROM case_parties JOIN cases ON cases.id = case_parties.case_id;
DROP TABLE case_parties;
ALTER TABLE case_parties_new RENAME TO case_parties;
CREATE INDEX case_parties_case ON case_parties (case_id);
CREATE INDEX case_parties_newest ON case_parties (organisation_id, updated_at, case_id);
CREATE INDEX case_parties_status ON case_parties (organisation_id, status, updated_at, case_id);
