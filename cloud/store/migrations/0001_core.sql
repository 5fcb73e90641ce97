-- Everything that plain PostgreSQL can hold. Series (event, sensor_reading, camera_minute) become partitioned
-- or hypertables in the files that follow.

CREATE TABLE estate (
    id text PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL
);

CREATE TABLE facade (
    id text PRIMARY KEY,
    estate text NOT NULL REFERENCES estate,
    building text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    floors integer NOT NULL CHECK (floors > 0),
    bays integer NOT NULL CHECK (bays > 0)
);

CREATE TABLE agent (
    id text PRIMARY KEY,
    estate text NOT NULL REFERENCES estate,
    name_zh text NOT NULL,
    name_en text NOT NULL
);

CREATE TABLE camera (
    id text PRIMARY KEY,
    agent text NOT NULL REFERENCES agent,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    first_seen_at timestamptz
);

CREATE TABLE camera_facade (
    camera text NOT NULL REFERENCES camera ON DELETE CASCADE,
    facade text NOT NULL REFERENCES facade ON DELETE CASCADE,
    PRIMARY KEY (camera, facade)
);

CREATE TABLE sensor (
    id text PRIMARY KEY,
    agent text NOT NULL REFERENCES agent,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    quantity text NOT NULL,
    unit text NOT NULL,
    value double precision,
    observed_at timestamptz,
    silent_since timestamptz
);

CREATE TABLE account (
    username text PRIMARY KEY,
    display_zh text NOT NULL,
    display_en text NOT NULL,
    role text NOT NULL CHECK (role IN ('desk', 'maintenance', 'bureau')),
    password_hash text NOT NULL
);

-- A session is known by the hash of its token: who reads this table cannot log in with it.
CREATE TABLE session (
    token_hash bytea PRIMARY KEY,
    username text NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE login_failure (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    username text NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX login_failure_at ON login_failure (at);

-- The unique key holds the time column because a hypertable asks for it; `seen_range` decides what is a copy.
CREATE TABLE event (
    agent text NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    observed_at timestamptz NOT NULL,
    message_id uuid NOT NULL,
    kind text NOT NULL,
    received_at timestamptz NOT NULL,
    payload jsonb NOT NULL,
    UNIQUE (agent, boot, seq, observed_at)
);
CREATE INDEX event_message_id ON event (message_id);

CREATE TABLE sensor_reading (
    sensor text NOT NULL,
    observed_at timestamptz NOT NULL,
    value double precision NOT NULL,
    unit text NOT NULL,
    UNIQUE (sensor, observed_at)
);

CREATE TABLE camera_minute (
    camera text NOT NULL,
    observed_at timestamptz NOT NULL,
    watched_s double precision NOT NULL,
    frames bigint NOT NULL,
    dropped bigint NOT NULL,
    UNIQUE (camera, observed_at)
);
CREATE INDEX camera_minute_at ON camera_minute (observed_at);

-- Which sequence numbers of a boot are in the database, and which lie in the dead letters; the holes are the gaps.
CREATE TABLE seen_range (
    agent text NOT NULL,
    boot uuid NOT NULL,
    stored int8multirange NOT NULL DEFAULT '{}',
    refused int8multirange NOT NULL DEFAULT '{}',
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (agent, boot)
);

CREATE TABLE dead_letter (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    topic text NOT NULL,
    size_bytes integer NOT NULL,
    payload_prefix bytea NOT NULL
);

CREATE TABLE agent_status (
    agent text PRIMARY KEY REFERENCES agent ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('unknown', 'online', 'offline')),
    since timestamptz,
    heard_at timestamptz,
    boot uuid,
    written_at timestamptz,
    software text NOT NULL DEFAULT '',
    accepted_seq bigint NOT NULL DEFAULT 0,
    outbox_depth bigint NOT NULL DEFAULT 0,
    outbox_oldest_s double precision NOT NULL DEFAULT 0,
    cameras jsonb NOT NULL DEFAULT '[]'
);

CREATE TABLE camera_state (
    camera text PRIMARY KEY REFERENCES camera ON DELETE CASCADE,
    state text NOT NULL CHECK (state IN ('streaming', 'lost')),
    since timestamptz NOT NULL,
    reason text NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL
);

-- Every change that was told, also those that came too late to count; an interval ends where the next begins.
CREATE TABLE camera_state_history (
    camera text NOT NULL REFERENCES camera ON DELETE CASCADE,
    since timestamptz NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (camera, boot, seq)
);
CREATE INDEX camera_state_history_since ON camera_state_history (camera, since);

CREATE TABLE alert (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    message_id uuid NOT NULL UNIQUE,
    agent text NOT NULL REFERENCES agent,
    camera text NOT NULL REFERENCES camera,
    severity text NOT NULL CHECK (severity IN ('critical', 'high', 'notice')),
    score double precision NOT NULL,
    observed_at timestamptz NOT NULL,
    last_visible_at timestamptz NOT NULL,
    decided_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    raised_at timestamptz NOT NULL,
    payload jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('raised', 'acknowledged', 'closed')),
    acknowledged_by text,
    acknowledged_at timestamptz,
    closed_by text,
    closed_at timestamptz,
    close_reason text
);
CREATE INDEX alert_open ON alert (raised_at) WHERE state <> 'closed';
CREATE INDEX alert_closed ON alert (closed_at) WHERE state = 'closed';

