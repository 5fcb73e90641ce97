-- Which cells of which facade each camera watches while it works, and since when: computed from the plans of estates.

-- What an estate's file said of space when it was entered. Never changed, only followed by a newer version.
CREATE TABLE estate_plan (
    estate     text NOT NULL REFERENCES estate (id),
    version    integer NOT NULL CHECK (version > 0),
    content    jsonb NOT NULL,
    sha256     text NOT NULL,
    holds_from timestamptz NOT NULL,
    entered_at timestamptz NOT NULL,
    entered_by text NOT NULL,
    PRIMARY KEY (estate, version)
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON estate_plan
    FOR EACH STATEMENT EXECUTE FUNCTION only_added();

-- The cells of a facade: the floor of each row from the ground up, the bay of each column from the left.
CREATE TABLE facade_grid (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    facade    text NOT NULL REFERENCES facade (id),
    plan      integer NOT NULL,
    begins_at timestamptz NOT NULL,
    ends_at   timestamptz CHECK (ends_at >= begins_at),
    floors    integer[] NOT NULL,
    bays      integer[] NOT NULL,
    spans_px  double precision NOT NULL,
    object_m  double precision NOT NULL
);
CREATE INDEX facade_grid_facade ON facade_grid (facade, begins_at);

-- reason: a byte for each cell, row by row (geometry.looking.Reason). fall_px_m, elevation_deg: float32, little-endian.
CREATE TABLE sight (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    camera        text NOT NULL REFERENCES camera (id),
    facade        text NOT NULL REFERENCES facade (id),
    grid          bigint NOT NULL REFERENCES facade_grid (id),
    plan          integer NOT NULL,
    begins_at     timestamptz NOT NULL,
    ends_at       timestamptz CHECK (ends_at >= begins_at),
    reason        bytea NOT NULL,
    fall_px_m     bytea NOT NULL,
    elevation_deg bytea NOT NULL
);
CREATE INDEX sight_facade ON sight (facade, begins_at);
CREATE INDEX sight_camera ON sight (camera) WHERE ends_at IS NULL;

-- From what the sights of a camera were computed last. wished: the version of what is wanted of its agent whose masks
-- counted; 0: none.
CREATE TABLE surveyed (
    camera text PRIMARY KEY REFERENCES camera (id),
    plan   integer NOT NULL,
    wished bigint NOT NULL,
    at     timestamptz NOT NULL
);

-- A camera that was moved is not trusted until somebody has confirmed where it looks, or has entered it anew.
CREATE TABLE pose_doubt (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    camera   text NOT NULL REFERENCES camera (id),
    since    timestamptz NOT NULL,
    ended_at timestamptz CHECK (ended_at >= since),
    ended_by text,
    reason   text NOT NULL DEFAULT '',
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX pose_doubt_open ON pose_doubt (camera) WHERE ended_at IS NULL;

-- In the transaction of the fault, whichever way it comes.
CREATE FUNCTION pose_doubted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pose_doubt (camera, since) SELECT id, NEW.since FROM camera WHERE id = NEW.subject
        ON CONFLICT (camera) WHERE ended_at IS NULL DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER fault_doubts_pose AFTER INSERT OR UPDATE OF severity ON fault FOR EACH ROW
    WHEN (NEW.kind = 'moved' AND NEW.subject_type = 'camera' AND NEW.severity <> 'warning' AND NEW.state <> 'closed')
    EXECUTE FUNCTION pose_doubted();
INSERT INTO pose_doubt (camera, since)
    SELECT subject, min(since) FROM fault JOIN camera ON camera.id = subject
    WHERE kind = 'moved' AND subject_type = 'camera' AND severity <> 'warning' AND state <> 'closed' GROUP BY subject;
