"""The project's goals as rows: what is asked, what was measured, whether it is met."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bench.measure.scoring import Judged
from bench.measure.summary import Share, Summary, floors_right, impacts_inside


@dataclass(frozen=True, slots=True)
class Goal:
    """One row. measured: None where this run could not measure it, and note says why.

    sense: "≥" or "≤"; digits: how many are shown.
    """

    key: str
    what: str
    sense: Literal["≥", "≤"]
    limit: float
    measured: float | None
    unit: str = ""
    note: str = ""
    digits: int = 2

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where nothing was measured."""
        if self.measured is None:
            return None
        return self.measured >= self.limit if self.sense == "≥" else self.measured <= self.limit

    def cells(self) -> tuple[str, str, str, str]:
        """what, goal, measured, met: as the table shows them."""
        measured = "not measured" if self.measured is None else f"{self.measured:.{self.digits}f}{self.unit}"
        met = {None: "", True: "yes", False: "NO"}[self.met]
        return (
            self.what,
            f"{self.sense} {self.limit:g}{self.unit}",
            " ".join(filter(None, (measured, self.note))),
            met,
        )

    def as_object(self) -> dict[str, Any]:
        """For the JSON line."""
        return {
            "goal": f"{self.sense} {self.limit:g}",
            "measured": None if self.measured is None else round(self.measured, 4),
            "met": self.met,
        }


def _of(share: Share) -> str:
    interval = share.interval()
    if interval is None:
        return "(none in the set)"
    return f"({share.part} of {share.whole}; 95 %: {interval[0]:.2f} to {interval[1]:.2f})"


def detection(found: Summary) -> list[Goal]:
    """The rows that any run over clips with truth can fill."""
    return [*_what_is_told(found), *_when_and_where(found)]


def _what_is_told(found: Summary) -> list[Goal]:
    per_hour = f"({found.false_on_negatives} in {found.negative_hours * 60:.1f} min)"
    return [
        Goal(
            "recall_5px",
            "recall, objects of 5 px and more",
            "≥",
            0.98,
            found.large.value,
            note=_of(found.large),
            digits=3,
        ),
        Goal(
            "recall_3_5px",
            "recall, objects of 3 to 5 px",
            "≥",
            0.90,
            found.small.value,
            note=_of(found.small),
            digits=3,
        ),
        Goal(
            "precision",
            "precision over everything",
            "≥",
            0.97,
            found.precision.value,
            note=_of(found.precision),
            digits=3,
        ),
        Goal(
            "false_on_negatives",
            "false alarms on this set's negatives",
            "≤",
            0,
            float(found.false_on_negatives) if found.negative_hours else None,
            note=per_hour,
            digits=0,
        ),
    ]


def _when_and_where(found: Summary) -> list[Goal]:
    return [
        Goal(
            "suspected_s",
            "suspected after first visible, median",
            "≤",
            0.5,
            found.suspected_after_first_s,
            " s",
        ),
        Goal("decided_s", "decided after first visible, median", "≤", 1.0, found.decided_after_first_s, " s"),
        Goal(
            "decided_after_last_s",
            "decided after last seen, at the latest",
            "≤",
            0.5,
            found.decided_after_last_s,
            " s",
        ),
        Goal("track_error_px", "track error, median", "≤", 2.0, found.track_error_px, " px"),
        Goal("start_error_s", "error of the start, median", "≤", 0.1, found.start_error_s, " s"),
        Goal("end_error_s", "error of the end, median", "≤", 0.1, found.end_error_s, " s"),
    ]


def calibrated(all_judged: Sequence[Judged]) -> list[Goal]:
    """The rows that want a calibrated camera."""
    hits = [hit for one in all_judged for hit in one.hits]
    near, inside, bays = floors_right(hits)
    impacts = impacts_inside(hits)
    return [
        Goal(
            "floor", "floor of origin right ± 1, let go in the picture", "≥", 0.95, near.value, note=_of(near)
        ),
        Goal("floor_interval", "floor inside the told interval", "≥", 0.90, inside.value, note=_of(inside)),
        Goal("bay", "flat/bay right, where told", "≥", 0.90, bays.value, note=_of(bays)),
        *(
            Goal(
                f"{key}_interval",
                f"{key.split('_')[0]} inside the told interval",
                "≥",
                0.90,
                share.value,
                note=_of(share),
            )
            for key, share in impacts.items()
        ),
    ]
