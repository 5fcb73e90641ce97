-- The keys with which an estate's clips are sealed, wrapped by the master key `master`. A key without its wrapped
-- bytes was destroyed, and with it every clip that it sealed.
CREATE TABLE estate_key (
    id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    estate       text NOT NULL REFERENCES estate,
    version      integer NOT NULL CHECK (version > 0),
    master       text NOT NULL,
    wrapped      bytea,
    created_at   timestamptz NOT NULL,
    destroyed_at timestamptz,
    UNIQUE (estate, version),
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

-- Clips that were looked for and not found whole, until they are.
CREATE TABLE clip_damage (
    sha256   text PRIMARY KEY,
    kind     text NOT NULL CHECK (kind IN ('missing', 'rotten', 'locked')),
    detail   text NOT NULL,
    found_at timestamptz NOT NULL
);

-- Each look at the evidence: what was read, and what was found.
CREATE TABLE evidence_check (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    began_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    report   jsonb NOT NULL
);
