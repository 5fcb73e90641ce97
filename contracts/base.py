"""What every message is made of: instants, text, counts, a clock's honesty, and a durable message's head."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from contracts.ids import AgentId

PROTOCOL: Final = 1
MAX_MESSAGE_BYTES: Final = 64 * 1024
MAX_TEXT: Final = 500
MAX_COUNT: Final = 2**31 - 1
MAX_SEQ: Final = 2**63 - 1

Instant = Annotated[
    AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))
]
"""An instant that every database and browser can hold; a box whose clock has no battery wakes in 1970."""

Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]
"""Text without NUL, which PostgreSQL cannot store."""

Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Pixels = Annotated[int, Field(gt=0, le=MAX_COUNT)]


class Part(BaseModel):
    """A value inside a message. Frozen, so that it can be shared and hashed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Clock(Part):
    """What the agent knew of its own clock when it stamped a message."""

    offset_s: float | None = None
    """Estimated local clock minus UTC, seconds; None when nothing has measured it."""
    uncertainty_s: float | None = Field(default=None, ge=0)
    """Half-width of the interval that holds the true offset, seconds; None when unknown."""


class Durable(Part):
    """What every message through the outbox carries."""

    protocol: Literal[1] = PROTOCOL
    message_id: UUID
    agent: AgentId
    boot: UUID
    """One start of the agent; sequence numbers begin at 1 with it."""
    seq: int = Field(ge=1, le=MAX_SEQ)
    """Order within a boot, without gaps. Sequence, not time, orders."""
    observed_at: Instant
    """When it happened in the world (UTC), not when it was sent."""
    clock: Clock = Clock()


class SeqRange(Part):
    """Sequence numbers `first`…`last` of a boot, both included; `first` is never after `last`."""

    boot: UUID
    first: int = Field(ge=1, le=MAX_SEQ)
    last: int = Field(ge=1, le=MAX_SEQ)

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.first > self.last:
            raise ValueError(f"first {self.first} is after last {self.last}")
        return self
