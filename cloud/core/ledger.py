"""The ledger's figures: cameras online, pictures sound, minutes and clips recorded, work done in time.

Each figure is a numerator over a denominator, in seconds or pieces, made of raw rows that an export carries
along: who has the rows can count again. Time that was announced as maintenance before it began is in neither.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

from cloud.core import spans
from cloud.core.fault import OF_PICTURE
from cloud.core.spans import Span, Spans
from cloud.core.watched import MINUTE, Watched
from contracts.devices import Severity

Row = TypeVar("Row")
Of = TypeVar("Of", bound=Hashable)

UPLOAD_GRACE: Final = timedelta(hours=1)
"""A clip may be on its way for so long before its absence counts."""

Key = Literal["availability", "picture", "recording", "clips", "mtta", "mttr", "on_time"]


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera that is counted from `due_from` on, its first report; None: it never reported, and is not."""

    id: str
    name: str
    agent: str
    estate: str
    facades: tuple[str, ...]
    due_from: datetime | None


@dataclass(frozen=True, slots=True)
class StateChange:
    """A camera began to stream, or was lost."""

    camera: str
    since: datetime
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class FaultSpan:
    """A fault of a camera or of its agent; cleared_at is None while it lasts."""

    subject_type: str
    subject: str
    kind: str
    severity: Severity
    since: datetime
    cleared_at: datetime | None


@dataclass(frozen=True, slots=True)
class Fall:
    """A fall that was told, of which there must be a clip.

    clip: `verified` when it is there, with the digest and the signature that its device gave. complete: it
    has all the time before and after the fall that was wanted.
    """

    event: str
    camera: str
    observed_at: datetime
    clip: str
    complete: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """Maintenance that was announced; camera is None where it is the whole estate's."""

    estate: str
    camera: str | None
    begins_at: datetime
    ends_at: datetime
    reason: str
    entered_by: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of a work order's history."""

    number: int
    source: str
    at: datetime
    what: str
    by: str


