"""Where false alarms cluster in a camera's picture: a region to ignore is proposed, and nothing more.

The picture is cut into cells. Cells through which several false tracks went, and that touch, are a cluster;
its outline is the proposal. A region through which a real fall ever went is never proposed: what it hides,
nobody sees again. A grid needs no library and says exactly what it covers; density clustering (DBSCAN, Ester
et al., KDD 1996) with the cell as its radius and `LEAST` as its count gives the same cells.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Cell = tuple[int, int]
Point = tuple[float, float]

COLUMNS: Final = 32
LEAST: Final = 3
"""So many different false alarms make a cluster: two may be the same bird."""
SIGHTS_NEEDED: Final = 5
"""A track with fewer points outside the region is found no more (`models/dataset.py`: MIN_SIGHTS)."""
PRESSING: Final = 2
"""So many times as many false alarms as when it was declined are a reason to ask again."""
SAME_SHARE: Final = 0.5
LARGEST: Final = 0.15
"""A larger share of the picture is a camera to be moved, not a region to be ignored."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A judged alert's track in a picture. points: (n, 2), px. false: the reason; None: it was real."""

    points: Sequence[Point]
    false: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A region, in pixels of `frame`, and what it would have hidden of what was judged so far.

    hides: reason → so many false alarms would not have come. of: so many were judged false. real_near: real
    falls of this camera, none of which touches it. share: of the picture.
    """

    polygon: tuple[Point, ...]
    frame: tuple[int, int]
    hides: Mapping[str, int]
    of: int
    real_near: int
    share: float

    @property
    def key(self) -> str:
        """Changes when the region does: who accepts says what they saw."""
        return hashlib.sha256(repr((self.polygon, self.frame)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Declined:
    """A region that somebody would not have ignored. hides: false alarms that it would have hidden then."""

    polygon: tuple[Point, ...]
    frame: tuple[int, int]
    hides: int


def is_declined(proposal: Proposal, declined: Iterable[Declined]) -> bool:
    """Whether somebody has said no to about this region, and it would hide less than twice as much by now."""
    return any(
        one.frame == proposal.frame
        and sum(proposal.hides.values()) < PRESSING * one.hides
        and _overlap(_box(one.polygon), _box(proposal.polygon)) >= SAME_SHARE
        for one in declined
    )


def _box(polygon: Sequence[Point]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return min(xs), min(ys), max(xs), max(ys)


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """How much of the smaller of two boxes lies in the other, 0 to 1."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(width, 0) * max(height, 0) / smaller


def proposals(seen: Iterable[Seen], frame: tuple[int, int]) -> list[Proposal]:
    """Regions where false alarms cluster, the one that hides the most first. frame: width, height in px."""
    tracks = list(seen)
    side = frame[0] / COLUMNS
    false = [track for track in tracks if track.false is not None]
    real = [track for track in tracks if track.false is None]
    through: dict[Cell, int] = {}
    for track in false:
        for cell in {_cell(point, side) for point in track.points}:
            through[cell] = through.get(cell, 0) + 1
    dense = {cell for cell, count in through.items() if count >= LEAST}
    # A cell apart from every real fall's path: its centre is found a little beside where it was.
    forbidden = {
        (column + dx, row + dy)
        for track in real
        for column, row in {_cell(point, side) for point in _filled(track.points, side)}
        for dx in (-1, 0, 1)
        for dy in (-1, 0, 1)
    }
    found = [
        _proposal(cluster, false, len(real), frame) for cluster in _clusters(dense) if not cluster & forbidden
    ]
    useful = [one for one in found if sum(one.hides.values()) >= LEAST and one.share <= LARGEST]
    return sorted(useful, key=lambda one: -sum(one.hides.values()))


def _proposal(cluster: set[Cell], false: Sequence[Seen], real: int, frame: tuple[int, int]) -> Proposal:
    side = frame[0] / COLUMNS
    hides: dict[str, int] = {}
    for track in false:
        outside = sum(_cell(point, side) not in cluster for point in track.points)
        if outside < min(SIGHTS_NEEDED, len(track.points)) and track.false is not None:
            hides[track.false] = hides.get(track.false, 0) + 1
    width, height = frame
    polygon = tuple((min(x * side, width), min(y * side, height)) for x, y in _outline(cluster))
    share = len(cluster) * side * side / (width * height)
    return Proposal(polygon, frame, hides, len(false), real, share)


def _cell(point: Point, side: float) -> Cell:
    return int(point[0] // side), int(point[1] // side)


def _filled(points: Sequence[Point], side: float) -> Iterator[Point]:
    """A path without gaps wider than half a cell: a fast fall passes cells in which it was never seen."""
    yield points[0]
    for (x, y), (to_x, to_y) in pairwise(points):
        steps = 1 + int(2 * max(abs(to_x - x), abs(to_y - y)) / side)
        for step in range(1, steps + 1):
            yield x + (to_x - x) * step / steps, y + (to_y - y) * step / steps


def _clusters(cells: set[Cell]) -> Iterator[set[Cell]]:
    """Cells that share an edge, without the holes within."""
    left = set(cells)
    while left:
        cluster, frontier = set[Cell](), [min(left)]
        while frontier:
            cell = frontier.pop()
            if cell in left:
                left.remove(cell)
                cluster.add(cell)
                x, y = cell
                frontier += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
        yield _without_holes(cluster)


def _without_holes(cluster: set[Cell]) -> set[Cell]:
    low_x, high_x = min(x for x, _ in cluster) - 1, max(x for x, _ in cluster) + 1
    low_y, high_y = min(y for _, y in cluster) - 1, max(y for _, y in cluster) + 1
    outside, frontier = set[Cell](), [(low_x, low_y)]
    while frontier:
        x, y = cell = frontier.pop()
        if cell in outside or cell in cluster or not (low_x <= x <= high_x and low_y <= y <= high_y):
            continue
        outside.add(cell)
        frontier += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
    return {
        (x, y) for x in range(low_x, high_x + 1) for y in range(low_y, high_y + 1) if (x, y) not in outside
    }


def _outline(cluster: set[Cell]) -> list[Cell]:
    """The corners around a cluster without holes, clockwise in the picture, none within a straight edge."""
    following: dict[Cell, list[Cell]] = {}
    for x, y in cluster:
        corners = ((x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1))
        beyond = ((x, y - 1), (x + 1, y), (x, y + 1), (x - 1, y))
        for index, neighbour in enumerate(beyond):
            if neighbour not in cluster:
                following.setdefault(corners[index], []).append(corners[(index + 1) % 4])
    start = min(following)
    path, here, came = [start], start, (0, 0)
    while True:
        # Where two corners meet, the turn to the right keeps the outline simple.
        ahead = sorted(following[here], key=lambda to: _turn(came, (to[0] - here[0], to[1] - here[1])))
        after = ahead[0]
        following[here].remove(after)
        step = (after[0] - here[0], after[1] - here[1])
        if step == came:
            path[-1] = after
        else:
            path.append(after)
        here, came = after, step
        if here == start:
            return path[:-1]


def _turn(came: Cell, goes: Cell) -> int:
    """-1 to the right, 0 straight on, 1 to the left; x right, y down."""
    return came[1] * goes[0] - came[0] * goes[1]
