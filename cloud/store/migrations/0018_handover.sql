-- One shift hands over to the next: what is open goes with a note for each, and counts once the next has accepted.
CREATE TABLE handover (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    from_person text NOT NULL,
    to_person text NOT NULL CHECK (to_person <> from_person),
    state text NOT NULL CHECK (state IN ('offered', 'accepted', 'withdrawn')),
    note text NOT NULL,
    offered_at timestamptz NOT NULL,
    ended_at timestamptz
);
-- Nobody hands over twice at once.
CREATE UNIQUE INDEX handover_one_offered ON handover (from_person) WHERE state = 'offered';
CREATE INDEX handover_ended ON handover (ended_at);

CREATE TABLE handover_item (
    handover uuid NOT NULL REFERENCES handover ON DELETE CASCADE,
    alert uuid NOT NULL REFERENCES alert ON DELETE CASCADE,
    note text NOT NULL,
    PRIMARY KEY (handover, alert)
);
CREATE INDEX handover_item_alert ON handover_item (alert);
