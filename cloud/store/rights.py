"""What the HTTP interface's role sees of each table: policies, grants and views, as they stand here.

What is named nowhere cannot be read by that role at all: forgetting a table closes a door and opens none.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from psycopg import sql

from cloud.store.pool import API_ROLE, Connection

May = Literal["read", "add", "change", "remove"]

_GRANTS: Final[Mapping[May, str]] = {
    "read": "SELECT",
    "add": "SELECT, INSERT",
    "change": "SELECT, INSERT, UPDATE",
    "remove": "SELECT, INSERT, UPDATE, DELETE",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """own: which rows belong to the estates of whoever asks. added: which it may add, where that differs."""

    own: str
    may: May = "read"
    added: str | None = None
    columns: str = ""
    """`(a, b)` where not all may be read, or, of what may be changed, not all may be changed."""


_ESTATES: Final = "((SELECT own_estates())::text[])"
"""As a subquery it is asked once for a statement and not for every row."""
_BY_ESTATE: Final = f"estate = ANY {_ESTATES}"
_BY_AGENT: Final = "agent IN (SELECT id FROM agent)"
_BY_CAMERA: Final = "camera IN (SELECT id FROM camera)"
_BY_SUBJECT: Final = (
    "CASE subject_type WHEN 'agent' THEN subject IN (SELECT id FROM agent)"
    " WHEN 'camera' THEN subject IN (SELECT id FROM camera)"
    " WHEN 'sensor' THEN subject IN (SELECT id FROM sensor)"
    " WHEN 'node' THEN subject IN (SELECT id FROM node) END"
)


def _by_parent(table: str, parent: str) -> str:
    return f"EXISTS (SELECT FROM {parent} WHERE {parent}.id = {table}.{parent})"


_ACCOUNT: Final = "(SELECT current_setting('fallwatch.account', true))"
_EVERY_ESTATE: Final = "current_setting('fallwatch.every_estate', true) = 'yes'"

_OWN_CHANNELS: Final = "(SELECT 'channel:' || id FROM channel)"

RULES: Final[Mapping[str, Rule]] = {
    "account": Rule(
        f"every_estate OR username = {_ACCOUNT} OR EXISTS (SELECT FROM"
        f" account_estate has WHERE has.username = account.username AND has.estate = ANY {_ESTATES})",
        columns="(username, display_zh, display_en, role, every_estate)",
    ),
    "account_estate": Rule(_BY_ESTATE),
    "agent_cut_off": Rule(_BY_AGENT),
    "agent": Rule(_BY_ESTATE, "change"),
    "agent_status": Rule(_BY_AGENT),
    "alert": Rule(_BY_AGENT, "change"),
    "alert_history": Rule(_by_parent("alert_history", "alert"), "add"),
    # What is nobody's alone (accounts, settings) is for those who see every estate, and for who did it.
    "audit": Rule(
        f"{_BY_ESTATE} OR (estate IS NULL AND (by = {_ACCOUNT} OR {_EVERY_ESTATE}))",
        "add",
        f"by = {_ACCOUNT} AND (estate IS NULL OR {_BY_ESTATE})",
    ),
    "blind_spot": Rule("facade IN (SELECT id FROM facade)", "add"),
    # A plan that is drawn registers facades, boxes and cameras; when a camera was first seen, devices say.
    "camera": Rule(_BY_AGENT, "change", columns="(agent, name_zh, name_en)"),
    "camera_account": Rule(_BY_CAMERA),
    "camera_facade": Rule(_BY_CAMERA, "remove"),
    "camera_state": Rule(_BY_CAMERA),
    "camera_state_history": Rule(_BY_CAMERA),
    # A change tells an id and nothing else; one of no known estate is told to nobody.
    "change": Rule(_BY_ESTATE, "add", "true"),
    # Where somebody can be told is theirs alone; where many are told, their estate's.
    "channel": Rule(f"owner = {_ACCOUNT} OR {_BY_ESTATE}", "remove"),
    "clip": Rule(_BY_AGENT),
    "clock_set": Rule(_BY_AGENT),
    "depends_on": Rule("node IN (SELECT id FROM node)"),
    "desired": Rule(_BY_AGENT, "change"),
    "desired_report": Rule(_BY_AGENT),
    "device": Rule(_BY_SUBJECT),
    "device_history": Rule(_BY_SUBJECT),
    "duty_override": Rule(_BY_ESTATE, "remove"),
    "equipment_paper": Rule(_BY_SUBJECT, "change"),
    "escalation": Rule(_BY_ESTATE),
    "escalation_policy": Rule(_BY_ESTATE, "change"),
    "estate": Rule(f"id = ANY {_ESTATES}"),
    "estate_month": Rule(_BY_ESTATE),
    "estate_plan": Rule(_BY_ESTATE, "add"),
    "facade": Rule(_BY_ESTATE, "change"),
    "facade_grid": Rule("facade IN (SELECT id FROM facade)", "change"),
    "facade_month": Rule("facade IN (SELECT id FROM facade)"),
    "fall_end": Rule(_BY_AGENT),
    "fault": Rule(_BY_ESTATE, "change"),
    "fault_history": Rule(_by_parent("fault_history", "fault"), "add"),
    "fault_report": Rule(_BY_SUBJECT),
    "ground": Rule("facade IN (SELECT id FROM facade)", "remove"),
    "handover": Rule(
        "from_person IN (SELECT username FROM account) AND to_person IN (SELECT username FROM account)",
        "change",
    ),
    "handover_item": Rule(
        f"{_by_parent('handover_item', 'handover')} AND {_by_parent('handover_item', 'alert')}", "add"
    ),
    # A draw goes through many estates: each sees that there was one, and what of its own was drawn.
    "inspection_draw": Rule(
        f"drawn_by = {_ACCOUNT} OR EXISTS (SELECT FROM inspection_pick WHERE draw = inspection_draw.id)",
        "add",
        f"drawn_by = {_ACCOUNT}",
    ),
    "inspection_pick": Rule(_BY_ESTATE, "change"),
    "legal_hold": Rule(
        _by_parent("legal_hold", "alert"), "change", columns="(lifted_by, lifted_at, lift_reason)"
    ),
    "node": Rule(_BY_ESTATE),
    "node_sensor": Rule("node IN (SELECT id FROM node)"),
    # A test of a channel is its owner's, or its estate's. All else is written by the timers.
    "notification": Rule(
        f"{_BY_ESTATE} OR (subject_type = 'test' AND recipient IN {_OWN_CHANNELS})",
        "add",
        f"subject_type = 'test' AND recipient IN {_OWN_CHANNELS}",
    ),
    "picture_grant": Rule(_BY_ESTATE, "change"),
    "planned_maintenance": Rule(_BY_ESTATE, "add"),
    "pose_doubt": Rule(_BY_CAMERA, "change"),
    "quiet_hours": Rule(f"username = {_ACCOUNT}", "remove"),
    "region_declined": Rule(_BY_CAMERA, "add"),
    "rotation": Rule(_BY_ESTATE, "change"),
    "seen_range": Rule(_BY_AGENT),
    "sensor": Rule(_BY_AGENT),
    "sight": Rule("facade IN (SELECT id FROM facade)", "change"),
    "surveyed": Rule(_BY_CAMERA, "remove"),
    "viewing": Rule(f"account = {_ACCOUNT} AND {_by_parent('viewing', 'alert')}", "change"),
    "warning": Rule(_BY_AGENT),
    "watched_span": Rule(_BY_CAMERA),
    "work_order": Rule(_BY_ESTATE, "change"),
    "work_order_fault": Rule(_by_parent("work_order_fault", "fault"), "change"),
    "work_order_photo": Rule(_by_parent("work_order_photo", "work_order"), "add"),
    "work_order_history": Rule(_by_parent("work_order_history", "work_order"), "add"),
}

_OWN_AGENTS: Final = f"(SELECT id FROM agent WHERE {_BY_ESTATE})"  # noqa: S608 - own names
_OWN_CAMERAS: Final = f"(SELECT id FROM camera WHERE agent IN {_OWN_AGENTS})"  # noqa: S608 - own names
_OWN_SENSORS: Final = f"(SELECT id FROM sensor WHERE agent IN {_OWN_AGENTS})"  # noqa: S608 - own names

VIEWS: Final[Mapping[str, str]] = {
    "event": f"agent IN {_OWN_AGENTS}",
    "sensor_reading": f"sensor IN {_OWN_SENSORS}",
    "camera_minute": f"camera IN {_OWN_CAMERAS}",
    "camera_hour": f"camera IN {_OWN_CAMERAS}",
    "camera_day": f"camera IN {_OWN_CAMERAS}",
    "camera_month": f"camera IN {_OWN_CAMERAS}",
}
"""Read through a view of the same name in the schema `own`, which comes first in that role's search path.
A view looks with its owner's eyes, to whom no policy applies: so the way to the estate is written out."""

