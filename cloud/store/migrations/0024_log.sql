-- The append-only log: what nobody may change or take away unseen. Rows of other tables are handed to it by
-- triggers in their own transaction, so that no writer can forget it; a sealer gives them their place afterwards.

-- Committed and not yet in the log. An index given here would leave gaps where a transaction fails, and a mark
-- "sealed up to here" would pass over one that commits late: a row is taken out when it is sealed.
CREATE TABLE log_waiting (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind    text NOT NULL,
    subject text NOT NULL,
    entry   bytea NOT NULL
);

-- `hash` is SHA-256 of a zero byte and the entry (RFC 9162, 2.1.1).
CREATE TABLE log_leaf (
    index     bigint PRIMARY KEY CHECK (index > 0),
    kind      text NOT NULL,
    subject   text NOT NULL,
    entry     bytea NOT NULL,
    hash      bytea NOT NULL CHECK (octet_length(hash) = 32),
    sealed_at timestamptz NOT NULL
);
CREATE INDEX log_leaf_subject ON log_leaf (kind, subject, index);

-- The roots of full subtrees of 2^level leaves, that a proof reads a few rows however long the log is.
CREATE TABLE log_node (
    level    smallint NOT NULL CHECK (level > 0),
    position bigint NOT NULL CHECK (position >= 0),
    hash     bytea NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (level, position)
);

-- `content` is what is signed, byte for byte; the other columns repeat what it says.
CREATE TABLE log_head (
    number    bigint PRIMARY KEY CHECK (number > 0),
    size      bigint NOT NULL CHECK (size > 0),
    at        timestamptz NOT NULL,
    content   text NOT NULL,
    signature text NOT NULL
);
CREATE INDEX log_head_size ON log_head (size, number);

-- What a time-stamping authority answered (RFC 3161 TimeStampResp, DER).
CREATE TABLE log_time_stamp (
    head        bigint PRIMARY KEY REFERENCES log_head,
    response    bytea NOT NULL,
    stamped_at  timestamptz NOT NULL,
    received_at timestamptz NOT NULL
);

-- The salt keeps an entry secret from whoever holds a neighbour's proof: that contains its hash, and what
-- somebody did to an alert can be guessed. It runs with its owner's rights: who may write an audit row may be
-- somebody who may not read the log.
CREATE FUNCTION log_append(kind text, subject text, content jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO log_waiting (kind, subject, entry) VALUES ($1, $2, convert_to(jsonb_build_object(
        'version', 1, 'kind', $1, 'subject', $2, 'salt', gen_random_uuid(), 'content', $3)::text, 'UTF8'))
$$;

CREATE FUNCTION log_audit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM log_append('audit', NEW.id::text, to_jsonb(NEW));
    RETURN NULL;
END
$$;
CREATE TRIGGER log_audit AFTER INSERT ON audit FOR EACH ROW EXECUTE FUNCTION log_audit();

CREATE FUNCTION log_alert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM log_append('alert', NEW.alert::text, to_jsonb(NEW) || (
        SELECT jsonb_build_object('message_id', message_id, 'agent', agent, 'camera', camera)
        FROM alert WHERE id = NEW.alert));
    RETURN NULL;
END
$$;
CREATE TRIGGER log_alert AFTER INSERT ON alert_history FOR EACH ROW EXECUTE FUNCTION log_alert();

-- The announcement carries the manifest with the device's signature; later states say what came of it.
CREATE FUNCTION log_clip() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM log_append('clip', NEW.event::text, to_jsonb(NEW));
    ELSE
        PERFORM log_append('clip', NEW.event::text, to_jsonb(NEW) - '{manifest,signature,certificate}'::text[]);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER log_clip_announced AFTER INSERT ON clip FOR EACH ROW EXECUTE FUNCTION log_clip();
CREATE TRIGGER log_clip_changed AFTER UPDATE ON clip FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.hash_matches IS DISTINCT FROM NEW.hash_matches)
    EXECUTE FUNCTION log_clip();

-- Against mistakes. Whoever owns the database can drop a trigger; against them stand the signed heads.
CREATE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION only_added();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON log_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION only_added();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON log_node
    FOR EACH STATEMENT EXECUTE FUNCTION only_added();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION only_added();
