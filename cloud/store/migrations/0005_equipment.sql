-- Faults of any name, as devices tell them, with what was measured; what devices are; warnings before an impact.

ALTER TABLE fault DROP CONSTRAINT fault_kind_check;
ALTER TABLE fault DROP CONSTRAINT fault_subject_type_check;
ALTER TABLE fault ADD CONSTRAINT fault_subject_type_check CHECK (subject_type IN ('camera', 'sensor', 'agent'));
ALTER TABLE fault
    ADD COLUMN severity text NOT NULL DEFAULT 'serious' CHECK (severity IN ('warning', 'serious', 'critical')),
    ADD COLUMN value double precision,
    ADD COLUMN baseline double precision,
    ADD COLUMN threshold double precision,
    ADD COLUMN unit text NOT NULL DEFAULT '',
    ADD COLUMN what jsonb,
    ADD COLUMN advice jsonb,
    ADD COLUMN thumbnail bytea;
UPDATE fault SET severity = 'critical' WHERE kind = 'agent_offline';

-- A camera and a sensor may have the same name.
DROP INDEX fault_one_open;
CREATE UNIQUE INDEX fault_one_open ON fault (kind, subject_type, subject) WHERE state <> 'closed';

-- The newest word of a device on each of its faults, also of those that are over: an older one comes late at times.
CREATE TABLE fault_report (
    subject_type text NOT NULL,
    subject text NOT NULL,
    fault text NOT NULL,
    state text NOT NULL CHECK (state IN ('raised', 'cleared')),
    since timestamptz NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (subject_type, subject, fault)
);

CREATE TABLE device (
    subject_type text NOT NULL CHECK (subject_type IN ('camera', 'sensor', 'agent')),
    subject text NOT NULL,
    maker text NOT NULL,
    model text NOT NULL,
    serial text NOT NULL,
    firmware text NOT NULL,
    profile text NOT NULL,
    profile_version text NOT NULL,
    wanted_firmware text NOT NULL,
    since timestamptz NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (subject_type, subject)
);
CREATE TABLE device_history (LIKE device INCLUDING ALL);
ALTER TABLE device_history DROP CONSTRAINT device_history_pkey;
ALTER TABLE device_history ADD PRIMARY KEY (subject_type, subject, boot, seq);

-- A siren or lamp was switched because something seemed to fall.
CREATE TABLE warning (
    agent text NOT NULL REFERENCES agent,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    camera text NOT NULL REFERENCES camera,
    device text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('on', 'failed', 'held_back')),
    first_visible_at timestamptz NOT NULL,
    suspected_at timestamptz NOT NULL,
    acted_at timestamptz NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (agent, boot, seq)
);
CREATE INDEX warning_camera ON warning (camera, suspected_at);
