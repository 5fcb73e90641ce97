-- Minutes in a row of which a camera watched the same, as one row: a day of a camera that watches well is a few. They
-- follow the minutes in the transaction that stores them (watched.py), and outlive them.

CREATE TABLE watched_span (
    camera    text NOT NULL,
    begins_at timestamptz NOT NULL,
    ends_at   timestamptz NOT NULL CHECK (ends_at > begins_at),
    watched_s double precision NOT NULL,
    PRIMARY KEY (camera, begins_at)
) WITH (fillfactor = 90); -- A camera's newest span grows each minute; it stays on its page.

INSERT INTO watched_span (camera, begins_at, ends_at, watched_s)
    SELECT camera, min(observed_at), max(observed_at) + INTERVAL '1 minute', watched_s
    FROM (SELECT camera, observed_at, watched_s, observed_at - INTERVAL '1 minute' * row_number()
            OVER (PARTITION BY camera, watched_s ORDER BY observed_at) AS island
        FROM camera_minute) minute
    GROUP BY camera, watched_s, island;
