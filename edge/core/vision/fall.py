"""Whether a track is something falling: robust fits, and the features of a thing that was let go.

Under gravity and drag a thing starts at rest, moves down ever faster and never jumps; perspective bends its
path in the picture but leaves these. Each rule gives a share (0…1, a half at its limit); the verdict is as
strong as its weakest share, so a rejection names its reason.
"""

from dataclasses import dataclass, replace

import numpy as np

from edge.core.vision.drag import LetGo, let_go
from edge.core.vision.frame import F64, Ruling
from edge.core.vision.path import Motion, describe
from edge.core.vision.settings import DetectorSettings
from edge.core.vision.surroundings import Surroundings
from edge.core.vision.tracks import Point, View, columns

MAX_FALL_RESIDUAL = 1.7  # standard errors; swaying, gliding and milling about do not fit a fall
MIN_GAIN = 3.0  # nats by which gravity explains the path better than even motion: 20 to 1
SURE_GAIN = 8.0  # from here on what moves along is no vehicle
MAX_UNSEEN = 0.25  # share of the way before the first sight
FARTHEST_VIEW_M = 300.0  # shown over H along the fall, foreshortened to a third
NEAREST_VIEW_M = 1.5
MAX_METRES_WIDE = 5.0  # by the measure of its own fall, which foreshortening lengthens fourfold
MIN_METRES_WIDE = 0.035  # drops, flakes, insects are smaller; foreshortening only adds
MIN_TERMINAL_M_S = 2.0  # leaves and films sink slower
MAX_SIDEWAYS = 1.0  # way sideways ÷ way down: thrown at 10 m/s from the first floor
MIN_DOWNWARD = 0.75  # share of the way's steps that lead down
MIN_INLIERS = 0.6
MIN_SEEN = 0.36  # share of the moments in which it was seen
MAX_RESIDUAL = 1.5  # in units of what a point may stray; a chance track fills its gate and has 2
MAX_SIZE_H = 0.15
MIN_EVIDENCE = 11.0  # decades: snow tries 1e8 chance tracks a day; one false alarm in years will do
EVIDENCE_A_DECADE = 6.0  # more for ten times the spots: pairs to begin with, and at each step a choice
HOPELESS = 0.4
CERTAIN = 0.75  # a share from which on a rule has no doubt
MENDED = frozenset(
    {"points", "starts_at_rest", "seen", "thrown_up"}
)  # rules that earlier sights may yet meet
# Rules that a longer track meets.
GROWING = frozenset(
    {"points", "evidence", "travel", "seen", "not_evenly", "sideways", "thrown_up", "expands"}
)
UNRIPE = frozenset({"points", "travel", "thrown_up"})  # of a glance
SUSPICIOUS = 0.5
DOUBTS = frozenset({"verifier", "thrown_up"})
MAX_PEERS = 3.0  # of what goes the same way, before it is rain, snow or leaves
# A vehicle that comes nearer grows by its own width while it sinks by the camera's height above it; what
# falls past a window is small against its way.
MAX_GROWTH = 0.3
MAX_RISE = 0.35  # way up ÷ way down: more was thrown from the ground
LOFT_S = 0.4  # 4 m/s upwards: a thing tossed out of a window; 0.8 m of what is thrown from the ground
ABOVE_MIN_SPEED_H_S = 0.15
ABOVE_MIN_TRAVEL_H = 0.15
ABOVE_MIN_WIDTHS_S = 3.5  # a thing falls many of its widths a second, a vehicle one or two
ABOVE_MAX_SIDEWAYS = 0.35
ABOVE_MIN_GAIN = 1.1  # gravity still makes it faster; running lights keep their speed
RULES = (
    "points",
    "evidence",
    "travel",
    "smooth",
    "kept",
    "seen",
    "downward",
    "sideways",
    "size",
    "haunt",
    "alone",
    "expands",
    "thrown_up",
    "falls",
    "gravity",
    "not_faster_than_gravity",
    "not_evenly",
    "starts_at_rest",
    "terminal_speed",
    "metres_wide",
    "metres_narrow",
    "fast_from_above",
    "far_from_above",
    "straight_from_above",
    "does_not_slow",
    "falls_widths",
)
"""All rules, in the order in which `Verdict.measured` has them. What was let go is not asked the last five,
what came from above not the five before them, but both are measured of every track."""
MOST_LOG_ODDS = 8.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. score: 0…1, the weakest share, lessened by other doubts. rulings: each rule's."""

    score: float
    rulings: tuple[Ruling, ...]
    points: tuple[Point, ...]
    from_above: bool
    best: LetGo | None = None
    """The fall that explains it best, once that was asked for."""
    otherwise: float | None = None
    """The score but for a way up before, where it is not the rules' alone."""
    unasked: tuple[Ruling, ...] = ()
    """Of rules that do not count for this track: those of the other way to begin."""

    @property
    def hopeless(self) -> bool:
        """Whether a rule is broken so far that following the track back to its release cannot mend it."""
        return any(r.share < HOPELESS and r.rule not in MENDED for r in self.rulings)

    @property
    def promising(self) -> bool:
        """Whether only more of its way is missing to make it a fall, or a verifier takes it for one."""
        ripens = all(r.share >= SUSPICIOUS or r.rule in {*GROWING, "verifier"} for r in self.rulings)
        return (self.score > 0 and ripens) or self.learned >= SUSPICIOUS

    @property
    def promise(self) -> float:
        """The score by the rules that more of its way does not meet."""
        return _joint(tuple(r for r in self.rulings if r.rule not in UNRIPE))

    @property
    def learned(self) -> float:
        """What a verifier said of it, P(fall); 0 if it was not asked."""
        return next((r.value for r in self.rulings if r.rule == "verifier"), 0.0)

    @property
    def measured(self) -> F64:
        """Log odds of each of RULES, (n,): above 0 where it is kept; 0 where it could not be asked."""
        shares = {r.rule: r.share for r in (*self.unasked, *self.rulings)}
        share = np.clip([shares.get(rule, 0.5) for rule in RULES], 1e-4, 1 - 1e-4)
        return np.asarray(np.clip(np.log(share / (1 - share)), -MOST_LOG_ODDS, MOST_LOG_ODDS))

    def thrown_up(self, limit: float) -> bool:
        """Whether it would be a fall with this score, had it not come up from below."""
        if self.otherwise is not None:
            return self.score < limit <= self.otherwise
        asked = any(r.rule == "thrown_up" for r in self.rulings)
        return asked and self.score < limit <= self.but_for_a_rise

    @property
    def but_for_a_rise(self) -> float:
        """The score by all rules but the one that asks whether it came up from below before."""
        return _joint(tuple(r for r in self.rulings if r.rule != "thrown_up"))

    @property
    def weakest(self) -> Ruling:
        """What spoke most against: the verifier if it doubts, else the way up before, else a rule."""
        doubts = [r for r in self.rulings if r.rule in DOUBTS and r.share < SUSPICIOUS]
        return min(doubts or self.rulings, key=lambda ruling: ruling.share)


