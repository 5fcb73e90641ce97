"""What is kept of which cells each camera sees, and what a facade's history follows from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from cloud.core.camera_duty import LEAST_S, Doubt, duties
from cloud.core.cell_history import Duty, Flags, History, Sight, history
from cloud.core.geometry.grid import Facade
from cloud.core.geometry.lens import F64
from cloud.core.geometry.looking import F32, Codes, Look, Reason
from cloud.core.geometry.site import Camera, Site
from cloud.core.geometry.survey import seen_by
from cloud.core.ledger import Raw
from cloud.core.spans import Span

FLOAT: Final = np.dtype("<f4")
"""How densities and angles are kept, so that every machine reads the same."""
MOMENT: Final = timedelta(seconds=1)
RECENT: Final = timedelta(hours=1)
"""What of the past is asked for to know the present: longer than any report is under way."""


@dataclass(frozen=True, slots=True)
class FacadeCells:
    """The cells of a facade while a plan holds. ends_at: None while it does.

    floors: of each row, from the ground up. bays: of each column, from the left. Both from 1.
    spans_px, object_m: so many pixels an object of this size must span along the wall.
    """

    id: int
    facade: str
    plan: int
    begins_at: datetime
    ends_at: datetime | None
    floors: tuple[int, ...]
    bays: tuple[int, ...]
    spans_px: float
    object_m: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows, columns."""
        return len(self.floors), len(self.bays)


@dataclass(frozen=True, eq=False, slots=True)
class Fineness:
    """How a camera sees each cell (R, C).

    fall_px_m: pixels per metre along the wall in the asked share of the fall; 0 where less of it is seen.
    elevation_deg: of the line of sight, upwards. distance_m: along it; nan where it was kept before that.
    """

    fall_px_m: F32
    elevation_deg: F32
    distance_m: F32


@dataclass(frozen=True, eq=False, slots=True)
class CameraSight:
    """What a camera sees of a facade as long as both stand as they do, per cell (R, C).

    reason: WATCHED, or why not. grid: the id of its cells. fine: None where nobody asked for it; it is most
    of what there is to read.
    """

    camera: str
    facade: str
    grid: int
    plan: int
    begins_at: datetime
    ends_at: datetime | None
    reason: Codes
    fine: Fineness | None = None

    @property
    def cells(self) -> Flags:
        """(R, C): what it watches."""
        return np.asarray(self.reason == Reason.WATCHED)

    @property
    def finely(self) -> Fineness:
        """Of a sight that was read with it."""
        assert self.fine is not None, "it was read without its fineness"
        return self.fine


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """What a survey found of one camera and one facade; see `CameraSight` and `Fineness`."""

    camera: str
    facade: str
    reason: Codes
    fall_px_m: F32
    elevation_deg: F32
    distance_m: F32


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that the histories of some facades over a span are made of.

    raw: of all cameras that see one of them, and maybe of more, without falls and orders. grids, sights: that
    hold in the span, by facade and time.
    """

    raw: Raw
    grids: tuple[FacadeCells, ...] = ()
    sights: tuple[CameraSight, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Modelled:
    """grid: the cells as they are at the span's end. sights: in these cells. span: while it was modelled."""

    grid: FacadeCells
    sights: tuple[CameraSight, ...]
    span: Span


@dataclass(frozen=True, eq=False, slots=True)
class FacadeHistory:
    """grid: the cells as they are at the span's end. sights: in these cells. history: see there.

    duties: of the cameras that see it, by camera.
    """

    grid: FacadeCells
    sights: tuple[CameraSight, ...]
    history: History
    duties: Mapping[str, Duty]

    @property
    def blind(self) -> int:
        """How many cells nobody watches at the end."""
        return int((~self.history.watched[-1]).sum())

    @property
    def lost(self) -> int:
        """How many of them a camera would watch, if all worked."""
        return int((self.history.within[-1] & ~self.history.watched[-1]).sum())

    @property
    def standing(self) -> tuple[CameraSight, ...]:
        """The sights that hold at the end."""
        end = self.history.cuts[-1]
        return tuple(
            one for one in self.sights if one.begins_at < end and (one.ends_at is None or end <= one.ends_at)
        )


def looks(site: Site, camera: Camera) -> tuple[Seen, ...]:
    """What there is to keep of a camera: each facade of which anything is in its picture."""
    return tuple(
        _seen(camera, site.facades[found.facade], found)
        for found in seen_by(site, camera)
        if (found.reason > Reason.OUT_OF_VIEW).any()
    )


