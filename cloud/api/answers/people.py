"""Answers about people: who may log in, their sessions, leaves, channels and duty, and the audit log."""

from typing import Any

from typing_extensions import TypedDict

from cloud.api.answers.base import Instant, Name, Named, People
from cloud.core import delivery
from cloud.core.access import Role
from cloud.core.delivery import ChannelKind
from cloud.core.escalation import Policy, SubjectType
from cloud.core.on_call import Rotation, Source
from cloud.core.quiet import Urgency
from cloud.store.sessions import By


class User(TypedDict):
    """Somebody who is logged in. pages: theirs, the first is where they begin."""

    username: str
    display_name: Name
    role: Role
    pages: list[str]


class LoggedIn(TypedDict):
    """Whose session was opened."""

    user: User


class Current(LoggedIn):
    """Who is logged in, and whether they must set up a second factor before anything else."""

    second_factor_needed: bool


class Account(TypedDict):
    """Somebody who may log in, as the administrator sees them. estates: null where they see every one."""

    username: str
    display_name: Name
    role: Role
    estates: list[str] | None
    every_estate: bool
    disabled: bool
    second_factor: bool
    by_provider: bool
    sessions: int


class Accounts(TypedDict):
    """The accounts about which one may decide, and the estates that one may give."""

    now: Instant
    accounts: list[Account]
    estates: list[Named]


class Session(TypedDict):
    """One of somebody's sessions. this: the one that asks."""

    id: str
    this: bool
    begun_at: Instant
    used_at: Instant
    ends_at: Instant
    by: By
    address: str
    browser: str


class SecondFactor(TypedDict):
    """What is known of one's second factor."""

    set_up: bool
    recovery_codes_left: int
    possible: bool
    needed: bool


class Sessions(TypedDict):
    """One's own open sessions, the newest first."""

    now: Instant
    sessions: list[Session]
    second_factor: SecondFactor


class FactorBegun(TypedDict):
    """A secret for one's telephone: an otpauth address, and the same as a picture (a data address)."""

    address: str
    picture: str


class RecoveryCodes(TypedDict):
    """Shown this once."""

    recovery_codes: list[str]


class Grant(TypedDict):
    """Leave to see pictures of people. alert: null for every one of the estate."""

    id: str
    username: str
    estate: str
    alert: str | None
    reason: str
    given_by: str
    given_at: Instant
    ends_at: Instant
    taken_back_by: str | None
    taken_back_at: Instant | None
    counts: bool


class Grants(TypedDict):
    """The newest leaves in one's estates; people: who can be given one."""

    now: Instant
    grants: list[Grant]
    people: People
    names: People
    estates: list[Named]


class Subject(TypedDict):
    """What something was done to."""

    type: str
    id: str


class Entry(TypedDict):
    """A line of the audit log. content: what else a reader needs to know of the act."""

    number: int
    at: Instant
    by: str
    action: str
    subject: Subject
    estate: str | None
    purpose: str
    content: dict[str, Any]


class Audit(TypedDict):
    """A page of the audit log, the newest first; next: `before` of the next page."""

    now: Instant
    people: People
    entries: list[Entry]
    next: int | None


class Tested(TypedDict):
    """What became of a test of a channel."""

    state: delivery.State
    attempts: int
    created_at: Instant
    settled_at: Instant | None
    detail: str


class Channel(TypedDict):
    """A channel, its address masked."""

    id: str
    kind: ChannelKind
    name: str
    address: str
    signed: bool
    enabled: bool
    last_test: Tested | None


class Hours(TypedDict):
    """Of the day, local, as `22:00`."""

    begins: str
    ends: str


class Channels(TypedDict):
    """One's channels in the order in which they are tried, and one's quiet hours."""

    channels: list[Channel]
    quiet_hours: Hours | None


class Stretch(TypedDict):
    """Who is on call from when to when, and by what."""

    begins_at: Instant
    ends_at: Instant
    people: list[str]
    source: Source


class OnCall(TypedDict):
    """Who of a role is on call now, and who will be."""

    role: Role
    members: list[str]
    people: list[str]
    source: Source
    until: Instant
    ahead: list[Stretch]


class Override(TypedDict):
    """Somebody else for a while; null: nobody."""

    id: str
    role: Role
    person: str | None
    begins_at: Instant
    ends_at: Instant
    set_by: str


class Tried(TypedDict):
    """The channel that a message was tried by."""

    kind: ChannelKind
    name: str | None


class Notification(TypedDict):
    """A message and what became of it."""

    id: str
    subject_type: SubjectType
    subject: str
    step: int
    recipient: str
    urgency: Urgency
    unstable: bool
    title: str
    state: delivery.State
    channel: Tried | None
    attempts: int
    maybe_came: bool
    created_at: Instant
    next_try_at: Instant | None
    settled_at: Instant | None
    detail: str


class Duty(TypedDict):
    """Who is on call in an estate, whom it tells, and the last messages."""

    zone: str
    may_arrange: bool
    on_call: list[OnCall]
    rotations: dict[Role, Rotation]
    overrides: list[Override]
    policy: Policy
    policy_set_by: str | None
    policy_set_at: Instant | None
    channels: list[Channel]
    notifications: list[Notification]


class DutyPage(TypedDict):
    """The same for the estate that was chosen."""

    now: Instant
    change: int
    people: People
    estates: list[Named]
    chosen: str | None
    duty: Duty | None
