-- What is kept because a court may ask for it, and what was pruned because its time was over.

-- Active while it has not been lifted and `until`, where there is one, has not come.
CREATE TABLE legal_hold (
    id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    alert       uuid NOT NULL REFERENCES alert,
    reason      text NOT NULL CHECK (reason <> ''),
    by          text NOT NULL,
    at          timestamptz NOT NULL,
    until       timestamptz CHECK (until > at),
    lifted_by   text,
    lifted_at   timestamptz,
    lift_reason text,
    CHECK ((lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lift_reason IS NULL))
);
CREATE INDEX legal_hold_alert ON legal_hold (alert);

-- Messages of held alerts, moved here before the partition in which they lay was dropped.
CREATE TABLE event_held (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER TABLE event_held ADD PRIMARY KEY (agent, boot, seq, observed_at);
CREATE INDEX event_held_message_id ON event_held (message_id);

ALTER TABLE clip DROP CONSTRAINT clip_state_check;
ALTER TABLE clip
    ADD CONSTRAINT clip_state_check CHECK (state IN ('pending', 'stored', 'verified', 'failed', 'pruned')),
    ADD COLUMN pruned_at timestamptz;

-- Objects of the evidence store that no row needs any more: an effect, carried out after the commit.
CREATE TABLE blob_due (
    sha256 text PRIMARY KEY,
    since  timestamptz NOT NULL
);
