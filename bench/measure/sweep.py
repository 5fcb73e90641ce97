"""What the one number `sensitivity` means: recall and false alarms at each of its values.

Each value is a run of its own: what is told early, and which tracks become one event, changes with it. The
hours are those of the clips, each packed with what is hard: a camera's usual day has far fewer of such
minutes, so the alarms a day are an upper bound, not a forecast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.table import Table

from bench.measure.scoring import Judged
from bench.measure.summary import summary

VALUES: Final = (0.2, 0.35, 0.5, 0.65, 0.8)


@dataclass(frozen=True, slots=True)
class Setting:
    """One row. false_a_day: of 24 hours like these clips."""

    sensitivity: float
    recall: float | None
    precision: float | None
    false_a_day: float

    def as_object(self) -> dict[str, Any]:
        """For the JSON line."""
        return {
            "value": self.sensitivity,
            "recall": None if self.recall is None else round(self.recall, 4),
            "precision": None if self.precision is None else round(self.precision, 4),
            "false_a_day": round(self.false_a_day, 1),
        }


def at(sensitivity: float, judged: Sequence[Judged]) -> Setting:
    """The row of one value, from the clips as they were told at it."""
    found = summary(judged)
    a_day = 24 * found.false / found.hours if found.hours else 0.0
    return Setting(sensitivity, found.recall.value, found.precision.value, a_day)


def table(rows: Sequence[Setting]) -> Table:
    """For people."""
    shown = Table(title="sensitivity, in clips packed with distractors", title_justify="left")
    for heading in ("sensitivity", "recall", "precision", "false alarms in 24 h like these clips"):
        shown.add_column(heading, justify="right")
    for row in rows:
        recall, precision = (
            "-" if value is None else f"{value:.2f}" for value in (row.recall, row.precision)
        )
        shown.add_row(f"{row.sensitivity:.2f}", recall, precision, f"{row.false_a_day:.0f}")
    return shown
