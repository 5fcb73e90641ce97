"""Answers about cells of facades. Lists have an item a cell, row by row from the ground, as from outside."""

from typing_extensions import TypedDict

from cloud.api.answers.base import Instant, Named
from cloud.api.answers.figures import Span

Cells = list[float | None]
Flags = list[int]


class FacadePlace(Named):
    """Which facade."""

    estate: str
    building: str


class Grid(TypedDict):
    """Floors of rows, bays of columns; what must be seen; what the numbers of reasons mean."""

    floors: list[int]
    bays: list[int]
    object_cm: float
    spans_px: float
    reasons: list[str]


class FacadeBrief(FacadePlace):
    """blind: cells that nobody watches now. lost: of those, what is watched when all works.

    All null where the facade is not modelled.
    """

    modelled: bool
    cells: int | None
    blind: int | None
    lost: int | None


class CoveredEstate(Named):
    """An estate with its facades, the worst first."""

    cells: int
    blind: int
    blind_share: float | None
    facades: list[FacadeBrief]


class Doubted(Named):
    """A camera that was moved, and whose pose nobody has confirmed."""

    estate: str
    since: Instant


class Coverage(TypedDict):
    """All estates now."""

    now: Instant
    change: int
    estates: list[CoveredEstate]
    doubts: list[Doubted]


class View(Named):
    """A camera that has the facade in its picture, and what it makes of each cell.

    whys: why it does not watch now. since: null where that was more than an hour ago. smallest_cm: the
    smallest thing whose fall from a cell it finds; null where it sees too little of it.
    """

    up: bool
    whys: list[str]
    since: Instant | None
    reason: Flags
    px_per_m: Cells
    smallest_cm: Cells
    elevation_deg: Cells
    distance_m: Cells


class FacadeNow(FacadePlace, Grid):
    """within: watched when all works. best: index of the camera that sees a cell most finely; -1: none.

    blind_for_s: null where it is watched, or blind for more than an hour.
    """

    now: Instant
    change: int
    watched: Flags
    within: Flags
    excused: Flags
    reason: Flags
    smallest_cm: Cells
    best: list[int]
    blind_for_s: Cells
    blind: int
    lost: int
    cameras: list[View]


class Longest(TypedDict):
    """The longest time in one piece in which a cell that can be watched was not."""

    seconds: float
    floor: int
    bay: int


class Sums(FacadePlace):
    """Seconds of cells. share: watched over due. kept_share: the same of cells that can be watched.

    never: cells that no camera watched at any time even if all had worked.
    """

    modelled_from: Instant
    cells: int
    share: float | None
    kept_share: float | None
    watched_s: float
    due_s: float
    excused_s: float
    never: int
    longest: Longest | None
    losses_total: int


class EstateHistory(TypedDict):
    """An estate's facades over a span, the worst first."""

    now: Instant
    span: Span
    facades: list[Sums]
    not_modelled: list[str]


class Streaks(TypedDict):
    """Of each cell: the share of its due time, the longest blindness, and that which lasts at the end."""

    shares: Cells
    longest_blind_s: Cells
    blind_for_s: Cells


class Day(TypedDict):
    """A day's share, and that of each row from the ground; null where nothing was due."""

    at: Instant
    share: float | None
    rows: list[float | None]


class Cause(Named):
    """A camera, and why it did not watch."""

    why: str


class Loss(Span):
    """Cells that were not watched though they are when all works."""

    cells: int
    excused: bool
    causes: list[Cause]


class FacadeHistory(Sums, Grid, Streaks):
    """A facade over a span; of losses the largest."""

    now: Instant
    change: int
    span: Span
    days: list[Day]
    losses: list[Loss]


class Confirmed(TypedDict):
    """A camera whose pose is doubted no more."""

    camera: str
    confirmed_at: Instant
