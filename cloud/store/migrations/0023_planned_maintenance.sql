-- Work that was announced before it began: its time is left out of the figures. Rows are only ever added.

CREATE TABLE planned_maintenance (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    estate     text NOT NULL REFERENCES estate,
    camera     text REFERENCES camera,
    begins_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL,
    reason     text NOT NULL CHECK (reason <> ''),
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL,
    CHECK (ends_at > begins_at AND ends_at <= begins_at + INTERVAL '14 days')
);
CREATE INDEX planned_maintenance_span ON planned_maintenance (estate, ends_at);
