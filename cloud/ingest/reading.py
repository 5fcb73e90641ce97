"""From a topic and bytes to a message, or to the reason why not. Pure."""

import json
from dataclasses import dataclass
from typing import Final, Literal, get_args
from uuid import UUID

from pydantic import ValidationError

from cloud.store.events import MAX_SEQ
from contracts import topics
from contracts.base import MAX_MESSAGE_BYTES, PROTOCOL
from contracts.messages import EVENT, AgentStatus, Event

Reason = Literal[
    "oversized",
    "malformed",
    "wrong_version",
    "unknown_kind",
    "wrong_agent",
    "unregistered",
    "refused_by_database",
]

KINDS: Final = frozenset(model.model_fields["kind"].default for model in get_args(get_args(Event)[0]))
REASONS: Final[tuple[str, ...]] = get_args(Reason)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message as it came from the broker. retained: it was kept there, and may be old."""

    topic: str
    payload: bytes
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that can never be stored; boot and seq where they could be read, to tell the agent."""

    reason: Reason
    detail: str
    agent: str | None
    kind: str = "unknown"
    boot: UUID | None = None
    seq: int | None = None


def read_event(topic: str, payload: bytes) -> Event | Refusal:
    """The durable message in `payload`, which came by `topic`."""
    try:
        agent = topics.agent_of(topic)
    except ValueError as error:
        return Refusal("malformed", str(error), None)
    if len(payload) > MAX_MESSAGE_BYTES:
        # Not parsed at all: its size is the attack.
        return Refusal("oversized", f"{len(payload)} bytes, {MAX_MESSAGE_BYTES} are allowed", agent)
    try:
        event = EVENT.validate_json(payload, extra="ignore")
    except ValidationError as error:
        return _refusal(agent, payload, error)
    if event.seq >= MAX_SEQ:
        return Refusal("malformed", "seq is beyond every counter", agent, event.kind)
    if event.agent != agent:
        detail = f"{agent} speaks as {event.agent}"
        return Refusal("wrong_agent", detail, agent, event.kind, event.boot, event.seq)
    return event


def read_status(topic: str, payload: bytes) -> AgentStatus | Refusal:
    """The agent's status in `payload`, which came by `topic`."""
    try:
        agent = topics.agent_of(topic)
    except ValueError as error:
        return Refusal("malformed", str(error), None)
    if len(payload) > MAX_MESSAGE_BYTES:
        return Refusal("oversized", f"{len(payload)} bytes, {MAX_MESSAGE_BYTES} are allowed", agent)
    try:
        status = AgentStatus.model_validate_json(payload, extra="ignore")
    except ValidationError as error:
        return Refusal("malformed", _first(error), agent, "agent_status")
    if status.agent != agent:
        return Refusal("wrong_agent", f"{agent} speaks as {status.agent}", agent, "agent_status")
    return status


def _refusal(agent: str, payload: bytes, error: ValidationError) -> Refusal:
    """Why it is no message, with as much of its identity as can be read."""
    try:
        content = json.loads(payload)
    except (ValueError, RecursionError):
        return Refusal("malformed", _first(error), agent)
    if not isinstance(content, dict):
        return Refusal("malformed", "not an object", agent)
    boot, seq = _identity(content)
    kind = content.get("kind")
    known = kind if isinstance(kind, str) and kind in KINDS else "unknown"
    if content.get("protocol", PROTOCOL) != PROTOCOL:
        detail = f"protocol {_quoted(content.get('protocol'))}, {PROTOCOL} is spoken here"
        return Refusal("wrong_version", detail, agent, known, boot, seq)
    if known == "unknown":
        return Refusal("unknown_kind", f"kind {_quoted(kind)}", agent, known, boot, seq)
    return Refusal("malformed", _first(error), agent, known, boot, seq)


def _identity(content: dict[str, object]) -> tuple[UUID | None, int | None]:
    boot, seq = content.get("boot"), content.get("seq")
    if (
        not isinstance(boot, str)
        or not isinstance(seq, int)
        or isinstance(seq, bool)
        or not 1 <= seq < MAX_SEQ
    ):
        return None, None
    try:
        return UUID(boot), seq
    except ValueError:
        return None, None


def _quoted(value: object) -> str:
    """Foreign text, short and in ASCII: half a surrogate pair can be neither stored nor sent."""
    return ascii(value)[:40]


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_input=False)[0]
    text = f"{'.'.join(str(step) for step in detail['loc']) or 'message'}: {detail['msg']}"
    return text.encode("utf-8", "backslashreplace").decode()
