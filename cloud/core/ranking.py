"""The bureau's figures of facades, buildings, estates and all of them in a month: what has changed.

In which order they are ranked stands in `ranks.py`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final, Literal

from cloud.core.months import CameraMonth, Cause, FacadeFigures

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

    facades: Mapping[str, FacadeFigures]
    cameras: Mapping[str, CameraMonth]
    overdue: Mapping[tuple[str, str | None, str | None], int]
    counted_at: Mapping[str, datetime]
    """Estate → when."""

    @property
    def until(self) -> datetime | None:
        """Until when all of them are; None: none is."""
        return min(self.counted_at.values(), default=None)


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


def standing(places: Collection[Place], cameras: Iterable[str], counted: Counted, overdue: int) -> Standing:
    """Of some facades together, with these cameras: sums of seconds, not means of shares."""
    due_s = watched_s = oldest_s = account_due_s = online_s = sound_s = 0.0
    cells = blind_cells = long_cells = unmodelled = 0
    for place in places:  # One pass: a town is thousands of facades, each in a building and an estate.
        one = counted.facades.get(place.id)
        if one is None:
            unmodelled += 1
            continue
        due_s += one.due_cell_s
        watched_s += one.watched_cell_s
        cells += one.cells
        blind_cells += one.blind_cells
        long_cells += one.long_blind_cells
        oldest_s = max(oldest_s, one.oldest_blind_s)
    for camera in sorted(set(cameras)):
        if (account := counted.cameras.get(camera)) is not None:
            account_due_s += account.due_s
            online_s += account.online_s
            sound_s += account.sound_s
    figures: dict[Key, Figure] = {
        "blind": Figure(due_s - watched_s, due_s),
        "availability": Figure(online_s, account_due_s),
        "picture": Figure(sound_s, online_s),
    }
    return Standing(figures, len(places), unmodelled, cells, blind_cells, long_cells, oldest_s, overdue)


def of_facade(place: Place, counted: Counted) -> Standing:
    """One facade with the cameras that see it."""
    late = counted.overdue.get((place.estate, place.building, place.id), 0)
    return standing([place], place.cameras, counted, late)


def of_buildings(places: Iterable[Place], counted: Counted) -> dict[Building, Standing]:
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
        cause = new.cause if worse else None
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


Pair = tuple[Standing, Standing]
"""The month before, and the month."""


@dataclass(frozen=True)
class Review:
    """A month beside the one before. shifts: see there. places: all of them.

    estates, facades: by id, in the order in which they were given. buildings: see `Building`. Of a town these
    are thousands, and whoever asks for estates waits for no facade.
    """

    month: date
    total: Pair
    estates: Mapping[str, Pair]
    shifts: tuple[Shift, ...]
    places: Sequence[Place]
    counted: tuple[Counted, Counted]

    @cached_property
    def buildings(self) -> Mapping[Building, Pair]:
        """Every building that has a facade."""
        before, after = (of_buildings(self.places, rows) for rows in self.counted)
        return {building: (before[building], one) for building, one in after.items()}

    @cached_property
    def facades(self) -> Mapping[str, Pair]:
        """Every facade."""
        before, after = self.counted
        return {place.id: (of_facade(place, before), of_facade(place, after)) for place in self.places}


def review(
    month: date,
    places: Sequence[Place],
    cameras: Mapping[str, Sequence[str]],
    counted: tuple[Counted, Counted],
) -> Review:
    """What the bureau reads of a month. cameras: of each estate; counted: the month before, and the month."""

    def both(of: Collection[Place], ids: Iterable[str], estate: str | None) -> Pair:
        seeing = tuple(ids)
        old, new = (standing(of, seeing, rows, _late(rows, estate, cameras)) for rows in counted)
        return old, new

    own: dict[str, list[Place]] = {}
    for place in places:
        own.setdefault(place.estate, []).append(place)
    of_estate = {estate: both(own.get(estate, []), ids, estate) for estate, ids in cameras.items()}
    return Review(
        month,
        both(places, (camera for ids in cameras.values() for camera in ids), None),
        of_estate,
        tuple(shifts(places, of_estate, counted)),
        places,
        counted,
    )


def _late(rows: Counted, estate: str | None, estates: Iterable[str]) -> int:
    if estate is not None:
        return rows.overdue.get((estate, None, None), 0)
    return sum(rows.overdue.get((each, None, None), 0) for each in estates)
