"""Prints tables for people and, last, one JSON object for programs."""

import json
from collections.abc import Sequence
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from bench.measure.goals import Goal
from bench.measure.machine import machine, told
from bench.measure.summary import Share, Summary

WIDTH: Final = 150


def console() -> Console:
    """A console that is as wide as the tables, whoever reads it."""
    return Console(width=WIDTH, highlight=False)


def goals(title: str, rows: Sequence[Goal]) -> Table:
    """goal / measured / met."""
    table = Table(title=title, title_justify="left")
    for heading in ("", "goal", "measured", "met"):
        table.add_column(heading)
    for row in rows:
        table.add_row(*row.cells(), style="bold red" if row.met is False else None)
    return table


def comparison(title: str, columns: Sequence[tuple[str, Summary]]) -> Table:
    """One line for each detector or each state of knowledge."""
    table = Table(title=title, title_justify="left")
    headings = (
        *("", "recall ≥ 5 px", "recall 3 to 5 px", "precision", "false", "dupl.", "false/h on negatives"),
        *("suspected", "decided", "track", "start", "end", "CPU"),
    )
    for heading in headings:
        table.add_column(heading, justify="left" if not heading else "right")
    for name, found in columns:
        table.add_row(
            name,
            _share(found.large),
            _share(found.small),
            _share(found.precision),
            str(found.false),
            str(found.duplicates),
            _value(found.false_on_negatives / found.negative_hours if found.negative_hours else None, "", 0),
            _value(found.suspected_after_first_s, " s"),
            _value(found.decided_after_first_s, " s"),
            _value(found.track_error_px, " px"),
            _value(found.start_error_s, " s"),
            _value(found.end_error_s, " s"),
            _value(100 * found.cpu_per_video_s, " %", 0),
        )
    return table


def by_tag(columns: Sequence[tuple[str, Summary]]) -> Table:
    """What was in the picture: falls found beside it, and false alarms an hour in clips with it."""
    table = Table(
        title="by what was in the picture: falls found; false alarms (an hour)", title_justify="left"
    )
    table.add_column("")
    table.add_column("minutes", justify="right")
    for name, _ in columns:
        table.add_column(f"{name}: found", justify="right")
        table.add_column("false", justify="right")
    for tag in sorted({tag for _, found in columns for tag in found.by_tag}):
        cells = [tag, ""]
        for _, found in columns:
            false, hours, share = found.by_tag.get(tag, (0, 0.0, Share(0, 0)))
            cells[1] = f"{60 * hours:.1f}"
            cells += [_share(share), f"{false} ({false / hours:.0f})" if hours and false else str(false)]
        table.add_row(*cells)
    return table


def _share(share: Share) -> str:
    return "-" if share.value is None else f"{share.value:.2f} ({share.part}/{share.whole})"


def _value(value: float | None, unit: str, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}{unit}"


def finish(shown: Console, benchmark: str, figures: dict[str, Any]) -> None:
    """The machine, then the JSON line; nothing may be printed after it."""
    shown.print(f"Measured on {told()}.")
    print(json.dumps({"benchmark": benchmark, "machine": machine(), **figures}, ensure_ascii=False))
