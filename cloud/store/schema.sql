-- The sum of the migrations on plain PostgreSQL; FALLWATCH_WRITE_SCHEMA=1 has its test write it.
CREATE SCHEMA own;
CREATE FUNCTION public.audit_entered() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM set_config('fallwatch.entered', 'yes', true);
    RETURN NULL;
END
$$;
CREATE FUNCTION public.blind_mark() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO blind_due (camera, begin_at) VALUES (NEW.subject, CASE
        WHEN TG_OP = 'INSERT' OR OLD.severity <> NEW.severity OR OLD.since <> NEW.since
            THEN least(OLD.since, NEW.since)
        ELSE least(OLD.cleared_at, NEW.cleared_at) END);
    RETURN NULL;
END
$$;
CREATE FUNCTION public.change_notify() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_notify('fallwatch_change', '');
    RETURN NULL;
END
$$;
CREATE FUNCTION public.hold_stays() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.lifted_at IS NOT NULL OR (OLD.id, OLD.alert, OLD.reason, OLD."by", OLD.at, OLD.until)
            IS DISTINCT FROM (NEW.id, NEW.alert, NEW.reason, NEW."by", NEW.at, NEW.until) THEN
        RAISE EXCEPTION 'a hold is lifted once, and nothing else of it changes';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION public.log_alert() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM log_append('alert', NEW.alert::text, to_jsonb(NEW) || (
        SELECT jsonb_build_object('message_id', message_id, 'agent', agent, 'camera', camera)
        FROM alert WHERE id = NEW.alert));
    RETURN NULL;
END
$$;
CREATE FUNCTION public.log_append(kind text, subject text, content jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $_$
    INSERT INTO log_waiting (kind, subject, entry) VALUES ($1, $2, convert_to(jsonb_build_object(
        'version', 1, 'kind', $1, 'subject', $2, 'salt', gen_random_uuid(), 'content', $3)::text, 'UTF8'))
$_$;
CREATE FUNCTION public.log_audit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM log_append('audit', NEW.id::text, to_jsonb(NEW));
    RETURN NULL;
END
$$;
CREATE FUNCTION public.log_clip() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM log_append('clip', NEW.event::text, to_jsonb(NEW));
    ELSE
        PERFORM log_append('clip', NEW.event::text, to_jsonb(NEW) - '{manifest,signature,certificate}'::text[]);
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.log_closed_day() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    PERFORM log_append('day', NEW.estate || '/' || NEW.day, to_jsonb(NEW) - 'facts');
    RETURN NULL;
END
$$;
CREATE FUNCTION public.only_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;
END
$$;
CREATE FUNCTION public.own_estates() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT coalesce(nullif(current_setting('fallwatch.estates', true), ''), '{}')::text[]
$$;
CREATE FUNCTION public.pose_doubted() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
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
CREATE FUNCTION public.rollup_mark() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO rollup_due SELECT DISTINCT date_trunc('hour', observed_at, 'UTC') FROM came;
    RETURN NULL;
END
$$;
CREATE FUNCTION public.rollup_refresh() RETURNS integer
    LANGUAGE plpgsql
    AS $$
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
CREATE TABLE public.agent (
    id text NOT NULL,
    estate text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL
);
CREATE TABLE public.camera (
    id text NOT NULL,
    agent text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    first_seen_at timestamp with time zone
);
CREATE TABLE public.camera_day (
    camera text CONSTRAINT camera_hour_camera_not_null NOT NULL,
    began_at timestamp with time zone CONSTRAINT camera_hour_began_at_not_null NOT NULL,
    watched_s double precision CONSTRAINT camera_hour_watched_s_not_null NOT NULL,
    clear_s double precision CONSTRAINT camera_hour_clear_s_not_null NOT NULL,
    minutes bigint CONSTRAINT camera_hour_minutes_not_null NOT NULL,
    frames bigint CONSTRAINT camera_hour_frames_not_null NOT NULL,
    dropped bigint CONSTRAINT camera_hour_dropped_not_null NOT NULL
);
CREATE VIEW own.camera_day WITH (security_barrier='true') AS
 SELECT camera,
    began_at,
    watched_s,
    clear_s,
    minutes,
    frames,
    dropped
   FROM public.camera_day
  WHERE (camera IN ( SELECT camera.id
           FROM public.camera
          WHERE (camera.agent IN ( SELECT agent.id
                   FROM public.agent
                  WHERE (agent.estate = ANY (( SELECT public.own_estates() AS own_estates)::text[]))))));
CREATE TABLE public.camera_hour (
    camera text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    watched_s double precision NOT NULL,
    clear_s double precision NOT NULL,
    minutes bigint NOT NULL,
    frames bigint NOT NULL,
    dropped bigint NOT NULL
);
CREATE VIEW own.camera_hour WITH (security_barrier='true') AS
 SELECT camera,
    began_at,
    watched_s,
    clear_s,
    minutes,
    frames,
    dropped
   FROM public.camera_hour
  WHERE (camera IN ( SELECT camera.id
           FROM public.camera
          WHERE (camera.agent IN ( SELECT agent.id
                   FROM public.agent
                  WHERE (agent.estate = ANY (( SELECT public.own_estates() AS own_estates)::text[]))))));
CREATE TABLE public.camera_minute (
    camera text NOT NULL,
    observed_at timestamp with time zone NOT NULL,
    watched_s double precision NOT NULL,
    frames bigint NOT NULL,
    dropped bigint NOT NULL,
    blind_s double precision DEFAULT 0 NOT NULL
)
PARTITION BY RANGE (observed_at);
CREATE VIEW own.camera_minute WITH (security_barrier='true') AS
 SELECT camera,
    observed_at,
    watched_s,
    frames,
    dropped,
    blind_s
   FROM public.camera_minute
  WHERE (camera IN ( SELECT camera.id
           FROM public.camera
          WHERE (camera.agent IN ( SELECT agent.id
                   FROM public.agent
                  WHERE (agent.estate = ANY (( SELECT public.own_estates() AS own_estates)::text[]))))));
CREATE TABLE public.camera_month (
    camera text CONSTRAINT camera_hour_camera_not_null NOT NULL,
    began_at timestamp with time zone CONSTRAINT camera_hour_began_at_not_null NOT NULL,
    watched_s double precision CONSTRAINT camera_hour_watched_s_not_null NOT NULL,
    clear_s double precision CONSTRAINT camera_hour_clear_s_not_null NOT NULL,
    minutes bigint CONSTRAINT camera_hour_minutes_not_null NOT NULL,
    frames bigint CONSTRAINT camera_hour_frames_not_null NOT NULL,
    dropped bigint CONSTRAINT camera_hour_dropped_not_null NOT NULL
);
CREATE VIEW own.camera_month WITH (security_barrier='true') AS
 SELECT camera,
    began_at,
    watched_s,
    clear_s,
    minutes,
    frames,
    dropped
   FROM public.camera_month
  WHERE (camera IN ( SELECT camera.id
           FROM public.camera
          WHERE (camera.agent IN ( SELECT agent.id
                   FROM public.agent
                  WHERE (agent.estate = ANY (( SELECT public.own_estates() AS own_estates)::text[]))))));
CREATE TABLE public.event (
    agent text NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    observed_at timestamp with time zone NOT NULL,
    message_id uuid NOT NULL,
    kind text NOT NULL,
    received_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL,
    CONSTRAINT event_seq_check CHECK ((seq > 0))
)
PARTITION BY RANGE (observed_at);
CREATE VIEW own.event WITH (security_barrier='true') AS
 SELECT agent,
    boot,
    seq,
    observed_at,
    message_id,
    kind,
    received_at,
    payload
   FROM public.event
  WHERE (agent IN ( SELECT agent.id
           FROM public.agent
          WHERE (agent.estate = ANY (( SELECT public.own_estates() AS own_estates)::text[]))));
CREATE TABLE public.sensor (
    id text NOT NULL,
    agent text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    quantity text NOT NULL,
    unit text NOT NULL,
    value double precision,
    observed_at timestamp with time zone,
    silent_since timestamp with time zone
);
CREATE TABLE public.sensor_reading (
    sensor text NOT NULL,
    observed_at timestamp with time zone NOT NULL,
    value double precision NOT NULL,
    unit text NOT NULL
)
PARTITION BY RANGE (observed_at);
CREATE VIEW own.sensor_reading WITH (security_barrier='true') AS
 SELECT sensor,
    observed_at,
    value,
    unit
   FROM public.sensor_reading
  WHERE (sensor IN ( SELECT sensor.id
           FROM public.sensor
          WHERE (sensor.agent IN ( SELECT agent.id
                   FROM public.agent
                  WHERE (agent.estate = ANY (( SELECT public.own_estates() AS own_estates)::text[]))))));
CREATE TABLE public.account (
    username text NOT NULL,
    display_zh text NOT NULL,
    display_en text NOT NULL,
    role text NOT NULL,
    password_hash text NOT NULL,
    every_estate boolean DEFAULT false NOT NULL,
    disabled_at timestamp with time zone,
    oidc_subject text,
    CONSTRAINT account_role_check CHECK ((role = ANY (ARRAY['desk'::text, 'maintenance'::text, 'manager'::text, 'bureau'::text, 'auditor'::text, 'administrator'::text])))
);
CREATE TABLE public.account_estate (
    username text NOT NULL,
    estate text NOT NULL
);
CREATE TABLE public.agent_cut_off (
    agent text NOT NULL,
    at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    ended_at timestamp with time zone
);
CREATE TABLE public.agent_status (
    agent text NOT NULL,
    state text NOT NULL,
    since timestamp with time zone,
    heard_at timestamp with time zone,
    boot uuid,
    written_at timestamp with time zone,
    software text DEFAULT ''::text NOT NULL,
    accepted_seq bigint DEFAULT 0 NOT NULL,
    outbox_depth bigint DEFAULT 0 NOT NULL,
    outbox_oldest_s double precision DEFAULT 0 NOT NULL,
    cameras jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT agent_status_state_check CHECK ((state = ANY (ARRAY['unknown'::text, 'online'::text, 'offline'::text])))
);
CREATE TABLE public.alert (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    message_id uuid NOT NULL,
    agent text NOT NULL,
    camera text NOT NULL,
    severity text NOT NULL,
    score double precision NOT NULL,
    observed_at timestamp with time zone NOT NULL,
    last_visible_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL,
    raised_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL,
    state text NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamp with time zone,
    closed_by text,
    closed_at timestamp with time zone,
    close_reason text,
    confirmed_by text,
    confirmed_at timestamp with time zone,
    assigned_to text,
    shelved_by text,
    shelved_at timestamp with time zone,
    shelved_until timestamp with time zone,
    shelve_reason text,
    priority integer DEFAULT 1 NOT NULL,
    priority_reasons jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT alert_priority_check CHECK (((priority >= 1) AND (priority <= 1000))),
    CONSTRAINT alert_severity_check CHECK ((severity = ANY (ARRAY['critical'::text, 'high'::text, 'notice'::text]))),
    CONSTRAINT alert_state_check CHECK ((state = ANY (ARRAY['raised'::text, 'acknowledged'::text, 'confirmed'::text, 'closed'::text])))
);
CREATE TABLE public.alert_history (
    id bigint NOT NULL,
    alert uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    what text NOT NULL,
    by text NOT NULL,
    note text NOT NULL
);
ALTER TABLE public.alert_history ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.alert_history_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.audit (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    by text NOT NULL,
    action text NOT NULL,
    subject_type text NOT NULL,
    subject text NOT NULL,
    estate text,
    purpose text NOT NULL,
    content jsonb NOT NULL
);
ALTER TABLE public.audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.audit_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.blind_due (
    id bigint NOT NULL,
    camera text NOT NULL,
    begin_at timestamp with time zone NOT NULL
);
ALTER TABLE public.blind_due ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.blind_due_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.blind_spot (
    work_order uuid NOT NULL,
    facade text NOT NULL,
    cells jsonb NOT NULL,
    lost boolean NOT NULL
);
CREATE TABLE public.blob_due (
    sha256 text NOT NULL,
    since timestamp with time zone NOT NULL
);
CREATE TABLE public.camera_account (
    camera text NOT NULL,
    month date NOT NULL,
    due_s double precision NOT NULL,
    online_s double precision NOT NULL,
    sound_s double precision NOT NULL,
    recorded_s double precision NOT NULL,
    excluded_s double precision NOT NULL
);
CREATE TABLE public.camera_facade (
    camera text NOT NULL,
    facade text NOT NULL
);
CREATE TABLE public.camera_minute_default (
    camera text CONSTRAINT camera_minute_camera_not_null NOT NULL,
    observed_at timestamp with time zone CONSTRAINT camera_minute_observed_at_not_null NOT NULL,
    watched_s double precision CONSTRAINT camera_minute_watched_s_not_null NOT NULL,
    frames bigint CONSTRAINT camera_minute_frames_not_null NOT NULL,
    dropped bigint CONSTRAINT camera_minute_dropped_not_null NOT NULL,
    blind_s double precision DEFAULT 0 CONSTRAINT camera_minute_blind_s_not_null NOT NULL
);
CREATE TABLE public.camera_state (
    camera text NOT NULL,
    state text NOT NULL,
    since timestamp with time zone NOT NULL,
    reason text NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    CONSTRAINT camera_state_state_check CHECK ((state = ANY (ARRAY['streaming'::text, 'lost'::text])))
);
CREATE TABLE public.camera_state_history (
    camera text NOT NULL,
    since timestamp with time zone NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL
);
CREATE TABLE public.change (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    topic text NOT NULL,
    subject text NOT NULL,
    message_id uuid,
    estate text
);
ALTER TABLE public.change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.change_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.channel (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    owner text,
    estate text,
    kind text NOT NULL,
    name text NOT NULL,
    address text,
    secret text,
    "position" integer DEFAULT 0 NOT NULL,
    enabled boolean DEFAULT true NOT NULL,
    shown text NOT NULL,
    signed boolean NOT NULL,
    sealed bytea,
    sealed_by text,
    CONSTRAINT channel_check CHECK (((owner IS NULL) <> (estate IS NULL))),
    CONSTRAINT channel_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'webhook'::text, 'wecom'::text, 'dingtalk'::text, 'feishu'::text, 'lark'::text]))),
    CONSTRAINT channel_sealed_check CHECK ((((sealed IS NULL) = (sealed_by IS NULL)) AND ((sealed IS NULL) = (address IS NOT NULL)) AND ((sealed IS NULL) = (secret IS NOT NULL))))
);
CREATE TABLE public.clip (
    event uuid NOT NULL,
    agent text NOT NULL,
    camera text NOT NULL,
    state text NOT NULL,
    sha256 text,
    size_bytes bigint,
    manifest text,
    signature text,
    certificate text,
    signature_valid boolean DEFAULT false NOT NULL,
    signed_by text DEFAULT ''::text NOT NULL,
    hash_matches boolean,
    failed_reason text,
    announced_at timestamp with time zone NOT NULL,
    stored_at timestamp with time zone,
    pruned_at timestamp with time zone,
    CONSTRAINT clip_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'stored'::text, 'verified'::text, 'failed'::text, 'pruned'::text])))
);
CREATE TABLE public.clip_damage (
    sha256 text NOT NULL,
    kind text NOT NULL,
    detail text NOT NULL,
    found_at timestamp with time zone NOT NULL,
    CONSTRAINT clip_damage_kind_check CHECK ((kind = ANY (ARRAY['missing'::text, 'rotten'::text, 'locked'::text])))
);
CREATE TABLE public.clock_set (
    agent text NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    offset_s double precision NOT NULL,
    uncertainty_s double precision NOT NULL,
    source text NOT NULL
);
CREATE TABLE public.closed_day (
    estate text NOT NULL,
    day date NOT NULL,
    number integer NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    parts jsonb NOT NULL,
    facts bytea NOT NULL,
    CONSTRAINT closed_day_number_check CHECK ((number >= 0))
);
CREATE TABLE public.day_difference (
    estate text NOT NULL,
    day date NOT NULL,
    found_at timestamp with time zone NOT NULL,
    differences integer NOT NULL,
    CONSTRAINT day_difference_differences_check CHECK ((differences > 0))
);
CREATE TABLE public.day_due (
    id bigint NOT NULL,
    estate text NOT NULL,
    since date NOT NULL,
    until date
);
ALTER TABLE public.day_due ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.day_due_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.dead_letter (
    id bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    topic text NOT NULL,
    size_bytes integer NOT NULL,
    payload_prefix bytea NOT NULL
);
ALTER TABLE public.dead_letter ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.dead_letter_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.depends_on (
    subject_type text NOT NULL,
    subject text NOT NULL,
    node text NOT NULL,
    CONSTRAINT depends_on_subject_type_check CHECK ((subject_type = ANY (ARRAY['camera'::text, 'sensor'::text, 'agent'::text, 'node'::text])))
);
CREATE TABLE public.desired (
    agent text NOT NULL,
    version bigint NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    issued_by text NOT NULL,
    content jsonb NOT NULL,
    published_at timestamp with time zone,
    CONSTRAINT desired_version_check CHECK ((version > 0))
);
CREATE TABLE public.desired_report (
    agent text NOT NULL,
    version bigint NOT NULL,
    outcome text NOT NULL,
    now bigint NOT NULL,
    reason text NOT NULL,
    observed_at timestamp with time zone NOT NULL,
    CONSTRAINT desired_report_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'refused'::text, 'confirmed'::text, 'rolled_back'::text])))
);
CREATE VIEW public.desired_outcome WITH (security_invoker='true') AS
 SELECT DISTINCT ON (agent, version) agent,
    version,
    outcome,
    now,
    reason,
    observed_at
   FROM public.desired_report
  ORDER BY agent, version, (array_position(ARRAY['applied'::text, 'refused'::text, 'confirmed'::text, 'rolled_back'::text], outcome)) DESC;
