"""The life of a notification: waiting → sending → sent, or failed, or not known whether it came.

Over a channel that carries a key of ours (e-mail's Message-ID, a webhook's Idempotency-Key) the same can be
sent twice: the receiver tells that it is the same. A chat robot cannot. What follows when nobody knows
whether a robot took a message depends on what it is about: for a person at risk once too often is better
than never, for a device it is not.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, cast

from cloud.core.machine import following
from cloud.core.quiet import Urgency

State = Literal["waiting", "sending", "sent", "failed", "unknown", "unreachable", "cancelled", "silenced"]
ChannelKind = Literal["email", "webhook", "wecom", "dingtalk", "feishu", "lark"]

TRANSITIONS: Final = {
    ("waiting", "claim"): "sending",
    ("sending", "taken"): "sent",
    ("sending", "again"): "waiting",
    ("sending", "other_channel"): "waiting",
    ("sending", "give_up"): "failed",
    ("sending", "leave"): "unknown",
    ("waiting", "no_channel"): "unreachable",
    ("waiting", "cancel"): "cancelled",
}

KEYED: Final = frozenset({"email", "webhook"})
"""Kinds whose receivers can tell that two deliveries are one."""
ATTEMPTS: Final = 4
"""On one channel; then the person's next one is tried."""
FIRST_RETRY: Final = timedelta(seconds=5)
LEASE: Final = timedelta(seconds=60)
"""Longer than any sending may take. After it a sender that says nothing is dead."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the machine needs to know. attempts: on this channel. maybe_came: one of them may have arrived."""

    state: State
    urgency: Urgency
    kind: ChannelKind | None
    attempts: int = 0
    maybe_came: bool = False
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The receiver said yes."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It certainly did not arrive: no connection, or the receiver said no. lasting: it will say so again."""

    detail: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was sent and nobody said whether it came: no answer in time, or the sender died."""

    detail: str


Outcome = Taken | Refused | Unknown


def claim(delivery: Delivery) -> Delivery:
    """It is being sent."""
    state = cast("State", following("the notification", TRANSITIONS, delivery.state, "claim"))
    return replace(delivery, state=state, attempts=delivery.attempts + 1)


def settle(
    delivery: Delivery, outcome: Outcome, at: datetime, *, others: bool
) -> tuple[Delivery, Literal["stay", "next_channel"]]:
    """What becomes of it, and whether its next try is by the person's next channel.

    others: there is a channel that was not tried yet.
    """
    match outcome:
        case Taken():
            return _moved(delivery, "taken", None), "stay"
        case Refused(lasting=lasting):
            return _retried(delivery, at, lasting=lasting, others=others)
        case Unknown():
            maybe = replace(delivery, maybe_came=True)
            if delivery.kind not in KEYED and delivery.urgency != "person_at_risk":
                return _moved(maybe, "leave", None), "stay"
            return _retried(maybe, at, lasting=False, others=others)


def _retried(
    delivery: Delivery, at: datetime, *, lasting: bool, others: bool
) -> tuple[Delivery, Literal["stay", "next_channel"]]:
    if delivery.attempts < ATTEMPTS and not lasting:
        wait = FIRST_RETRY * 2 ** (delivery.attempts - 1)
        return _moved(delivery, "again", at + wait), "stay"
    # By another channel the receiver cannot tell that it is the same message.
    if others and (not delivery.maybe_came or delivery.urgency == "person_at_risk"):
        return replace(_moved(delivery, "other_channel", at), attempts=0), "next_channel"
    return _moved(delivery, "leave" if delivery.maybe_came else "give_up", None), "stay"


def _moved(delivery: Delivery, what: str, next_try_at: datetime | None) -> Delivery:
    state = cast("State", following("the notification", TRANSITIONS, delivery.state, what))
    return replace(delivery, state=state, next_try_at=next_try_at)
