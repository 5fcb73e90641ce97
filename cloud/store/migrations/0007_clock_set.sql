-- What agents learnt of clocks that nobody had set: messages of that boot with a smaller number and an unknown
-- clock were stamped offset_s too late.

CREATE TABLE clock_set (
    agent         text NOT NULL,
    boot          uuid NOT NULL,
    seq           bigint NOT NULL,
    offset_s      double precision NOT NULL,
    uncertainty_s double precision NOT NULL,
    source        text NOT NULL,
    PRIMARY KEY (agent, boot, seq)
);