CREATE TABLE public.device (
    subject_type text NOT NULL,
    subject text NOT NULL,
    maker text NOT NULL,
    model text NOT NULL,
    serial text NOT NULL,
    firmware text NOT NULL,
    profile text NOT NULL,
    profile_version text NOT NULL,
    wanted_firmware text NOT NULL,
    since timestamp with time zone NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    CONSTRAINT device_subject_type_check CHECK ((subject_type = ANY (ARRAY['camera'::text, 'sensor'::text, 'agent'::text])))
);
CREATE TABLE public.device_certificate (
    serial text NOT NULL,
    agent text NOT NULL,
    known_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);
CREATE TABLE public.device_history (
    subject_type text CONSTRAINT device_subject_type_not_null NOT NULL,
    subject text CONSTRAINT device_subject_not_null NOT NULL,
    maker text CONSTRAINT device_maker_not_null NOT NULL,
    model text CONSTRAINT device_model_not_null NOT NULL,
    serial text CONSTRAINT device_serial_not_null NOT NULL,
    firmware text CONSTRAINT device_firmware_not_null NOT NULL,
    profile text CONSTRAINT device_profile_not_null NOT NULL,
    profile_version text CONSTRAINT device_profile_version_not_null NOT NULL,
    wanted_firmware text CONSTRAINT device_wanted_firmware_not_null NOT NULL,
    since timestamp with time zone CONSTRAINT device_since_not_null NOT NULL,
    boot uuid CONSTRAINT device_boot_not_null NOT NULL,
    seq bigint CONSTRAINT device_seq_not_null NOT NULL,
    CONSTRAINT device_subject_type_check CHECK ((subject_type = ANY (ARRAY['camera'::text, 'sensor'::text, 'agent'::text])))
);
CREATE TABLE public.duty_override (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    estate text NOT NULL,
    role text NOT NULL,
    person text,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    set_by text NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT duty_override_check CHECK ((begins_at < ends_at))
);
CREATE TABLE public.enrolment_token (
    token_hash bytea NOT NULL,
    agent text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE public.equipment_paper (
    subject_type text NOT NULL,
    subject text NOT NULL,
    place text NOT NULL,
    installed_on date,
    installer text NOT NULL,
    keeper text NOT NULL,
    keeper_phone text NOT NULL,
    warranty_until date,
    maker text NOT NULL,
    model text NOT NULL,
    serial text NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    entered_by text NOT NULL,
    CONSTRAINT equipment_paper_subject_type_check CHECK ((subject_type = ANY (ARRAY['camera'::text, 'sensor'::text])))
);
CREATE TABLE public.escalation (
    subject_type text NOT NULL,
    subject uuid NOT NULL,
    estate text NOT NULL,
    state text NOT NULL,
    step integer NOT NULL,
    round integer DEFAULT 0 NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    next_at timestamp with time zone,
    CONSTRAINT escalation_state_check CHECK ((state = ANY (ARRAY['running'::text, 'exhausted'::text, 'ended'::text]))),
    CONSTRAINT escalation_subject_type_check CHECK ((subject_type = ANY (ARRAY['alert'::text, 'fault'::text, 'work_order'::text])))
);
CREATE TABLE public.escalation_policy (
    estate text NOT NULL,
    content jsonb NOT NULL,
    set_by text NOT NULL,
    set_at timestamp with time zone NOT NULL
);
CREATE TABLE public.estate (
    id text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    zone text DEFAULT 'Asia/Shanghai'::text NOT NULL
);
CREATE TABLE public.estate_key (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    estate text NOT NULL,
    version integer NOT NULL,
    master text NOT NULL,
    wrapped bytea,
    created_at timestamp with time zone NOT NULL,
    destroyed_at timestamp with time zone,
    CONSTRAINT estate_key_check CHECK (((wrapped IS NULL) = (destroyed_at IS NOT NULL))),
    CONSTRAINT estate_key_version_check CHECK ((version > 0))
);
CREATE TABLE public.estate_month (
    estate text NOT NULL,
    month date NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    CONSTRAINT estate_month_month_check CHECK ((EXTRACT(day FROM month) = (1)::numeric))
);
CREATE TABLE public.estate_plan (
    estate text NOT NULL,
    version integer NOT NULL,
    content jsonb NOT NULL,
    sha256 text NOT NULL,
    holds_from timestamp with time zone NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    entered_by text NOT NULL,
    CONSTRAINT estate_plan_version_check CHECK ((version > 0))
);
CREATE TABLE public.event_default (
    agent text CONSTRAINT event_agent_not_null NOT NULL,
    boot uuid CONSTRAINT event_boot_not_null NOT NULL,
    seq bigint CONSTRAINT event_seq_not_null NOT NULL,
    observed_at timestamp with time zone CONSTRAINT event_observed_at_not_null NOT NULL,
    message_id uuid CONSTRAINT event_message_id_not_null NOT NULL,
    kind text CONSTRAINT event_kind_not_null NOT NULL,
    received_at timestamp with time zone CONSTRAINT event_received_at_not_null NOT NULL,
    payload jsonb CONSTRAINT event_payload_not_null NOT NULL,
    CONSTRAINT event_seq_check CHECK ((seq > 0))
);
CREATE TABLE public.event_held (
    agent text CONSTRAINT event_agent_not_null NOT NULL,
    boot uuid CONSTRAINT event_boot_not_null NOT NULL,
    seq bigint CONSTRAINT event_seq_not_null NOT NULL,
    observed_at timestamp with time zone CONSTRAINT event_observed_at_not_null NOT NULL,
    message_id uuid CONSTRAINT event_message_id_not_null NOT NULL,
    kind text CONSTRAINT event_kind_not_null NOT NULL,
    received_at timestamp with time zone CONSTRAINT event_received_at_not_null NOT NULL,
    payload jsonb CONSTRAINT event_payload_not_null NOT NULL,
    CONSTRAINT event_seq_check CHECK ((seq > 0))
);
CREATE TABLE public.evidence_check (
    id bigint NOT NULL,
    began_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    report jsonb NOT NULL
);
ALTER TABLE public.evidence_check ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.evidence_check_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.facade (
    id text NOT NULL,
    estate text NOT NULL,
    building text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    floors integer NOT NULL,
    bays integer NOT NULL,
    CONSTRAINT facade_bays_check CHECK ((bays > 0)),
    CONSTRAINT facade_floors_check CHECK ((floors > 0))
);
CREATE TABLE public.facade_grid (
    id bigint NOT NULL,
    facade text NOT NULL,
    plan integer NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    floors integer[] NOT NULL,
    bays integer[] NOT NULL,
    spans_px double precision NOT NULL,
    object_m double precision NOT NULL,
    CONSTRAINT facade_grid_check CHECK ((ends_at >= begins_at))
);
ALTER TABLE public.facade_grid ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.facade_grid_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.facade_month (
    facade text NOT NULL,
    month date NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    cells integer NOT NULL,
    due_cell_s double precision NOT NULL,
    watched_cell_s double precision NOT NULL,
    excused_cell_s double precision NOT NULL,
    blind_cells integer NOT NULL,
    oldest_blind_s double precision NOT NULL,
    floors integer[] NOT NULL,
    bays integer[] NOT NULL,
    lasting_s bytea NOT NULL,
    causes jsonb NOT NULL
);
CREATE TABLE public.fall_end (
    event uuid NOT NULL,
    agent text NOT NULL,
    last_visible_at timestamp with time zone NOT NULL,
    payload jsonb NOT NULL
);
CREATE TABLE public.fault (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    subject_type text NOT NULL,
    subject text NOT NULL,
    estate text NOT NULL,
    state text NOT NULL,
    since timestamp with time zone NOT NULL,
    reason text NOT NULL,
    acknowledged_by text,
    cleared_at timestamp with time zone,
    close_reason text,
    severity text DEFAULT 'serious'::text NOT NULL,
    value double precision,
    baseline double precision,
    threshold double precision,
    unit text DEFAULT ''::text NOT NULL,
    what jsonb,
    advice jsonb,
    thumbnail bytea,
    acknowledged_at timestamp with time zone,
    shelved_by text,
    shelved_at timestamp with time zone,
    shelved_until timestamp with time zone,
    shelve_reason text,
    suppressed_by uuid,
    tell_at timestamp with time zone NOT NULL,
    announced_at timestamp with time zone,
    CONSTRAINT fault_not_before_itself CHECK ((cleared_at >= since)),
    CONSTRAINT fault_severity_check CHECK ((severity = ANY (ARRAY['warning'::text, 'serious'::text, 'critical'::text]))),
    CONSTRAINT fault_state_check CHECK ((state = ANY (ARRAY['raised'::text, 'acknowledged'::text, 'closed'::text]))),
    CONSTRAINT fault_subject_type_check CHECK ((subject_type = ANY (ARRAY['camera'::text, 'sensor'::text, 'agent'::text, 'node'::text, 'estate'::text])))
);
CREATE TABLE public.fault_history (
    id bigint NOT NULL,
    fault uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    what text NOT NULL,
    by text NOT NULL,
    note text NOT NULL
);
ALTER TABLE public.fault_history ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.fault_history_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.fault_report (
    subject_type text NOT NULL,
    subject text NOT NULL,
    fault text NOT NULL,
    state text NOT NULL,
    since timestamp with time zone NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    CONSTRAINT fault_report_state_check CHECK ((state = ANY (ARRAY['raised'::text, 'cleared'::text])))
);
CREATE TABLE public.ground (
    facade text NOT NULL,
    first_bay integer NOT NULL,
    last_bay integer NOT NULL,
    below text NOT NULL,
    CONSTRAINT ground_below_check CHECK ((below = ANY (ARRAY['playground'::text, 'entrance'::text, 'path'::text, 'parking'::text, 'green'::text, 'closed'::text]))),
    CONSTRAINT ground_check CHECK ((last_bay >= first_bay)),
    CONSTRAINT ground_first_bay_check CHECK ((first_bay > 0))
);
CREATE TABLE public.handover (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    from_person text NOT NULL,
    to_person text NOT NULL,
    state text NOT NULL,
    note text NOT NULL,
    offered_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT handover_check CHECK ((to_person <> from_person)),
    CONSTRAINT handover_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'accepted'::text, 'withdrawn'::text])))
);
CREATE TABLE public.handover_item (
    handover uuid NOT NULL,
    alert uuid NOT NULL,
    note text NOT NULL
);
CREATE TABLE public.inspection_draw (
    id uuid NOT NULL,
    seed text NOT NULL,
    what text NOT NULL,
    size integer NOT NULL,
    population integer NOT NULL,
    sha256 text NOT NULL,
    purpose text NOT NULL,
    drawn_at timestamp with time zone NOT NULL,
    drawn_by text NOT NULL,
    CONSTRAINT inspection_draw_size_check CHECK ((size > 0)),
    CONSTRAINT inspection_draw_what_check CHECK ((what = ANY (ARRAY['facade'::text, 'camera'::text])))
);
CREATE TABLE public.inspection_pick (
    draw uuid NOT NULL,
    estate text NOT NULL,
    subject text NOT NULL,
    key text NOT NULL,
    outcome text,
    note text DEFAULT ''::text NOT NULL,
    inspected_by text,
    inspected_at timestamp with time zone,
    work_order uuid,
    CONSTRAINT inspection_pick_check CHECK (((outcome IS NULL) = (inspected_at IS NULL))),
    CONSTRAINT inspection_pick_outcome_check CHECK ((outcome = ANY (ARRAY['passed'::text, 'failed'::text])))
);
CREATE TABLE public.legal_hold (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    alert uuid NOT NULL,
    reason text NOT NULL,
    by text NOT NULL,
    at timestamp with time zone NOT NULL,
    until timestamp with time zone,
    lifted_by text,
    lifted_at timestamp with time zone,
    lift_reason text,
    CONSTRAINT legal_hold_check CHECK ((until > at)),
    CONSTRAINT legal_hold_check1 CHECK ((((lifted_at IS NULL) = (lifted_by IS NULL)) AND ((lifted_at IS NULL) = (lift_reason IS NULL)))),
    CONSTRAINT legal_hold_reason_check CHECK ((reason <> ''::text))
);
CREATE TABLE public.log_head (
    number bigint NOT NULL,
    size bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    content text NOT NULL,
    signature text NOT NULL,
    CONSTRAINT log_head_number_check CHECK ((number > 0)),
    CONSTRAINT log_head_size_check CHECK ((size > 0))
);
CREATE TABLE public.log_leaf (
    index bigint NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    entry bytea NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    CONSTRAINT log_leaf_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT log_leaf_index_check CHECK ((index > 0))
);
CREATE TABLE public.log_node (
    level smallint NOT NULL,
    "position" bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT log_node_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT log_node_level_check CHECK ((level > 0)),
    CONSTRAINT log_node_position_check CHECK (("position" >= 0))
);
CREATE TABLE public.log_time_stamp (
    head bigint NOT NULL,
    response bytea NOT NULL,
    stamped_at timestamp with time zone NOT NULL,
    received_at timestamp with time zone NOT NULL
);
CREATE TABLE public.log_waiting (
    id bigint NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    entry bytea NOT NULL
);
ALTER TABLE public.log_waiting ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.log_waiting_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.login_failure (
    id bigint NOT NULL,
    username text NOT NULL,
    address text NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE public.login_failure ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.login_failure_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.migration (
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE public.node (
    id text NOT NULL,
    estate text NOT NULL,
    kind text NOT NULL,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    CONSTRAINT node_kind_check CHECK ((kind = ANY (ARRAY['cabinet'::text, 'switch'::text, 'port'::text])))
);
CREATE TABLE public.node_sensor (
    sensor text NOT NULL,
    node text NOT NULL
);
CREATE TABLE public.notification (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    subject_type text NOT NULL,
    subject uuid NOT NULL,
    round integer NOT NULL,
    step integer NOT NULL,
    recipient text NOT NULL,
    estate text NOT NULL,
    device text,
    urgency text NOT NULL,
    unstable boolean DEFAULT false NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    state text NOT NULL,
    channel uuid,
    tried uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    maybe_came boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    next_try_at timestamp with time zone,
    lease_until timestamp with time zone,
    settled_at timestamp with time zone,
    detail text DEFAULT ''::text NOT NULL,
    CONSTRAINT notification_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'unknown'::text, 'unreachable'::text, 'cancelled'::text, 'silenced'::text]))),
    CONSTRAINT notification_urgency_check CHECK ((urgency = ANY (ARRAY['person_at_risk'::text, 'urgent'::text, 'routine'::text])))
);
CREATE TABLE public.oidc_attempt (
    state_hash bytea NOT NULL,
    nonce text NOT NULL,
    verifier text NOT NULL,
    ends_at timestamp with time zone NOT NULL
);
CREATE TABLE public.picture_grant (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    username text NOT NULL,
    estate text NOT NULL,
    alert uuid,
    reason text NOT NULL,
    granted_by text NOT NULL,
    granted_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    revoked_by text,
    revoked_at timestamp with time zone,
    CONSTRAINT picture_grant_check CHECK ((ends_at > granted_at)),
    CONSTRAINT picture_grant_reason_check CHECK ((reason <> ''::text))
);
CREATE TABLE public.planned_maintenance (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    estate text NOT NULL,
    camera text,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    entered_by text NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    CONSTRAINT planned_maintenance_check CHECK (((ends_at > begins_at) AND (ends_at <= (begins_at + '14 days'::interval)))),
    CONSTRAINT planned_maintenance_reason_check CHECK ((reason <> ''::text))
);
CREATE TABLE public.pose_doubt (
    id bigint NOT NULL,
    camera text NOT NULL,
    since timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_by text,
    reason text DEFAULT ''::text NOT NULL,
    CONSTRAINT pose_doubt_check CHECK ((ended_at >= since)),
    CONSTRAINT pose_doubt_check1 CHECK (((ended_at IS NULL) = (ended_by IS NULL)))
);
ALTER TABLE public.pose_doubt ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.pose_doubt_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.quiet_hours (
    username text NOT NULL,
    begins time without time zone NOT NULL,
    ends time without time zone NOT NULL
);
CREATE TABLE public.recovery_code (
    username text NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamp with time zone
);
CREATE TABLE public.region_declined (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    camera text NOT NULL,
    polygon jsonb NOT NULL,
    frame_width integer NOT NULL,
    frame_height integer NOT NULL,
    hides integer NOT NULL,
    reason text NOT NULL,
    declined_by text NOT NULL,
    declined_at timestamp with time zone NOT NULL
);
CREATE TABLE public.rollup_due (
    hour timestamp with time zone NOT NULL
);
CREATE TABLE public.rotation (
    estate text NOT NULL,
    role text NOT NULL,
    content jsonb NOT NULL,
    set_by text NOT NULL,
    set_at timestamp with time zone NOT NULL
);
CREATE TABLE public.second_factor (
    username text NOT NULL,
    secret bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.seen_range (
    agent text NOT NULL,
    boot uuid NOT NULL,
    stored int8multirange DEFAULT '{}'::int8multirange NOT NULL,
    refused int8multirange DEFAULT '{}'::int8multirange NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    accepted bigint DEFAULT 0 NOT NULL,
    lost int8multirange DEFAULT '{}'::int8multirange NOT NULL
);
CREATE TABLE public.sensor_reading_default (
    sensor text CONSTRAINT sensor_reading_sensor_not_null NOT NULL,
    observed_at timestamp with time zone CONSTRAINT sensor_reading_observed_at_not_null NOT NULL,
    value double precision CONSTRAINT sensor_reading_value_not_null NOT NULL,
    unit text CONSTRAINT sensor_reading_unit_not_null NOT NULL
);
CREATE TABLE public.session (
    token_hash bytea NOT NULL,
    username text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    used_at timestamp with time zone NOT NULL,
    address text NOT NULL,
    browser text NOT NULL,
    by text NOT NULL,
    CONSTRAINT session_by_check CHECK ((by = ANY (ARRAY['password'::text, 'second_factor'::text, 'recovery_code'::text, 'oidc'::text])))
);
CREATE TABLE public.sight (
    id bigint NOT NULL,
    camera text NOT NULL,
    facade text NOT NULL,
    grid bigint NOT NULL,
    plan integer NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone,
    reason bytea NOT NULL,
    fall_px_m bytea NOT NULL,
    elevation_deg bytea NOT NULL,
    distance_m bytea,
    CONSTRAINT sight_check CHECK ((ends_at >= begins_at))
);
ALTER TABLE public.sight ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.sight_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.surveyed (
    camera text NOT NULL,
    plan integer NOT NULL,
    wished bigint NOT NULL,
    at timestamp with time zone NOT NULL
);
CREATE TABLE public.viewing (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    alert uuid NOT NULL,
    account text NOT NULL,
    purpose text NOT NULL,
    note text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    viewed_at timestamp with time zone,
    CONSTRAINT viewing_check CHECK (((purpose <> 'other'::text) OR (note <> ''::text))),
    CONSTRAINT viewing_purpose_check CHECK ((purpose = ANY (ARRAY['handling'::text, 'police'::text, 'owner'::text, 'review'::text, 'other'::text])))
);
CREATE TABLE public.warning (
    agent text NOT NULL,
    boot uuid NOT NULL,
    seq bigint NOT NULL,
    camera text NOT NULL,
    device text NOT NULL,
    outcome text NOT NULL,
    first_visible_at timestamp with time zone NOT NULL,
    suspected_at timestamp with time zone NOT NULL,
    acted_at timestamp with time zone NOT NULL,
    reason text NOT NULL,
    CONSTRAINT warning_outcome_check CHECK ((outcome = ANY (ARRAY['on'::text, 'failed'::text, 'held_back'::text])))
);
CREATE TABLE public.watched_span (
    camera text NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    watched_s double precision NOT NULL,
    CONSTRAINT watched_span_check CHECK ((ends_at > begins_at))
)
WITH (fillfactor='90');
CREATE TABLE public.work_order (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    number bigint NOT NULL,
    state text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    fault_cleared boolean DEFAULT false NOT NULL,
    taken_by text,
    taken_at timestamp with time zone,
    finished_by text,
    finished_at timestamp with time zone,
    measure text,
    closed_at timestamp with time zone,
    source text NOT NULL,
    kind text,
    reference text DEFAULT ''::text NOT NULL,
    title text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    severity text NOT NULL,
    estate text NOT NULL,
    building text,
    facade text,
    floor integer,
    bay integer,
    subject_type text,
    subject text,
    opened_by text NOT NULL,
    due_at timestamp with time zone NOT NULL,
    responsible text,
    verified_by text,
    reason text,
    overdue_at timestamp with time zone,
    reopened integer DEFAULT 0 NOT NULL,
    reopened_at timestamp with time zone,
    CONSTRAINT work_order_device_check CHECK (((subject_type IS NULL) = (subject IS NULL))),
    CONSTRAINT work_order_fault_check CHECK (((source <> 'fault'::text) OR ((kind IS NOT NULL) AND (subject IS NOT NULL)))),
    CONSTRAINT work_order_severity_check CHECK ((severity = ANY (ARRAY['warning'::text, 'serious'::text, 'critical'::text]))),
    CONSTRAINT work_order_source_check CHECK ((source = ANY (ARRAY['fault'::text, 'blind_spot'::text, 'patrol'::text, 'complaint'::text, 'inspection'::text]))),
    CONSTRAINT work_order_state_check CHECK ((state = ANY (ARRAY['open'::text, 'assigned'::text, 'taken'::text, 'waiting'::text, 'finished'::text, 'closed'::text, 'cancelled'::text]))),
    CONSTRAINT work_order_subject_type_check CHECK ((subject_type = ANY (ARRAY['camera'::text, 'sensor'::text, 'agent'::text, 'node'::text, 'estate'::text])))
);
CREATE TABLE public.work_order_deadline (
    source text NOT NULL,
    severity text NOT NULL,
    allowed interval NOT NULL,
    CONSTRAINT work_order_deadline_allowed_check CHECK ((allowed > '00:00:00'::interval)),
    CONSTRAINT work_order_deadline_severity_check CHECK ((severity = ANY (ARRAY['warning'::text, 'serious'::text, 'critical'::text]))),
    CONSTRAINT work_order_deadline_source_check CHECK ((source = ANY (ARRAY['fault'::text, 'blind_spot'::text, 'patrol'::text, 'complaint'::text, 'inspection'::text])))
);
CREATE TABLE public.work_order_fault (
    fault uuid NOT NULL,
    work_order uuid NOT NULL,
    bound_at timestamp with time zone NOT NULL
);
CREATE TABLE public.work_order_history (
    id bigint NOT NULL,
    work_order uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    what text NOT NULL,
    by text NOT NULL,
    note text NOT NULL
);
ALTER TABLE public.work_order_history ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.work_order_history_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
ALTER TABLE public.work_order ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY ( SEQUENCE NAME public.work_order_number_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1 );
CREATE TABLE public.work_order_photo (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    work_order uuid NOT NULL,
    stage text NOT NULL,
    media_type text NOT NULL,
    width_px integer NOT NULL,
    height_px integer NOT NULL,
    sha256 text NOT NULL,
    content bytea NOT NULL,
    by text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT work_order_photo_media_type_check CHECK ((media_type = ANY (ARRAY['image/jpeg'::text, 'image/png'::text]))),
    CONSTRAINT work_order_photo_stage_check CHECK ((stage = ANY (ARRAY['before'::text, 'after'::text])))
);
ALTER TABLE ONLY public.camera_minute ATTACH PARTITION public.camera_minute_default DEFAULT;
ALTER TABLE ONLY public.event ATTACH PARTITION public.event_default DEFAULT;
ALTER TABLE ONLY public.sensor_reading ATTACH PARTITION public.sensor_reading_default DEFAULT;
ALTER TABLE ONLY public.account_estate ADD CONSTRAINT account_estate_pkey PRIMARY KEY (username, estate);
ALTER TABLE ONLY public.account ADD CONSTRAINT account_oidc_subject_key UNIQUE (oidc_subject);
ALTER TABLE ONLY public.account ADD CONSTRAINT account_pkey PRIMARY KEY (username);
ALTER TABLE ONLY public.agent_cut_off ADD CONSTRAINT agent_cut_off_pkey PRIMARY KEY (agent);
ALTER TABLE ONLY public.agent ADD CONSTRAINT agent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.agent_status ADD CONSTRAINT agent_status_pkey PRIMARY KEY (agent);
ALTER TABLE ONLY public.alert_history ADD CONSTRAINT alert_history_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.alert ADD CONSTRAINT alert_message_id_key UNIQUE (message_id);
ALTER TABLE ONLY public.alert ADD CONSTRAINT alert_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit ADD CONSTRAINT audit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.blind_due ADD CONSTRAINT blind_due_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.blind_spot ADD CONSTRAINT blind_spot_pkey PRIMARY KEY (work_order);
ALTER TABLE ONLY public.blob_due ADD CONSTRAINT blob_due_pkey PRIMARY KEY (sha256);
ALTER TABLE ONLY public.camera_account ADD CONSTRAINT camera_account_pkey PRIMARY KEY (month, camera);
ALTER TABLE ONLY public.camera_day ADD CONSTRAINT camera_day_pkey PRIMARY KEY (began_at, camera);
ALTER TABLE ONLY public.camera_facade ADD CONSTRAINT camera_facade_pkey PRIMARY KEY (camera, facade);
ALTER TABLE ONLY public.camera_hour ADD CONSTRAINT camera_hour_pkey PRIMARY KEY (began_at, camera);
ALTER TABLE ONLY public.camera_minute ADD CONSTRAINT camera_minute_camera_observed_at_key1 UNIQUE (camera, observed_at);
ALTER TABLE ONLY public.camera_minute_default ADD CONSTRAINT camera_minute_camera_observed_at_key UNIQUE (camera, observed_at);
ALTER TABLE ONLY public.camera_month ADD CONSTRAINT camera_month_pkey PRIMARY KEY (began_at, camera);
ALTER TABLE ONLY public.camera ADD CONSTRAINT camera_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.camera_state_history ADD CONSTRAINT camera_state_history_pkey PRIMARY KEY (camera, boot, seq);
ALTER TABLE ONLY public.camera_state ADD CONSTRAINT camera_state_pkey PRIMARY KEY (camera);
ALTER TABLE ONLY public.change ADD CONSTRAINT change_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.channel ADD CONSTRAINT channel_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.clip_damage ADD CONSTRAINT clip_damage_pkey PRIMARY KEY (sha256);
ALTER TABLE ONLY public.clip ADD CONSTRAINT clip_pkey PRIMARY KEY (event);
ALTER TABLE ONLY public.clock_set ADD CONSTRAINT clock_set_pkey PRIMARY KEY (agent, boot, seq);
ALTER TABLE ONLY public.closed_day ADD CONSTRAINT closed_day_pkey PRIMARY KEY (estate, day, number);
ALTER TABLE ONLY public.day_difference ADD CONSTRAINT day_difference_pkey PRIMARY KEY (estate, day);
ALTER TABLE ONLY public.day_due ADD CONSTRAINT day_due_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.dead_letter ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.depends_on ADD CONSTRAINT depends_on_pkey PRIMARY KEY (subject_type, subject, node);
ALTER TABLE ONLY public.desired ADD CONSTRAINT desired_pkey PRIMARY KEY (agent, version);
ALTER TABLE ONLY public.desired_report ADD CONSTRAINT desired_report_pkey PRIMARY KEY (agent, version, outcome);
ALTER TABLE ONLY public.device_certificate ADD CONSTRAINT device_certificate_pkey PRIMARY KEY (serial);
ALTER TABLE ONLY public.device_history ADD CONSTRAINT device_history_pkey PRIMARY KEY (subject_type, subject, boot, seq);
ALTER TABLE ONLY public.device ADD CONSTRAINT device_pkey PRIMARY KEY (subject_type, subject);
ALTER TABLE ONLY public.duty_override ADD CONSTRAINT duty_override_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.enrolment_token ADD CONSTRAINT enrolment_token_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.equipment_paper ADD CONSTRAINT equipment_paper_pkey PRIMARY KEY (subject_type, subject);
ALTER TABLE ONLY public.escalation ADD CONSTRAINT escalation_pkey PRIMARY KEY (subject_type, subject);
ALTER TABLE ONLY public.escalation_policy ADD CONSTRAINT escalation_policy_pkey PRIMARY KEY (estate);
ALTER TABLE ONLY public.estate_key ADD CONSTRAINT estate_key_estate_version_key UNIQUE (estate, version);
ALTER TABLE ONLY public.estate_key ADD CONSTRAINT estate_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.estate_month ADD CONSTRAINT estate_month_pkey PRIMARY KEY (estate, month);
ALTER TABLE ONLY public.estate ADD CONSTRAINT estate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.estate_plan ADD CONSTRAINT estate_plan_pkey PRIMARY KEY (estate, version);
ALTER TABLE ONLY public.event ADD CONSTRAINT event_agent_boot_seq_observed_at_key1 UNIQUE (agent, boot, seq, observed_at);
ALTER TABLE ONLY public.event_default ADD CONSTRAINT event_agent_boot_seq_observed_at_key UNIQUE (agent, boot, seq, observed_at);
ALTER TABLE ONLY public.event_held ADD CONSTRAINT event_held_pkey PRIMARY KEY (agent, boot, seq, observed_at);
ALTER TABLE ONLY public.evidence_check ADD CONSTRAINT evidence_check_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.facade_grid ADD CONSTRAINT facade_grid_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.facade_month ADD CONSTRAINT facade_month_pkey PRIMARY KEY (month, facade);
ALTER TABLE ONLY public.facade ADD CONSTRAINT facade_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.fall_end ADD CONSTRAINT fall_end_pkey PRIMARY KEY (event, agent);
ALTER TABLE ONLY public.fault_history ADD CONSTRAINT fault_history_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.fault ADD CONSTRAINT fault_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.fault_report ADD CONSTRAINT fault_report_pkey PRIMARY KEY (subject_type, subject, fault);
ALTER TABLE ONLY public.ground ADD CONSTRAINT ground_pkey PRIMARY KEY (facade, first_bay, last_bay, below);
ALTER TABLE ONLY public.handover_item ADD CONSTRAINT handover_item_pkey PRIMARY KEY (handover, alert);
ALTER TABLE ONLY public.handover ADD CONSTRAINT handover_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inspection_draw ADD CONSTRAINT inspection_draw_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.inspection_pick ADD CONSTRAINT inspection_pick_pkey PRIMARY KEY (draw, subject);
ALTER TABLE ONLY public.legal_hold ADD CONSTRAINT legal_hold_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.log_head ADD CONSTRAINT log_head_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.log_leaf ADD CONSTRAINT log_leaf_pkey PRIMARY KEY (index);
ALTER TABLE ONLY public.log_node ADD CONSTRAINT log_node_pkey PRIMARY KEY (level, "position");
ALTER TABLE ONLY public.log_time_stamp ADD CONSTRAINT log_time_stamp_pkey PRIMARY KEY (head);
ALTER TABLE ONLY public.log_waiting ADD CONSTRAINT log_waiting_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.login_failure ADD CONSTRAINT login_failure_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.migration ADD CONSTRAINT migration_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.node ADD CONSTRAINT node_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.node_sensor ADD CONSTRAINT node_sensor_pkey PRIMARY KEY (sensor);
ALTER TABLE ONLY public.notification ADD CONSTRAINT notification_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.notification ADD CONSTRAINT notification_subject_type_subject_round_step_recipient_key UNIQUE (subject_type, subject, round, step, recipient);
ALTER TABLE ONLY public.oidc_attempt ADD CONSTRAINT oidc_attempt_pkey PRIMARY KEY (state_hash);
ALTER TABLE ONLY public.picture_grant ADD CONSTRAINT picture_grant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.planned_maintenance ADD CONSTRAINT planned_maintenance_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.pose_doubt ADD CONSTRAINT pose_doubt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.quiet_hours ADD CONSTRAINT quiet_hours_pkey PRIMARY KEY (username);
ALTER TABLE ONLY public.recovery_code ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (username, code_hash);
ALTER TABLE ONLY public.region_declined ADD CONSTRAINT region_declined_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.rotation ADD CONSTRAINT rotation_pkey PRIMARY KEY (estate, role);
ALTER TABLE ONLY public.second_factor ADD CONSTRAINT second_factor_pkey PRIMARY KEY (username);
ALTER TABLE ONLY public.seen_range ADD CONSTRAINT seen_range_pkey PRIMARY KEY (agent, boot);
ALTER TABLE ONLY public.sensor ADD CONSTRAINT sensor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.sensor_reading ADD CONSTRAINT sensor_reading_sensor_observed_at_key1 UNIQUE (sensor, observed_at);
ALTER TABLE ONLY public.sensor_reading_default ADD CONSTRAINT sensor_reading_sensor_observed_at_key UNIQUE (sensor, observed_at);
ALTER TABLE ONLY public.session ADD CONSTRAINT session_id_key UNIQUE (id);
ALTER TABLE ONLY public.session ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);
ALTER TABLE ONLY public.sight ADD CONSTRAINT sight_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.surveyed ADD CONSTRAINT surveyed_pkey PRIMARY KEY (camera);
ALTER TABLE ONLY public.viewing ADD CONSTRAINT viewing_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.warning ADD CONSTRAINT warning_pkey PRIMARY KEY (agent, boot, seq);
ALTER TABLE ONLY public.watched_span ADD CONSTRAINT watched_span_pkey PRIMARY KEY (camera, begins_at);
ALTER TABLE ONLY public.work_order_deadline ADD CONSTRAINT work_order_deadline_pkey PRIMARY KEY (source, severity);
ALTER TABLE ONLY public.work_order_fault ADD CONSTRAINT work_order_fault_pkey PRIMARY KEY (fault);
ALTER TABLE ONLY public.work_order_history ADD CONSTRAINT work_order_history_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.work_order ADD CONSTRAINT work_order_number_key UNIQUE (number);
ALTER TABLE ONLY public.work_order_photo ADD CONSTRAINT work_order_photo_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.work_order_photo ADD CONSTRAINT work_order_photo_work_order_stage_sha256_key UNIQUE (work_order, stage, sha256);
ALTER TABLE ONLY public.work_order ADD CONSTRAINT work_order_pkey PRIMARY KEY (id);
CREATE INDEX account_estate_estate ON public.account_estate USING btree (estate);
CREATE INDEX agent_estate ON public.agent USING btree (estate);
CREATE INDEX alert_camera ON public.alert USING btree (camera, observed_at);
CREATE INDEX alert_closed ON public.alert USING btree (closed_at) WHERE (state = 'closed'::text);
CREATE INDEX alert_history_alert ON public.alert_history USING btree (alert);
CREATE INDEX alert_open ON public.alert USING btree (raised_at) WHERE (state <> 'closed'::text);
CREATE INDEX alert_shelved ON public.alert USING btree (shelved_until) WHERE (shelved_until IS NOT NULL);
CREATE INDEX audit_at ON public.audit USING btree (at);
CREATE INDEX audit_subject ON public.audit USING btree (subject_type, subject, id);
CREATE INDEX blind_spot_facade ON public.blind_spot USING btree (facade);
CREATE INDEX camera_minute_observed_at_idx ON ONLY public.camera_minute USING btree (observed_at);
CREATE INDEX camera_minute_at ON public.camera_minute_default USING btree (observed_at);
CREATE INDEX camera_state_history_since ON public.camera_state_history USING btree (camera, since);
CREATE INDEX change_at ON public.change USING btree (at);
CREATE INDEX channel_owner ON public.channel USING btree (owner, "position");
CREATE INDEX clip_sha256 ON public.clip USING btree (sha256);
CREATE INDEX depends_on_node ON public.depends_on USING btree (node);
CREATE INDEX desired_unpublished ON public.desired USING btree (agent) WHERE (published_at IS NULL);
CREATE INDEX device_certificate_agent ON public.device_certificate USING btree (agent);
CREATE INDEX duty_override_ends ON public.duty_override USING btree (estate, ends_at);
CREATE INDEX escalation_due ON public.escalation USING btree (next_at) WHERE (state = 'running'::text);
CREATE INDEX escalation_open ON public.escalation USING btree (subject_type) WHERE (state <> 'ended'::text);
CREATE INDEX event_loss ON ONLY public.event USING btree (agent, received_at DESC, seq DESC) WHERE (kind = 'loss'::text);
CREATE INDEX event_default_agent_received_at_seq_idx ON public.event_default USING btree (agent, received_at DESC, seq DESC) WHERE (kind = 'loss'::text);
CREATE INDEX event_held_message_id ON public.event_held USING btree (message_id);
CREATE INDEX event_message_id_idx ON ONLY public.event USING btree (message_id);
CREATE INDEX event_message_id ON public.event_default USING btree (message_id);
CREATE INDEX facade_estate ON public.facade USING btree (estate);
CREATE INDEX facade_grid_facade ON public.facade_grid USING btree (facade, begins_at);
CREATE INDEX fault_beneath ON public.fault USING btree (suppressed_by) WHERE (suppressed_by IS NOT NULL);
CREATE INDEX fault_condition ON public.fault USING btree (kind, subject_type, subject, since);
CREATE INDEX fault_estate ON public.fault USING btree (estate);
CREATE INDEX fault_history_at ON public.fault_history USING btree (at);
CREATE INDEX fault_history_fault ON public.fault_history USING btree (fault);
CREATE INDEX fault_of_thing ON public.fault USING btree (subject_type, subject, since);
CREATE UNIQUE INDEX fault_one_open ON public.fault USING btree (kind, subject_type, subject) WHERE (state <> 'closed'::text);
CREATE INDEX fault_shelved ON public.fault USING btree (shelved_until) WHERE (shelved_until IS NOT NULL);
CREATE INDEX fault_since ON public.fault USING btree (since);
CREATE INDEX fault_to_tell ON public.fault USING btree (tell_at) WHERE ((announced_at IS NULL) AND (suppressed_by IS NULL) AND (state <> 'closed'::text));
CREATE INDEX fault_until ON public.fault USING btree (subject, COALESCE(cleared_at, 'infinity'::timestamp with time zone), since) WHERE ((subject_type = 'camera'::text) AND (severity <> 'warning'::text));
CREATE INDEX handover_ended ON public.handover USING btree (ended_at);
CREATE INDEX handover_item_alert ON public.handover_item USING btree (alert);
CREATE UNIQUE INDEX handover_one_offered ON public.handover USING btree (from_person) WHERE (state = 'offered'::text);
CREATE INDEX inspection_pick_estate ON public.inspection_pick USING btree (estate);
CREATE INDEX legal_hold_active ON public.legal_hold USING btree (at) WHERE (lifted_at IS NULL);
CREATE INDEX legal_hold_alert ON public.legal_hold USING btree (alert);
CREATE INDEX log_head_size ON public.log_head USING btree (size, number);
CREATE INDEX log_leaf_subject ON public.log_leaf USING btree (kind, subject, index);
CREATE INDEX login_failure_at ON public.login_failure USING btree (at);
CREATE INDEX notification_created ON public.notification USING btree (estate, created_at);
CREATE INDEX notification_device ON public.notification USING btree (device, recipient, created_at) WHERE (device IS NOT NULL);
CREATE INDEX notification_open ON public.notification USING btree (next_try_at) WHERE (state = ANY (ARRAY['waiting'::text, 'sending'::text]));
CREATE INDEX notification_test ON public.notification USING btree (recipient, created_at) WHERE (subject_type = 'test'::text);
CREATE INDEX picture_grant_username ON public.picture_grant USING btree (username, estate);
CREATE INDEX planned_maintenance_span ON public.planned_maintenance USING btree (estate, ends_at);
CREATE UNIQUE INDEX pose_doubt_open ON public.pose_doubt USING btree (camera) WHERE (ended_at IS NULL);
CREATE INDEX region_declined_camera ON public.region_declined USING btree (camera, declined_at);
CREATE INDEX session_expires ON public.session USING btree (expires_at);
CREATE INDEX session_username ON public.session USING btree (username);
CREATE INDEX sight_camera ON public.sight USING btree (camera) WHERE (ends_at IS NULL);
CREATE INDEX sight_facade ON public.sight USING btree (facade, begins_at);
CREATE INDEX viewing_of ON public.viewing USING btree (alert, account, until);
CREATE INDEX warning_camera ON public.warning USING btree (camera, suspected_at);
CREATE INDEX work_order_device ON public.work_order USING btree (subject_type, subject, kind) WHERE (source = 'fault'::text);
CREATE INDEX work_order_due ON public.work_order USING btree (due_at) WHERE ((overdue_at IS NULL) AND (state = ANY (ARRAY['open'::text, 'assigned'::text, 'taken'::text, 'waiting'::text])));
CREATE INDEX work_order_estate ON public.work_order USING btree (estate, opened_at);
CREATE INDEX work_order_fault_order ON public.work_order_fault USING btree (work_order, bound_at);
CREATE INDEX work_order_history_at ON public.work_order_history USING btree (at);
CREATE INDEX work_order_history_order ON public.work_order_history USING btree (work_order);
CREATE INDEX work_order_late ON public.work_order USING btree (overdue_at) WHERE ((overdue_at IS NOT NULL) AND (state = ANY (ARRAY['open'::text, 'assigned'::text, 'taken'::text, 'waiting'::text])));
CREATE INDEX work_order_overdue ON public.work_order USING btree (overdue_at) WHERE (overdue_at IS NOT NULL);
ALTER INDEX public.camera_minute_observed_at_idx ATTACH PARTITION public.camera_minute_at;
ALTER INDEX public.camera_minute_camera_observed_at_key1 ATTACH PARTITION public.camera_minute_camera_observed_at_key;
ALTER INDEX public.event_agent_boot_seq_observed_at_key1 ATTACH PARTITION public.event_agent_boot_seq_observed_at_key;
ALTER INDEX public.event_loss ATTACH PARTITION public.event_default_agent_received_at_seq_idx;
ALTER INDEX public.event_message_id_idx ATTACH PARTITION public.event_message_id;
ALTER INDEX public.sensor_reading_sensor_observed_at_key1 ATTACH PARTITION public.sensor_reading_sensor_observed_at_key;
CREATE TRIGGER audit_entered AFTER INSERT ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.audit_entered();
CREATE TRIGGER blind_changed AFTER UPDATE ON public.fault FOR EACH ROW WHEN (((new.subject_type = 'camera'::text) AND (((old.since IS DISTINCT FROM new.since) OR (old.cleared_at IS DISTINCT FROM new.cleared_at)) OR (old.severity IS DISTINCT FROM new.severity)))) EXECUTE FUNCTION public.blind_mark();
CREATE TRIGGER blind_raised AFTER INSERT ON public.fault FOR EACH ROW WHEN ((new.subject_type = 'camera'::text)) EXECUTE FUNCTION public.blind_mark();
CREATE TRIGGER change_notify AFTER INSERT ON public.change FOR EACH STATEMENT EXECUTE FUNCTION public.change_notify();
CREATE TRIGGER fault_doubts_pose AFTER INSERT OR UPDATE OF severity ON public.fault FOR EACH ROW WHEN (((new.kind = 'moved'::text) AND (new.subject_type = 'camera'::text) AND (new.severity <> 'warning'::text) AND (new.state <> 'closed'::text))) EXECUTE FUNCTION public.pose_doubted();
CREATE TRIGGER hold_stays BEFORE UPDATE ON public.legal_hold FOR EACH ROW EXECUTE FUNCTION public.hold_stays();
CREATE TRIGGER log_alert AFTER INSERT ON public.alert_history FOR EACH ROW EXECUTE FUNCTION public.log_alert();
CREATE TRIGGER log_audit AFTER INSERT ON public.audit FOR EACH ROW EXECUTE FUNCTION public.log_audit();
CREATE TRIGGER log_clip_announced AFTER INSERT ON public.clip FOR EACH ROW EXECUTE FUNCTION public.log_clip();
CREATE TRIGGER log_clip_changed AFTER UPDATE ON public.clip FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) OR (old.hash_matches IS DISTINCT FROM new.hash_matches))) EXECUTE FUNCTION public.log_clip();
CREATE TRIGGER log_closed_day AFTER INSERT ON public.closed_day FOR EACH ROW EXECUTE FUNCTION public.log_closed_day();
CREATE TRIGGER only_added BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION public.only_added();
CREATE TRIGGER only_added BEFORE DELETE OR UPDATE OR TRUNCATE ON public.closed_day FOR EACH STATEMENT EXECUTE FUNCTION public.only_added();
CREATE TRIGGER only_added BEFORE DELETE OR UPDATE OR TRUNCATE ON public.estate_plan FOR EACH STATEMENT EXECUTE FUNCTION public.only_added();
CREATE TRIGGER only_added BEFORE DELETE OR UPDATE OR TRUNCATE ON public.inspection_draw FOR EACH STATEMENT EXECUTE FUNCTION public.only_added();
CREATE TRIGGER only_added BEFORE DELETE OR TRUNCATE ON public.legal_hold FOR EACH STATEMENT EXECUTE FUNCTION public.only_added();
CREATE TRIGGER only_added BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_head FOR EACH STATEMENT EXECUTE FUNCTION public.only_added();
CREATE TRIGGER only_added BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_leaf FOR EACH STATEMENT EXECUTE FUNCTION public.only_added();
CREATE TRIGGER only_added BEFORE DELETE OR UPDATE OR TRUNCATE ON public.log_node FOR EACH STATEMENT EXECUTE FUNCTION public.only_added();
CREATE TRIGGER rollup_came AFTER INSERT ON public.camera_minute REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION public.rollup_mark();
CREATE TRIGGER rollup_changed AFTER UPDATE ON public.camera_minute REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION public.rollup_mark();
ALTER TABLE ONLY public.account_estate ADD CONSTRAINT account_estate_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.account_estate ADD CONSTRAINT account_estate_username_fkey FOREIGN KEY (username) REFERENCES public.account(username) ON DELETE CASCADE;
ALTER TABLE ONLY public.agent_cut_off ADD CONSTRAINT agent_cut_off_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.agent ADD CONSTRAINT agent_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.agent_status ADD CONSTRAINT agent_status_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.alert ADD CONSTRAINT alert_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.alert ADD CONSTRAINT alert_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id);
ALTER TABLE ONLY public.alert_history ADD CONSTRAINT alert_history_alert_fkey FOREIGN KEY (alert) REFERENCES public.alert(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.audit ADD CONSTRAINT audit_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.blind_spot ADD CONSTRAINT blind_spot_facade_fkey FOREIGN KEY (facade) REFERENCES public.facade(id);
ALTER TABLE ONLY public.blind_spot ADD CONSTRAINT blind_spot_work_order_fkey FOREIGN KEY (work_order) REFERENCES public.work_order(id);
ALTER TABLE ONLY public.camera_account ADD CONSTRAINT camera_account_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id);
ALTER TABLE ONLY public.camera ADD CONSTRAINT camera_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.camera_facade ADD CONSTRAINT camera_facade_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.camera_facade ADD CONSTRAINT camera_facade_facade_fkey FOREIGN KEY (facade) REFERENCES public.facade(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.camera_state ADD CONSTRAINT camera_state_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.camera_state_history ADD CONSTRAINT camera_state_history_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.channel ADD CONSTRAINT channel_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.channel ADD CONSTRAINT channel_owner_fkey FOREIGN KEY (owner) REFERENCES public.account(username) ON DELETE CASCADE;
ALTER TABLE ONLY public.clip ADD CONSTRAINT clip_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.clip ADD CONSTRAINT clip_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id);
ALTER TABLE ONLY public.closed_day ADD CONSTRAINT closed_day_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.day_difference ADD CONSTRAINT day_difference_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.day_due ADD CONSTRAINT day_due_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.depends_on ADD CONSTRAINT depends_on_node_fkey FOREIGN KEY (node) REFERENCES public.node(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.desired ADD CONSTRAINT desired_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.desired_report ADD CONSTRAINT desired_report_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.device_certificate ADD CONSTRAINT device_certificate_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.duty_override ADD CONSTRAINT duty_override_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.enrolment_token ADD CONSTRAINT enrolment_token_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.escalation_policy ADD CONSTRAINT escalation_policy_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.estate_key ADD CONSTRAINT estate_key_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.estate_month ADD CONSTRAINT estate_month_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.estate_plan ADD CONSTRAINT estate_plan_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.facade ADD CONSTRAINT facade_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.facade_grid ADD CONSTRAINT facade_grid_facade_fkey FOREIGN KEY (facade) REFERENCES public.facade(id);
ALTER TABLE ONLY public.facade_month ADD CONSTRAINT facade_month_facade_fkey FOREIGN KEY (facade) REFERENCES public.facade(id);
ALTER TABLE ONLY public.fall_end ADD CONSTRAINT fall_end_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.fault ADD CONSTRAINT fault_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.fault_history ADD CONSTRAINT fault_history_fault_fkey FOREIGN KEY (fault) REFERENCES public.fault(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.fault ADD CONSTRAINT fault_suppressed_by_fkey FOREIGN KEY (suppressed_by) REFERENCES public.fault(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.ground ADD CONSTRAINT ground_facade_fkey FOREIGN KEY (facade) REFERENCES public.facade(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.handover_item ADD CONSTRAINT handover_item_alert_fkey FOREIGN KEY (alert) REFERENCES public.alert(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.handover_item ADD CONSTRAINT handover_item_handover_fkey FOREIGN KEY (handover) REFERENCES public.handover(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.inspection_pick ADD CONSTRAINT inspection_pick_draw_fkey FOREIGN KEY (draw) REFERENCES public.inspection_draw(id);
ALTER TABLE ONLY public.inspection_pick ADD CONSTRAINT inspection_pick_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.inspection_pick ADD CONSTRAINT inspection_pick_work_order_fkey FOREIGN KEY (work_order) REFERENCES public.work_order(id);
ALTER TABLE ONLY public.legal_hold ADD CONSTRAINT legal_hold_alert_fkey FOREIGN KEY (alert) REFERENCES public.alert(id);
ALTER TABLE ONLY public.log_time_stamp ADD CONSTRAINT log_time_stamp_head_fkey FOREIGN KEY (head) REFERENCES public.log_head(number);
ALTER TABLE ONLY public.node ADD CONSTRAINT node_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.node_sensor ADD CONSTRAINT node_sensor_node_fkey FOREIGN KEY (node) REFERENCES public.node(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.node_sensor ADD CONSTRAINT node_sensor_sensor_fkey FOREIGN KEY (sensor) REFERENCES public.sensor(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.notification ADD CONSTRAINT notification_channel_fkey FOREIGN KEY (channel) REFERENCES public.channel(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.picture_grant ADD CONSTRAINT picture_grant_alert_fkey FOREIGN KEY (alert) REFERENCES public.alert(id);
ALTER TABLE ONLY public.picture_grant ADD CONSTRAINT picture_grant_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.picture_grant ADD CONSTRAINT picture_grant_username_fkey FOREIGN KEY (username) REFERENCES public.account(username) ON DELETE CASCADE;
ALTER TABLE ONLY public.planned_maintenance ADD CONSTRAINT planned_maintenance_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id);
ALTER TABLE ONLY public.planned_maintenance ADD CONSTRAINT planned_maintenance_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.pose_doubt ADD CONSTRAINT pose_doubt_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id);
ALTER TABLE ONLY public.quiet_hours ADD CONSTRAINT quiet_hours_username_fkey FOREIGN KEY (username) REFERENCES public.account(username) ON DELETE CASCADE;
ALTER TABLE ONLY public.recovery_code ADD CONSTRAINT recovery_code_username_fkey FOREIGN KEY (username) REFERENCES public.second_factor(username) ON DELETE CASCADE;
ALTER TABLE ONLY public.region_declined ADD CONSTRAINT region_declined_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id);
ALTER TABLE ONLY public.rotation ADD CONSTRAINT rotation_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.second_factor ADD CONSTRAINT second_factor_username_fkey FOREIGN KEY (username) REFERENCES public.account(username) ON DELETE CASCADE;
ALTER TABLE ONLY public.sensor ADD CONSTRAINT sensor_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.session ADD CONSTRAINT session_username_fkey FOREIGN KEY (username) REFERENCES public.account(username) ON DELETE CASCADE;
ALTER TABLE ONLY public.sight ADD CONSTRAINT sight_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id);
ALTER TABLE ONLY public.sight ADD CONSTRAINT sight_facade_fkey FOREIGN KEY (facade) REFERENCES public.facade(id);
ALTER TABLE ONLY public.sight ADD CONSTRAINT sight_grid_fkey FOREIGN KEY (grid) REFERENCES public.facade_grid(id);
ALTER TABLE ONLY public.surveyed ADD CONSTRAINT surveyed_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id);
ALTER TABLE ONLY public.viewing ADD CONSTRAINT viewing_account_fkey FOREIGN KEY (account) REFERENCES public.account(username) ON DELETE CASCADE;
ALTER TABLE ONLY public.viewing ADD CONSTRAINT viewing_alert_fkey FOREIGN KEY (alert) REFERENCES public.alert(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.warning ADD CONSTRAINT warning_agent_fkey FOREIGN KEY (agent) REFERENCES public.agent(id);
ALTER TABLE ONLY public.warning ADD CONSTRAINT warning_camera_fkey FOREIGN KEY (camera) REFERENCES public.camera(id);
ALTER TABLE ONLY public.work_order ADD CONSTRAINT work_order_estate_fkey FOREIGN KEY (estate) REFERENCES public.estate(id);
ALTER TABLE ONLY public.work_order ADD CONSTRAINT work_order_facade_fkey FOREIGN KEY (facade) REFERENCES public.facade(id);
ALTER TABLE ONLY public.work_order_fault ADD CONSTRAINT work_order_fault_fault_fkey FOREIGN KEY (fault) REFERENCES public.fault(id);
ALTER TABLE ONLY public.work_order_fault ADD CONSTRAINT work_order_fault_work_order_fkey FOREIGN KEY (work_order) REFERENCES public.work_order(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.work_order_history ADD CONSTRAINT work_order_history_work_order_fkey FOREIGN KEY (work_order) REFERENCES public.work_order(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.work_order_photo ADD CONSTRAINT work_order_photo_work_order_fkey FOREIGN KEY (work_order) REFERENCES public.work_order(id) ON DELETE CASCADE;
ALTER TABLE public.account ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.account_estate ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.agent ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.agent_cut_off ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.agent_status ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.alert ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.alert_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.blind_spot ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.camera ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.camera_account ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.camera_facade ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.camera_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.camera_state_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.change ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.channel ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.clip ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.clock_set ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.depends_on ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.desired ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.desired_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.device ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.device_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.duty_override ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.equipment_paper ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.escalation ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.escalation_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.estate ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.estate_month ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.estate_plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.facade ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.facade_grid ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.facade_month ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.fall_end ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.fault ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.fault_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.fault_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ground ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.handover ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.handover_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.inspection_draw ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.inspection_pick ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.legal_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.node ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.node_sensor ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.notification ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_additions ON public.alert_history FOR INSERT TO fallwatch_api WITH CHECK ((EXISTS ( SELECT
   FROM public.alert
  WHERE (alert.id = alert_history.alert))));
CREATE POLICY own_additions ON public.audit FOR INSERT TO fallwatch_api WITH CHECK (((by = ( SELECT current_setting('fallwatch.account'::text, true) AS current_setting)) AND ((estate IS NULL) OR (estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])))));
CREATE POLICY own_additions ON public.blind_spot FOR INSERT TO fallwatch_api WITH CHECK ((facade IN ( SELECT facade.id
   FROM public.facade)));
CREATE POLICY own_additions ON public.change FOR INSERT TO fallwatch_api WITH CHECK (true);
CREATE POLICY own_additions ON public.estate_plan FOR INSERT TO fallwatch_api WITH CHECK ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_additions ON public.fault_history FOR INSERT TO fallwatch_api WITH CHECK ((EXISTS ( SELECT
   FROM public.fault
  WHERE (fault.id = fault_history.fault))));
CREATE POLICY own_additions ON public.handover_item FOR INSERT TO fallwatch_api WITH CHECK (((EXISTS ( SELECT
   FROM public.handover
  WHERE (handover.id = handover_item.handover))) AND (EXISTS ( SELECT
   FROM public.alert
  WHERE (alert.id = handover_item.alert)))));
CREATE POLICY own_additions ON public.inspection_draw FOR INSERT TO fallwatch_api WITH CHECK ((drawn_by = ( SELECT current_setting('fallwatch.account'::text, true) AS current_setting)));
CREATE POLICY own_additions ON public.notification FOR INSERT TO fallwatch_api WITH CHECK (((subject_type = 'test'::text) AND (recipient IN ( SELECT ('channel:'::text || channel.id)
   FROM public.channel))));
CREATE POLICY own_additions ON public.planned_maintenance FOR INSERT TO fallwatch_api WITH CHECK ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_additions ON public.region_declined FOR INSERT TO fallwatch_api WITH CHECK ((camera IN ( SELECT camera.id
   FROM public.camera)));
CREATE POLICY own_additions ON public.work_order_history FOR INSERT TO fallwatch_api WITH CHECK ((EXISTS ( SELECT
   FROM public.work_order
  WHERE (work_order.id = work_order_history.work_order))));
CREATE POLICY own_additions ON public.work_order_photo FOR INSERT TO fallwatch_api WITH CHECK ((EXISTS ( SELECT
   FROM public.work_order
  WHERE (work_order.id = work_order_photo.work_order))));
CREATE POLICY own_estates ON public.account TO fallwatch_api USING ((every_estate OR (username = ( SELECT current_setting('fallwatch.account'::text, true) AS current_setting)) OR (EXISTS ( SELECT
   FROM public.account_estate has
  WHERE ((has.username = account.username) AND (has.estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])))))));
CREATE POLICY own_estates ON public.account_estate TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.agent TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.agent_cut_off TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.agent_status TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.alert TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.alert_history FOR SELECT TO fallwatch_api USING ((EXISTS ( SELECT
   FROM public.alert
  WHERE (alert.id = alert_history.alert))));
CREATE POLICY own_estates ON public.audit FOR SELECT TO fallwatch_api USING (((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])) OR ((estate IS NULL) AND ((by = ( SELECT current_setting('fallwatch.account'::text, true) AS current_setting)) OR (current_setting('fallwatch.every_estate'::text, true) = 'yes'::text)))));
CREATE POLICY own_estates ON public.blind_spot FOR SELECT TO fallwatch_api USING ((facade IN ( SELECT facade.id
   FROM public.facade)));
CREATE POLICY own_estates ON public.camera TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.camera_account TO fallwatch_api USING ((camera IN ( SELECT camera.id
   FROM public.camera)));
CREATE POLICY own_estates ON public.camera_facade TO fallwatch_api USING ((camera IN ( SELECT camera.id
   FROM public.camera)));
CREATE POLICY own_estates ON public.camera_state TO fallwatch_api USING ((camera IN ( SELECT camera.id
   FROM public.camera)));
CREATE POLICY own_estates ON public.camera_state_history TO fallwatch_api USING ((camera IN ( SELECT camera.id
   FROM public.camera)));
CREATE POLICY own_estates ON public.change FOR SELECT TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.channel TO fallwatch_api USING (((owner = ( SELECT current_setting('fallwatch.account'::text, true) AS current_setting)) OR (estate = ANY (( SELECT public.own_estates() AS own_estates)::text[]))));
CREATE POLICY own_estates ON public.clip TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.clock_set TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.depends_on TO fallwatch_api USING ((node IN ( SELECT node.id
   FROM public.node)));
CREATE POLICY own_estates ON public.desired TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.desired_report TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.device TO fallwatch_api USING (
CASE subject_type
    WHEN 'agent'::text THEN (subject IN ( SELECT agent.id
       FROM public.agent))
    WHEN 'camera'::text THEN (subject IN ( SELECT camera.id
       FROM public.camera))
    WHEN 'sensor'::text THEN (subject IN ( SELECT sensor.id
       FROM public.sensor))
    WHEN 'node'::text THEN (subject IN ( SELECT node.id
       FROM public.node))
    ELSE NULL::boolean
END);
CREATE POLICY own_estates ON public.device_history TO fallwatch_api USING (
CASE subject_type
    WHEN 'agent'::text THEN (subject IN ( SELECT agent.id
       FROM public.agent))
    WHEN 'camera'::text THEN (subject IN ( SELECT camera.id
       FROM public.camera))
    WHEN 'sensor'::text THEN (subject IN ( SELECT sensor.id
       FROM public.sensor))
    WHEN 'node'::text THEN (subject IN ( SELECT node.id
       FROM public.node))
    ELSE NULL::boolean
END);
CREATE POLICY own_estates ON public.duty_override TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.equipment_paper TO fallwatch_api USING (
CASE subject_type
    WHEN 'agent'::text THEN (subject IN ( SELECT agent.id
       FROM public.agent))
    WHEN 'camera'::text THEN (subject IN ( SELECT camera.id
       FROM public.camera))
    WHEN 'sensor'::text THEN (subject IN ( SELECT sensor.id
       FROM public.sensor))
    WHEN 'node'::text THEN (subject IN ( SELECT node.id
       FROM public.node))
    ELSE NULL::boolean
END);
CREATE POLICY own_estates ON public.escalation TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.escalation_policy TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.estate TO fallwatch_api USING ((id = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.estate_month TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.estate_plan FOR SELECT TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.facade TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.facade_grid TO fallwatch_api USING ((facade IN ( SELECT facade.id
   FROM public.facade)));
CREATE POLICY own_estates ON public.facade_month TO fallwatch_api USING ((facade IN ( SELECT facade.id
   FROM public.facade)));
CREATE POLICY own_estates ON public.fall_end TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.fault TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.fault_history FOR SELECT TO fallwatch_api USING ((EXISTS ( SELECT
   FROM public.fault
  WHERE (fault.id = fault_history.fault))));
CREATE POLICY own_estates ON public.fault_report TO fallwatch_api USING (
CASE subject_type
    WHEN 'agent'::text THEN (subject IN ( SELECT agent.id
       FROM public.agent))
    WHEN 'camera'::text THEN (subject IN ( SELECT camera.id
       FROM public.camera))
    WHEN 'sensor'::text THEN (subject IN ( SELECT sensor.id
       FROM public.sensor))
    WHEN 'node'::text THEN (subject IN ( SELECT node.id
       FROM public.node))
    ELSE NULL::boolean
END);
CREATE POLICY own_estates ON public.ground TO fallwatch_api USING ((facade IN ( SELECT facade.id
   FROM public.facade)));
CREATE POLICY own_estates ON public.handover TO fallwatch_api USING (((from_person IN ( SELECT account.username
   FROM public.account)) AND (to_person IN ( SELECT account.username
   FROM public.account))));
CREATE POLICY own_estates ON public.handover_item FOR SELECT TO fallwatch_api USING (((EXISTS ( SELECT
   FROM public.handover
  WHERE (handover.id = handover_item.handover))) AND (EXISTS ( SELECT
   FROM public.alert
  WHERE (alert.id = handover_item.alert)))));
CREATE POLICY own_estates ON public.inspection_draw FOR SELECT TO fallwatch_api USING (((drawn_by = ( SELECT current_setting('fallwatch.account'::text, true) AS current_setting)) OR (EXISTS ( SELECT
   FROM public.inspection_pick
  WHERE (inspection_pick.draw = inspection_draw.id)))));
CREATE POLICY own_estates ON public.inspection_pick TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.legal_hold TO fallwatch_api USING ((EXISTS ( SELECT
   FROM public.alert
  WHERE (alert.id = legal_hold.alert))));
CREATE POLICY own_estates ON public.node TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.node_sensor TO fallwatch_api USING ((node IN ( SELECT node.id
   FROM public.node)));
CREATE POLICY own_estates ON public.notification FOR SELECT TO fallwatch_api USING (((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])) OR ((subject_type = 'test'::text) AND (recipient IN ( SELECT ('channel:'::text || channel.id)
   FROM public.channel)))));
CREATE POLICY own_estates ON public.picture_grant TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.planned_maintenance FOR SELECT TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.pose_doubt TO fallwatch_api USING ((camera IN ( SELECT camera.id
   FROM public.camera)));
CREATE POLICY own_estates ON public.quiet_hours TO fallwatch_api USING ((username = ( SELECT current_setting('fallwatch.account'::text, true) AS current_setting)));
CREATE POLICY own_estates ON public.region_declined FOR SELECT TO fallwatch_api USING ((camera IN ( SELECT camera.id
   FROM public.camera)));
CREATE POLICY own_estates ON public.rotation TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.seen_range TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.sensor TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.sight TO fallwatch_api USING ((facade IN ( SELECT facade.id
   FROM public.facade)));
CREATE POLICY own_estates ON public.surveyed TO fallwatch_api USING ((camera IN ( SELECT camera.id
   FROM public.camera)));
CREATE POLICY own_estates ON public.viewing TO fallwatch_api USING (((account = ( SELECT current_setting('fallwatch.account'::text, true) AS current_setting)) AND (EXISTS ( SELECT
   FROM public.alert
  WHERE (alert.id = viewing.alert)))));
CREATE POLICY own_estates ON public.warning TO fallwatch_api USING ((agent IN ( SELECT agent.id
   FROM public.agent)));
CREATE POLICY own_estates ON public.watched_span TO fallwatch_api USING ((camera IN ( SELECT camera.id
   FROM public.camera)));
CREATE POLICY own_estates ON public.work_order TO fallwatch_api USING ((estate = ANY (( SELECT public.own_estates() AS own_estates)::text[])));
CREATE POLICY own_estates ON public.work_order_fault TO fallwatch_api USING ((EXISTS ( SELECT
   FROM public.fault
  WHERE (fault.id = work_order_fault.fault))));
CREATE POLICY own_estates ON public.work_order_history FOR SELECT TO fallwatch_api USING ((EXISTS ( SELECT
   FROM public.work_order
  WHERE (work_order.id = work_order_history.work_order))));
CREATE POLICY own_estates ON public.work_order_photo FOR SELECT TO fallwatch_api USING ((EXISTS ( SELECT
   FROM public.work_order
  WHERE (work_order.id = work_order_photo.work_order))));
ALTER TABLE public.picture_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.planned_maintenance ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pose_doubt ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.quiet_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.region_declined ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.rotation ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.seen_range ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.sensor ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.sight ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.surveyed ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.viewing ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.warning ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.watched_span ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.work_order ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.work_order_fault ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.work_order_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.work_order_photo ENABLE ROW LEVEL SECURITY;
