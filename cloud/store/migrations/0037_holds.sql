-- A hold ends by saying who ended it, when and why, once. Its row stays, and what it says stays as it was written.

CREATE FUNCTION hold_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.lifted_at IS NOT NULL OR (OLD.id, OLD.alert, OLD.reason, OLD."by", OLD.at, OLD.until)
            IS DISTINCT FROM (NEW.id, NEW.alert, NEW.reason, NEW."by", NEW.at, NEW.until) THEN
        RAISE EXCEPTION 'a hold is lifted once, and nothing else of it changes';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER hold_stays BEFORE UPDATE ON legal_hold FOR EACH ROW EXECUTE FUNCTION hold_stays();
CREATE TRIGGER only_added BEFORE DELETE OR TRUNCATE ON legal_hold FOR EACH STATEMENT EXECUTE FUNCTION only_added();

-- What is held now is listed, and asked about for each alert that is shown.
CREATE INDEX legal_hold_active ON legal_hold (at) WHERE lifted_at IS NULL;
