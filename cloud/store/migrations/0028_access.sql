-- Who may do what, estate by estate. What each role of the database sees of each table stands in rights.py.

ALTER TABLE account DROP CONSTRAINT account_role_check;
ALTER TABLE account ADD CONSTRAINT account_role_check
    CHECK (role IN ('desk', 'maintenance', 'manager', 'bureau', 'auditor', 'administrator'));
ALTER TABLE account ADD COLUMN every_estate boolean NOT NULL DEFAULT false;
-- Who could see everything before there were rights by estate goes on seeing what is there.
CREATE TABLE account_estate (
    username text NOT NULL REFERENCES account ON DELETE CASCADE,
    estate   text NOT NULL REFERENCES estate ON DELETE CASCADE,
    PRIMARY KEY (username, estate)
);
CREATE INDEX account_estate_estate ON account_estate (estate);
INSERT INTO account_estate SELECT username, id FROM account, estate;

ALTER TABLE change ADD COLUMN estate text;

CREATE INDEX agent_estate ON agent (estate);
CREATE INDEX facade_estate ON facade (estate);
CREATE INDEX fault_estate ON fault (estate);

-- For whom the HTTP interface asks. Roles are the cluster's, not the database's: another may have made it already.
DO $$
BEGIN
    -- Who may not make roles may still find it made.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fallwatch_api') THEN
        CREATE ROLE fallwatch_api NOLOGIN NOINHERIT NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'fallwatch_api', 'MEMBER') THEN
        EXECUTE format('GRANT fallwatch_api TO %I', current_user);
    END IF;
END
$$;

-- The estates that whoever asks may see, as the transaction began.
CREATE FUNCTION own_estates() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('fallwatch.estates', true), ''), '{}')::text[]
$$;

-- A change by a person is committed only with an entry in the audit log; this is how the transaction knows.
CREATE FUNCTION audit_entered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('fallwatch.entered', 'yes', true);
    RETURN NULL;
END
$$;
CREATE TRIGGER audit_entered AFTER INSERT ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_entered();

-- A view looks with its owner's eyes unless told otherwise.
ALTER VIEW desired_outcome SET (security_invoker = true);
