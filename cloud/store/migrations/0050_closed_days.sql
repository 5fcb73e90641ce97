-- What of a finished day certificates are counted from, as lines whose digests stand in the log.

-- number: 0 as the day was closed; then what late deliveries added. parts: part → {lines, sha256}; facts: zlib of
-- {part: its lines} (core.day_digest).
CREATE TABLE closed_day (
    estate    text NOT NULL REFERENCES estate (id),
    day       date NOT NULL,
    number    integer NOT NULL CHECK (number >= 0),
    closed_at timestamptz NOT NULL,
    parts     jsonb NOT NULL,
    facts     bytea NOT NULL,
    PRIMARY KEY (estate, day, number)
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON closed_day
    FOR EACH STATEMENT EXECUTE FUNCTION only_added();

CREATE FUNCTION log_closed_day() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM log_append('day', NEW.estate || '/' || NEW.day, to_jsonb(NEW) - 'facts');
    RETURN NULL;
END
$$;
CREATE TRIGGER log_closed_day AFTER INSERT ON closed_day FOR EACH ROW EXECUTE FUNCTION log_closed_day();

-- Estates of which something was delivered late, since that day, until that day where it has an end. Only the program that takes deliveries in writes
-- here, and no trigger: a row that somebody puts into a closed day was announced by nobody.
CREATE TABLE day_due (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    estate text NOT NULL REFERENCES estate (id),
    since  date NOT NULL,
    until  date
);

-- Days that were not what the log says when they were looked at last, until they are.
CREATE TABLE day_difference (
    estate      text NOT NULL REFERENCES estate (id),
    day         date NOT NULL,
    found_at    timestamptz NOT NULL,
    differences integer NOT NULL CHECK (differences > 0),
    PRIMARY KEY (estate, day)
);

CREATE INDEX fault_history_at ON fault_history (at);
CREATE INDEX work_order_history_at ON work_order_history (at);

-- As in 0040, but a doubt begins when the last one was settled, not before; acknowledging the fault raises none anew; and
-- one that begins in days that are over is looked at there. As the owner: whoever acknowledges may not see `day_due`.
CREATE OR REPLACE FUNCTION pose_doubted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    begins timestamptz := greatest(NEW.since, (SELECT max(ended_at) FROM pose_doubt WHERE camera = NEW.subject));
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.severity = NEW.severity THEN
        RETURN NULL;
    END IF;
    INSERT INTO pose_doubt (camera, since) SELECT id, begins FROM camera WHERE id = NEW.subject
        ON CONFLICT (camera) WHERE ended_at IS NULL DO NOTHING;
    IF FOUND AND begins < now() - INTERVAL '1 hour' THEN
        INSERT INTO day_due (estate, since) VALUES (NEW.estate, (begins AT TIME ZONE 'Asia/Shanghai')::date);
    END IF;
    RETURN NULL;
END
$$;
