-- What lies at the foot of a facade, and what hangs on which switch, cabinet or port.

CREATE TABLE ground (
    facade text NOT NULL REFERENCES facade ON DELETE CASCADE,
    first_bay integer NOT NULL CHECK (first_bay > 0),
    last_bay integer NOT NULL CHECK (last_bay >= first_bay),
    below text NOT NULL CHECK (below IN ('playground', 'entrance', 'path', 'parking', 'green', 'closed')),
    PRIMARY KEY (facade, first_bay, last_bay, below)
);

-- Something that gives power or network: a cabinet, a switch, one of its ports. It speaks through sensors or not at all.
CREATE TABLE node (
    id text PRIMARY KEY,
    estate text NOT NULL REFERENCES estate,
    kind text NOT NULL CHECK (kind IN ('cabinet', 'switch', 'port')),
    name_zh text NOT NULL,
    name_en text NOT NULL
);

-- That a camera hangs on its agent stands in `camera`. A thing may hang on several nodes.
CREATE TABLE depends_on (
    subject_type text NOT NULL CHECK (subject_type IN ('camera', 'sensor', 'agent', 'node')),
    subject text NOT NULL,
    node text NOT NULL REFERENCES node ON DELETE CASCADE,
    PRIMARY KEY (subject_type, subject, node)
);
CREATE INDEX depends_on_node ON depends_on (node);

-- Which sensors tell how a node is: a fault of theirs that means it is dead is the node's own.
CREATE TABLE node_sensor (
    sensor text PRIMARY KEY REFERENCES sensor ON DELETE CASCADE,
    node text NOT NULL REFERENCES node ON DELETE CASCADE
);
