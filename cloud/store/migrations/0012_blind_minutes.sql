-- How long of each minute a fault of the picture was there, so that watching can be told from seeing something.

ALTER TABLE camera_minute ADD COLUMN blind_s double precision NOT NULL DEFAULT 0;
CREATE INDEX fault_of_thing ON fault (subject_type, subject, since);

-- Minutes of a camera to be counted anew, because a fault over them has come, gone or changed.
CREATE TABLE blind_due (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    camera   text NOT NULL,
    begin_at timestamptz NOT NULL
);

CREATE FUNCTION blind_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO blind_due (camera, begin_at) VALUES (NEW.subject, CASE
        WHEN TG_OP = 'INSERT' OR OLD.severity <> NEW.severity OR OLD.since <> NEW.since
            THEN least(OLD.since, NEW.since)
        ELSE least(OLD.cleared_at, NEW.cleared_at) END);
    RETURN NULL;
END
$$;
CREATE TRIGGER blind_raised AFTER INSERT ON fault FOR EACH ROW
    WHEN (NEW.subject_type = 'camera') EXECUTE FUNCTION blind_mark();
CREATE TRIGGER blind_changed AFTER UPDATE ON fault FOR EACH ROW
    WHEN (NEW.subject_type = 'camera' AND (OLD.since, OLD.cleared_at, OLD.severity)
        IS DISTINCT FROM (NEW.since, NEW.cleared_at, NEW.severity))
    EXECUTE FUNCTION blind_mark();
