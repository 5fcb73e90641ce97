"""What a certificate holds: the rows that its figures are made of, and what people did meanwhile.

`certificate.json` is this, with the figures beside it. Who has the rows can count again.
"""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from cloud.core.camera_duty import Doubt
from cloud.core.certificate.figures import Figures
from cloud.core.head import Digest
from cloud.core.ledger import Raw
from cloud.core.parts import Part
from contracts.base import Instant

FORMAT: Final = "fallwatch-certificate/1"
SEEN: Final = "5"
"""How a row of a sight writes a cell that the camera watches while it works: `Reason.WATCHED` of
`geometry.looking`, which a court's machine need not have, as it counts and does not look."""

Row = Annotated[str, StringConstraints(pattern=r"^[0-5]+$")]
"""A row of cells from left to right, a digit each: `geometry.looking.Reason`."""


class Name(Part):
    """What people call something, with its identity."""

    id: str
    zh: str
    en: str


class Asked(Part):
    """Who asked for the certificate, when and what for."""

    by: Name
    at: Instant
    purpose: str


class Plan(Part):
    """The estate's geometry, from which the sights were computed. content: as in the estate file."""

    version: int = Field(ge=1)
    sha256: Digest
    entered_at: Instant
    entered_by: str
    content: dict[str, Any]


class Sight(Part):
    """What a camera sees of a facade while it works and stands as it does: rows from the ground up.

    px_per_m: the density along the wall that enough of a fall from the cell reaches; 0 where it does not.
    """

    camera: str
    begin: Instant
    end: Instant | None
    rows: tuple[Row, ...]
    px_per_m: tuple[tuple[float, ...], ...]


class Facade(Part):
    """A facade divided into cells in one way, over [begin, end). floors, bays: of the rows, the columns.

    spans_px: what a thing must span to be found; object_m: the smallest thing that must be.
    """

    id: str
    name: Name
    building: str
    begin: Instant
    end: Instant
    floors: Annotated[tuple[int, ...], Field(min_length=1)]
    bays: Annotated[tuple[int, ...], Field(min_length=1)]
    spans_px: float
    object_m: float
    sights: tuple[Sight, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return len(self.floors), len(self.bays)

    @model_validator(mode="after")
    def _is_as_large_as_its_sights(self) -> Self:
        rows, columns = self.shape
        for sight in self.sights:
            if (
                len(sight.rows) != rows
                or len(sight.px_per_m) != rows
                or any(len(row) != columns for row in (*sight.rows, *sight.px_per_m))
            ):
                raise ValueError(
                    f"a sight of {sight.camera} has not the {rows} rows and {columns} columns of {self.id}"
                )
        return self


class Line(Part):
    """What somebody did with an alert, a fault or a work order."""

    at: Instant
    what: str
    by: str
    note: str


class Alert(Part):
    """A fall that was told, and what was done. clip_sha256: of its video, where one came."""

    id: str
    camera: str
    facade: str | None
    observed_at: Instant
    floor: int | None
    bay: int | None
    state: str
    close_reason: str | None
    clip: str | None
    clip_sha256: Digest | None
    lines: tuple[Line, ...]


class Fault(Part):
    """A fault of a camera or its box. lines: when it was noticed, acknowledged, over."""

    id: str
    subject_type: str
    subject: str
    kind: str
    severity: str
    since: Instant
    cleared_at: Instant | None
    reason: str
    lines: tuple[Line, ...]


class WorkOrder(Part):
    """A repair, a patrol, a complaint, an inspection."""

    number: int
    source: Literal["fault", "blind_spot", "patrol", "complaint", "inspection"]
    kind: str | None
    subject: str | None
    facade: str | None
    floor: int | None
    bay: int | None
    title: str
    state: str
    opened_at: Instant
    due_at: Instant
    taken_at: Instant | None
    finished_at: Instant | None
    closed_at: Instant | None
    overdue_at: Instant | None
    measure: str | None
    lines: tuple[Line, ...]


class Content(Part):
    """Everything but the figures. cell: (floor, bay), where it speaks of these only."""

    estate: Name
    begin: Instant
    end: Instant
    cell: tuple[int, int] | None = None
    asked: Asked
    plan: Plan | None
    least_s: float
    """Seconds from which on a minute counts as recorded."""
    facades: tuple[Facade, ...]
    not_modelled: tuple[Name, ...]
    """Facades that were asked for, of which no geometry is known: never taken as watched."""
    raw: Raw
    doubts: tuple[Doubt, ...]
    faults: tuple[Fault, ...]
    alerts: tuple[Alert, ...]
    orders: tuple[WorkOrder, ...]
    cameras: tuple[Name, ...]
    people: tuple[Name, ...]
    notes: bool = True
    """Whether what people wrote about alerts is here: only for who may read it at the desk."""

    @property
    def asked_for(self) -> tuple[str, ...]:
        """Every facade of which something is said, if only that nothing is known."""
        return (*(facade.id for facade in self.facades), *(name.id for name in self.not_modelled))

    @property
    def elsewhere(self) -> int:
        """How many cameras see these facades of whose state nothing is here, being other estates'.

        They count as if they had never watched, so that less is claimed than was, never more.
        """
        known = {camera.id for camera in self.raw.cameras}
        return len({sight.camera for facade in self.facades for sight in facade.sights} - known)

    @property
    def until(self) -> datetime:
        """The end of what can be known: the span's, or when the rows were read."""
        return min(self.end, self.raw.as_of)


class Certificate(Part):
    """`certificate.json`."""

    format: Literal["fallwatch-certificate/1"] = FORMAT
    content: Content
    figures: Figures

    def text(self) -> bytes:
        """Its exact bytes: compact JSON with a line's end."""
        return f"{self.model_dump_json()}\n".encode()
