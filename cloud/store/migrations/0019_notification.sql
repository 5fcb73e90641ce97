-- Who is told of what, when and where, and what became of it.
ALTER TABLE estate ADD COLUMN zone text NOT NULL DEFAULT 'Asia/Shanghai';

-- Where somebody can be told. An account's own are tried in the order of their position; an estate's are shared.
-- address and secret let whoever has them write in the name of the service.
CREATE TABLE channel (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner text REFERENCES account (username) ON DELETE CASCADE,
    estate text REFERENCES estate (id),
    kind text NOT NULL CHECK (kind IN ('email', 'webhook', 'wecom', 'dingtalk', 'feishu', 'lark')),
    name text NOT NULL,
    address text NOT NULL,
    secret text NOT NULL DEFAULT '',
    position integer NOT NULL DEFAULT 0,
    enabled boolean NOT NULL DEFAULT true,
    CHECK ((owner IS NULL) <> (estate IS NULL))
);
CREATE INDEX channel_owner ON channel (owner, position);

CREATE TABLE quiet_hours (
    username text PRIMARY KEY REFERENCES account (username) ON DELETE CASCADE,
    begins time NOT NULL,
    ends time NOT NULL
);

CREATE TABLE escalation_policy (
    estate text PRIMARY KEY REFERENCES estate (id),
    content jsonb NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL
);

CREATE TABLE rotation (
    estate text NOT NULL REFERENCES estate (id),
    role text NOT NULL,
    content jsonb NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (estate, role)
);

-- person NULL: nobody.
CREATE TABLE duty_override (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    estate text NOT NULL REFERENCES estate (id),
    role text NOT NULL,
    person text,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    CHECK (begins_at < ends_at)
);
CREATE INDEX duty_override_ends ON duty_override (estate, ends_at);

-- round: how often it was begun anew, because what it is about was reopened.
CREATE TABLE escalation (
    subject_type text NOT NULL CHECK (subject_type IN ('alert', 'fault')),
    subject uuid NOT NULL,
    estate text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'exhausted', 'ended')),
    step integer NOT NULL,
    round integer NOT NULL DEFAULT 0,
    begun_at timestamptz NOT NULL,
    next_at timestamptz,
    PRIMARY KEY (subject_type, subject)
);
CREATE INDEX escalation_due ON escalation (next_at) WHERE state = 'running';
CREATE INDEX escalation_open ON escalation (subject_type) WHERE state <> 'ended';

-- recipient: a username, `channel:` and the id of a shared channel, or `role:` and a role that has nobody.
CREATE TABLE notification (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subject_type text NOT NULL,
    subject uuid NOT NULL,
    round integer NOT NULL,
    step integer NOT NULL,
    recipient text NOT NULL,
    estate text NOT NULL,
    device text,
    urgency text NOT NULL CHECK (urgency IN ('person_at_risk', 'urgent', 'routine')),
    unstable boolean NOT NULL DEFAULT false,
    title text NOT NULL,
    body text NOT NULL,
    state text NOT NULL CHECK (state IN
        ('waiting', 'sending', 'sent', 'failed', 'unknown', 'unreachable', 'cancelled', 'silenced')),
    channel uuid REFERENCES channel (id) ON DELETE SET NULL,
    tried uuid[] NOT NULL DEFAULT '{}',
    attempts integer NOT NULL DEFAULT 0,
    maybe_came boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    next_try_at timestamptz,
    lease_until timestamptz,
    settled_at timestamptz,
    detail text NOT NULL DEFAULT '',
    UNIQUE (subject_type, subject, round, step, recipient)
);
CREATE INDEX notification_open ON notification (next_try_at) WHERE state IN ('waiting', 'sending');
CREATE INDEX notification_device ON notification (device, recipient, created_at) WHERE device IS NOT NULL;
CREATE INDEX notification_created ON notification (estate, created_at);

-- What stands open today was told by other means; only what comes from now on is told by these.
INSERT INTO escalation (subject_type, subject, estate, state, step, begun_at)
SELECT 'alert', alert.id, agent.estate, 'exhausted', 0, alert.raised_at
FROM alert JOIN agent ON agent.id = alert.agent WHERE alert.state <> 'closed'
UNION ALL
SELECT 'fault', fault.id, fault.estate, 'exhausted', 0, fault.since FROM fault WHERE fault.state <> 'closed';
