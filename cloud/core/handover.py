"""One shift hands over to the next: offered with all that is open, then accepted or withdrawn."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, cast

from cloud.core.machine import Forbidden, following

State = Literal["offered", "accepted", "withdrawn"]

TRANSITIONS: Final = {
    ("offered", "accept"): "accepted",
    ("offered", "withdraw"): "withdrawn",
}


@dataclass(frozen=True, slots=True)
class Handover:
    """What the machine needs to know of a handover."""

    giver: str
    receiver: str
    state: State = "offered"
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """The receiver has read it and takes over what is open."""

    by: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The giver takes it back."""

    by: str


@dataclass(frozen=True, slots=True)
class PassOn:
    """Effect: what was handed over and is still open is the receiver's to see through."""

    by: str
    to: str


def step(handover: Handover, given: Accept | Withdraw, at: datetime) -> tuple[Handover, tuple[PassOn, ...]]:
    """The handover after `given`, and what follows.

    Raises:
        Forbidden: It is over, or somebody else's to accept or withdraw.
    """
    match given:
        case Accept(by):
            _expect(by, handover.receiver, "accept")
            return _ended(handover, "accept", at), (PassOn(by, handover.receiver),)
        case Withdraw(by):
            _expect(by, handover.giver, "withdraw")
            return _ended(handover, "withdraw", at), ()


def _expect(by: str, wanted: str, what: str) -> None:
    if by != wanted:
        raise Forbidden("the handover", f"{wanted}'s", what)


def _ended(handover: Handover, what: str, at: datetime) -> Handover:
    state = cast("State", following("the handover", TRANSITIONS, handover.state, what))
    return replace(handover, state=state, ended_at=at)
