"""What an operator wants of this box: taken, held on probation, then confirmed or rolled back by itself.

Health is judged against what it was before, and only of cameras whose settings differ from the state that was
confirmed last. Probation is counted in time that was looked at: neither a clock that is set nor an agent that
does not run shortens it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from contracts.devices import DesiredCamera, DesiredState

State = Literal["none", "probation", "confirmed", "rolled_back"]
Outcome = Literal["applied", "refused", "rolled_back", "confirmed"]

TRANSITIONS: Final = {
    ("none", "wanted"): "probation",
    ("probation", "wanted"): "probation",
    ("confirmed", "wanted"): "probation",
    ("rolled_back", "wanted"): "probation",
    ("probation", "kept well"): "confirmed",
    ("probation", "got worse"): "rolled_back",
}

MAX_LOOK_S: Final = 5.0
"""A longer pause between two looks counts for so much: nobody looked."""
USUAL_S: Final = 300.0
"""Time constant of what counts as usual."""
MAX_STARTS: Final = 3
"""So often the agent may start during a probation before the state is held to kill it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is worse than before.

    probation_s: how long all changed cameras must stream. dark_s: no picture for so long, of a camera that
    had one. crashes: ends of a worker that nobody ordered. pace: frames searched per second, less than so
    much of what was usual. searched: likewise of the share of the picture that is searched. flood: at least
    so many falls, and more than `flood_times` the usual.
    """

    probation_s: float = 300.0
    dark_s: float = 30.0
    crashes: int = 2
    pace: float = 0.5
    pace_after_s: float = 60.0
    searched: float = 0.1
    flood: int = 20
    flood_times: float = 5.0


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class Usual(_Kept):
    """A camera before the change. Of one that nobody has looked at yet it is assumed that it streams."""

    streaming: bool = True
    frames_per_s: float = 0.0
    falls_per_s: float = 0.0
    searched_share: float = 1.0
    trouble: str = ""


class Look(_Kept):
    """A camera now. falls: since its worker began; crashes: since the agent began.

    searched_share: of the picture. trouble: why what is set for its picture cannot be used.
    """

    state: Literal["starting", "streaming", "lost"]
    frames_per_s: float = 0.0
    falls: int = 0
    crashes: int = 0
    searched_share: float = 1.0
    trouble: str = ""

    @property
    def streaming(self) -> bool:
        """Whether there is a picture."""
        return self.state == "streaming"


class Course(_Kept):
    """How a camera has done during its probation. paced_s: time in which it streamed."""

    dark_s: float = 0.0
    paced_s: float = 0.0
    frames: float = 0.0
    falls: int = 0
    crashes: int = 0
    look: Look | None = None


class Trial(_Kept):
    """A probation."""

    passed_s: float = 0.0
    starts: int = 0
    before: Mapping[str, Usual] = {}
    courses: Mapping[str, Course] = {}


class Desired(_Kept):
    """seen: the highest version that was judged. counting: what counts; None: the box's own file.

    good: what counted when all was well. The last three fields are of this run of the agent only.
    """

    state: State = "none"
    seen: int = 0
    counting: DesiredState | None = None
    good: DesiredState | None = None
    trial: Trial | None = None
    usual: Mapping[str, Usual] = Field(default={}, exclude=True)
    looks: Mapping[str, Look] = Field(default={}, exclude=True)
    looked_at: datetime | None = Field(default=None, exclude=True)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The cloud wants this. objection: why the box cannot do it; empty where it can."""

    desired: DesiredState
    objection: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The cloud wants something that cannot be read."""

    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Began:
    """The agent has started; the state is the one that it had kept."""


@dataclass(frozen=True, slots=True)
class Looked:
    """All cameras that are to run, as they are now."""

    cameras: Mapping[str, Look]


class Report(_Kept):
    """Effect: tell the cloud."""

    version: int
    outcome: Outcome
    now: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Apply:
    """Effect: `counting` has changed; for these cameras it means something else than before."""

    cameras: frozenset[str]


Input = Wanted | Unreadable | Began | Looked
Effect = Report | Apply


def step(policy: Policy, desired: Desired, given: Input, at: datetime) -> tuple[Desired, tuple[Effect, ...]]:
    """The state after `given`, and what to do. A version that was judged before changes nothing."""
    match given:
        case Wanted(wanted, "") if wanted.version > desired.seen:
            return _taken(desired, wanted)
        case Wanted(DesiredState(version=version), reason) | Unreadable(version, reason) if (
            version > desired.seen
        ):
            return _refused(desired, version, reason)
        case Began() if desired.trial is not None:
            return _began(desired, desired.trial)
        case Looked(cameras):
            return _looked(policy, desired, cameras, at)
        case _:
            return desired, ()


def wanted_of(desired: DesiredState | None, camera: str) -> DesiredCamera | None:
    """What is wanted of a camera; None where nothing is but what its own file says."""
    found = next((each for each in desired.cameras if each.camera == camera), None) if desired else None
    return None if found == DesiredCamera(camera=camera) else found


def changed(one: DesiredState | None, other: DesiredState | None) -> frozenset[str]:
    """The cameras of which two states want something else."""
    named = {each.camera for state in (one, other) if state is not None for each in state.cameras}
    return frozenset(name for name in named if wanted_of(one, name) != wanted_of(other, name))


def _number(desired: DesiredState | None) -> int:
    return 0 if desired is None else desired.version


def _after(state: State, what: str) -> State:
    return cast("State", TRANSITIONS[state, what])


def _refused(desired: Desired, version: int, reason: str) -> tuple[Desired, tuple[Effect, ...]]:
    report = Report(version=version, outcome="refused", now=_number(desired.counting), reason=reason)
    return desired.model_copy(update={"seen": version}), (report,)


def _taken(desired: Desired, wanted: DesiredState) -> tuple[Desired, tuple[Effect, ...]]:
    """On probation. What is there already keeps what it is compared with, and what it falls back to."""
    before = dict(desired.trial.before) if desired.trial is not None else {}
    watched = changed(desired.good, wanted)
    trial = Trial(before={name: before.get(name, desired.usual.get(name, Usual())) for name in watched})
    after = desired.model_copy(
        update={
            "state": _after(desired.state, "wanted"),
            "seen": wanted.version,
            "counting": wanted,
            "trial": trial,
        }
    )
    report = Report(version=wanted.version, outcome="applied", now=wanted.version)
    return after, (Apply(changed(desired.counting, wanted)), report)


def _began(desired: Desired, trial: Trial) -> tuple[Desired, tuple[Effect, ...]]:
    starts = trial.starts + 1
    after = desired.model_copy(update={"trial": trial.model_copy(update={"starts": starts})})
    if starts < MAX_STARTS:
        return after, ()
    return _rolled_back(after, f"the agent was started {starts} times during the probation")


def _looked(
    policy: Policy, desired: Desired, cameras: Mapping[str, Look], at: datetime
) -> tuple[Desired, tuple[Effect, ...]]:
    passed_s = (at - desired.looked_at).total_seconds() if desired.looked_at is not None else 0.0
    passed_s = min(passed_s, MAX_LOOK_S) if passed_s > 0 else 0.0
    after = desired.model_copy(update={"looks": dict(cameras), "looked_at": at})
    if desired.trial is None:
        return after.model_copy(update={"usual": _usuals(desired, cameras, passed_s)}), ()
    trial = _went_on(desired.trial, cameras, passed_s)
    after = after.model_copy(update={"trial": trial})
    for name, course in sorted(trial.courses.items()):
        if reason := _worse(policy, trial.before[name], course):
            return _rolled_back(after, f"{name}: {reason}")
    if trial.passed_s < policy.probation_s:
        return after, ()
    state = _after(desired.state, "kept well")
    number = _number(desired.counting)
    return after.model_copy(update={"state": state, "good": desired.counting, "trial": None}), (
        Report(version=number, outcome="confirmed", now=number),
    )


def _rolled_back(desired: Desired, reason: str) -> tuple[Desired, tuple[Effect, ...]]:
    after = desired.model_copy(
        update={
            "state": _after(desired.state, "got worse"),
            "counting": desired.good,
            "trial": None,
            "looks": {},  # workers are new, their totals begin again
        }
    )
    report = Report(
        version=_number(desired.counting), outcome="rolled_back", now=_number(desired.good), reason=reason
    )
    return after, (Apply(changed(desired.counting, desired.good)), report)


def _usuals(desired: Desired, cameras: Mapping[str, Look], passed_s: float) -> dict[str, Usual]:
    """What is usual, moved towards what is now. A worker that has just begun says nothing yet."""
    usual = {name: known for name, known in desired.usual.items() if name in cameras}
    for name, look in cameras.items():
        if look.state != "starting":
            usual[name] = _usual(usual.get(name), desired.looks.get(name, look), look, passed_s)
    return usual


def _usual(usual: Usual | None, before: Look, now: Look, passed_s: float) -> Usual:
    share = passed_s / (passed_s + USUAL_S)
    falls_per_s = _gain(before.falls, now.falls) / passed_s if passed_s > 0 else 0.0
    had = usual or Usual()
    frames_per_s = had.frames_per_s
    if now.streaming:
        frames_per_s += (now.frames_per_s - frames_per_s) * (share if frames_per_s > 0 else 1.0)
    return Usual(
        streaming=now.streaming,
        frames_per_s=frames_per_s,
        falls_per_s=had.falls_per_s + (falls_per_s - had.falls_per_s) * share,
        searched_share=now.searched_share,
        trouble=now.trouble,
    )


def _went_on(trial: Trial, cameras: Mapping[str, Look], passed_s: float) -> Trial:
    """Courses of the changed cameras that are to run. Time counts while all of them stream."""
    courses = {
        name: _course(trial.courses.get(name, Course()), cameras[name], passed_s)
        for name in trial.before
        if name in cameras
    }
    all_stream = all(cameras[name].streaming for name in courses)
    counted_s = trial.passed_s + (passed_s if all_stream else 0.0)
    return trial.model_copy(update={"courses": courses, "passed_s": counted_s})


def _course(course: Course, look: Look, passed_s: float) -> Course:
    before = course.look or look
    return Course(
        dark_s=0.0 if look.streaming else course.dark_s + passed_s,
        paced_s=course.paced_s + (passed_s if look.streaming else 0.0),
        frames=course.frames + (look.frames_per_s * passed_s if look.streaming else 0.0),
        falls=course.falls + _gain(before.falls, look.falls),
        crashes=course.crashes + _gain(before.crashes, look.crashes),
        look=look,
    )


def _worse(policy: Policy, before: Usual, course: Course) -> str:
    """How a camera does worse than before; empty when it does not."""
    look = course.look
    if look is None:
        return ""
    usual_falls = before.falls_per_s * course.paced_s
    pace = course.frames / course.paced_s if course.paced_s >= policy.pace_after_s else before.frames_per_s
    checks = (
        (look.trouble != "" and before.trouble == "", look.trouble),
        (course.crashes >= policy.crashes, f"its worker crashed {course.crashes} times"),
        (
            before.streaming and course.dark_s >= policy.dark_s,
            f"no picture for {course.dark_s:.0f} s, and it had one before",
        ),
        (
            look.searched_share < policy.searched * before.searched_share,
            f"{look.searched_share:.0%} of the picture is searched, before {before.searched_share:.0%}",
        ),
        (
            pace < policy.pace * before.frames_per_s,
            f"{pace:.1f} frames/s are searched, before {before.frames_per_s:.1f}",
        ),
        (
            course.falls >= policy.flood and course.falls > policy.flood_times * usual_falls,
            f"{course.falls} falls in {course.paced_s:.0f} s, {usual_falls:.1f} are usual",
        ),
    )
    return next((reason for bad, reason in checks if bad), "")


def _gain(before: int, now: int) -> int:
    """How much a total grew; one that fell began again."""
    return now - before if now >= before else now
