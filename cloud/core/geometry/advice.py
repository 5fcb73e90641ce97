"""Where to hang which cameras so that blind cells are watched: weighted set cover, greedily.

A cell is watched by one camera alone, so what a candidate closes does not depend on the others: its cells
are a set, and the question is which sets cover most for their cost. Greedy takes what closes most per cost.
All that any candidate closes then costs at most H(d) times as much as the cheapest way, with d the cells of
the largest set and H(d) = 1 + 1/2 + … + 1/d (Chvátal, Math. Oper. Res. 4 (1979) 233). The same proof gives a
bound for the case at hand: what greedy paid for each cell, scaled down until no set is paid above its cost,
is feasible for the dual program, so no choice of these candidates can cost less than its sum.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import degrees
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.core.geometry.allowed import Offer, Spot
from cloud.core.geometry.hiding import between, hidden
from cloud.core.geometry.lens import F64, Flags, Lens
from cloud.core.geometry.looking import Reason
from cloud.core.geometry.parts import Mount
from cloud.core.geometry.site import Camera, Site, axes
from cloud.core.geometry.survey import Survey, seen_by

ROLLS: Final = (0.0, 90.0)
"""Upright and on its side: a tower is higher than broad."""
STEEPEST_DEG: Final = 75.0
"""No bracket turns a camera farther up or down."""
OVERLAP: Final = 0.5
"""Aims lie so many pictures apart."""
MOST_LOOKS: Final = 1200
"""Candidates whose sets are computed exactly, those first that promise most."""
LENGTH_M: Final = 0.05


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """A camera that may be bought and hung. cells: what it closes, ascending numbers of blind cells."""

    spot: Spot
    offer: Offer
    mount: Mount
    cells: NDArray[np.intp]

    @property
    def cost(self) -> float:
        """Camera and place."""
        return self.offer.cost + self.spot.cost


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """A camera of the advice. closes: cells that none before it did, by facade. left: blind cells then."""

    camera: Candidate
    closes: Mapping[str, int]
    left: int


@dataclass(frozen=True, eq=False, slots=True)
class Bound:
    """How far from the cheapest choice of these candidates a full cover may be.

    cost: what greedy pays for all that can be closed. least: no choice costs less. harmonic: H(d).
    """

    cost: float
    least: float
    harmonic: float

    @property
    def factor(self) -> float:
        """Greedy costs at most so many times what is needed."""
        return min(self.harmonic, self.cost / self.least) if self.least > 0 else 1.0


@dataclass(frozen=True, eq=False, slots=True)
class Advice:
    """steps: in the order in which to buy. before, after: blind cells by facade, where there were any.

    reachable: blind cells that at least one candidate closes. candidates: how many were looked through.
    """

    steps: tuple[Step, ...]
    before: Mapping[str, int]
    after: Mapping[str, int]
    cells: int
    reachable: int
    candidates: int
    bound: Bound


def advise(
    survey: Survey,
    spots: Sequence[Spot],
    offers: Sequence[Offer],
    *,
    most: int | None = None,
    budget: float | None = None,
    facades: frozenset[str] | None = None,
) -> Advice:
    """What to add to a site whose cameras all work.

    Args:
        survey: Of the site as it stands.
        spots: Where cameras may hang.
        offers: Which may be bought.
        most: No more cameras than these; None: until nothing more can be closed.
        budget: No more cost than this.
        facades: Only their cells are to be closed; None: those of all.
    """
    verdicts = [each for each in survey.verdicts() if facades is None or each.facade.id in facades]
    blind = {each.facade.id: ~each.watched for each in verdicts if not each.watched.all()}
    before = {facade: int(flags.sum()) for facade, flags in blind.items()}
    site = replace(survey.site, facades={facade: survey.site.facades[facade] for facade in blind}, cameras={})
    found = candidates(site, blind, spots, offers)
    whole = cover([each.cells for each in found], [each.cost for each in found])
    bound = bounded([each.cells for each in found], [each.cost for each in found], whole)
    numbers = np.repeat(np.arange(len(before)), list(before.values()))
    names, open_ = list(before), np.ones(sum(before.values()), dtype=np.bool_)
    steps: list[Step] = []
    spent = 0.0
    for number in whole.order:
        each = found[number]
        if len(steps) == most or (budget is not None and spent + each.cost > budget):
            break
        new = each.cells[open_[each.cells]]
        open_[new] = False
        spent += each.cost
        closes = {names[int(place)]: int((numbers[new] == place).sum()) for place in np.unique(numbers[new])}
        steps.append(Step(each, closes, int(open_.sum())))
    after = {facade: int((open_ & (numbers == place)).sum()) for place, facade in enumerate(before)}
    cells = sum(each.reason.size for each in verdicts)
    return Advice(tuple(steps), before, after, cells, len(whole.price), len(found), bound)


@dataclass(frozen=True, eq=False, slots=True)
class Cover:
    """order: sets in the order taken. price: cell → what was paid for it when it was covered."""

    order: tuple[int, ...]
    price: Mapping[int, float]


def cover(sets: Sequence[NDArray[np.intp]], costs: Sequence[float]) -> Cover:
    """Greedy weighted set cover of all that any set has; costs are above zero."""
    size = 1 + max((int(each.max()) for each in sets if len(each)), default=-1)
    is_open = np.ones(size, dtype=np.bool_)
    counts = np.array([len(each) for each in sets], dtype=np.float64)
    cost = np.array(costs, dtype=np.float64)
    order: list[int] = []
    price: dict[int, float] = {}
    while len(counts):
        # Lazily: counts only fall, so the largest is taken once it is known to be true.
        best = int(np.argmax(counts / cost))
        if counts[best] == 0:
            break
        new = sets[best][is_open[sets[best]]]
        if len(new) < counts[best]:
            counts[best] = len(new)
            continue
        is_open[new] = False
        counts[best] = 0
        order.append(best)
        price |= {int(cell): float(cost[best]) / len(new) for cell in new}
    return Cover(tuple(order), price)


def bounded(sets: Sequence[NDArray[np.intp]], costs: Sequence[float], done: Cover) -> Bound:
    """What a full cover costs, and what it must cost."""
    paid = sum(costs[number] for number in done.order)
    largest = max((len(each) for each in sets), default=0)
    harmonic = float((1 / np.arange(1, largest + 1)).sum())
    if not done.price:
        return Bound(0.0, 0.0, max(harmonic, 1.0))
    size = 1 + max(done.price)
    price, cheapest = np.zeros(size), np.full(size, np.inf)
    price[list(done.price)] = list(done.price.values())
    for cells, cost in zip(sets, costs, strict=True):
        if len(cells):
            cheapest[cells] = np.minimum(cheapest[cells], cost / len(cells))
    # Two feasible duals: what greedy paid, scaled; and of each cell the least share of a set that has it.
    over = max(price[cells].sum() / cost for cells, cost in zip(sets, costs, strict=True))
    return Bound(paid, float(max(price.sum() / over, cheapest[np.isfinite(cheapest)].sum())), harmonic)


def candidates(
    site: Site, blind: Mapping[str, Flags], spots: Sequence[Spot], offers: Sequence[Offer]
) -> list[Candidate]:
    """Cameras worth a thought: of each place and lens the aims from which blind cells may be watched.

    site: with only the facades that have blind cells. blind: (R, C) of each of them.
    """
    cells = _Cells.of(site, blind)
    lenses = [offer.lens.seen(offer.resolution) for offer in offers]
    promised: list[tuple[int, Camera, Spot, Offer, Mount]] = []
    reach_m = max(lens.densest_px for lens in lenses) / site.needed.px_per_m
    for spot in spots:
        open_ = cells.open_to(site, spot, reach_m)
        for offer, lens in zip(offers, lenses, strict=True):
            for mount in _aims(site, open_, spot, lens):
                camera = _hung(mount, lens)
                if promise := open_.promised_to(camera, site.needed.px_per_m):
                    promised.append((promise, camera, spot, offer, mount))
    promised.sort(key=lambda each: -each[0] / (each[2].cost + each[3].cost))
    found = []
    for _, camera, spot, offer, mount in promised[:MOST_LOOKS]:
        closed = cells.closed_by(site, camera)
        if len(closed):
            found.append(Candidate(spot, offer, mount, closed))
    return found


def _hung(mount: Mount, lens: Lens) -> Camera:
    place = np.array([mount.x_m, mount.y_m, mount.z_m])
    return Camera("", place, axes(mount.yaw_deg, mount.pitch_deg, mount.roll_deg), lens)


@dataclass(frozen=True, eq=False, slots=True)
class _Cells:
    """Blind cells of all facades in a row: their middles and their falls' middles (n, 3).

    blind: (R, C) of each facade. of_facade: which of them are its own.
    """

    middle_m: F64
    fall_m: F64
    blind: Mapping[str, Flags]
    of_facade: Mapping[str, slice]

    @classmethod
    def of(cls, site: Site, blind: Mapping[str, Flags]) -> "_Cells":
        middles, falls, own, count = [np.empty((0, 3))], [np.empty((0, 3))], {}, 0
        for name, flags in blind.items():
            facade = site.facades[name]
            rows, columns = np.nonzero(flags)
            up, across = facade.grid.middles_m
            plan = facade.ends_m[0] + across[columns][:, None] * facade.along
            middles.append(np.column_stack((plan, up[rows])))
            falls.append(np.column_stack((plan, (up[rows] + facade.ground_m) / 2)))
            own[name] = slice(count, count + len(rows))
            count += len(rows)
        return cls(np.concatenate(middles), np.concatenate(falls), blind, own)

    def open_to(self, site: Site, spot: Spot, reach_m: float) -> "_Cells":
        """Those within reach whose middle and whose fall's middle nothing hides from a place."""
        place = np.array(spot.place_m)
        near = np.linalg.norm(self.fall_m - place, axis=1) < reach_m
        facades = [
            facade
            for name, facade in site.facades.items()
            if near[self.of_facade[name]].any() and (place[:2] - facade.left_m) @ facade.outward > 0
        ]
        for facade, between_ in zip(facades, between(site, place, facades), strict=True):
            up, _ = facade.grid.middles_m
            half = facade.needed.samples // 2
            behind = hidden(site, place, facade, between_)
            shut = behind.at(up) | behind.at((up + facade.ground_m) / 2)
            near[self.of_facade[facade.id]] &= ~shut[:, half :: facade.needed.samples][self.blind[facade.id]]
        for name in self.of_facade.keys() - {facade.id for facade in facades}:
            near[self.of_facade[name]] = False
        return replace(self, middle_m=self.middle_m[near], fall_m=self.fall_m[near])

    def promised_to(self, camera: Camera, px_per_m: float) -> int:
        """How many a camera watches, about, if nothing hides them."""
        seen = camera.lens.draw(*((self.middle_m - camera.place_m) @ camera.axes.T).T).drawn
        falls = camera.lens.draw(*((self.fall_m[seen] - camera.place_m) @ camera.axes.T).T)
        dense = camera.lens.px_per_m(falls, camera.axes[:, 2]) >= px_per_m
        return int((falls.drawn & dense).sum())

    def closed_by(self, site: Site, camera: Camera) -> NDArray[np.intp]:
        """Numbers of the blind cells that it watches."""
        closed = [
            self.of_facade[look.facade].start
            + np.flatnonzero((look.reason == Reason.WATCHED)[self.blind[look.facade]])
            for look in seen_by(site, camera)
        ]
        return np.sort(np.concatenate(closed)) if closed else np.empty(0, dtype=np.intp)


