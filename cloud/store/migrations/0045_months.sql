-- What a month was for each facade and camera, counted from spans and sights by the timers: the bureau's page reads these.

-- Which months of an estate are counted, and when last. month: its first day, in Asia/Shanghai.
CREATE TABLE estate_month (
    estate     text NOT NULL REFERENCES estate (id),
    month      date NOT NULL CHECK (extract(day FROM month) = 1),
    counted_at timestamptz NOT NULL,
    PRIMARY KEY (estate, month)
);

-- Cell-seconds. floors, bays: of rows and columns. lasting_s: float64, little-endian, for how long each cell, row by
-- row, had not been watched at the end. causes: [{camera, why, cell_s, since}], what cost most first.
CREATE TABLE facade_month (
    facade         text NOT NULL REFERENCES facade (id),
    month          date NOT NULL,
    begins_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    cells          integer NOT NULL,
    due_cell_s     double precision NOT NULL,
    watched_cell_s double precision NOT NULL,
    excused_cell_s double precision NOT NULL,
    blind_cells    integer NOT NULL,
    oldest_blind_s double precision NOT NULL,
    floors         integer[] NOT NULL,
    bays           integer[] NOT NULL,
    lasting_s      bytea NOT NULL,
    causes         jsonb NOT NULL,
    PRIMARY KEY (month, facade)
);

CREATE TABLE camera_account (
    camera     text NOT NULL REFERENCES camera (id),
    month      date NOT NULL,
    due_s      double precision NOT NULL,
    online_s   double precision NOT NULL,
    sound_s    double precision NOT NULL,
    recorded_s double precision NOT NULL,
    excluded_s double precision NOT NULL,
    PRIMARY KEY (month, camera)
);

-- Work that was late is counted by month.
CREATE INDEX work_order_overdue ON work_order (overdue_at) WHERE overdue_at IS NOT NULL;