def histories(kept: Kept, least_s: float = LEAST_S) -> dict[str, FacadeHistory]:
    """Facade → its history over the span, or over the part of it since which it is modelled.

    A facade that was not modelled by the end is not among them: nothing is known of its cells.
    """
    return _histories(kept, least_s, kept.raw.begin)


def present(kept: Kept, least_s: float = LEAST_S) -> dict[str, FacadeHistory]:
    """The same, of the span's last moment only: what holds now, and what of it no camera watches.

    Who is up now hangs on the whole span; what became of the cells before is not counted.
    """
    return _histories(kept, least_s, min(kept.raw.end, kept.raw.as_of) - MOMENT)


def modelled(kept: Kept) -> dict[str, Modelled]:
    """Facade → what `histories` make its history of; those that are not among them are not here either."""
    return _modelled(kept, kept.raw.begin)


def _modelled(kept: Kept, begin: datetime) -> dict[str, Modelled]:
    end = min(kept.raw.end, kept.raw.as_of)
    grids: dict[str, list[FacadeCells]] = {}
    for grid in kept.grids:
        grids.setdefault(grid.facade, []).append(grid)
    sights: dict[str, list[CameraSight]] = {}
    for sight in kept.sights:
        if sight.ends_at is None or sight.ends_at > begin:
            sights.setdefault(sight.facade, []).append(sight)
    found = {}
    for facade, known in grids.items():
        first = max(begin, min(grid.begins_at for grid in known))
        last = max(known, key=lambda grid: (grid.begins_at, grid.id))
        if first < end and (last.ends_at is None or last.ends_at >= end):
            own = {grid.id: grid for grid in known}
            seen = tuple(fitted(sight, own[sight.grid], last) for sight in sights.get(facade, ()))
            found[facade] = Modelled(last, seen, (first, end))
    return found


def _histories(kept: Kept, least_s: float, begin: datetime) -> dict[str, FacadeHistory]:
    working = {duty.camera: duty for duty in duties(kept.raw, kept.doubts, least_s)}
    return {facade: _history(one, working) for facade, one in _modelled(kept, begin).items()}


def _history(of: Modelled, working: Mapping[str, Duty]) -> FacadeHistory:
    ever = [Sight(one.camera, one.cells, (one.begins_at, one.ends_at or of.span[1])) for one in of.sights]
    own = {one.camera: working[one.camera] for one in of.sights if one.camera in working}
    return FacadeHistory(of.grid, of.sights, history(of.grid.shape, ever, own.values(), of.span), own)


def fitted(sight: CameraSight, own: FacadeCells, other: FacadeCells) -> CameraSight:
    """A sight in the cells of another plan: those of the same floor and bay, the worst where there are more.

    Floors and bays that its own plan does not have are out of its view.
    """
    if (own.floors, own.bays) == (other.floors, other.bays):
        return sight
    rows = [np.flatnonzero(np.array(own.floors) == floor) for floor in other.floors]
    columns = [np.flatnonzero(np.array(own.bays) == bay) for bay in other.bays]

    def least(values: np.ndarray, missing: float) -> np.ndarray:
        found = np.full(other.shape, missing, dtype=values.dtype)
        for row, column in np.ndindex(other.shape):
            part = values[np.ix_(rows[row], columns[column])]
            if part.size:
                found[row, column] = part.min()
        return found

    fine = sight.fine
    if fine is not None:
        fine = Fineness(
            least(fine.fall_px_m, 0.0), least(fine.elevation_deg, np.nan), least(fine.distance_m, np.nan)
        )
    return replace(sight, reason=least(sight.reason, Reason.OUT_OF_VIEW), fine=fine)


def _seen(camera: Camera, facade: Facade, found: Look) -> Seen:
    return Seen(camera.id, facade.id, found.reason, found.fall_px_m, *_lines(camera, facade))


def _lines(camera: Camera, facade: Facade) -> tuple[F32, F32]:
    """(R, C) twice: how steeply it looks up to the cells' middles, in the plane of falls, and how far."""
    heights, across = facade.grid.middles_m
    plan = facade.ends_m[0] + across[:, None] * facade.along - camera.place_m[:2]
    beside: F64 = np.hypot(plan[:, 0], plan[:, 1])
    above = heights - camera.place_m[2]
    steep: F32 = np.degrees(np.arctan2(above[:, None], beside[None])).astype(np.float32)
    far: F32 = np.hypot(above[:, None], beside[None]).astype(np.float32)
    return steep, far
