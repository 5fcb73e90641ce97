"""When the box asks for its next certificate: at two thirds of its life, and again later and later."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from edge.core import restart

SHARE: Final = 2 / 3
"""Of its life; what is left is time to mend what keeps the renewal from working."""
RETRY: Final = restart.Policy(base_s=60, cap_s=6 * 3600, jitter=0.3)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A certificate's life, and how the renewal stands. asked_again_at: not before; None: when it is due."""

    begins: datetime
    ends: datetime
    failures: int = 0
    asked_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Look whether it is due."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """There is a new certificate."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """The cloud was not reached, or refused. `luck`: uniform in 0…1."""

    luck: float


@dataclass(frozen=True, slots=True)
class Ask:
    """Effect: ask for the next certificate."""


def due(renewal: Renewal) -> datetime:
    """When TimePassed will ask."""
    at = renewal.begins + SHARE * (renewal.ends - renewal.begins)
    return at if renewal.asked_again_at is None else max(at, renewal.asked_again_at)


def step(
    renewal: Renewal, given: TimePassed | Renewed | Failed, at: datetime
) -> tuple[Renewal, tuple[Ask, ...]]:
    """The renewal after `given`. A new certificate that is due at once, too, is not asked for in a circle."""
    match given:
        case TimePassed():
            return renewal, ((Ask(),) if at >= due(renewal) else ())
        case Renewed(begins, ends):
            return Renewal(begins, ends, 0, at + timedelta(seconds=RETRY.base_s)), ()
        case Failed(luck):
            failures = renewal.failures + 1
            wait_s = restart.delay_s(RETRY, failures, luck)
            return replace(renewal, failures=failures, asked_again_at=at + timedelta(seconds=wait_s)), ()
