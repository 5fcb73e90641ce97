-- requires: plain postgresql
-- The same aggregates without TimescaleDB: tables that the timers bring up to date, hour by hour, from what has
-- changed. A materialised view could only be made anew as a whole, and would forget with the minutes.

CREATE TABLE camera_hour (
    camera    text NOT NULL,
    began_at  timestamptz NOT NULL,
    watched_s double precision NOT NULL,
    clear_s   double precision NOT NULL,
    minutes   bigint NOT NULL,
    frames    bigint NOT NULL,
    dropped   bigint NOT NULL,
    PRIMARY KEY (began_at, camera)
);
CREATE TABLE camera_day (LIKE camera_hour INCLUDING ALL);
CREATE TABLE camera_month (LIKE camera_hour INCLUDING ALL);

-- Hours of which minutes have come or changed; no key, so that writers never wait for each other.
CREATE TABLE rollup_due (hour timestamptz NOT NULL);
INSERT INTO rollup_due SELECT DISTINCT date_trunc('hour', observed_at, 'UTC') FROM camera_minute;

CREATE FUNCTION rollup_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO rollup_due SELECT DISTINCT date_trunc('hour', observed_at, 'UTC') FROM came;
    RETURN NULL;
END
$$;
CREATE TRIGGER rollup_came AFTER INSERT ON camera_minute
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION rollup_mark();
CREATE TRIGGER rollup_changed AFTER UPDATE ON camera_minute
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION rollup_mark();

-- Brings the tables up to date; how many hours it counted anew.
CREATE FUNCTION rollup_refresh() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    hours timestamptz[];
BEGIN
    PERFORM pg_advisory_xact_lock(1919905900);
    WITH taken AS (DELETE FROM rollup_due RETURNING hour)
        SELECT coalesce(array_agg(DISTINCT hour), '{}') INTO hours FROM taken;

    INSERT INTO camera_hour AS old
        SELECT camera, hour, sum(watched_s), sum(least(watched_s, 60 - blind_s)), count(*), sum(frames), sum(dropped)
        FROM unnest(hours) hour
        JOIN camera_minute ON observed_at >= hour AND observed_at < hour + INTERVAL '1 hour'
        GROUP BY camera, hour
    ON CONFLICT (began_at, camera) DO UPDATE SET (watched_s, clear_s, minutes, frames, dropped) =
        (excluded.watched_s, excluded.clear_s, excluded.minutes, excluded.frames, excluded.dropped);

    INSERT INTO camera_day AS old
        SELECT camera, day, sum(watched_s), sum(clear_s), sum(minutes), sum(frames), sum(dropped)
        FROM (SELECT DISTINCT date_trunc('day', hour, 'Asia/Shanghai') AS day FROM unnest(hours) hour) days
        JOIN camera_hour ON began_at >= day AND began_at < date_add(day, INTERVAL '1 day', 'Asia/Shanghai')
        GROUP BY camera, day
    ON CONFLICT (began_at, camera) DO UPDATE SET (watched_s, clear_s, minutes, frames, dropped) =
        (excluded.watched_s, excluded.clear_s, excluded.minutes, excluded.frames, excluded.dropped);

    INSERT INTO camera_month AS old
        SELECT camera, month, sum(watched_s), sum(clear_s), sum(minutes), sum(frames), sum(dropped)
        FROM (SELECT DISTINCT date_trunc('month', hour, 'Asia/Shanghai') AS month FROM unnest(hours) hour) months
        JOIN camera_day ON began_at >= month AND began_at < date_add(month, INTERVAL '1 month', 'Asia/Shanghai')
        GROUP BY camera, month
    ON CONFLICT (began_at, camera) DO UPDATE SET (watched_s, clear_s, minutes, frames, dropped) =
        (excluded.watched_s, excluded.clear_s, excluded.minutes, excluded.frames, excluded.dropped);

    RETURN cardinality(hours);
END
$$;