def above(value: float, limit: float, power: float = 2.0) -> float:
    """A half at the limit, towards 1 above it."""
    raised = max(float(value), 0.0) ** power
    return float(raised / (raised + limit**power))


def below(value: float, limit: float, power: float = 2.0) -> float:
    """A half at the limit, towards 1 below it."""
    return 1.0 - above(value, limit, power)


def at_least(rule: str, value: float, limit: float, power: float = 2.0) -> Ruling:
    """A rule that wants no less than the limit."""
    return Ruling(rule, above(value, limit, power), float(value), limit)


def at_most(rule: str, value: float, limit: float, power: float = 2.0) -> Ruling:
    """A rule that wants no more than the limit."""
    return Ruling(rule, below(value, limit, power), float(value), limit)


def alone(peers: float) -> Ruling:
    """Whether a track with so many peers may be something that fell by itself."""
    return at_most("alone", peers, MAX_PEERS)


def thrown_up(points: tuple[Point, ...], risen: tuple[float, float]) -> Ruling:
    """Whether it came up from below before.

    What is thrown out of a window may rise a little first: a rise shorter than LOFT_S counts the less.
    risen: how far, px, and for how long, s, it was seen to come up besides what the points show.
    """
    top = min(points, key=lambda p: p.y)
    before = [p for p in points if p.t_s <= top.t_s]
    lowest = max(before, key=lambda p: p.y)
    rise, seconds = max((lowest.y - top.y, top.t_s - lowest.t_s), risen)
    share = rise / max(points[-1].y - top.y, 1.0)
    return at_most("thrown_up", share * min(1.0, seconds / LOFT_S) ** 2, MAX_RISE, 3)


def evidence(n: int, motion: Motion, surroundings: Surroundings) -> float:
    """Decades by which chance falls short of n sights as near a smooth path as these.

    Each sight beyond the three that fix a path lies by chance in its tolerance with `density` times the area.
    """
    chance = min(1.0, surroundings.density * np.pi * (2.0 * motion.tolerance_px) ** 2)
    return -float(np.log10(max(chance, 1e-6))) * max(n - 3, 0)


