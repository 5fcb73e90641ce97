"""What the one number `sensitivity` means: recall and false alarms at each of its values.

One run at the most sensitive setting tells everything that any setting would tell, with its score; an event
counts at a sensitivity s if its score is at least 1 - s. (How tracks are joined into events may differ a
little at the setting itself.) The hours are those of the clips, each packed with what is hard: a camera's
usual day has far fewer of such minutes, so the alarms a day are an upper bound, not a forecast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from rich.table import Table

from bench.measure.scoring import Judged, judged
from bench.measure.summary import summary

MOST: Final = 0.95
VALUES: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


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


def swept(at_most: Sequence[Judged], values: Sequence[float] = VALUES) -> list[Setting]:
    """The rows, from clips judged at the most sensitive setting."""
    rows = []
    for value in values:
        kept = [
            judged(one.clip, [event for event in one.events if event.score >= 1 - value - 1e-9])
            for one in at_most
        ]
        found = summary(kept)
        a_day = 24 * found.false / found.hours if found.hours else 0.0
        rows.append(Setting(value, found.recall.value, found.precision.value, a_day))
    return rows


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
