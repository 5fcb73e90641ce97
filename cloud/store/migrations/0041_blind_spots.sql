-- What of which facade a work order about a blind spot is of. cells: [[floor, bay], …], both from 1. lost: cameras watch
-- them when all work; else none can.
CREATE TABLE blind_spot (
    work_order uuid PRIMARY KEY REFERENCES work_order (id),
    facade     text NOT NULL REFERENCES facade (id),
    cells      jsonb NOT NULL,
    lost       boolean NOT NULL
);
CREATE INDEX blind_spot_facade ON blind_spot (facade);
