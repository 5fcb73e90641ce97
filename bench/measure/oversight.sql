-- A town for the bureau: $estates estates with $facades facades each, two cameras for each facade, two months counted.

INSERT INTO estate SELECT 'estate-' || lpad(n::text, 3, '0'), '花园 ' || n, 'Garden ' || n FROM generate_series(1, $estates) n;
INSERT INTO facade
    SELECT 'facade-' || e || '-' || f, 'estate-' || lpad(e::text, 3, '0'), ((f - 1) / 4 + 1)::text, '立面 ' || f, 'Front ' || f,
        18, 8
    FROM generate_series(1, $estates) e, generate_series(1, $facades) f;
INSERT INTO agent SELECT 'box-' || lpad(n::text, 3, '0'), 'estate-' || lpad(n::text, 3, '0'), '盒', 'Box'
    FROM generate_series(1, $estates) n;
INSERT INTO camera
    SELECT 'cam-' || e || '-' || c, 'box-' || lpad(e::text, 3, '0'), '摄像机 ' || c, 'Camera ' || c, $now - INTERVAL '400 days'
    FROM generate_series(1, $estates) e, generate_series(1, 2 * $facades) c;
INSERT INTO camera_facade
    SELECT 'cam-' || e || '-' || c, 'facade-' || e || '-' || (c + 1) / 2
    FROM generate_series(1, $estates) e, generate_series(1, 2 * $facades) c;
INSERT INTO camera_state SELECT id, 'streaming', $now - INTERVAL '9 days', '', gen_random_uuid(), 1 FROM camera;
INSERT INTO agent_status (agent, state, since, heard_at) SELECT id, 'online', $now, $now FROM agent;
INSERT INTO device
    SELECT 'camera', id, 'maker', 'model', 'serial', '1.9', '', '', '', $now, gen_random_uuid(), 1 FROM camera;

INSERT INTO estate_month SELECT id, month, $now FROM estate, (VALUES ($month), ($before)) m (month);
INSERT INTO facade_month (facade, month, begins_at, ends_at, cells, due_cell_s, watched_cell_s, excused_cell_s, blind_cells,
        oldest_blind_s, floors, bays, lasting_s, causes)
    SELECT id, month, $now - INTERVAL '31 days', $now, 144, 144 * 2678400.0, 144 * 2678400.0 * (80 + abs(hashtext(id || month)) % 20) / 100,
        0, abs(hashtext(id || month)) % 40, abs(hashtext(id)) % 5000000, ARRAY(SELECT generate_series(1, 18)),
        ARRAY(SELECT generate_series(1, 8)), decode(repeat('0000000000000000', 144), 'hex'),
        jsonb_build_array(jsonb_build_object('camera', 'cam-1-1', 'why', 'covered', 'cell_s', 9000.5, 'since', $now))
    FROM facade, (VALUES ($month), ($before)) m (month);
INSERT INTO camera_account (month, camera, due_s, online_s, sound_s, recorded_s, excluded_s)
    SELECT month, id, 2678400, 2678400 - abs(hashtext(id)) % 90000, 2578400 - abs(hashtext(id)) % 90000, 2500000, 0
    FROM camera, (VALUES ($month), ($before)) m (month);

INSERT INTO fault (kind, subject_type, subject, estate, state, since, reason, tell_at, announced_at, cleared_at, close_reason)
    SELECT 'covered', 'camera', made.id, agent.estate, CASE WHEN is_open THEN 'raised' ELSE 'closed' END, t, '', t, t,
        CASE WHEN NOT is_open THEN t + INTERVAL '5 minutes' END, CASE WHEN NOT is_open THEN 'recovered' END
    FROM (SELECT camera.id, camera.agent, n = 1 AND abs(hashtext(camera.id)) % 10 = 0 AS is_open,
            $now - row_number() OVER () * INTERVAL '10 minutes' AS t FROM camera, generate_series(1, 5) n) made
        JOIN agent ON agent.id = made.agent;
INSERT INTO work_order (state, source, severity, kind, estate, subject_type, subject, opened_by, opened_at, due_at, overdue_at,
        closed_at)
    SELECT CASE WHEN state = 'closed' THEN 'closed' ELSE 'open' END, 'fault', severity, kind, estate, subject_type, subject,
        'system', since, since + INTERVAL '3 days', CASE WHEN cleared_at IS NULL THEN since + INTERVAL '3 days' END, cleared_at
    FROM fault;
INSERT INTO work_order_fault
    SELECT fault.id, made.id, fault.since FROM fault
    JOIN work_order made ON made.subject = fault.subject AND made.opened_at = fault.since;
INSERT INTO estate_plan (estate, version, content, sha256, holds_from, entered_at, entered_by)
    SELECT estate.id, 1, jsonb_build_object('origin', jsonb_build_object('lon_deg', 113.9, 'lat_deg', 22.5), 'agents',
        jsonb_build_array(jsonb_build_object('cameras', (SELECT jsonb_agg(jsonb_build_object('id', camera.id, 'mount',
            jsonb_build_object('z_m', 6), 'resolution', jsonb_build_array(3840, 2160))) FROM camera JOIN agent ON
            agent.id = camera.agent WHERE agent.estate = estate.id)))), repeat('0', 64), $now - INTERVAL '90 days', $now, 'li'
    FROM estate;
INSERT INTO watched_span (camera, begins_at, ends_at, watched_s)
    SELECT id, date_trunc('hour', $now) - n * INTERVAL '6 hours', date_trunc('hour', $now) - n * INTERVAL '6 hours' + INTERVAL '350 minutes', 60
    FROM camera, generate_series(0, 20) n;
