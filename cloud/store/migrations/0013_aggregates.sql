-- requires: timescaledb
-- What cameras watched by hour, day and month, from minutes. Days and months are those of Asia/Shanghai, which all
-- of China keeps. Views add what is newer than their last refresh, so that they are always whole.

CREATE MATERIALIZED VIEW camera_hour WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT camera, time_bucket('1 hour', observed_at) AS began_at,
        sum(watched_s) AS watched_s, sum(least(watched_s, 60 - blind_s)) AS clear_s,
        count(*) AS minutes, sum(frames)::bigint AS frames, sum(dropped)::bigint AS dropped
    FROM camera_minute GROUP BY camera, time_bucket('1 hour', observed_at) WITH NO DATA;

CREATE MATERIALIZED VIEW camera_day WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT camera, time_bucket('1 day', hourly.began_at, 'Asia/Shanghai') AS began_at,
        sum(watched_s) AS watched_s, sum(clear_s) AS clear_s,
        sum(minutes)::bigint AS minutes, sum(frames)::bigint AS frames, sum(dropped)::bigint AS dropped
    FROM camera_hour hourly GROUP BY camera, time_bucket('1 day', hourly.began_at, 'Asia/Shanghai') WITH NO DATA;

CREATE MATERIALIZED VIEW camera_month WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
    SELECT camera, time_bucket('1 month', daily.began_at, 'Asia/Shanghai') AS began_at,
        sum(watched_s) AS watched_s, sum(clear_s) AS clear_s,
        sum(minutes)::bigint AS minutes, sum(frames)::bigint AS frames, sum(dropped)::bigint AS dropped
    FROM camera_day daily GROUP BY camera, time_bucket('1 month', daily.began_at, 'Asia/Shanghai') WITH NO DATA;

-- A box that was cut off for a month may still bring its minutes.
SELECT add_continuous_aggregate_policy('camera_hour', start_offset => INTERVAL '40 days',
    end_offset => INTERVAL '10 minutes', schedule_interval => INTERVAL '10 minutes');
SELECT add_continuous_aggregate_policy('camera_day', start_offset => INTERVAL '45 days',
    end_offset => INTERVAL '1 hour', schedule_interval => INTERVAL '1 hour');
SELECT add_continuous_aggregate_policy('camera_month', start_offset => INTERVAL '100 days',
    end_offset => INTERVAL '1 day', schedule_interval => INTERVAL '6 hours');

-- Columns instead of rows for what is hardly ever written again. What is pruned, and when, is the timers' affair:
-- they know of legal holds.
ALTER TABLE event SET (timescaledb.enable_columnstore,
    timescaledb.segmentby = 'agent', timescaledb.orderby = 'observed_at, seq');
ALTER TABLE sensor_reading SET (timescaledb.enable_columnstore,
    timescaledb.segmentby = 'sensor', timescaledb.orderby = 'observed_at');
ALTER TABLE camera_minute SET (timescaledb.enable_columnstore,
    timescaledb.segmentby = 'camera', timescaledb.orderby = 'observed_at');
CALL add_columnstore_policy('event', after => INTERVAL '14 days');
CALL add_columnstore_policy('sensor_reading', after => INTERVAL '7 days');
CALL add_columnstore_policy('camera_minute', after => INTERVAL '45 days');

-- The database refreshes by itself.
CREATE FUNCTION rollup_refresh() RETURNS integer LANGUAGE sql AS $$ SELECT 0 $$;
