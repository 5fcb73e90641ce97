-- What no device tells of itself, and draws for inspections that anybody can repeat.

CREATE TABLE equipment_paper (
    subject_type   text NOT NULL CHECK (subject_type IN ('camera', 'sensor')),
    subject        text NOT NULL,
    place          text NOT NULL,
    installed_on   date,
    installer      text NOT NULL,
    keeper         text NOT NULL,
    keeper_phone   text NOT NULL,
    warranty_until date,
    maker          text NOT NULL,
    model          text NOT NULL,
    serial         text NOT NULL,
    entered_at     timestamptz NOT NULL,
    entered_by     text NOT NULL,
    PRIMARY KEY (subject_type, subject)
);

-- A draw stays as it was made. population: how many could have been drawn; sha256: of all of them (core.sampling).
CREATE TABLE inspection_draw (
    id         uuid PRIMARY KEY,
    seed       text NOT NULL,
    what       text NOT NULL CHECK (what IN ('facade', 'camera')),
    size       integer NOT NULL CHECK (size > 0),
    population integer NOT NULL,
    sha256     text NOT NULL,
    purpose    text NOT NULL,
    drawn_at   timestamptz NOT NULL,
    drawn_by   text NOT NULL
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON inspection_draw
    FOR EACH STATEMENT EXECUTE FUNCTION only_added();

-- outcome: what the inspector found, once.
CREATE TABLE inspection_pick (
    draw         uuid NOT NULL REFERENCES inspection_draw (id),
    estate       text NOT NULL REFERENCES estate (id),
    subject      text NOT NULL,
    key          text NOT NULL,
    outcome      text CHECK (outcome IN ('passed', 'failed')),
    note         text NOT NULL DEFAULT '',
    inspected_by text,
    inspected_at timestamptz,
    work_order   uuid REFERENCES work_order (id),
    PRIMARY KEY (draw, subject),
    CHECK ((outcome IS NULL) = (inspected_at IS NULL))
);
CREATE INDEX inspection_pick_estate ON inspection_pick (estate);
