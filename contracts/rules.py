"""Rules of a profile: when what a device measures is a fault, and what to tell people then.

A rule's figures, delays and words stand in the profile, never in code. Alarm practice: ISA-18.2, IEC 62682.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from contracts.base import Part
from contracts.devices import Severity, Words

RuleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,37}$")]
"""A `FaultName` that leaves room for `_unstable` after it."""

Delay = Annotated[float, Field(ge=0, le=86_400)]


class Silence(Part):
    """What is told of a device, or a point of it, that cannot be read. Every rule has these parts."""

    name: RuleName
    severity: Severity = "serious"
    on_delay_s: Delay = 0
    """How long it must be bad before it is told."""
    off_delay_s: Delay = 0
    """How long it must be good before it is taken back."""
    chatters: int = Field(default=4, ge=2, le=20)
    """Raised so often within `chatter_s`, it is told as unstable instead."""
    chatter_s: float = Field(default=3600, gt=0, le=86_400)
    what: Words
    advice: Words


def _below(clear_at: float, given: ValidationInfo) -> float:
    raise_at = given.data.get("raise_at")
    if raise_at is not None and not clear_at < raise_at:
        raise ValueError(f"it must be below raise_at, which is {raise_at:g}")
    return clear_at


def _above(clear_at: float, given: ValidationInfo) -> float:
    raise_at = given.data.get("raise_at")
    if raise_at is not None and not clear_at > raise_at:
        raise ValueError(f"it must be above raise_at, which is {raise_at:g}")
    return clear_at


class Above(Silence):
    """Too much: raised from `raise_at` on, taken back from `clear_at` on; between them nothing changes."""

    kind: Literal["above"]
    raise_at: float
    clear_at: float

    _deadband = field_validator("clear_at")(_below)


class Below(Silence):
    """Too little: raised from `raise_at` down, taken back from `clear_at` up."""

    kind: Literal["below"]
    raise_at: float
    clear_at: float

    _deadband = field_validator("clear_at")(_above)


class Rate(Silence):
    """It changes too fast: the slope of a straight line through the values of the last `within_s`."""

    kind: Literal["rate"]
    direction: Literal["rising", "falling", "either"] = "either"
    raise_at: float = Field(gt=0)
    """Units of the point per minute, without sign."""
    clear_at: float = Field(ge=0)
    within_s: float = Field(ge=10, le=86_400)

    _deadband = field_validator("clear_at")(_below)


class Stuck(Silence):
    """It does not change: for `for_s` no value left the first one by more than `tolerance`."""

    kind: Literal["stuck"]
    for_s: float = Field(ge=10, le=30 * 86_400)
    tolerance: float = Field(default=0, ge=0)


Rule = Annotated[Above | Below | Rate | Stuck, Field(discriminator="kind")]
