"""Cameras on one box: how many 1080p25 cameras two cores carry, beside the usual MOG2 pipeline."""

import tempfile
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from bench.measure import capacity, tables
from bench.measure.capacity import TWO, Carried
from bench.measure.made import BUSY, QUIET, made
from bench.measure.sets import cache_folder

MASK = [[[0, 0], [600, 0], [600, 1080], [0, 1080]]]


@click.command()
@click.option("--seconds", default=20.0, show_default=True, help="How long each camera is watched.")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Where the made videos are kept."
)
def main(seconds: float, folder: Path | None) -> None:
    """Measure the CPU time of real camera programs on real RTSP streams, at 1080p, 25 pictures a second."""
    videos = (folder or cache_folder()) / "made"
    shown = tables.console()
    found: dict[str, Carried] = {}
    with tempfile.TemporaryDirectory() as there:
        for name, what, masks in (("quiet", QUIET, None), ("busy", BUSY, None), ("masked", QUIET, MASK)):
            found[name] = capacity.camera(made(what, videos), Path(there) / name, seconds, masks)
    usual = {name: capacity.usual(made(what, videos)) for name, what in (("quiet", QUIET), ("busy", BUSY))}
    figures = _figures(found, usual)
    shown.print(_table(found, usual))
    tables.finish(shown, "capacity", figures)


def _figures(found: dict[str, Carried], usual: dict[str, float]) -> dict[str, Any]:
    return {
        "cameras_on_two_cores": {
            "fallwatch": {name: round(TWO / one.cpu_per_video_s, 2) for name, one in found.items()},
            "mog2": {name: round(TWO / cpu_s, 2) for name, cpu_s in usual.items()},
        },
        "times_mog2": {name: round(cpu_s / found[name].cpu_per_video_s, 2) for name, cpu_s in usual.items()},
        "dropped": {name: one.dropped for name, one in found.items()},
    }


def _table(found: dict[str, Carried], usual: dict[str, float]) -> Table:
    table = Table(title="1080p25 cameras, H.264 at 4 Mbit/s over RTSP", title_justify="left")
    for heading in ("", "CPU s for a second of video", "cameras on two cores", "dropped while measured"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, one in found.items():
        cpu_s = one.cpu_per_video_s
        table.add_row(f"camera program, {name}", f"{cpu_s:.3f}", f"{TWO / cpu_s:.1f}", str(one.dropped))
    for name, cpu_s in usual.items():
        table.add_row(f"MOG2 pipeline, {name}", f"{cpu_s:.3f}", f"{TWO / cpu_s:.1f}", "")
    return table


if __name__ == "__main__":
    main()
