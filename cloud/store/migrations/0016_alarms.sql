-- Alerts and faults in the words of alarm practice: confirmed, assigned, shelved, suppressed; urgent for a reason.

ALTER TABLE alert DROP CONSTRAINT alert_state_check;
ALTER TABLE alert
    ADD CONSTRAINT alert_state_check CHECK (state IN ('raised', 'acknowledged', 'confirmed', 'closed')),
    ADD COLUMN confirmed_by text,
    ADD COLUMN confirmed_at timestamptz,
    ADD COLUMN assigned_to text,
    ADD COLUMN shelved_by text,
    ADD COLUMN shelved_at timestamptz,
    ADD COLUMN shelved_until timestamptz,
    ADD COLUMN shelve_reason text,
    ADD COLUMN priority integer NOT NULL DEFAULT 1 CHECK (priority BETWEEN 1 AND 1000),
    ADD COLUMN priority_reasons jsonb NOT NULL DEFAULT '[]';
UPDATE alert SET priority = greatest(1, round(600 * score)::integer);
CREATE INDEX alert_shelved ON alert (shelved_until) WHERE shelved_until IS NOT NULL;

-- tell_at: when people are told of it, unless it proves to follow from another before; announced_at: they were.
ALTER TABLE fault DROP CONSTRAINT fault_subject_type_check;
ALTER TABLE fault
    ADD CONSTRAINT fault_subject_type_check CHECK (subject_type IN ('camera', 'sensor', 'agent', 'node')),
    ADD COLUMN acknowledged_at timestamptz,
    ADD COLUMN shelved_by text,
    ADD COLUMN shelved_at timestamptz,
    ADD COLUMN shelved_until timestamptz,
    ADD COLUMN shelve_reason text,
    ADD COLUMN suppressed_by uuid REFERENCES fault ON DELETE SET NULL,
    ADD COLUMN tell_at timestamptz,
    ADD COLUMN announced_at timestamptz;
UPDATE fault SET tell_at = since, announced_at = since, cleared_at = greatest(cleared_at, since);
UPDATE fault SET acknowledged_at = line.at FROM fault_history line
    WHERE line.fault = fault.id AND line.what = 'acknowledged';
ALTER TABLE fault
    ALTER COLUMN tell_at SET NOT NULL,
    ADD CONSTRAINT fault_not_before_itself CHECK (cleared_at >= since);
CREATE INDEX fault_shelved ON fault (shelved_until) WHERE shelved_until IS NOT NULL;
CREATE INDEX fault_to_tell ON fault (tell_at)
    WHERE announced_at IS NULL AND suppressed_by IS NULL AND state <> 'closed';
CREATE INDEX fault_beneath ON fault (suppressed_by) WHERE suppressed_by IS NOT NULL;
CREATE INDEX fault_condition ON fault (kind, subject_type, subject, since);
