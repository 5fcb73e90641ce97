-- A made record: ten estates with a hundred cameras. $now, $minutes, $events and $readings are filled in.

INSERT INTO estate SELECT 'estate-' || lpad(n::text, 3, '0'), '花园', 'Garden' FROM generate_series(1, 10) n;
INSERT INTO facade
    SELECT 'facade-' || n, 'estate-' || lpad(((n - 1) / 5 + 1)::text, 3, '0'), '3', '立面', 'Front', 18, 8
    FROM generate_series(1, 50) n;
INSERT INTO agent
    SELECT 'box-' || lpad(n::text, 3, '0'), 'estate-' || lpad(n::text, 3, '0'), '盒', 'Box'
    FROM generate_series(1, 10) n;
INSERT INTO camera
    SELECT 'cam-' || n, 'box-' || lpad(((n - 1) / 10 + 1)::text, 3, '0'), '摄像机', 'Camera',
        $now - INTERVAL '400 days'
    FROM generate_series(1, 100) n;
INSERT INTO camera_facade SELECT 'cam-' || n, 'facade-' || ((n - 1) / 2 + 1) FROM generate_series(1, 100) n;
INSERT INTO sensor
    SELECT 'sensor-' || n, 'box-' || lpad(((n - 1) / 10 + 1)::text, 3, '0'), '传感器', 'Sensor', 'temperature', 'Cel'
    FROM generate_series(1, 100) n;
INSERT INTO camera_state
    SELECT 'cam-' || n, 'streaming', $now - INTERVAL '9 days', '', gen_random_uuid(), 1
    FROM generate_series(1, 100) n;
INSERT INTO agent_status (agent, state, since, heard_at) SELECT id, 'online', $now, $now FROM agent;

-- One minute in twenty was watched in part.
INSERT INTO camera_minute (camera, observed_at, watched_s, frames, dropped, blind_s)
    SELECT 'cam-' || n, date_trunc('minute', $now) - m * INTERVAL '1 minute',
        CASE WHEN luck % 20 = 0 THEN luck / 20 % 60000 / 1000.0 ELSE 60 END, 1500, 0, 0
    FROM (SELECT m, n, hashint8(m * 1000 + n)::bigint + 2147483648 AS luck
        FROM generate_series(1, $minutes) m, generate_series(1, 100) n) made;
INSERT INTO watched_span (camera, begins_at, ends_at, watched_s)
    SELECT camera, min(observed_at), max(observed_at) + INTERVAL '1 minute', watched_s
    FROM (SELECT camera, observed_at, watched_s, observed_at - INTERVAL '1 minute' * row_number()
            OVER (PARTITION BY camera, watched_s ORDER BY observed_at) AS island
        FROM camera_minute) minute
    GROUP BY camera, watched_s, island;
INSERT INTO event
    SELECT 'box-' || lpad((n % 10 + 1)::text, 3, '0'), '00000000-0000-0000-0000-000000000001', n,
        $now - n * INTERVAL '2 seconds', gen_random_uuid(),
        CASE WHEN n % 5000 = 0 THEN 'loss' WHEN n % 50 = 0 THEN 'falling_object' ELSE 'sensor_reading' END,
        $now, jsonb_build_object('seq', n, 'sensor', 'sensor-' || n % 100, 'value', n % 40)
    FROM generate_series(1, $events) n;
INSERT INTO sensor_reading
    SELECT 'sensor-' || n % 100, $now - n * INTERVAL '1 second', n % 40, 'Cel' FROM generate_series(1, $readings) n;
INSERT INTO seen_range (agent, boot, stored, updated_at, accepted)
    SELECT 'box-' || lpad((n % 10 + 1)::text, 3, '0'), gen_random_uuid(), '{[1,100000)}',
        $now - n * INTERVAL '1 hour', 100000
    FROM generate_series(1, 3000) n;

INSERT INTO alert (message_id, agent, camera, severity, score, observed_at, last_visible_at, decided_at, received_at,
        raised_at, payload, state, closed_at)
    SELECT gen_random_uuid(), 'box-' || lpad(((n % 100) / 10 + 1)::text, 3, '0'), 'cam-' || (n % 100 + 1), 'high', 0.9,
        t, t, t, t, t, jsonb_build_object('boot', gen_random_uuid(), 'seq', n, 'clock', '{}'::jsonb,
            'track', '[]'::jsonb, 'origin', null),
        CASE WHEN n <= 200 THEN 'raised' ELSE 'closed' END, CASE WHEN n > 200 THEN t END
    FROM (SELECT n, $now - n * INTERVAL '10 minutes' AS t FROM generate_series(1, 50000) n) made;
INSERT INTO clip (event, agent, camera, state, sha256, announced_at, stored_at)
    SELECT message_id, agent, camera, 'verified', encode(sha256(message_id::text::bytea), 'hex'), raised_at, raised_at
    FROM alert;
INSERT INTO fault (kind, subject_type, subject, estate, state, since, reason, tell_at, announced_at, cleared_at,
        close_reason)
    SELECT 'covered', 'camera', 'cam-' || (n % 100 + 1), 'estate-' || lpad(((n % 100) / 10 + 1)::text, 3, '0'),
        CASE WHEN n <= 60 THEN 'raised' ELSE 'closed' END, t, '', t, t,
        CASE WHEN n > 60 THEN t + INTERVAL '5 minutes' END, CASE WHEN n > 60 THEN 'recovered' END
    FROM (SELECT n, $now - n * INTERVAL '10 minutes' AS t FROM generate_series(1, 50000) n) made;
INSERT INTO work_order (state, source, severity, kind, estate, subject_type, subject, opened_by, opened_at, due_at,
        closed_at)
    SELECT CASE WHEN state = 'closed' THEN 'closed' ELSE 'open' END, 'fault', severity, kind, estate, subject_type,
        subject, 'system', since, since + INTERVAL '3 days', cleared_at
    FROM fault;
INSERT INTO work_order_fault
    SELECT fault.id, made.id, fault.since FROM fault
    JOIN work_order made ON made.subject = fault.subject AND made.opened_at = fault.since;
INSERT INTO device
    SELECT 'camera', 'cam-' || n, 'maker', 'model', 'serial', '1.9', '', '', '', $now, gen_random_uuid(), 1
    FROM generate_series(1, 100) n;
INSERT INTO device_history
    SELECT 'camera', 'cam-' || (n % 100 + 1), 'maker', 'model', 'serial', '1.' || n / 500, '', '', '',
        $now - n * INTERVAL '1 hour', gen_random_uuid(), n
    FROM generate_series(1, 5000) n;
INSERT INTO change (at, topic, subject) SELECT $now, 'alert', n::text FROM generate_series(1, 100000) n;
INSERT INTO rollup_due SELECT DISTINCT date_trunc('hour', observed_at, 'UTC') FROM camera_minute WHERE camera = 'cam-1';