OPEN: Final = ("desired_outcome", "migration", "work_order_deadline")
"""desired_outcome: a view that looks with the eyes of who asks. The others: of the deployment as a whole."""

CLOSED: Final[Mapping[str, str]] = {
    "blind_due": "what the timers have yet to count anew",
    "blob_due": "what the timers have to delete",
    "closed_day": "belongs to the log, and holds what every estate did; certificates bring their own parts",
    "clip_damage": "found by the timers, who look at every estate's clips",
    "day_difference": "found by the timers, who look at every estate's days",
    "day_due": "what the timers have yet to look at again",
    "dead_letter": "belongs to nobody yet: its agent may be a stranger",
    "device_certificate": "devices are let in before anybody has logged in",
    "enrolment_token": "devices are let in before anybody has logged in",
    "estate_key": "opens an estate's clips: read when a clip is, after it is known who asks for it",
    "event_held": "read by the export and by the auditor of the database",
    "evidence_check": "of the store as a whole",
    "log_head": "signed and read by the sealer and by the export",
    "log_leaf": "holds what every estate did; entries come by triggers with their owner's rights",
    "log_node": "belongs to the log",
    "log_time_stamp": "belongs to the log",
    "log_waiting": "belongs to the log",
    "login_failure": "counted before anybody has logged in",
    "oidc_attempt": "kept before it is known who asks",
    "recovery_code": "a secret of its owner, whom the interface asks for as the tables' owner",
    "rollup_due": "what the timers have yet to count anew",
    "second_factor": "a secret of its owner, whom the interface asks for as the tables' owner",
    "session": "read before it is known who asks",
}
"""Tables that the role never sees, and why nothing is missed."""