def _enough(surroundings: Surroundings, view: View) -> float:
    """The evidence asked for, decades: the more spots, the more chains of them were tried."""
    spots = max(surroundings.density * view.height * view.width, 1.0)
    return MIN_EVIDENCE + EVIDENCE_A_DECADE * float(np.log10(spots))


def glance(
    points: tuple[Point, ...], surroundings: Surroundings, view: View, settings: DetectorSettings
) -> Verdict | None:
    """What can be said of a track at little cost; None if it is too short to say anything.

    Points are in full-resolution pixels. All rules together never score more.
    """
    points = _moving(points)
    if len(points) < settings.min_points - 1:
        return None
    t, x, y = columns(points)
    motion = describe(t, x, y, np.array([p.size for p in points]), view)
    keep = motion.inlier
    kept = tuple(p for p, good in zip(points, keep, strict=True) if good)
    if len(kept) < settings.min_points - 1 or kept[-1].t_s - kept[0].t_s < settings.min_duration_s:
        return None
    travel = _Travel.of(kept, view)
    from_above = _from_above(kept, motion, travel, view)
    rulings: tuple[Ruling, ...] = (
        at_least("points", len(kept), settings.min_points - 0.5, 4),
        at_least("evidence", evidence(len(kept), motion, surroundings), _enough(surroundings, view)),
        at_least("travel", travel.down, max(settings.min_travel_u * view.u, 2.0 * travel.size)),
        at_most("smooth", motion.residual, MAX_RESIDUAL),
        at_least("kept", len(kept) / len(points), MIN_INLIERS, 4),
        at_least("seen", len(kept) * view.period_s / travel.seconds, MIN_SEEN, 3),
        at_least("downward", travel.downward, MIN_DOWNWARD, 8),
        at_most("sideways", travel.sideways / max(travel.down, 1.0), MAX_SIDEWAYS, 3),
        at_most("size", travel.size, MAX_SIZE_H * view.short, 3),
        at_most("haunt", float(np.mean([p.haunt for p in kept])), settings.haunt_share),
        alone(surroundings.peers),
        at_most("expands", travel.growth / max(travel.down, 1.0), MAX_GROWTH),
        thrown_up(kept, surroundings.risen),
    )
    return Verdict(_joint(rulings), rulings, kept, from_above)


def judge(
    points: tuple[Point, ...],
    surroundings: Surroundings,
    view: View,
    settings: DetectorSettings,
    best: LetGo | None = None,
    *,
    thorough: bool = False,
) -> Verdict | None:
    """The verdict on a track in its surroundings; None if it is too short to say anything.

    best: the fall that explains it, where it is known from an earlier verdict on the same points.
    thorough: asks every rule, also of what is hopeless already.
    """
    verdict = glance(points, surroundings, view, settings)
    if verdict is None or (verdict.hopeless and not thorough):
        return verdict
    kept = verdict.points
    t, x, y = columns(kept)
    motion = describe(t, x, y, np.array([p.size for p in kept]), view)
    best = best or let_go(t, x, y, motion.expected_px)
    if best is None:
        rulings = (*verdict.rulings, at_least("falls", 0.0, 1.0))
        return replace(verdict, score=_joint(rulings), rulings=rulings)
    travel = _Travel.of(kept, view)
    size_px = float(np.median([p.width for p in kept]))
    ways = (
        _let_go(best, size_px, surroundings.body_px),
        _entered(best, motion, travel, surroundings.body_px, view),
    )
    asked = _one_of(ways[1]) if verdict.from_above else ways[0]
    rulings = (*verdict.rulings, *_falls(best, view), *asked)
    return replace(verdict, score=_joint(rulings), rulings=rulings, best=best, unasked=(*ways[0], *ways[1]))


def _joint(rulings: tuple[Ruling, ...]) -> float:
    """The weakest share, lessened by the other doubtful ones: several weak points add up."""
    weakest, *others = sorted(r.share for r in rulings)
    return weakest * float(np.prod([min(1.0, share / CERTAIN) for share in others]))


def _falls(best: LetGo, view: View) -> tuple[Ruling, ...]:
    """The rules for all that falls; best: the fall from rest that explains it best."""
    return (
        at_most("falls", best.residual, MAX_FALL_RESIDUAL, 4),
        at_least("gravity", best.px_per_m * FARTHEST_VIEW_M / view.short, 1.0),
        at_most("not_faster_than_gravity", best.px_per_m * NEAREST_VIEW_M / view.short, 1.0),
    )


