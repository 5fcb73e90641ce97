-- requires: timescaledb
-- Series as hypertables: chunks of a day for events and readings, of a week for minutes.

SELECT create_hypertable('event', 'observed_at', chunk_time_interval => INTERVAL '1 day');
SELECT create_hypertable('sensor_reading', 'observed_at', chunk_time_interval => INTERVAL '1 day');
SELECT create_hypertable('camera_minute', 'observed_at', chunk_time_interval => INTERVAL '7 days');