def checksum() -> str:
    """Changes when anything here does."""
    return hashlib.sha256(repr((RULES, VIEWS, OPEN, API_ROLE)).encode()).hexdigest()


async def bring(conn: Connection) -> None:
    """Bring policies, grants and views to what stands here. Call it as the tables' owner."""
    for statement in statements():
        await conn.execute(statement)


async def withdraw(conn: Connection) -> None:
    """Take the views away before tables change under them. Until `bring` the role sees less, never more."""
    await conn.execute("DROP SCHEMA IF EXISTS own CASCADE")


def statements() -> Iterator[sql.Composed]:
    """What `bring` says to the database, in order."""
    role = sql.Identifier(API_ROLE)
    yield sql.SQL("CREATE SCHEMA IF NOT EXISTS own").format()
    yield sql.SQL("GRANT USAGE ON SCHEMA public, own TO {}").format(role)
    yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role)
    for table, rule in RULES.items():
        yield from _guarded(table, rule, role)
    for table, condition in VIEWS.items():
        names = {"table": sql.Identifier(table), "role": role, "condition": sql.SQL(condition)}
        for text in (
            (
                "CREATE OR REPLACE VIEW own.{table} WITH (security_barrier) AS"
                " SELECT * FROM public.{table} WHERE {condition}"
            ),
            "GRANT SELECT ON own.{table} TO {role}",
        ):
            yield sql.SQL(text).format(**names)
    for table in OPEN:
        yield sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(table), role)


def _guarded(table: str, rule: Rule, role: sql.Identifier) -> Iterator[sql.Composed]:
    names = {"table": sql.Identifier(table), "role": role, "own": sql.SQL(rule.own)}
    names["added"] = sql.SQL(rule.own if rule.added is None else rule.added)
    names["grants"] = sql.SQL(_GRANTS[rule.may] + rule.columns)
    for text in (
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        "DROP POLICY IF EXISTS own_estates ON {table}",
        "DROP POLICY IF EXISTS own_additions ON {table}",
        "CREATE POLICY own_estates ON {table} FOR {what} TO {role} USING ({own})",
        "GRANT {grants} ON {table} TO {role}",
    ):
        what = sql.SQL("SELECT" if rule.may == "add" else "ALL")
        yield sql.SQL(text).format(**names, what=what)
    if rule.may == "add":
        text = "CREATE POLICY own_additions ON {table} FOR INSERT TO {role} WITH CHECK ({added})"
        yield sql.SQL(text).format(**names)
