"""The bureau's figures of facades, buildings, estates and all of them in a month: what has changed.

In which order they are ranked stands in `ranks.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from cloud.core.months import CameraMonth, Cause, FacadeMonth

Key = Literal["blind", "availability", "picture"]
Building = tuple[str, str]
"""An estate, and what it calls a building of its own."""
KEYS: Final[tuple[Key, ...]] = ("blind", "availability", "picture")
SHIFT: Final = 0.005
"""Half a point of a share is worth a sentence; less is noise of a few minutes."""
NEW_CELLS: Final = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """numerator over denominator; None where there is nothing to count."""

    numerator: float
    denominator: float

    @property
    def value(self) -> float | None:
        """0…1."""
        return self.numerator / self.denominator if self.denominator > 0 else None


@dataclass(frozen=True, slots=True)
class Place:
    """A facade, and who looks at it."""

    id: str
    estate: str
    building: str
    name_zh: str
    name_en: str
    cameras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of a month. overdue: of (estate, building, facade), work that was late at its end.

    Of an estate building and facade are None, of a building the facade is.
    """

    facades: Mapping[str, FacadeMonth]
    cameras: Mapping[str, CameraMonth]
    overdue: Mapping[tuple[str, str | None, str | None], int]
    counted_at: Mapping[str, datetime]
    """Estate → when."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one facade, an estate or all of them stood in a month.

    figures: blind: cell-seconds due and not watched, over those due. availability: seconds online over due.
    picture: seconds with a sound picture over online.
    facades, unmodelled: how many there are, and of how many nobody can say what is watched. long_blind_cells:
    not watched for longer than the setting when it ended. oldest_blind_s: age of the oldest blind spot then.
    """

    figures: Mapping[Key, Figure]
    facades: int
    unmodelled: int
    cells: int
    blind_cells: int
    long_blind_cells: int
    oldest_blind_s: float
    overdue: int

    def value(self, key: Key) -> float | None:
        """A figure's share."""
        return self.figures[key].value


def standing(
    places: Sequence[Place], cameras: Iterable[str], counted: Counted, overdue: int, long_s: float
) -> Standing:
    """Of some facades together, with these cameras: sums of seconds, not means of shares."""
    known = [counted.facades[place.id] for place in places if place.id in counted.facades]
    months = [counted.cameras[camera] for camera in sorted(set(cameras)) if camera in counted.cameras]
    due_s = sum(one.due_cell_s for one in known)
    online_s = sum(one.online_s for one in months)
    return Standing(
        {
            "blind": Figure(due_s - sum(one.watched_cell_s for one in known), due_s),
            "availability": Figure(online_s, sum(one.due_s for one in months)),
            "picture": Figure(sum(one.sound_s for one in months), online_s),
        },
        facades=len(places),
        unmodelled=len(places) - len(known),
        cells=sum(one.cells for one in known),
        blind_cells=sum(one.blind_cells for one in known),
        long_blind_cells=sum(one.blind_longer_than(long_s) for one in known),
        oldest_blind_s=max((one.oldest_blind_s for one in known), default=0.0),
        overdue=overdue,
    )


def of_facade(place: Place, counted: Counted, long_s: float) -> Standing:
    """One facade with the cameras that see it."""
    late = counted.overdue.get((place.estate, place.building, place.id), 0)
    return standing([place], place.cameras, counted, late, long_s)


def of_buildings(places: Sequence[Place], counted: Counted, long_s: float) -> dict[Building, Standing]:
    """Each building: the sum over its facades and over the cameras that see them, each once."""
    by: dict[Building, list[Place]] = {}
    for place in places:
        by.setdefault((place.estate, place.building), []).append(place)
    return {
        building: standing(
            own,
            (camera for place in own for camera in place.cameras),
            counted,
            counted.overdue.get((*building, None), 0),
            long_s,
        )
        for building, own in by.items()
    }


