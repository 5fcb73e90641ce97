-- Where people are told can be sealed: then whoever reads the database cannot write in the service's name.
-- shown: as much of the address as a list may tell. sealed: address and secret under the key sealed_by.
ALTER TABLE channel
    ADD COLUMN shown text,
    ADD COLUMN signed boolean,
    ADD COLUMN sealed bytea,
    ADD COLUMN sealed_by text;
UPDATE channel SET signed = secret <> '', shown = CASE kind
    WHEN 'email' THEN left(address, 1) || '…@' || split_part(address, '@', 2)
    WHEN 'webhook' THEN 'https://' || coalesce(substring(address FROM '^https://([^/:?#]+)'), '') || '/…'
    ELSE '…' || right(address, 4) END;
ALTER TABLE channel
    ALTER COLUMN shown SET NOT NULL,
    ALTER COLUMN signed SET NOT NULL,
    ALTER COLUMN address DROP NOT NULL,
    ALTER COLUMN secret DROP NOT NULL,
    ALTER COLUMN secret DROP DEFAULT,
    ADD CONSTRAINT channel_sealed_check CHECK (
        (sealed IS NULL) = (sealed_by IS NULL) AND (sealed IS NULL) = (address IS NOT NULL)
        AND (sealed IS NULL) = (secret IS NOT NULL));

CREATE INDEX notification_test ON notification (recipient, created_at) WHERE subject_type = 'test';
