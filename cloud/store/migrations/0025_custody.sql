-- Who may look at an alert's video, why and until when. That somebody did look is an audit row.
CREATE TABLE viewing (
    id        uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    alert     uuid NOT NULL REFERENCES alert ON DELETE CASCADE,
    account   text NOT NULL REFERENCES account ON DELETE CASCADE,
    purpose   text NOT NULL CHECK (purpose IN ('handling', 'police', 'owner', 'review', 'other')),
    note      text NOT NULL,
    given_at  timestamptz NOT NULL,
    until     timestamptz NOT NULL,
    viewed_at timestamptz,
    CHECK (purpose <> 'other' OR note <> '')
);
CREATE INDEX viewing_of ON viewing (alert, account, until);
