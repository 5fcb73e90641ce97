-- One-time tokens with which a device gets its certificate, by their SHA-256.
CREATE TABLE enrolment_token (
    token_hash bytea PRIMARY KEY,
    agent      text NOT NULL REFERENCES agent,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
-- Certificates of devices: those that were issued here, and others once they have been shown.
CREATE TABLE device_certificate (
    serial     text PRIMARY KEY,  -- hexadecimal
    agent      text NOT NULL REFERENCES agent,
    known_at   timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX device_certificate_agent ON device_certificate (agent);
-- Agents that were cut off. From ended_at on, when it was enrolled anew, only certificates that are known count.
CREATE TABLE agent_cut_off (
    agent    text PRIMARY KEY REFERENCES agent,
    at       timestamptz NOT NULL,
    reason   text NOT NULL,
    ended_at timestamptz
);
