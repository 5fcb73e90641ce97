"""The figures of a certificate. Times are whole milliseconds, so that every machine counts the same."""

from pydantic import Field

from cloud.core.parts import Part
from contracts.base import Instant

Ms = int


class Day(Part):
    """A facade on a day of China's clocks, or the part of it that lies in the span; cell-milliseconds.

    could_ms: what of the due time a camera would have watched, had all worked.
    """

    begin: Instant
    due_ms: Ms
    could_ms: Ms
    watched_ms: Ms


class Loss(Part):
    """Cells that are watched while all works, and were not. rows: from the ground up, `x` where one is.

    causes: (camera, why), of each camera that should have watched one of them. excused: maintenance that had
    been announced before it began.
    """

    begin: Instant
    end: Instant
    cells: int = Field(ge=1)
    rows: tuple[str, ...]
    causes: tuple[tuple[str, str], ...]
    excused: bool


class OfFacade(Part):
    """A facade over its part of the span. Per cell: rows from the ground up, columns from the left.

    due_ms: the whole time but what is excused. could_ms: what of it a camera would have watched, had all
    worked. never: how many cells none would have watched at any time; they count as not watched.
    longest_blind_ms: in one piece. smallest_cm: the smallest thing of which a fall is found by the cameras
    that stood there last; None: no fall is.
    """

    facade: str
    begin: Instant
    end: Instant
    cells: int
    never: int
    due_ms: Ms
    could_ms: Ms
    watched_ms: Ms
    share: float | None
    watched_cells_ms: tuple[tuple[Ms, ...], ...]
    due_cells_ms: tuple[tuple[Ms, ...], ...]
    longest_blind_ms: tuple[tuple[Ms, ...], ...]
    smallest_cm: tuple[tuple[float | None, ...], ...]
    days: tuple[Day, ...]
    losses: tuple[Loss, ...]


class OfCamera(Part):
    """What became of a camera. up_ms: it watched, and could be relied on. downs: why not, and how long."""

    camera: str
    up_ms: Ms
    announced_ms: Ms
    recorded_ms: Ms
    downs: tuple[tuple[str, Ms], ...]


class Ratio(Part):
    """A figure of the ledger, of all cameras here: numerator over denominator."""

    key: str
    numerator: float
    denominator: float
    value: float | None


class Figures(Part):
    """All of them. share: watched cell-time over due cell-time of all facades; None where nothing was due."""

    cells: int
    due_ms: Ms
    could_ms: Ms
    watched_ms: Ms
    share: float | None
    facades: tuple[OfFacade, ...]
    cameras: tuple[OfCamera, ...]
    ledger: tuple[Ratio, ...]
