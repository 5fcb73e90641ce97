"""What belongs together: pieces of one fall, reflections and splashes beside it, the event they make."""

from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from edge.core.vision.drag import let_go
from edge.core.vision.fall import MAX_FALL_RESIDUAL, Verdict
from edge.core.vision.frame import F64
from edge.core.vision.path import describe
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.tracks import Point, View, columns, strength

NEAR_H = 0.06  # pieces of one thing lie within this of each other at the same time, H
SAME_START_S = 0.3
PARTED = 0.25  # largest change of distance ÷ way of two tracks that are one event
MIN_SHARED = 3
WHOLE = 0.6  # share of the longest way down from which a track is the whole fall
EVER_DARKER = 0.85  # share of darker sights from which it may be a shadow
SHADOW = 0.5  # what it counts beside something that is lighter than the wall and casts it
PARTING_START_S = 0.9  # a shadow is seen later than what throws it
LIQUID_PARTS = 4
MIN_PARTING = 6
PARTING_NEAR_H, PARTING_STRAYS_H = 0.12, 0.015
WEAKER = 0.75  # what a shadow shows ÷ what the thing shows
RESUMED_S = 2.0  # behind a tree or several balconies
MEMORY_S = 8.0  # how long an event still claims what falls beside and after it


@dataclass(frozen=True, slots=True)
class Suspect:
    """A track that was judged a fall.

    id: of its trace. points: oldest first. suspected_s: since when it was. ids: of all traces in it.
    """

    id: int
    verdict: Verdict
    points: tuple[Point, ...]
    suspected_s: float
    ids: frozenset[int]

    @property
    def end_s(self) -> float:
        """When it was last seen."""
        return self.points[-1].t_s


def way_down(points: tuple[Point, ...]) -> float:
    """How far a track leads down, px."""
    ys = [p.y for p in points]
    return max(ys) - min(ys)


def foremost(group: tuple[Suspect, ...]) -> Suspect:
    """What an event is told by: the thing itself, not its reflection, shadow, or a piece of its way.

    Of the pieces of one fall the longer tell more; what a glass or a shadow shows is weaker than the thing.
    Of water, which falls in many parts, it is the middle of them.
    """
    longest = max(way_down(s.points) for s in group)
    lighter = any(_darker(s.points) < EVER_DARKER for s in group)

    def shows(suspect: Suspect) -> float:
        shown = median(abs(p.contrast) * p.size for p in suspect.points)
        way = min(1.0, way_down(suspect.points) / (WHOLE * longest))
        may_be_shadow = lighter and _darker(suspect.points) >= EVER_DARKER
        return shown * way * way * (SHADOW if may_be_shadow else 1.0)

    best = max(group, key=shows)
    whole = [s for s in group if way_down(s.points) >= WHOLE * longest]
    return (
        best if len(whole) < LIQUID_PARTS else replace(best, points=_middle([s.points for s in group], best))
    )


def _darker(points: tuple[Point, ...]) -> float:
    """Share of a track's sights that are darker than what is behind them; a shadow's all are."""
    return sum(p.contrast < 0 for p in points) / len(points)


def _middle(parts: list[tuple[Point, ...]], best: Suspect) -> tuple[Point, ...]:
    """The track in the middle of many, at the times of the best of them."""
    seen = []
    for point in best.points:
        near = [p for p in parts if p[0].t_s <= point.t_s <= p[-1].t_s]
        x, y = (
            float(np.mean([np.interp(point.t_s, [q.t_s for q in p], [q[axis] for q in p]) for p in near]))
            for axis in (1, 2)
        )
        seen.append(point._replace(x=x, y=y))
    return tuple(seen)


def same_event(a: tuple[Point, ...], b: tuple[Point, ...], view: View, settings: DetectorSettings) -> bool:
    """Whether two tracks are one event: parallel at one time, two pieces of one, or one after another."""
    first, second = (a, b) if a[0].t_s <= b[0].t_s else (b, a)
    if second[0].t_s > first[-1].t_s:
        return follows(first, second, view, settings) or resumes(first, second, view)
    times = np.array(sorted({p.t_s for p in first} | {p.t_s for p in second}))
    times = times[(times >= second[0].t_s) & (times <= min(first[-1].t_s, second[-1].t_s))]
    dx, dy = (_at(first, times, axis) - _at(second, times, axis) for axis in (1, 2))
    if float(np.median(np.hypot(dx, dy))) <= NEAR_H * view.short:
        return True
    wide = float(np.median([p.width for p in first]) + np.median([p.width for p in second])) / 2
    beside = (
        float(np.median(np.abs(dx))) <= settings.sibling_x_h * view.short + wide
        and float(np.median(np.abs(dy))) <= settings.sibling_y_h * view.short
    )
    if len(times) < MIN_SHARED:
        return False
    if _parted_from_one_place(first, second, times, view):
        return True
    if not beside:
        return False
    # Two things let go one after the other part ever faster; a reflection keeps its distance.
    parted = max(abs(float(d[-1] - d[0])) for d in (dx, dy))
    way = max(abs(float(np.ptp(_at(track, times, 2)))) for track in (first, second))
    return second[0].t_s - first[0].t_s <= SAME_START_S or parted <= PARTED * way


