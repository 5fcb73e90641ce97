-- Of each boot: what its agent says it has accepted, and which numbers it says will never come.

ALTER TABLE seen_range
    ADD COLUMN accepted bigint NOT NULL DEFAULT 0,
    ADD COLUMN lost int8multirange NOT NULL DEFAULT '{}';
