-- Sessions that can be listed and end when nobody uses them, second factors, logins by the organisation's own
-- provider, and leave to see pictures of people.

ALTER TABLE account
    ADD COLUMN disabled_at timestamptz,
    -- Who they are to the OpenID provider: its address and the subject.
    ADD COLUMN oidc_subject text UNIQUE;

-- Nobody stays logged in over this.
DELETE FROM session;
ALTER TABLE session
    ADD COLUMN id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    ADD COLUMN used_at timestamptz NOT NULL,
    ADD COLUMN address text NOT NULL,
    ADD COLUMN browser text NOT NULL,
    ADD COLUMN by text NOT NULL CHECK (by IN ('password', 'second_factor', 'recovery_code', 'oidc'));
CREATE INDEX session_username ON session (username);

-- secret: encrypted with a key of the settings. last_step: no code counts twice, nor one before the last.
CREATE TABLE second_factor (
    username     text PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    secret       bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step    bigint NOT NULL DEFAULT 0
);
CREATE TABLE recovery_code (
    username  text NOT NULL REFERENCES second_factor ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (username, code_hash)
);

-- Between the way to the OpenID provider and the way back. state_hash: SHA-256 of what the browser carries.
CREATE TABLE oidc_attempt (
    state_hash bytea PRIMARY KEY,
    nonce      text NOT NULL,
    verifier   text NOT NULL,
    ends_at    timestamptz NOT NULL
);

-- Who may see pictures of people though their role does not: of one alert, or of all in an estate.
CREATE TABLE picture_grant (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    username   text NOT NULL REFERENCES account ON DELETE CASCADE,
    estate     text NOT NULL REFERENCES estate,
    alert      uuid REFERENCES alert,
    reason     text NOT NULL CHECK (reason <> ''),
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > granted_at),
    revoked_by text,
    revoked_at timestamptz
);
CREATE INDEX picture_grant_username ON picture_grant (username, estate);