@dataclass(frozen=True, slots=True)
class Shift:
    """Something that differs from the month before.

    kind: `blind_cells` (of a facade: more or fewer), `blind`, `availability`, `picture` (shares of an
    estate), `first` (an estate that was not counted before). cause: what cost most, where cells were lost.
    """

    kind: Literal["blind_cells", "blind", "availability", "picture", "first"]
    estate: str
    facade: str | None
    before: float | None
    after: float | None
    cause: Cause | None = None

    @property
    def size(self) -> float:
        """What is said first; cells weigh a hundredth of a share."""
        change = abs((self.after or 0.0) - (self.before or 0.0))
        return change / 100 if self.kind == "blind_cells" else change


def shifts(
    places: Sequence[Place],
    estates: Mapping[str, tuple[Standing, Standing]],
    months: tuple[Counted, Counted],
) -> list[Shift]:
    """What changed between two months (before, after), what matters most first."""
    before, after = months
    found = [shift for estate, both in estates.items() for shift in _of_estate(estate, both)]
    for place in places:
        old, new = before.facades.get(place.id), after.facades.get(place.id)
        if old is None or new is None or abs(new.blind_cells - old.blind_cells) < NEW_CELLS:
            continue
        worse = new.blind_cells > old.blind_cells
        cause = new.causes[0] if worse and new.causes else None
        found.append(Shift("blind_cells", place.estate, place.id, old.blind_cells, new.blind_cells, cause))
    return sorted(found, key=lambda shift: (-shift.size, shift.estate, shift.facade or "", shift.kind))


def _of_estate(estate: str, both: tuple[Standing, Standing]) -> list[Shift]:
    before, after = both
    if before.value("blind") is None and after.value("blind") is not None:
        return [Shift("first", estate, None, None, after.value("blind"))]
    found = []
    for key in KEYS:
        old, new = before.value(key), after.value(key)
        if old is not None and new is not None and abs(new - old) >= SHIFT:
            found.append(Shift(key, estate, None, old, new))
    return found


@dataclass(frozen=True, slots=True)
class Review:
    """A month beside the one before; each pair is (before, after).

    estates, facades: by id, in the order in which they were given. buildings: see `Building`.
    """

    month: date
    total: tuple[Standing, Standing]
    estates: Mapping[str, tuple[Standing, Standing]]
    buildings: Mapping[Building, tuple[Standing, Standing]]
    facades: Mapping[str, tuple[Standing, Standing]]
    shifts: tuple[Shift, ...]


def review(
    month: date,
    places: Sequence[Place],
    cameras: Mapping[str, Sequence[str]],
    counted: tuple[Counted, Counted],
    long_s: float,
) -> Review:
    """What the bureau reads of a month. cameras: of each estate; counted: the month before, and the month."""

    def both(of: Sequence[Place], ids: Iterable[str], estate: str | None) -> tuple[Standing, Standing]:
        seeing = tuple(ids)
        before, after = (standing(of, seeing, rows, _late(rows, estate, cameras), long_s) for rows in counted)
        return before, after

    own: dict[str, list[Place]] = {}
    for place in places:
        own.setdefault(place.estate, []).append(place)
    of_estate = {estate: both(own.get(estate, []), ids, estate) for estate, ids in cameras.items()}
    before, after = counted
    earlier, later = (of_buildings(places, rows, long_s) for rows in counted)
    return Review(
        month,
        both(places, (camera for ids in cameras.values() for camera in ids), None),
        of_estate,
        {building: (earlier[building], later[building]) for building in later},
        {place.id: (of_facade(place, before, long_s), of_facade(place, after, long_s)) for place in places},
        tuple(shifts(places, of_estate, counted)),
    )


def _late(rows: Counted, estate: str | None, estates: Iterable[str]) -> int:
    if estate is not None:
        return rows.overdue.get((estate, None, None), 0)
    return sum(rows.overdue.get((each, None, None), 0) for each in estates)
