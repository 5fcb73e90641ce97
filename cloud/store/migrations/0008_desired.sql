-- What operators want of each agent. The highest version counts; it lies retained on the agent's topic.
CREATE TABLE desired (
    agent        text NOT NULL REFERENCES agent,
    version      bigint NOT NULL CHECK (version > 0),
    issued_at    timestamptz NOT NULL,
    issued_by    text NOT NULL,
    content      jsonb NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (agent, version)
);
CREATE INDEX desired_unpublished ON desired (agent) WHERE published_at IS NULL;
-- What the agent said became of it. `now`: the version that counted on the box then; 0: its own file.
CREATE TABLE desired_report (
    agent       text NOT NULL REFERENCES agent,
    version     bigint NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('applied', 'refused', 'confirmed', 'rolled_back')),
    now         bigint NOT NULL,
    reason      text NOT NULL,
    observed_at timestamptz NOT NULL,
    PRIMARY KEY (agent, version, outcome)
);
-- What became of each version in the end: a state is applied first, then confirmed or rolled back.
CREATE VIEW desired_outcome AS
    SELECT DISTINCT ON (agent, version) agent, version, outcome, now, reason, observed_at
    FROM desired_report
    ORDER BY agent, version,
        array_position(ARRAY['applied', 'refused', 'confirmed', 'rolled_back'], outcome) DESC;