@dataclass(frozen=True, slots=True)
class Raw:
    """Everything that the figures of [begin, end) are made of, as it was known `as_of` then."""

    begin: datetime
    end: datetime
    as_of: datetime
    cameras: tuple[Camera, ...] = ()
    states: tuple[StateChange, ...] = ()
    faults: tuple[FaultSpan, ...] = ()
    watched: tuple[Watched, ...] = ()
    falls: tuple[Fall, ...] = ()
    planned: tuple[Planned, ...] = ()
    lines: tuple[OrderLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Outage:
    """Time that counts against a figure, and why."""

    begin: datetime
    end: datetime
    why: str


@dataclass(frozen=True, slots=True)
class CameraAccount:
    """What one camera adds to the figures.

    due_s: it should have been online. online_s: it was. sound_s: and its picture could be relied on.
    recorded_s: it was decoded, searched and in the ring from which clips are cut. excluded_s: announced
    maintenance. falls: of which there must be a clip; clips: of which there is a whole one.
    """

    camera: str
    due_s: float
    online_s: float
    sound_s: float
    recorded_s: float
    excluded_s: float
    falls: int
    clips: int
    outages: tuple[Outage, ...] = field(default=())
    blinded: tuple[Outage, ...] = field(default=())
    unrecorded: tuple[Outage, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Figure:
    """numerator over denominator, both in seconds or in pieces."""

    key: Key
    numerator: float
    denominator: float

    @property
    def value(self) -> float | None:
        """The share, or the mean in seconds; None where there is nothing to count."""
        return self.numerator / self.denominator if self.denominator > 0 else None


def accounts(raw: Raw) -> tuple[CameraAccount, ...]:
    """The account of each camera over the span."""
    end = min(raw.end, raw.as_of)
    by = Sorted(raw)
    return tuple(_account(camera, raw, by, end) for camera in raw.cameras)


def figures(counted: Sequence[CameraAccount]) -> tuple[Figure, ...]:
    """The figures of some cameras together: sums of seconds, not means of shares."""
    due_s = sum(one.due_s for one in counted)
    online_s = sum(one.online_s for one in counted)
    return (
        Figure("availability", online_s, due_s),
        Figure("picture", sum(one.sound_s for one in counted), online_s),
        Figure("recording", sum(one.recorded_s for one in counted), due_s),
        Figure("clips", sum(one.clips for one in counted), sum(one.falls for one in counted)),
    )


class Sorted:
    """The raw rows by what they belong to."""

    def __init__(self, raw: Raw) -> None:
        self.states = _by(raw.states, lambda state: state.camera)
        self.faults = _by(raw.faults, lambda fault: (fault.subject_type, fault.subject))
        self.watched = _by(raw.watched, lambda run: run.camera)
        self.falls = _by(raw.falls, lambda fall: fall.camera)


def _by(rows: Iterable[Row], key: Callable[[Row], Of]) -> dict[Of, list[Row]]:
    found: dict[Of, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _account(camera: Camera, raw: Raw, by: Sorted, end: datetime) -> CameraAccount:
    if camera.due_from is None:
        return CameraAccount(camera.id, 0.0, 0.0, 0.0, 0.0, 0.0, 0, 0)
    whole = spans.union([(max(raw.begin, camera.due_from), end)])
    excluded = spans.both(whole, announced(raw.planned, camera))
    due = spans.minus(whole, excluded)
    lost, away = times_lost(by.states.get(camera.id, []), end), times_away(by, camera, end)
    online = spans.minus(due, together([*lost, *away]))
    blind = times_blinded(by.faults.get(("camera", camera.id), []), end)
    sound = spans.minus(online, together(blind))
    runs = by.watched.get(camera.id, [])
    kept = spans.union((run.begin, run.end) for run in runs)
    falls = [fall for fall in by.falls.get(camera.id, []) if _is_due(fall, due, raw.as_of)]
    return CameraAccount(
        camera.id,
        due_s=spans.seconds(due),
        online_s=spans.seconds(online),
        sound_s=spans.seconds(sound),
        recorded_s=sum(_recorded_s(run, part) for run in runs for part in due),
        excluded_s=spans.seconds(excluded),
        falls=len(falls),
        clips=sum(_is_whole(fall) for fall in falls),
        outages=within([*lost, *away], due),
        blinded=within(blind, online),
        unrecorded=tuple(Outage(*part, "") for part in spans.minus(due, kept)),
    )


def announced(planned: Iterable[Planned], camera: Camera) -> Spans:
    """What was entered after it had begun is an excuse, not a plan."""
    return spans.union(
        (one.begins_at, one.ends_at)
        for one in planned
        if one.entered_at <= one.begins_at and one.estate == camera.estate and one.camera in {None, camera.id}
    )


def times_lost(states: list[StateChange], end: datetime) -> list[Outage]:
    """When a camera did not stream, as it was told; before its first report nobody knew that it did."""
    told = sorted(states, key=lambda state: state.since)
    first = told[0].since if told else end
    gone = [Outage(datetime.min.replace(tzinfo=end.tzinfo), first, "unknown")]
    ends = [state.since for state in told[1:]] + [end]
    for state, until in zip(told, ends, strict=True) if told else ():
        if state.state != "streaming":
            gone.append(Outage(state.since, until, state.reason or state.state))
    return gone


def times_away(by: Sorted, camera: Camera, end: datetime) -> list[Outage]:
    """When nobody could have been told of what a camera sees, because its agent was gone."""
    return [
        Outage(fault.since, fault.cleared_at or end, fault.kind)
        for fault in by.faults.get(("agent", camera.agent), [])
        if fault.kind == "agent_offline"
    ]


def times_blinded(faults: list[FaultSpan], end: datetime) -> list[Outage]:
    """When nobody could rely on what a camera shows."""
    return [
        Outage(fault.since, fault.cleared_at or end, fault.kind)
        for fault in faults
        if fault.kind in OF_PICTURE and fault.severity != "warning"
    ]


def together(outages: Iterable[Outage]) -> Spans:
    """All time that lies in one of them."""
    return spans.union((outage.begin, outage.end) for outage in outages)


def within(outages: Iterable[Outage], where: Spans) -> tuple[Outage, ...]:
    """Those parts of outages that count, oldest first."""
    parts = [
        Outage(*part, outage.why)
        for outage in outages
        for part in spans.both(spans.union([(outage.begin, outage.end)]), where)
    ]
    return tuple(sorted(parts, key=lambda outage: (outage.begin, outage.why)))


def _recorded_s(run: Watched, part: Span) -> float:
    """Seconds recorded within `part`; of a minute that is cut, at most what lies within."""
    begin, end = run.begin, run.end
    if part[0] <= begin and end <= part[1]:
        return run.minutes * run.watched_s
    begin, end = max(begin, part[0]), min(end, part[1])
    if begin >= end:
        return 0.0
    first = run.begin + -((run.begin - begin) // MINUTE) * MINUTE
    last = run.begin + ((end - run.begin) // MINUTE) * MINUTE
    if last < first:
        return min(run.watched_s, (end - begin).total_seconds())
    edges = (first - begin, end - last)
    return (last - first) // MINUTE * run.watched_s + sum(
        min(run.watched_s, edge.total_seconds()) for edge in edges
    )


def _is_due(fall: Fall, due: Spans, as_of: datetime) -> bool:
    on_its_way = fall.clip == "pending" and as_of - fall.observed_at < UPLOAD_GRACE
    return not on_its_way and any(begin <= fall.observed_at < end for begin, end in due)


def _is_whole(fall: Fall) -> bool:
    return fall.complete and fall.clip == "verified"
