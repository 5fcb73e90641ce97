"""What watching costs: CPU beside decoding, memory of a camera, cameras on two cores."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from bench.measure.goals import Goal
from bench.measure.machine import usable_cores
from bench.measure.made import BUSY, QUIET, QUIET_4K, made
from bench.measure.running import ONE_THREAD, ROOT, output_of

CAMERA: Final = (sys.executable, "-m", "bench.measure.camera")
TWO: Final = 2
Figures = dict[str, dict[str, Any]]


def of_video(name: str, video: Path) -> dict[str, Any]:
    """The figures of one camera that shows this video, in a fresh process."""
    (found,) = output_of([*CAMERA, str(video)], f"the camera of {name}").lines
    return dict(found)


def of_made(folder: Path) -> Figures:
    """Quiet and busy at 1080p, quiet at 4K; the videos are kept in `folder`."""
    return {what.name: of_video(what.name, made(what, folder)) for what in (QUIET, BUSY, QUIET_4K)}


def together(video: Path, video_s: float, cameras: int) -> float:
    """Cameras that this machine's two cores carry in real time, measured with `cameras` processes at once.

    Each decodes and searches the whole video as fast as it can. If all are done after `wall` seconds, the
    cores did cameras · video_s seconds of video in that time; real time needs as many of video as of clock.
    """
    cores = sorted(os.sched_getaffinity(0))[:TWO]
    started = [
        subprocess.Popen(
            [*CAMERA, str(video), "wait"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **ONE_THREAD},
        )
        for _ in range(cameras)
    ]
    try:
        for one in started:
            os.sched_setaffinity(one.pid, cores)
            assert one.stdin is not None and one.stdout is not None  # noqa: PT018 - both were asked for
            if one.stdout.readline() != "ready\n":
                raise ValueError("a camera's process did not start")
        began = time.perf_counter()
        for one in started:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.close()
        for one in started:
            one.wait()
        wall_s = time.perf_counter() - began
        if any(one.returncode for one in started):
            raise ValueError("a camera's process failed")
    finally:
        for one in started:
            one.kill()
            one.wait()
            for pipe in (one.stdin, one.stdout):
                if pipe is not None:
                    pipe.close()
    return cameras * video_s / wall_s


def goals(found: Figures, measured_together: Mapping[str, float]) -> list[Goal]:
    """The rows of cost. measured_together: {name of the video: cameras}, see `together`."""
    quiet, busy, large = (found[what.name] for what in (QUIET, BUSY, QUIET_4K))
    rows = [
        Goal("cpu_quiet", "CPU beyond decoding ÷ decoding, quiet", "≤", 0.35, quiet["detector_per_decoding"]),
        Goal("cpu_busy", "the same, busy (rain and tree)", "≤", 0.6, busy["detector_per_decoding"]),
    ]
    for key, what in (("quiet", QUIET), ("busy", BUSY)):
        figures = found[what.name]
        at_once = measured_together.get(what.name)
        note = f"(2 ÷ {figures['cpu_per_video_s']:.3f} CPU s a video s"
        note += ")" if at_once is None else f"; {at_once:.1f} by the clock beside this machine's other work)"
        rows.append(
            Goal(
                f"cameras_{key}",
                f"1080p25 cameras in real time on two cores, {key}",
                "≥",
                10,
                TWO / figures["cpu_per_video_s"],
                note=note,
                digits=1,
            )
        )
    rows += [
        Goal(
            "memory_1080p",
            "memory of a camera at 1080p",
            "≤",
            150,
            max(quiet["peak_mb"], busy["peak_mb"]),
            " MB",
            note=_private(busy),
            digits=0,
        ),
        Goal(
            "memory_4k",
            "memory of a camera at 4K",
            "≤",
            350,
            large["peak_mb"],
            " MB",
            note=_private(large),
            digits=0,
        ),
    ]
    return rows


def _private(figures: dict[str, Any]) -> str:
    return f"({figures['private_mb']:.0f} of it its own, the rest libraries that all cameras share)"


def table(found: Figures) -> Table:
    """All figures, one line for each video."""
    shown = Table(title="CPU time a frame (the cheaper of two passes) and peak memory", title_justify="left")
    headings = (
        "frames",
        "decoding_ms",
        "detector_ms",
        "detector_per_decoding",
        "slowest_frame_ms",
        "peak_mb",
        "private_mb",
        "falls",
    )
    shown.add_column("")
    for heading in headings:
        shown.add_column(heading.replace("_", " "), justify="right")
    for name, figures in found.items():
        shown.add_row(name, *(str(figures[heading]) for heading in headings))
    return shown


def measured(folder: Path, cameras: int) -> tuple[Figures, list[Goal]]:
    """Everything about cost; cameras: how many are run at once, 0 for none."""
    found = of_made(folder)
    at_once = {}
    if cameras and usable_cores() >= TWO:
        for what in (QUIET, BUSY):
            at_once[what.name] = together(made(what, folder), found[what.name]["video_s"], cameras)
    return found, goals(found, at_once)


def as_object(found: Figures, rows: list[Goal]) -> dict[str, Any]:
    """For the JSON line."""
    return {"videos": found, "goals": {row.key: row.as_object() for row in rows}}
