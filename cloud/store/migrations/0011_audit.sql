-- Who looked at, took out or changed what, when and why. Rows are only ever added.
CREATE TABLE audit (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,
    by           text NOT NULL,
    action       text NOT NULL,
    subject_type text NOT NULL,
    subject      text NOT NULL,
    estate       text REFERENCES estate,
    purpose      text NOT NULL,
    content      jsonb NOT NULL
);
CREATE INDEX audit_subject ON audit (subject_type, subject, id);
CREATE INDEX audit_at ON audit (at);