def _aims(site: Site, cells: _Cells, spot: Spot, lens: Lens) -> Iterator[Mount]:
    """Half a picture apart, wherever from this place a wall with blind cells is near enough."""
    place = np.array(spot.place_m)
    points = np.concatenate((cells.middle_m, cells.fall_m))
    way = points - place
    distance = np.linalg.norm(way, axis=1)
    near = (distance < lens.densest_px / site.needed.px_per_m) & (distance > LENGTH_M)
    if not near.any():
        return
    yaw = np.degrees(np.arctan2(way[near, 0], way[near, 1]))
    pitch = np.degrees(np.arcsin(way[near, 2] / distance[near]))
    left, right, upper, lower = lens.bounds
    wide = degrees(float(np.arctan(right) - np.arctan(left)))
    high = degrees(float(np.arctan(lower) - np.arctan(upper)))
    for roll in ROLLS:
        step_yaw, step_pitch = (high, wide) if roll else (wide, high)
        step_yaw, step_pitch = step_yaw * OVERLAP, step_pitch * OVERLAP
        aims = np.unique(np.column_stack((np.round(yaw / step_yaw), np.round(pitch / step_pitch))), axis=0)
        for across, up in aims:
            if abs(up * step_pitch) <= STEEPEST_DEG:
                x, y, z = spot.place_m
                turned = (float(across * step_yaw) + 180) % 360 - 180
                pitch_deg = round(float(up * step_pitch), 1) + 0.0
                yield Mount(x_m=x, y_m=y, z_m=z, yaw_deg=round(turned, 1), pitch_deg=pitch_deg, roll_deg=roll)
