"""False alarms over hours: which clip is watched how long, what was told in it. Resumable by its log."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np

from bench.measure.records import Clip, Event, event_from
from bench.measure.running import output_of
from bench.measure.scoring import judged

LOOPING: Final = (sys.executable, "-m", "bench.measure.looping")
SEAM_S: Final = 1.0
"""So near to the place where a loop's end meets its beginning an event is told apart."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One clip, watched for so long."""

    clip: Clip
    seconds: float

    @property
    def key(self) -> str:
        """What the log knows it by."""
        return f"{self.clip.video.parent.name}/{self.clip.video.name} {self.seconds:.0f} s"


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a watch came to. false: alarms away from seams, told: their times, s; at_seams: the others."""

    key: str
    watched_s: float
    false: int
    at_seams: int
    told: tuple[float, ...]
    tags: tuple[str, ...] = ()
    real: bool = False

    def as_object(self) -> dict[str, Any]:
        """A line of the log."""
        return {name: getattr(self, name) for name in self.__slots__}


def planned(clips: Sequence[Clip], hours: float, minutes_each: float) -> list[Watch]:
    """Watches that come to so many hours: clips in turn, each for `minutes_each` or longer.

    With more time than clips each is watched longer rather than twice: a detector that learns a place must
    stay quiet for long, and the same loop twice would say nothing new.
    """
    if not clips:
        return []
    wanted_s = 3600 * hours
    each_s = max(60 * minutes_each, wanted_s / len(clips))
    count = min(len(clips), max(1, round(wanted_s / each_s)))
    return [Watch(clip, wanted_s / count) for clip in clips[:count]]


def false_alarms(
    clip: Clip, lines: Sequence[dict[str, Any]], loop_s: float
) -> tuple[list[float], list[float]]:
    """Start times of the false alarms away from seams and beside them. lines: of `bench.measure.looping`.

    Each loop is judged like a clip of its own, so a fall that is in the clip may be told once a loop.
    """
    loops: dict[int, list[Event]] = {}
    seams: list[float] = []
    for line in lines:
        event = event_from(line)
        number = int(event.start_s // loop_s)
        inside_s = event.start_s - number * loop_s
        crosses = event.end_s > (number + 1) * loop_s
        if crosses or (number and inside_s < SEAM_S):
            seams.append(event.start_s)
            continue
        shifted = event.track - np.array([number * loop_s, 0, 0])
        loops.setdefault(number, []).append(Event(shifted, event.decided_s, told={"start_s": event.start_s}))
    found = []
    for events in loops.values():
        done = judged(clip, events)
        found += [
            float(event.told["start_s"])
            for event, outcome in zip(done.events, done.outcomes, strict=True)
            if outcome in {"false", "duplicate"}
        ]
    return sorted(found), sorted(seams)


def watched(watch: Watch) -> Soaked:
    """Watches in a process of its own. Raises DetectorFailed if it fails."""
    clip = watch.clip
    arguments = [*LOOPING, str(clip.video), str(watch.seconds)]
    *lines, end = (dict(line) for line in output_of(arguments, f"watching {clip.name}").lines)
    found, seams = false_alarms(clip, lines, float(end["loop_s"]))
    return Soaked(
        watch.key, float(end["watched_s"]), len(found), len(seams), tuple(found), clip.tags, clip.real
    )


def read(log: Path) -> dict[str, Soaked]:
    """What earlier runs did, by key; a last line that was cut off is done again."""
    found = {}
    if log.exists():
        for line in log.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except json.JSONDecodeError:
                continue
            entry |= {name: tuple(entry[name]) for name in ("told", "tags")}
            found[entry["key"]] = Soaked(**entry)
    return found


def soaked(
    watches: Sequence[Watch], log: Path, jobs: int, one: Callable[[Watch], Soaked] = watched
) -> Iterator[Soaked]:
    """Does what the log does not have yet, and writes each result into it at once; yields all of them."""
    done = read(log)
    log.parent.mkdir(parents=True, exist_ok=True)
    writing = Lock()

    def fresh(watch: Watch) -> Soaked:
        if watch.key in done:
            return done[watch.key]
        result = one(watch)
        with writing, log.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(result.as_object()) + "\n")
        return result

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        yield from pool.map(fresh, watches)
