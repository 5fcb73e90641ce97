-- Overdue orders are told like alerts and faults; a region that somebody would not have is remembered.

ALTER TABLE escalation
    DROP CONSTRAINT escalation_subject_type_check,
    ADD CONSTRAINT escalation_subject_type_check CHECK (subject_type IN ('alert', 'fault', 'work_order'));
CREATE INDEX work_order_late ON work_order (overdue_at)
    WHERE overdue_at IS NOT NULL AND state IN ('open', 'assigned', 'taken', 'waiting');

-- What is overdue today is known by other means; only what becomes so from now on is told.
INSERT INTO escalation (subject_type, subject, estate, state, step, begun_at)
SELECT 'work_order', id, estate, 'exhausted', 0, overdue_at FROM work_order
WHERE overdue_at IS NOT NULL AND state IN ('open', 'assigned', 'taken', 'waiting');

-- polygon: [[x, y], …] in pixels of a picture of frame_width × frame_height. hides: so many false alarms it
-- would have hidden when it was declined.
CREATE TABLE region_declined (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    camera text NOT NULL REFERENCES camera (id),
    polygon jsonb NOT NULL,
    frame_width integer NOT NULL,
    frame_height integer NOT NULL,
    hides integer NOT NULL,
    reason text NOT NULL,
    declined_by text NOT NULL,
    declined_at timestamptz NOT NULL
);
CREATE INDEX region_declined_camera ON region_declined (camera, declined_at);
