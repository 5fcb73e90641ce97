-- requires: plain postgresql
-- The same series without TimescaleDB: native partitions by month, made ahead by the timers. The default partition
-- takes what a wrong clock stamps, so that nothing is ever refused for its date.

ALTER TABLE event RENAME TO event_default;
CREATE TABLE event (LIKE event_default INCLUDING ALL) PARTITION BY RANGE (observed_at);
ALTER TABLE event ATTACH PARTITION event_default DEFAULT;

ALTER TABLE sensor_reading RENAME TO sensor_reading_default;
CREATE TABLE sensor_reading (LIKE sensor_reading_default INCLUDING ALL) PARTITION BY RANGE (observed_at);
ALTER TABLE sensor_reading ATTACH PARTITION sensor_reading_default DEFAULT;

ALTER TABLE camera_minute RENAME TO camera_minute_default;
CREATE TABLE camera_minute (LIKE camera_minute_default INCLUDING ALL) PARTITION BY RANGE (observed_at);
ALTER TABLE camera_minute ATTACH PARTITION camera_minute_default DEFAULT;
