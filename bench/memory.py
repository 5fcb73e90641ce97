"""Memory of a real agent over many hours that pass fast: does anything grow?"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from bench.measure import tables
from bench.measure.goals import Goal
from bench.measure.memory import film
from bench.measure.memory.growth import growth
from bench.measure.memory.hasty import NotHere
from bench.measure.memory.plot import LONG_LIVED, NAMES, draw
from bench.measure.memory.soak import Soaked, soak
from fallwatch.local.children import PartError

MOST_GROWTH = 0.05
PLOT = Path("memory.png")


@click.command()
@click.option("--minutes", default=144.0, show_default=True, help="Of our time.")
@click.option("--speed", default=10.0, show_default=True, help="How much faster the agent's time passes.")
@click.option("--plot", default=PLOT, show_default=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Keep its files here.")
def main(minutes: float, speed: float, plot: Path, folder: Path | None) -> None:
    """Watch the memory of an agent and its cameras: falls, clips, reconnections, wishes without end."""
    shown = tables.console()
    with tempfile.TemporaryDirectory() as there, _bar(minutes) as bar:
        at = (folder or Path(there)).resolve()
        at.mkdir(parents=True, exist_ok=True)
        try:
            done = asyncio.run(soak(at, minutes, speed, lambda passed_s: bar.update(int(passed_s) - bar.pos)))
        except (NotHere, PartError) as error:
            raise click.ClickException(str(error)) from None
    draw(done, plot)
    shown.print(_table(done))
    rows = _goals(done)
    shown.print(tables.goals("memory", rows))
    shown.print(_stands_for(done))
    tables.finish(shown, "memory", _figures(done) | {"goals": {row.key: row.as_object() for row in rows}})


def _bar(minutes: float) -> Any:
    return click.progressbar(length=int(minutes * 60), label="memory", file=sys.stderr)


def _table(done: Soaked) -> Table:
    table = Table(title="resident memory, MB", title_justify="left")
    for heading in ("", "after warming up", "at the end", "peak", "growth", "its share of what is shared"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name in LONG_LIVED:
        found = growth(done.samples.get(name, []))
        if found is not None:
            cells = [f"{value:.1f}" for value in (found.begin_mb, found.end_mb, found.peak_mb)]
            share = f"{done.samples[name][-1].pss_mb:.1f}"
            table.add_row(NAMES[name], *cells, f"{100 * found.share:+.1f} %", share)
    return table


def _goals(done: Soaked) -> list[Goal]:
    found = {name: growth(done.samples.get(name, [])) for name in LONG_LIVED}
    ended = 0.0 if done.ended is None else 1.0
    rows = [
        Goal(
            f"growth_{name}",
            f"growth of the {NAMES[name]} after warming up",
            "≤",
            MOST_GROWTH,
            None if each is None else each.share,
            digits=3,
        )
        for name, each in found.items()
    ]
    return [
        *rows,
        Goal("agent_ended", "times that the agent ended by itself", "≤", 0, ended, digits=0),
    ]


def _figures(done: Soaked) -> dict[str, Any]:
    frames = done.counted.get("fallwatch_camera_frames_total", 0)
    return {
        "speed": done.speed,
        "hours": round(done.hours, 2),
        "camera_hours_of_frames": round(frames / float(film.FPS) / 3600, 2),
        "frames": int(frames),
        "falls": done.cloud.kinds["falling_object"],
        "clips": done.cloud.kinds["clip_sealed"],
        "clips_uploaded": len(done.cloud.uploaded),
        "reconnects": int(done.counted.get("fallwatch_camera_reconnects_total", 0)),
        "desired_states": done.desired,
        "messages": sum(done.cloud.kinds.values()),
        "rss_mb": {
            name: {"begin": round(found.begin_mb, 1), "end": round(found.end_mb, 1)}
            for name in LONG_LIVED
            if (found := growth(done.samples.get(name, []))) is not None
        },
    }


def _stands_for(done: Soaked) -> str:
    told = _figures(done)
    return (
        f"{told['hours']} h passed for the agent's clocks and waits. Its two cameras searched"
        f" {told['frames']} frames, {told['camera_hours_of_frames']} camera-hours"
        f" at {float(film.FPS):g} a second;"
        f" {told['falls']} falls, {told['clips']} clips, {told['reconnects']} reconnections,"
        f" {told['messages']} messages, {told['desired_states']} wishes."
    )


if __name__ == "__main__":
    main()