def _parted_from_one_place(
    first: tuple[Point, ...], second: tuple[Point, ...], times: F64, view: View
) -> bool:
    """Whether two tracks began together and part smoothly, as a thing and its shadow do.

    The sun throws the shadow along one direction, farther the farther the thing is from the wall.
    """
    if second[0].t_s - first[0].t_s > PARTING_START_S or len(times) < MIN_PARTING:
        return False
    since = times - first[0].t_s
    design = np.stack((np.ones_like(since), since, since**2), axis=1)
    apart = np.stack([_at(second, times, axis) - _at(first, times, axis) for axis in (1, 2)], axis=1)
    law = np.linalg.lstsq(design, apart, rcond=None)[0]
    strays = float(np.sqrt(np.mean(np.sum((apart - design @ law) ** 2, axis=1))))
    weak, strong = sorted((abs(strength(first)), abs(strength(second))))
    near = float(np.hypot(*law[0])) <= PARTING_NEAR_H * view.short
    return near and strays <= PARTING_STRAYS_H * view.short and weak <= WEAKER * strong


def follows(
    first: tuple[Point, ...], second: tuple[Point, ...], view: View, settings: DetectorSettings
) -> bool:
    """Whether the second track may be the first one again: near where it was, or was going.

    The two may overlap a little, where the second took the first one's sights away.
    """
    if second[0].t_s <= first[0].t_s or second[-1].t_s <= first[-1].t_s:
        return False
    gap = second[0].t_s - first[-1].t_s
    if gap <= 0:
        beside = np.hypot(*(_at(first, np.array([second[0].t_s]), axis) - second[0][axis] for axis in (1, 2)))
        return -gap <= settings.coast_s and float(beside[0]) <= NEAR_H / 2 * view.short
    return gap <= settings.stitch_s and _within_reach(first, second[0], 2.0, view)


def _within_reach(track: tuple[Point, ...], later: Point, faster: float, view: View) -> bool:
    """Whether what went so may be at that place by then, at up to so many times its last speed."""
    tail, last = track[-5:], track[-1]
    dt, gap = last.t_s - tail[0].t_s, later.t_s - last.t_s
    if dt <= 0:
        return False
    vx, vy = (last.x - tail[0].x) / dt, (last.y - tail[0].y) / dt
    # From standing still (caught, bounced) on all is possible that gravity and perspective make of it.
    low, high = last.y - NEAR_H * view.short, last.y + faster * vy * gap + NEAR_H * view.short
    return low <= later.y <= high and abs(later.x - last.x - vx * gap) <= NEAR_H * view.short + abs(vx) * gap


def resumes(first: tuple[Point, ...], second: tuple[Point, ...], view: View) -> bool:
    """Whether the second track is the first one again that was hidden for long: one fall explains both."""
    gap = second[0].t_s - first[-1].t_s
    if not 0 < gap <= RESUMED_S or not _within_reach(first, second[0], 3.0, view):
        return False
    whole = (*first, *second)
    t, x, y = columns(whole)
    one = let_go(t, x, y, describe(t, x, y, np.array([p.size for p in whole]), view).expected_px)
    return one is not None and one.residual <= MAX_FALL_RESIDUAL


def continued(first: tuple[Point, ...], second: tuple[Point, ...]) -> tuple[Point, ...]:
    """Two pieces as one track; where they overlap in time the second is kept."""
    return (*(p for p in first if p.t_s < second[0].t_s), *second)


def grouped(
    suspects: tuple[Suspect, ...], view: View, settings: DetectorSettings
) -> tuple[tuple[Suspect, ...], ...]:
    """Suspects by event, each event's first one first."""
    rest = list(suspects)
    groups: list[tuple[Suspect, ...]] = []
    while rest:
        group = [rest.pop(0)]
        grew = True
        while grew:
            near = [s for s in rest if any(same_event(s.points, m.points, view, settings) for m in group)]
            rest = [s for s in rest if s not in near]
            group.extend(near)
            grew = bool(near)
        groups.append(tuple(sorted(group, key=lambda s: s.points[0].t_s)))
    return tuple(groups)


def _at(points: tuple[Point, ...], times: F64, axis: int) -> F64:
    return np.interp(times, [p.t_s for p in points], [p[axis] for p in points])
