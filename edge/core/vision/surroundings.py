"""What else moves around a track: how easily chance makes such a track, whether it is part of a whole.

The first question is the one of a-contrario detection (Desolneux, Moisan & Morel 2000): a track counts only
if the clutter about it would hardly ever make one as long and as smooth. The second tells a vehicle, whose
many details move down together, from a thing that falls by itself.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np

from edge.core.vision.frame import F32, F64
from edge.core.vision.tracks import Point, Sights, Trace, View, passage

NEAR_H = 0.1  # radius in which clutter is counted, H
COHORT_H = 0.4  # parts of one body lie within this of each other, H
ALIKE = 0.5  # their speeds differ by less than this share
LINKED_H = 0.05  # spots with smaller gaps between them are one patch, H
MIN_TOGETHER_S = 0.2
BEFORE_S, BEFORE_EVERY, MIN_BEFORE = 0.2, 3, 6
BEFORE_LEAST = 0.01
WAY_PLACES = 6
MAX_PATCHES = 12  # enough for a median
MIN_PARTS = 4  # two things thrown at once, each with its reflection, are no body yet
MIN_STRENGTH = 0.3  # a part that shows less than this share of what the track shows is no proof of a body


PEERS_S = 10.0  # rain and snow show themselves again within this time
PEERS_SOON_S = 2.0
FEW = 2  # so many more may be thrown at once
PEER_VELOCITY = 0.7  # a peer's velocity differs by less than this share
PEER_STRENGTH = 0.35  # and it shows at least this share
PEER_WAY = 0.4  # over at least this share of the way: leaves of a tree go no farther


@dataclass(frozen=True, slots=True)
class Surroundings:
    """density: other candidates per px² and moment. body_px: width of what moves along with the track.

    peers: tracks elsewhere with its velocity and strength in PEERS_S, as rain, snow and leaves have.
    risen: how far, px, and for how long, s, it was seen to come up before.
    """

    density: float
    body_px: float
    peers: float = 0.0
    risen: tuple[float, float] = (0.0, 0.0)


def peers(points: tuple[Point, ...], passages: F64, seen_s: float, view: View) -> float:
    """How many tracks in PEERS_S went elsewhere as this one did, beyond a FEW.

    passages: (n, 8) rows of `Passage`, oldest first; seen_s: how long they were gathered.
    What goes beside it at the same time is its reflection, its water or a piece of it and does not count.
    """
    own = passage(points)
    start, end, x, top, bottom, vx, vy, shown = passages.T
    alike = np.hypot(vx - own.vx, vy - own.vy) < PEER_VELOCITY * np.hypot(own.vx, own.vy)
    alike &= shown * np.sign(own.strength) >= PEER_STRENGTH * abs(own.strength)
    alike &= bottom - top >= PEER_WAY * (own.bottom - own.top)
    alike &= end > own.end_s - PEERS_S
    beside = (np.abs(x - own.x) < COHORT_H * view.short) & (start < own.end_s) & (end > own.start_s)
    again = (np.abs(x - own.x) < COHORT_H * view.short / 2) & (end > own.start_s - 1.0)
    count = max(float((alike & ~beside & ~again).sum()) - FEW, 0.0)
    return count * PEERS_S / min(PEERS_S, max(seen_s, PEERS_SOON_S))


def around(
    points: tuple[Point, ...], history: tuple[Sights, ...], others: tuple[Trace, ...], view: View
) -> Surroundings:
    """The surroundings of a track.

    history: sights, oldest first; others: confirmed traces beside
    it, none where only the clutter is asked for.
    """
    body_px = _body(points, others, view)
    if others:
        body_px = max(body_px, _patch(points, history, view))
    return Surroundings(_density(points, history, view), body_px)


def _density(points: tuple[Point, ...], history: tuple[Sights, ...], view: View) -> float:
    """Spots per px² and moment by which chance might make such a track.

    Near it those before it came count, too: what it brings along itself, as water does, is no clutter.
    """
    at = {p.t_s: (p.x, p.y) for p in points}
    radius = NEAR_H * view.short
    there = [s for s in history if s.t_s in at]
    if not there:
        return 1.0 / (view.height * view.width)
    spots = np.array([len(s.haunt) for s in there])
    places = np.repeat(np.array([at[s.t_s] for s in there], np.float32), spots, axis=0)
    close = np.hypot(*(_spots(there) - places).T) < radius
    near = np.bincount(np.repeat(np.arange(len(there)), spots), close, len(there)) - 1
    away = float(np.maximum(spots - 1 - near, 0).mean())
    around_it = max(float(near.mean()), 0.0) / (np.pi * radius**2)
    before = [s for s in history if s.t_s < points[0].t_s - BEFORE_S][::BEFORE_EVERY]
    if len(before) >= MIN_BEFORE:
        way = np.array([(p.x, p.y) for p in points[:: max(len(points) // WAY_PLACES, 1)]], np.float32)
        apart = _spots(before)[None] - way[:, None]
        counts = (np.hypot(apart[..., 0], apart[..., 1]) < radius).sum() / (len(before) * len(way))
        around_it = (max(float(counts) / (np.pi * radius**2), BEFORE_LEAST * around_it) * around_it) ** 0.5
    # One candidate a picture is the least that any camera's noise makes.
    return float(max(max(away, 1.0) / (view.height * view.width), around_it))


def _spots(sights: list[Sights]) -> F32:
    """The places of all spots of these moments, (n, 2) px."""
    return np.concatenate([s.candidates.xy_px for s in sights])


def _body(points: tuple[Point, ...], others: tuple[Trace, ...], view: View) -> float:
    """Extent across of the tracks that move down with this one, px; at least its own width."""
    own = float(np.median([p.width for p in points]))
    own_shown = np.median([abs(p.contrast) * p.size for p in points])
    left, right, parts, elsewhere = -own / 2, own / 2, 0, 0
    own_t, own_x, own_y = np.array([(p.t_s, p.x, p.y) for p in points]).T
    start_s, end_s = points[0].t_s, points[-1].t_s
    for other in others:
        if other.last_s < start_s or other.points[0].t_s > end_s:
            continue
        shared = other.points[
            bisect_left(other.points, start_s, key=_time) : bisect_right(other.points, end_s, key=_time)
        ]
        if len(shared) < 4 or shared[-1].t_s - shared[0].t_s < MIN_TOGETHER_S:
            continue
        first_y, last_y = np.interp([shared[0].t_s, shared[-1].t_s], own_t, own_y)
        own_way = float(last_y - first_y)
        if abs(shared[-1].y - shared[0].y - own_way) >= ALIKE * max(abs(own_way), view.u):
            continue
        times, x, y, shown = np.array([(p.t_s, p.x, p.y, abs(p.contrast) * p.size) for p in shared]).T
        if np.median(shown) < MIN_STRENGTH * own_shown:
            continue
        dx, dy = x - np.interp(times, own_t, own_x), y - np.interp(times, own_t, own_y)
        if max(np.ptp(dx), np.ptp(dy)) >= ALIKE * max(abs(own_way), view.u):
            continue
        if max(np.abs(dx).max(), np.abs(dy).max()) < COHORT_H * view.short:
            half = float(np.median([p.width for p in shared])) / 2
            left, right = min(left, float(dx.min()) - half), max(right, float(dx.max()) + half)
            parts += 1
        else:
            elsewhere += 1
    # What moves along everywhere is rain or snow and no body.
    return right - left if parts >= MIN_PARTS and parts > elsewhere else own


def _time(point: Point) -> float:
    return point.t_s


def _patch(points: tuple[Point, ...], history: tuple[Sights, ...], view: View) -> float:
    """Median extent across of the patch of spots that the track is in, px."""
    at = {p.t_s: p for p in points}
    there = [s for s in history if s.t_s in at and len(s.haunt)]
    some = there[:: -(-len(there) // MAX_PATCHES) or 1]
    extents = [_patch_width(at[s.t_s], s, LINKED_H * view.short) for s in some]
    return float(np.median(extents)) if extents else 0.0


def _patch_width(point: Point, sights: Sights, gap_px: float) -> float:
    c = sights.candidates
    strong = np.abs(c.contrast) * np.sqrt(c.area_px) >= MIN_STRENGTH * abs(point.contrast) * point.size
    boxes = c.xyxy[strong]
    box = np.array([point.x, point.y, point.x, point.y], np.float32)
    while len(boxes):
        apart_x = np.maximum(boxes[:, 0] - box[2], box[0] - boxes[:, 2])
        apart_y = np.maximum(boxes[:, 1] - box[3], box[1] - boxes[:, 3])
        linked = np.maximum(apart_x, apart_y) <= gap_px
        if not linked.any():
            break
        joined = boxes[linked]
        box = np.concatenate(
            (np.minimum(box[:2], joined[:, :2].min(0)), np.maximum(box[2:], joined[:, 2:].max(0)))
        )
        boxes = boxes[~linked]
    return float(box[2] - box[0])