def _let_go(best: LetGo, size_px: float, body_px: float) -> tuple[Ruling, ...]:
    """The rules for what is seen from its release. Lengths in metres are by the measure of its own fall."""
    # What moves along is a vehicle, or water that was poured out: gravity tells.
    relaxed = min(max(1.0, best.gain / SURE_GAIN), 3.0)
    width_m = max(size_px, body_px / relaxed) / best.px_per_m
    return (
        at_least("not_evenly", best.gain, MIN_GAIN),
        at_most("starts_at_rest", best.unseen, MAX_UNSEEN, 3),
        at_least("terminal_speed", min(best.terminal_m_s, 99.0), MIN_TERMINAL_M_S, 4),
        at_most("metres_wide", width_m, MAX_METRES_WIDE),
        at_least("metres_narrow", size_px / best.px_per_m, MIN_METRES_WIDE, 3),
    )


def _entered(
    best: LetGo, motion: Motion, travel: "_Travel", body_px: float, view: View
) -> tuple[Ruling, ...]:
    """The rules for what came from above the picture: gravity shows, or it is fast, goes far and straight."""
    slows = motion.end_speed / max(motion.start_speed, 1e-6)
    speed = travel.down / travel.seconds
    return (
        at_least("not_evenly", best.gain, MIN_GAIN),
        at_least("fast_from_above", speed / view.short, ABOVE_MIN_SPEED_H_S),
        at_least("far_from_above", travel.down / view.short, ABOVE_MIN_TRAVEL_H, 3),
        at_most("straight_from_above", travel.sideways / max(travel.down, 1.0), ABOVE_MAX_SIDEWAYS),
        at_least("does_not_slow", slows, ABOVE_MIN_GAIN, 8),
        at_least("falls_widths", speed / body_px, ABOVE_MIN_WIDTHS_S),
    )


def _one_of(entered: tuple[Ruling, ...]) -> tuple[Ruling, ...]:
    """Of the rules for what came from above those that count: gravity's, or all of speed and way."""
    gains, *fast, widths = entered
    return (*max((gains,), tuple(fast), key=_joint), widths)


@dataclass(frozen=True, slots=True)
class _Travel:
    down: float
    sideways: float
    rise: float
    seconds: float
    downward: float
    size: float
    growth: float

    @staticmethod
    def of(points: tuple[Point, ...], view: View) -> "_Travel":
        """Ways in px: down from the highest point, up before it; median size; share of steps down."""
        x, y = np.array([p.x for p in points]), np.array([p.y for p in points])
        top = int(np.argmin(y))
        after = np.diff(y[top:])
        way = float(np.abs(after).sum())
        return _Travel(
            down=float(y[-1] - y[top]),
            sideways=_sideways(x[top:], y[top:], view),
            rise=float(y[: top + 1].max() - y[top]),
            seconds=points[-1].t_s - points[0].t_s,
            downward=float(after[after > 0].sum()) / way if way else 0.0,
            size=float(np.median([p.size for p in points])),
            growth=_growth(points),
        )


def _sideways(x: F64, y: F64, view: View) -> float:
    """The way aside that no plumb line explains, px.

    A camera that looks up sees vertical lines part from a point in or above the picture's middle column, by
    so much as if it lay on the upper edge at the most. So what leads outwards may be plumb.
    """
    way = float(x[-1] - x[0])
    off = float(x.mean()) - view.width / 2
    if way * off <= 0:
        return abs(way)
    plumb = abs(off) / max(float(y.mean()), view.u) * float(y[-1] - y[0])
    return max(abs(way) - max(plumb, 0.0), 0.0)


def _growth(points: tuple[Point, ...]) -> float:
    """By how much it became wider after its first third, px; the first sights show slivers."""
    width = np.array([p.width for p in points])
    part = max(len(width) // 3, 2)
    return max(float(np.median(width[-part:]) - np.median(width[part : 2 * part])), 0.0)


def _from_above(points: tuple[Point, ...], motion: Motion, travel: _Travel, view: View) -> bool:
    """Whether it was already falling when it came into the picture by its upper edge."""
    first = points[0]
    reach = first.size + 2.5 * view.period_s * max(motion.start_speed, 0.0) + 4 * view.u
    return first.y <= reach and travel.rise < view.u


def _moving(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The track without a tail that lies still: what landed, or a neighbour's flicker caught at the end."""
    if len(points) < 5:
        return points
    t, y = np.array([p.t_s for p in points]), np.array([p.y for p in points])
    speed = (y[2:] - y[:-2]) / (t[2:] - t[:-2])
    fast = np.flatnonzero(speed > 0.25 * np.quantile(speed, 0.9))
    return points[: int(fast[-1]) + 3] if fast.size else points
