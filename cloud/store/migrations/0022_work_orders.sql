-- Work orders of every source, with place, deadline and photographs; one order may serve a fault that comes back.

ALTER TABLE work_order
    ADD COLUMN source text NOT NULL DEFAULT 'fault'
        CHECK (source IN ('fault', 'blind_spot', 'patrol', 'complaint', 'inspection')),
    ADD COLUMN kind text,
    ADD COLUMN reference text NOT NULL DEFAULT '',
    ADD COLUMN title text NOT NULL DEFAULT '',
    ADD COLUMN detail text NOT NULL DEFAULT '',
    ADD COLUMN severity text NOT NULL DEFAULT 'serious' CHECK (severity IN ('warning', 'serious', 'critical')),
    ADD COLUMN estate text REFERENCES estate,
    ADD COLUMN building text,
    ADD COLUMN facade text REFERENCES facade,
    ADD COLUMN floor integer,
    ADD COLUMN bay integer,
    ADD COLUMN subject_type text CHECK (subject_type IN ('camera', 'sensor', 'agent', 'node')),
    ADD COLUMN subject text,
    ADD COLUMN opened_by text NOT NULL DEFAULT 'system',
    ADD COLUMN due_at timestamptz,
    ADD COLUMN responsible text,
    ADD COLUMN verified_by text,
    ADD COLUMN reason text,
    ADD COLUMN overdue_at timestamptz,
    ADD COLUMN reopened integer NOT NULL DEFAULT 0,
    ADD COLUMN reopened_at timestamptz;

-- A fault that is over does not come again; the next of its kind within a week is another fault of the same order.
CREATE TABLE work_order_fault (
    fault      uuid PRIMARY KEY REFERENCES fault,
    work_order uuid NOT NULL REFERENCES work_order ON DELETE CASCADE,
    bound_at   timestamptz NOT NULL
);
CREATE INDEX work_order_fault_order ON work_order_fault (work_order, bound_at);
INSERT INTO work_order_fault (fault, work_order, bound_at) SELECT fault, id, opened_at FROM work_order;

UPDATE work_order SET kind = fault.kind, severity = fault.severity, estate = fault.estate,
    subject_type = fault.subject_type, subject = fault.subject, responsible = taken_by,
    due_at = opened_at + CASE fault.severity
        WHEN 'critical' THEN INTERVAL '1 day' WHEN 'serious' THEN INTERVAL '3 days' ELSE INTERVAL '7 days' END
    FROM fault WHERE fault.id = work_order.fault;

ALTER TABLE work_order
    DROP COLUMN fault,
    ALTER COLUMN source DROP DEFAULT,
    ALTER COLUMN severity DROP DEFAULT,
    ALTER COLUMN opened_by DROP DEFAULT,
    ALTER COLUMN estate SET NOT NULL,
    ALTER COLUMN due_at SET NOT NULL,
    DROP CONSTRAINT work_order_state_check,
    ADD CONSTRAINT work_order_state_check CHECK
        (state IN ('open', 'assigned', 'taken', 'waiting', 'finished', 'closed', 'cancelled')),
    ADD CONSTRAINT work_order_device_check CHECK ((subject_type IS NULL) = (subject IS NULL)),
    ADD CONSTRAINT work_order_fault_check CHECK (source <> 'fault' OR (kind IS NOT NULL AND subject IS NOT NULL));
CREATE INDEX work_order_estate ON work_order (estate, opened_at);
CREATE INDEX work_order_device ON work_order (subject_type, subject, kind) WHERE source = 'fault';
CREATE INDEX work_order_due ON work_order (due_at)
    WHERE overdue_at IS NULL AND state IN ('open', 'assigned', 'taken', 'waiting');

-- How long an order may take; `fallwatch cloud migrate` brings it to what the settings say.
CREATE TABLE work_order_deadline (
    source   text NOT NULL CHECK (source IN ('fault', 'blind_spot', 'patrol', 'complaint', 'inspection')),
    severity text NOT NULL CHECK (severity IN ('warning', 'serious', 'critical')),
    allowed  interval NOT NULL CHECK (allowed > INTERVAL '0'),
    PRIMARY KEY (source, severity)
);
INSERT INTO work_order_deadline (source, severity, allowed)
    SELECT source, severity, usual FROM unnest(ARRAY['fault', 'blind_spot', 'patrol', 'complaint', 'inspection']) source,
    (VALUES ('critical', INTERVAL '24 hours'), ('serious', INTERVAL '72 hours'), ('warning', INTERVAL '168 hours'))
        AS given (severity, usual);

-- What a place looked like before the work and after it.
CREATE TABLE work_order_photo (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    work_order uuid NOT NULL REFERENCES work_order ON DELETE CASCADE,
    stage      text NOT NULL CHECK (stage IN ('before', 'after')),
    media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png')),
    width_px   integer NOT NULL,
    height_px  integer NOT NULL,
    sha256     text NOT NULL,
    content    bytea NOT NULL,
    by         text NOT NULL,
    at         timestamptz NOT NULL,
    UNIQUE (work_order, stage, sha256)
);
