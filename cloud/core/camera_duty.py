"""When each camera watched so that it can be relied on, and why not at other times."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cloud.core import ledger, spans
from cloud.core.cell_history import Duty
from cloud.core.coverage import settled
from cloud.core.ledger import Outage, Raw
from cloud.core.spans import Span, Spans
from cloud.core.watched import MINUTE, Watched

LEAST_S: Final = 54.0
"""A minute counts as watched from so many seconds on, nine tenths: no camera loses more by waiting for a key
frame. What is shorter was interrupted, and nobody knows in which second something would have fallen."""
GRACE: Final = 3 * MINUTE
"""A camera that begins to stream has told of a whole minute by then: up to two until that is over, and one
for its way."""
BARREN_S: Final = 30.0
"""A minute of which less was recorded, though nothing else was wrong in it, says at once that it goes on so.
With more it may have been a moment's interruption that is over."""

UNRECORDED: Final = "unrecorded"
NEVER_REPORTED: Final = "never_reported"
POSE_DOUBTED: Final = "pose_doubted"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A camera was moved; until `ended_at` nobody had confirmed where it looks. None: nobody has."""

    camera: str
    since: datetime
    ended_at: datetime | None
    ended_by: str | None = None
    reason: str = ""


def duties(raw: Raw, doubts: Iterable[Doubt] = (), least_s: float = LEAST_S) -> list[Duty]:
    """When each camera of the ledger's rows was up, and every reason why it was not at other times.

    Up: it streamed, its agent was there, its picture was sound, its minutes were recorded, and nobody doubted
    where it looks.

    Args:
        raw: Cameras, states, faults, minutes and planned maintenance; nothing else of it is asked.
        doubts: Of the cameras' poses.
        least_s: Seconds from which on a minute counts as recorded.

    The last moments, whose minutes cannot have arrived, are judged by all the rest.
    """
    end, by = min(raw.end, raw.as_of), ledger.Sorted(raw)
    known = [*doubts]
    return [
        _duty(camera, raw, by, [d for d in known if d.camera == camera.id], end, least_s)
        for camera in raw.cameras
    ]


def _duty(  # noqa: PLR0917 - each is one thing
    camera: ledger.Camera, raw: Raw, by: ledger.Sorted, doubts: list[Doubt], end: datetime, least_s: float
) -> Duty:
    whole = spans.union([(raw.begin, end)])
    due_from = end if camera.due_from is None else camera.due_from
    told = [
        Outage(min(raw.begin, due_from), due_from, NEVER_REPORTED),
        *(each for each in ledger.times_lost(by.states.get(camera.id, []), end) if each.end > due_from),
        *ledger.times_away(by, camera, end),
        *ledger.times_blinded(by.faults.get(("camera", camera.id), []), end),
        *(Outage(doubt.since, doubt.ended_at or end, POSE_DOUBTED) for doubt in doubts),
    ]
    well = spans.minus(whole, ledger.together(told))
    runs = by.watched.get(camera.id, [])
    recorded = spans.union((run.begin, run.end) for run in runs if run.watched_s >= least_s)
    missed = _missed(well, recorded, runs, min(end, settled(raw.as_of)))
    downs = [*told, *(Outage(*part, UNRECORDED) for part in missed)]
    return Duty(
        camera.id,
        up=spans.minus(well, missed),
        downs=ledger.within(downs, whole),
        announced=spans.both(whole, ledger.announced(raw.planned, camera)),
    )


def _missed(well: Spans, recorded: Spans, runs: Iterable[Watched], settled: datetime) -> Spans:
    """Where no minute was recorded though nothing else says why.

    After `settled` no minute can have come. Who missed some until then, though there was time, goes on so,
    and at once whose last minute has come and holds next to nothing.
    """
    last = spans.union([(settled - MINUTE, settled)])
    barren = spans.both(well, last) == last and any(
        run.watched_s < BARREN_S and run.begin <= last[0][0] and settled <= run.end for run in runs
    )
    missed: list[Span] = []
    for begin, end in spans.minus(well, recorded):
        if begin >= settled:
            continue
        lasts = end > settled and (barren or settled - begin >= GRACE)
        missed.append((begin, end if lasts else min(end, settled)))
    return spans.union(missed)
