"""The life of an escalation: step after step is told until somebody answers or none is left."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, cast
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from cloud.core.access import Role
from cloud.core.machine import following
from cloud.core.on_call import Username

State = Literal["running", "exhausted", "ended"]
SubjectType = Literal["alert", "fault", "work_order"]

TRANSITIONS: Final = {
    ("running", "tell"): "running",
    ("running", "tell_last"): "exhausted",
    ("running", "end"): "ended",
    ("exhausted", "end"): "ended",
}


class Part(BaseModel):
    """A part of a policy: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OnCall(Part):
    """Whoever of a role is on call; in a gap the whole role."""

    kind: Literal["on_call"] = "on_call"
    role: Role


class Everybody(Part):
    """A whole role."""

    kind: Literal["role"] = "role"
    role: Role


class Person(Part):
    """One person."""

    kind: Literal["person"] = "person"
    username: Username


class SharedChannel(Part):
    """A channel of the estate that many read: the robot of a group chat, a control room's system."""

    kind: Literal["channel"] = "channel"
    channel: UUID


class Responsible(Part):
    """Whoever is responsible for the work order; where nobody is, maintenance's on-call."""

    kind: Literal["responsible"] = "responsible"


Whom = Annotated[OnCall | Everybody | Person | SharedChannel | Responsible, Field(discriminator="kind")]


class Step(Part):
    """Whom to tell, `after_s` seconds after the beginning, if nobody has answered by then."""

    after_s: float = Field(ge=0, le=7 * 86_400)
    whom: Whom


def _in_order(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    delays = [step.after_s for step in steps]
    if delays != sorted(delays):
        raise ValueError("each step comes after the one before it")
    return steps


def _of_devices(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    if any(isinstance(step.whom, Responsible) for step in steps):
        raise ValueError("only a work order has somebody who is responsible")
    return steps


OrderSteps = Annotated[tuple[Step, ...], Field(min_length=1, max_length=12), AfterValidator(_in_order)]
Steps = Annotated[OrderSteps, AfterValidator(_of_devices)]


OVERDUE: Final = (
    Step(after_s=0, whom=Responsible()),
    Step(after_s=4 * 3600, whom=Everybody(role="manager")),
)


class Policy(Part):
    """Whom an estate tells of what fell, of devices that failed, and of work orders that are overdue."""

    alerts: Steps
    faults: Steps
    orders: OrderSteps = OVERDUE

    def steps(self, subject_type: SubjectType) -> tuple[Step, ...]:
        """Whom to tell of such a subject."""
        return {"alert": self.alerts, "fault": self.faults, "work_order": self.orders}[subject_type]

    def everything(self) -> tuple[Step, ...]:
        """All steps, of whatever."""
        return (*self.alerts, *self.faults, *self.orders)


USUAL: Final = Policy(
    alerts=(
        Step(after_s=0, whom=OnCall(role="desk")),
        Step(after_s=120, whom=Everybody(role="desk")),
        Step(after_s=300, whom=Everybody(role="manager")),
    ),
    faults=(
        Step(after_s=0, whom=OnCall(role="maintenance")),
        Step(after_s=1800, whom=Everybody(role="maintenance")),
    ),
)
"""What counts in an estate that has set nothing."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """What the machine needs to know. step: the next to be told. next_at: when; None when there is none."""

    state: State
    step: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Only the clock moved."""


@dataclass(frozen=True, slots=True)
class NobodyReached:
    """Nobody of the steps told so far can be reached: waiting for their answer is waiting for nothing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """It was acknowledged, closed, shelved or put under a cause."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Effect: tell this step."""

    step: int


Input = TimePassed | NobodyReached | Answered


def begun(steps: tuple[Step, ...], at: datetime) -> Escalation:
    """A new one."""
    return Escalation("running", 0, at + timedelta(seconds=steps[0].after_s))


def due(escalation: Escalation) -> datetime | None:
    """When the clock has something to say to it."""
    return escalation.next_at if escalation.state == "running" else None


def step(
    escalation: Escalation, given: Input, steps: tuple[Step, ...], at: datetime
) -> tuple[Escalation, tuple[Tell, ...]]:
    """The escalation after `given`, and which steps to tell.

    After an outage all steps that have become due are told at once. steps: the policy's, which may have
    changed since the last call; what was told stays told.
    """
    match given:
        case Answered():
            if escalation.state == "ended":
                return escalation, ()
            return Escalation(_following(escalation, "end"), escalation.step, None), ()
        case NobodyReached() if escalation.state == "running":
            return replace(escalation, next_at=at), ()
        case TimePassed():
            return _told(escalation, steps, at)
        case _:
            return escalation, ()


def _told(
    escalation: Escalation, steps: tuple[Step, ...], at: datetime
) -> tuple[Escalation, tuple[Tell, ...]]:
    effects: list[Tell] = []
    while (instant := due(escalation)) is not None and instant <= at:
        number = escalation.step
        if number < len(steps):
            effects.append(Tell(number))
        if number + 1 < len(steps):
            wait = timedelta(seconds=steps[number + 1].after_s - steps[number].after_s)
            escalation = Escalation(_following(escalation, "tell"), number + 1, instant + wait)
        else:
            escalation = Escalation(_following(escalation, "tell_last"), number + 1, None)
    return escalation, tuple(effects)


def _following(escalation: Escalation, what: str) -> State:
    return cast("State", following("the escalation", TRANSITIONS, escalation.state, what))
