-- The whole track of a fall that was told while it went on. It may come before the fall itself, so it stands alone.

CREATE TABLE fall_end (
    event uuid NOT NULL,
    agent text NOT NULL REFERENCES agent,
    last_visible_at timestamptz NOT NULL,
    payload jsonb NOT NULL,
    PRIMARY KEY (event, agent)
);
