"""Follows candidates from moment to moment: prediction, gates that grow, one candidate for one trace.

The filter is the alpha-beta-gamma filter (Kalata 1984): cheap, and a fall is smooth. All traces and all spots
of a moment are treated together, as arrays.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge.core.vision.frame import F64
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.tracks import CONFIRMED, Motion, Point, Sights, Trace, View

# Gains of position, velocity and acceleration for a target whose acceleration changes slowly and whose
# position is known to about a pixel.
STEADY = (0.8, 0.6, 0.24)
SETTLED = 8  # points from which the gains are steady


def _gains() -> F64:
    """(SETTLED + 1, 3): gains by the number of points with the new one; before, those of a parabola's fit.

    The least-squares fit of a parabola to n points with even steps, written as a filter of growing memory
    (Brookner, Tracking and Kalman Filtering Made Easy, 1998, ch. 7).
    """
    gains = np.tile(np.array(STEADY), (SETTLED + 1, 1))
    for n in range(3, SETTLED):
        least = np.array([3 * (3 * n * n - 3 * n + 2), 18 * (2 * n - 1), 60]) / (n * (n + 1) * (n + 2))
        gains[n] = np.maximum(least, STEADY)
    return gains


GAINS = _gains()
SEED_WINDOW_S = 0.16
STEEPEST = 2.5  # way aside ÷ way down of a first step: thrown far, seen along the wall
ONE_MISSED = 2.3  # periods: a young trace may miss one picture, as all of them do where packets are lost
BEYOND = 8.0  # u below the lower edge: gone for good
SAME_PLACE_U = 0.4  # what was coded again strays by so much
SAME_SIZE = np.log(1.5)
ELSEWHERE_U = 1.2  # a thing that should have moved so far and did not is shown in a repeated picture
UNKNOWN_H_S2 = 2.0  # acceleration that a trace may have at first, H/s²: g where H shows 5 m
YOUNG = 8  # points from which its acceleration is known
WELL_MET = 0.5  # of the gate
SAME_THING = np.log(2.0)  # ratio of sizes
SIZE_GAIN = 0.3  # of the usual size
FRAGMENT = 0.75  # a sight smaller than this share of the usual size may have its other parts beside it
STRONGER = 2.0  # a new trace takes the place of one that shows so many times less


@dataclass(frozen=True, slots=True)
class Linked:
    """Traces after a moment: those that live on, those that ended, the moment's sights.

    fresh: False if the moment's picture repeats the one before, as far as moving things tell.
    """

    live: tuple[Trace, ...]
    ended: tuple[Trace, ...]
    sights: Sights
    fresh: bool = True


def link(  # noqa: PLR0917 - the scene so far, the moment, the rules
    traces: tuple[Trace, ...],
    recent: tuple[Sights, ...],
    now: Sights,
    view: View,
    next_id: int,
    settings: DetectorSettings,
) -> Linked:
    """One step: gives candidates to traces (nearest first, relative to the gate), ends and seeds traces.

    recent: earlier sights, oldest first. next_id: identity of the first new trace.
    """
    now = _compared(now, recent[-1] if recent else None, view)
    live: list[Trace] = []
    ended: list[Trace] = []
    fresh = True
    if traces:
        bank = _Bank.of(traces, now.t_s)
        pairs, sure = _assigned(bank, now, view)
        now.taken[sure] = True
        repeats = _repeats(bank, now, view)
        pairs = {row: column for row, column in pairs.items() if row not in repeats or not now.again[column]}
        fresh = 2 * len(repeats) <= len(repeats) + len(pairs)
        rows = list(pairs)
        points = _whole(bank, pairs, now)
        motions = dict(zip(rows, _corrected(bank, rows, points), strict=True))
        sights = dict(zip(rows, points, strict=True))
        gone = _gone(bank, view, settings).tolist()
        for row, trace in enumerate(traces):
            if row in pairs:
                live.append(Trace(trace.id, (*trace.points, sights[row]), motions[row]))
            else:
                (ended if gone[row] else live).append(trace)
    known = {trace.points[-2:] for trace in live if trace.last_s == now.t_s}
    pairs_of_sights = _pairs(recent, now, view, settings, (known, _least(live, settings)))
    live, displaced = _with_seeds(live, pairs_of_sights, settings.max_traces, next_id)
    return Linked(tuple(live), (*ended, *displaced), now, fresh)


def _least(live: list[Trace], settings: DetectorSettings) -> float:
    """How much a sight must show to begin a trace: where there is no room, more than the weakest trace."""
    return STRONGER * min(map(_shown, live)) if len(live) >= settings.max_traces else 0.0


def _with_seeds(
    live: list[Trace], pairs: list[tuple[Point, Point]], most: int, next_id: int
) -> tuple[list[Trace], list[Trace]]:
    """At most so many traces, and the living ones that had to go: the weakest, by much stronger seeds."""
    room = most - len(live)
    displaced: list[Trace] = []
    if len(pairs) > room:
        pairs = sorted(pairs, key=lambda pair: -abs(pair[1].contrast) * pair[1].size)
        weakest = sorted(live, key=lambda trace: (trace.confirmed, _shown(trace)))
        for (_, seed), trace in zip(pairs[room:], weakest, strict=False):
            if abs(seed.contrast) * seed.size < STRONGER * _shown(trace):
                break
            displaced.append(trace)
        gone = {trace.id for trace in displaced}
        live = [trace for trace in live if trace.id not in gone]
    seeds = [
        _seed(p, q, next_id + number) for number, (p, q) in enumerate(pairs[: max(room, 0) + len(displaced)])
    ]
    return live + seeds, displaced


def _seed(p: Point, q: Point, identity: int) -> Trace:
    """A trace from its first two sights."""
    dt = q.t_s - p.t_s
    motion = (q.x, q.y, (q.x - p.x) / dt, (q.y - p.y) / dt, 0.0, 0.0, max(p.size, q.size))
    return Trace(identity, (p, q), motion)


def _shown(trace: Trace) -> float:
    """How much its last sight shows, grey levels px."""
    return abs(trace.points[-1].contrast) * trace.points[-1].size


def _whole(bank: "_Bank", pairs: dict[int, int], now: Sights) -> list[Point]:
    """The sight of each trace that has one, joined from its parts where it is a fragment of what was usual.

    A thing that passes a bright and a dark window, or shows two rims, is seen in parts; they are taken, too.
    """
    points = [now.points[column] for column in pairs.values()]
    if not points:
        return points
    usual = bank.usual[list(pairs)]
    small = np.array([p.size for p in points]) < FRAGMENT * usual
    free = ~now.taken
    free[list(pairs.values())] = False
    for k in np.flatnonzero(small & free.any()).tolist():
        row, column = list(pairs.items())[k]
        xy = now.candidates.xy_px
        apart = np.maximum(np.abs(xy[:, 0] - bank.x[row]), np.abs(xy[:, 1] - bank.y[row]))
        parts = np.flatnonzero((apart <= 0.6 * usual[k]) & free)
        area = now.candidates.area_px
        if parts.size and area[parts].sum() + area[column] <= 2.0 * usual[k] ** 2:
            now.taken[[column, *parts]] = True
            free[parts] = False
            points[k] = _joined([now.points[column], *(now.points[i] for i in parts)])
    return points


def _joined(parts: list[Point]) -> Point:
    """Parts of one thing as one sight; the strongest part gives the sign of its contrast."""
    areas = [p.size * p.size for p in parts]
    total = sum(areas)
    strongest = max(parts, key=lambda p: abs(p.contrast) * p.size)
    left = min(p.x - p.width / 2 for p in parts)
    right = max(p.x + p.width / 2 for p in parts)
    contrast = sum(a * abs(p.contrast) for a, p in zip(areas, parts, strict=True)) / total
    return Point(
        parts[0].t_s,
        sum(a * p.x for a, p in zip(areas, parts, strict=True)) / total,
        sum(a * p.y for a, p in zip(areas, parts, strict=True)) / total,
        total**0.5,
        contrast if strongest.contrast > 0 else -contrast,
        max(p.haunt for p in parts),
        right - left,
    )


def _compared(now: Sights, before: Sights | None, view: View) -> Sights:
    """The sights with their points, and with which spots were there before, none of them taken."""
    xy, n = now.candidates.xy_px, len(now.haunt)
    again, since = np.zeros(n, np.bool_), xy
    if n and before is not None and len(before.haunt):
        apart = np.maximum(
            np.abs(xy[:, 0, None] - before.since_px[:, 0]), np.abs(xy[:, 1, None] - before.since_px[:, 1])
        )
        nearest = apart.argmin(axis=1)
        growth = np.log(now.candidates.area_px / before.candidates.area_px[nearest])
        again = (apart[np.arange(n), nearest] <= SAME_PLACE_U * view.u) & (np.abs(growth) <= SAME_SIZE)
        since = np.where(again[:, None], before.since_px[nearest], xy)
    return replace(now, taken=np.zeros(n, np.bool_), points=points_at(now), again=again, since_px=since)


def _repeats(bank: "_Bank", now: Sights, view: View) -> set[int]:
    """Rows of traces that are shown where they were although they should have moved on."""
    if not now.again.any():
        return set()
    moved = np.hypot(bank.x - bank.seen_x, bank.y - bank.seen_y) >= ELSEWHERE_U * view.u
    rows = np.flatnonzero(moved)
    place = now.since_px[now.again]
    apart_x = np.abs(bank.seen_x[rows, None] - place[:, 0])
    apart_y = np.abs(bank.seen_y[rows, None] - place[:, 1])
    there = (np.maximum(apart_x, apart_y) <= 2 * SAME_PLACE_U * view.u).any(axis=1)
    return set(rows[there].tolist())


def points_at(sights: Sights) -> tuple[Point, ...]:
    """All candidates of a moment as points."""
    if not len(sights.haunt):
        return ()
    c = sights.candidates
    width = c.xyxy[:, 2] - c.xyxy[:, 0] + 1
    columns = (c.xy_px[:, 0], c.xy_px[:, 1], np.sqrt(c.area_px), c.contrast, sights.haunt, width)
    return tuple(Point(sights.t_s, *row) for row in np.stack(columns, axis=1).tolist())


@dataclass(frozen=True, slots=True)
class _Bank:
    """The traces' filters as arrays (n,): what was foreseen for the moment, and since when unseen.

    x, y, vx, vy, ax, ay: foreseen state, px, px/s, px/s²; usual: size, px. seen_x, seen_y, size: as last
    seen, px; unseen_s: time since. length: number of points.
    """

    x: F64
    y: F64
    vx: F64
    vy: F64
    ax: F64
    ay: F64
    usual: F64
    unseen_s: F64
    seen_x: F64
    seen_y: F64
    size: F64
    length: F64

    @staticmethod
    def of(traces: tuple[Trace, ...], t_s: float) -> "_Bank":
        rows = [
            (*t.motion, p.t_s, p.x, p.y, p.size, len(t.points))
            for t, p in ((t, t.points[-1]) for t in traces)
        ]
        x, y, vx, vy, ax, ay, usual, last_s, *seen = np.array(rows, np.float64).T
        dt = t_s - last_s
        vx_now, vy_now = vx + ax * dt, vy + ay * dt
        x_now, y_now = x + (vx + vx_now) / 2 * dt, y + (vy + vy_now) / 2 * dt
        return _Bank(x_now, y_now, vx_now, vy_now, ax, ay, usual, dt, *seen)


def _corrected(bank: _Bank, rows: list[int], points: list[Point]) -> list[Motion]:
    """The filters of these rows after they were given these points."""
    if not rows:
        return []
    x, y, dt, usual = bank.x[rows], bank.y[rows], bank.unseen_s[rows], bank.usual[rows]
    seen_x, seen_y, size = np.array([(p.x, p.y, p.size) for p in points]).T
    # A fragment's centre may lie half the thing's size off: it corrects the less.
    trust = np.minimum(size / (FRAGMENT * usual), 1.0)
    rx, ry = trust * (seen_x - x), trust * (seen_y - y)
    n = np.minimum(bank.length[rows].astype(np.intp) + 1, len(GAINS) - 1)
    alpha, beta, gamma = GAINS[n].T
    states = (
        x + alpha * rx,
        y + alpha * ry,
        bank.vx[rows] + beta * rx / dt,
        bank.vy[rows] + beta * ry / dt,
        bank.ax[rows] + gamma * rx / (dt * dt),
        bank.ay[rows] + gamma * ry / (dt * dt),
        usual + SIZE_GAIN * (size - usual),
    )
    return list(zip(*(column.tolist() for column in states), strict=True))


def _assigned(bank: _Bank, now: Sights, view: View) -> tuple[dict[int, int], list[int]]:
    """Trace row → candidate column, each at most once, smallest distance ÷ gate first; and columns well met.

    What is far from where a trace should be, or of another size, may be something else that begins here.
    """
    c = now.candidates
    if not len(c.area_px):
        return {}, []
    dt = bank.unseen_s
    # Speed as it was when last seen: while it is unseen the gate must not grow with a wrong acceleration.
    speed = np.hypot(bank.vx - bank.ax * dt, bank.vy - bank.ay * dt)
    late = np.maximum(dt - view.period_s, 0)
    # A young trace's acceleration is not known yet.
    young = np.clip(1 - bank.length / YOUNG, 0, 1) * np.minimum(dt, 0.2) ** 2
    gate = 3.5 * view.u + 0.4 * np.maximum(bank.size, bank.usual) + 0.35 * speed * dt
    gate += view.short * (0.5 * late**2 + UNKNOWN_H_S2 * young)
    gate = np.minimum(gate, 0.15 * view.short)
    dx = c.xy_px[None, :, 0] - bank.x[:, None]
    dy = c.xy_px[None, :, 1] - bank.y[:, None]
    square = dx * dx + dy * dy
    rows, columns = np.nonzero(square <= (gate * gate)[:, None])
    likeness = np.abs(np.log(np.sqrt(c.area_px[columns]) / bank.usual[rows]))
    off = np.sqrt(square[rows, columns]) / gate[rows]
    cost = off + 0.2 * likeness
    # The longer a trace has been seen, the more its claim is worth.
    cost -= 0.02 * np.minimum(bank.length[rows], 10)
    order = np.argsort(cost, kind="stable")
    well = ((off <= WELL_MET) & (likeness <= SAME_THING))[order].tolist()
    pairs: dict[int, int] = {}
    used: set[int] = set()
    sure: list[int] = []
    for row, column, good in zip(rows[order].tolist(), columns[order].tolist(), well, strict=True):
        if row not in pairs and column not in used:
            pairs[row] = column
            used.add(column)
            if good:
                sure.append(column)
    return pairs, sure


def _gone(bank: _Bank, view: View, settings: DetectorSettings) -> NDArray[np.bool_]:
    """Which traces have not been seen for too long, or must have left by the lower edge, (n,)."""
    tentative = max(settings.tentative_gap_s, ONE_MISSED * view.period_s)
    patience = np.where(bank.length >= CONFIRMED, settings.coast_s, tentative)
    below = (bank.y > view.height + BEYOND * view.u) & (bank.unseen_s > view.period_s)
    return np.asarray((bank.unseen_s > patience) | below)


def _pairs(
    recent: tuple[Sights, ...],
    now: Sights,
    view: View,
    settings: DetectorSettings,
    terms: tuple[set[tuple[Point, ...]], float],
) -> list[tuple[Point, Point]]:
    """Unexplained candidates, each with a similar one before and above it.

    terms: pairs of sights that are known already, and how much a candidate must show.
    """
    known, least = terms
    shown = np.abs(now.candidates.contrast) * np.sqrt(now.candidates.area_px)
    free = np.flatnonzero(~now.taken & ~now.again & (shown >= least))
    pairs: list[tuple[Point, Point]] = []
    for earlier in reversed(recent):
        dt = now.t_s - earlier.t_s
        if dt > max(SEED_WINDOW_S, 1.6 * view.period_s) or not free.size:
            break
        past = np.flatnonzero(~earlier.taken & ~earlier.again)
        if not past.size:
            continue
        used: set[int] = set()
        begun: set[int] = set()
        for i, j in _alike(earlier, past, now, free, view, settings):
            if j in begun or i in used:
                continue
            pair = (earlier.points[i], now.points[j])
            if pair not in known:
                begun.add(j)
                used.add(i)
                pairs.append(pair)
        free = free[[int(j) not in begun for j in free]]
    return pairs


def _alike(  # noqa: PLR0917 - two sets of sights and the rules
    earlier: Sights,
    past: NDArray[np.intp],
    now: Sights,
    free: NDArray[np.intp],
    view: View,
    settings: DetectorSettings,
) -> list[tuple[int, int]]:
    """Candidates before and now that may be one thing on its way down, the most alike and nearest first."""
    dt = now.t_s - earlier.t_s
    a, b = earlier.candidates, now.candidates
    dy = b.xy_px[free, 1][None, :] - a.xy_px[past, 1][:, None]
    reach = settings.seed_max_speed_h_s * view.short * dt
    i, j = np.nonzero((dy > 0.35 * view.u) & (dy <= reach))
    dy = dy[i, j]
    i, j = past[i], free[j]
    dx = b.xy_px[j, 0] - a.xy_px[i, 0]
    size = np.abs(np.log(b.area_px[j] / a.area_px[i]))
    far = np.hypot(dx, dy)
    allowed = np.flatnonzero(
        (far <= reach) & (np.abs(dx) <= STEEPEST * dy + 2 * view.u) & (size <= np.log(6.0))
    )
    i, j = i[allowed], j[allowed]
    alike = b.contrast[j] * a.contrast[i] > 0
    cost = far[allowed] / view.u + 4 * size[allowed] + np.where(alike, 0, 6)
    order = np.argsort(cost, kind="stable")[: 4 * free.size]
    return list(zip(i[order].tolist(), j[order].tolist(), strict=True))