CREATE TABLE alert_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert uuid NOT NULL REFERENCES alert ON DELETE CASCADE,
    at timestamptz NOT NULL,
    what text NOT NULL,
    by text NOT NULL,
    note text NOT NULL
);
CREATE INDEX alert_history_alert ON alert_history (alert);

CREATE TABLE clip (
    event uuid PRIMARY KEY,
    agent text NOT NULL REFERENCES agent,
    camera text NOT NULL REFERENCES camera,
    state text NOT NULL CHECK (state IN ('pending', 'stored', 'verified', 'failed')),
    sha256 text,
    size_bytes bigint,
    manifest text,
    signature text,
    certificate text,
    signature_valid boolean NOT NULL DEFAULT false,
    signed_by text NOT NULL DEFAULT '',
    hash_matches boolean,
    failed_reason text,
    announced_at timestamptz NOT NULL,
    stored_at timestamptz
);
CREATE INDEX clip_sha256 ON clip (sha256);

CREATE TABLE fault (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('camera_lost', 'agent_offline')),
    subject_type text NOT NULL CHECK (subject_type IN ('camera', 'agent')),
    subject text NOT NULL,
    estate text NOT NULL REFERENCES estate,
    state text NOT NULL CHECK (state IN ('raised', 'acknowledged', 'closed')),
    since timestamptz NOT NULL,
    reason text NOT NULL,
    acknowledged_by text,
    cleared_at timestamptz,
    close_reason text
);
-- At most one open fault for a thing: the database says so, whatever two programs believe.
CREATE UNIQUE INDEX fault_one_open ON fault (kind, subject) WHERE state <> 'closed';
CREATE INDEX fault_since ON fault (since);

CREATE TABLE fault_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fault uuid NOT NULL REFERENCES fault ON DELETE CASCADE,
    at timestamptz NOT NULL,
    what text NOT NULL,
    by text NOT NULL,
    note text NOT NULL
);
CREATE INDEX fault_history_fault ON fault_history (fault);

CREATE TABLE work_order (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    fault uuid NOT NULL UNIQUE REFERENCES fault,
    state text NOT NULL CHECK (state IN ('open', 'taken', 'finished', 'closed')),
    opened_at timestamptz NOT NULL,
    fault_cleared boolean NOT NULL DEFAULT false,
    taken_by text,
    taken_at timestamptz,
    finished_by text,
    finished_at timestamptz,
    measure text,
    closed_at timestamptz
);

CREATE TABLE work_order_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    work_order uuid NOT NULL REFERENCES work_order ON DELETE CASCADE,
    at timestamptz NOT NULL,
    what text NOT NULL,
    by text NOT NULL,
    note text NOT NULL
);
CREATE INDEX work_order_history_order ON work_order_history (work_order);

-- What browsers are told. Writers hold a lock until they commit, so that ids appear in order.
CREATE TABLE change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    topic text NOT NULL,
    subject text NOT NULL,
    message_id uuid
);
CREATE INDEX change_at ON change (at);

CREATE FUNCTION change_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('fallwatch_change', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER change_notify AFTER INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION change_notify();
