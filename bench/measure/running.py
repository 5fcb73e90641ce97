"""Runs a detector over clips as a person would: its own process, lines of JSON, CPU time by the kernel."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from bench.measure.records import Clip, Event, event_from
from bench.measure.scoring import Judged, Rejected, judged

ROOT: Final = Path(__file__).resolve().parents[2]
ONE_THREAD: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", "")))),
}
"""A camera has one core; and the checkout that holds the benchmark is the one that is measured."""

DETECT: Final = (sys.executable, "-m", "fallwatch", "detect")
MOG2: Final = (sys.executable, "-m", "bench.measure.mog2")


NUMBER: Final = r"(-?\d+(?:\.\d+)?)"
WAY: Final = rf"{NUMBER} to {NUMBER} s, from \({NUMBER}, {NUMBER}\) to \({NUMBER}, {NUMBER}\)"
THROWN_UP_LINE: Final = re.compile(rf"^thrown up from below.*?: {WAY}", re.MULTILINE)
REJECTED_LINE: Final = re.compile(rf"^no fall: {WAY}: (.*); score {NUMBER}$", re.MULTILINE)
"""`edge.detect.explained` writes them: standard output is for falls only."""


class DetectorFailed(Exception):  # noqa: N818 - says what happened
    """A detector ended with an error; its text names the clip and repeats what it said."""


@dataclass(frozen=True, slots=True)
class Run:
    """A command that is given a clip's video. options: further arguments, made for each clip."""

    name: str
    command: tuple[str, ...]
    options: Callable[[Clip], Sequence[str]] = lambda _: ()

    def arguments(self, clip: Clip) -> list[str]:
        """The whole command line for a clip."""
        return [*self.command, str(clip.video), *self.options(clip)]


def shipped(*options: str) -> Run:
    """The detector as shipped, with these further options."""
    return Run("fallwatch", DETECT, lambda _: ("--format", "jsonl", "--explain", *options))


def reference() -> Run:
    """The plain MOG2 pipeline."""
    return Run("MOG2", MOG2)


def judged_by(run: Run, clip: Clip) -> Judged:
    """What the detector tells of a clip, compared with its truth. Raises DetectorFailed if it fails."""
    done = output_of(run.arguments(clip), f"{run.name} on {clip.name}")
    told = [event_from(line) for line in done.lines if "track" in line]
    return judged(clip, (*told, *thrown_up(done.said)), done.cpu_s, rejections(done.said))


def thrown_up(said: str) -> tuple[Event, ...]:
    """Events that `fallwatch detect --explain` calls thrown up from below; of the way it tells both ends."""
    found = []
    for ends in THROWN_UP_LINE.finditer(said):
        start_s, end_s, x0, y0, x1, y1 = map(float, ends.groups())
        found.append(Event(np.array([[start_s, x0, y0], [end_s, x1, y1]]), end_s, thrown_up=True))
    return tuple(found)


def rejections(said: str) -> tuple[Rejected, ...]:
    """Tracks that `fallwatch detect --explain` calls no fall, and why."""
    found = []
    for line in REJECTED_LINE.finditer(said):
        start_s, end_s, x0, y0, x1, y1 = map(float, line.groups()[:6])
        found.append(Rejected(np.array([[start_s, x0, y0], [end_s, x1, y1]]), line[7], float(line[8])))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Output:
    """What a program left: its JSON objects line by line, standard error, its CPU time in seconds."""

    lines: list[Mapping[str, Any]]
    said: str
    cpu_s: float


def output_of(arguments: Sequence[str], what: str) -> Output:
    """Runs a program to its end. Raises DetectorFailed, naming `what`, if it ends with an error."""
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as complaints:
        started = subprocess.Popen(  # waited for by wait4, which tells its CPU time
            arguments, cwd=ROOT, stdout=told, stderr=complaints, env={**os.environ, **ONE_THREAD}
        )
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        complaints.seek(0)
        said = complaints.read().decode(errors="replace")
        if started.returncode:
            last = " ".join(said.strip().splitlines()[-1:])
            raise DetectorFailed(f"{what} ended with {started.returncode}: {last}")
        lines = [json.loads(line) for line in told.read().decode().splitlines() if line.startswith("{")]
    return Output(lines, said, used.ru_utime + used.ru_stime)


def over(
    run: Run, clips: Iterable[Clip], *, jobs: int = 1, progress: Callable[[Judged], None] = lambda _: None
) -> tuple[Judged, ...]:
    """Every clip judged, in the order of the clips. jobs: how many processes at a time."""

    def one(clip: Clip) -> Judged:
        done = judged_by(run, clip)
        progress(done)
        return done

    with ThreadPoolExecutor(max(jobs, 1)) as pool:
        return tuple(pool.map(one, clips))


def shown_over(run: Run, clips: Sequence[Clip], jobs: int) -> tuple[Judged, ...]:
    """As `over`, with a bar on standard error."""
    with click.progressbar(length=len(clips), label=f"{run.name:>24}", file=sys.stderr) as bar:
        return over(run, clips, jobs=jobs, progress=lambda _: bar.update(1))


@cache
def offered() -> str:
    """The help text of `fallwatch detect`, to see which options this checkout has."""
    shown = subprocess.run(
        [*DETECT, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **ONE_THREAD},
    )
    return shown.stdout
