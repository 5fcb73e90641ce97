"""What a fall before a calibrated facade tells: from which floor and flat, from how high, how hard it lands.

The track is fitted by a throw in space, seen by the camera: a place near the wall, a velocity, drag, and how
long before its first sight it was let go. One camera cannot see depth; gravity's known scale, the wall that
it leaves, and what hands can do stand in for it, each with its uncertainty. The camera itself is fitted along
with its own covariance. So the intervals hold what is not known.
"""

from dataclasses import dataclass, replace

import numpy as np

from edge.core.vision import ballistics, pinhole
from edge.core.vision.facade import STEP as CAMERA_STEP
from edge.core.vision.facade import Calibration, begins_at
from edge.core.vision.frame import F64, Fall
from edge.core.vision.least_squares import Solution, solve

LEVEL = 0.95  # of all intervals told here
MAX_POINTS = 60  # more of a track say little more: neighbouring points err alike
MIN_POINTS = 5
NOISE_PX_720 = 0.7  # least error of a point, in a picture of 720 lines
OUTLYING = 2.5  # standard deviations from which a point counts less (Huber 1964)
REWEIGHTINGS = 2
SAMPLES = 120  # of each part
ROUNDS = 20
SEED = 20  # the samples are the same for the same fall

# What is known before: (mean, one standard deviation).
# From a hand before a window or before a balcony's parapet: metres from the wall.
DEPTH_M = (0.8, 0.6)
# Let go, swept from a sill or thrown with force, which is up to 10 m/s: along the wall, up, outwards.
VELOCITY_M_S = ((0.0, 1.8), (0.5, 1.5), (1.8, 2.2))
# k = air density x drag coefficient x area / 2 mass, 1/m: a brick 0.005, a bottle 0.02, a full bag 0.05,
# a carton 0.1, paper 1 and more.
LOG_DRAG = (float(np.log(0.04)), 1.3)
PARTS = (-2.0, -1.0, 0.0, 1.0, 2.0)  # in standard deviations of it
PART_SPREAD = 0.6
# For what no throw here knows: gusts, tumbling, flutter, a problem that is bent, sights of something else.
WIDER = 1.8
LOG_DRAG_RANGE = (-9.0, 1.0)
# Along the wall and across it, in one direction for as long as a fall lasts.
WIND_M_S = (0.0, 2.5)
# The first centimetres are too slow to be seen, and the detector takes some sights to begin: seconds.
UNSEEN_S = (0.15, 0.25)
# Or it was lost in clutter, behind a canopy or before a wall like itself for a while: so goes one in four.
LATE_S, LATE_SHARE = (1.5, 1.2), 0.25
# What enters from above has been falling for as long as from somewhere up to the roof of a tower.
ABOVE_UNSEEN_S = (1.3, 1.0)

DRAG, UNSEEN = 6, 7  # their places among the unknowns
THROW = 10  # unknowns of the throw: place, velocity, log k, unseen time, wind
THROW_STEP = np.array([1e-2, 1e-2, 1e-2, 1e-2, 1e-2, 1e-2, 1e-2, 1e-3, 1e-2, 1e-2])


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the interval that holds the true one in `LEVEL` of all cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a thing came from and how it arrives.

    floor: the likeliest, from 1; floor_low…floor_high: those that the height's interval touches; of what
    entered from above the picture `floor` is the lowest floor that it can come from, floor_high the last one.
    flat, bay: the likeliest. across_m, height_m: the release, from the facade's left edge and above the
    ground. speed_m_s, energy_j_per_kg: at the ground, unhindered; None while the thing still falls.
    odd: how ill a throw fits, in standard deviations; above `ODD` it is hardly one. facade: which one's.
    size_m: how broad the thing is across its fall; None where that was not seen.
    """

    from_above: bool
    floor: int
    floor_low: int
    floor_high: int
    floor_probability: float
    bay: int
    flat: str
    flat_probability: float
    across_m: Interval
    height_m: Interval
    speed_m_s: Interval | None
    energy_j_per_kg: Interval | None
    odd: float
    size_m: Interval | None = None
    facade: str | None = None


ODD = 3.0


def place_of(fall: Fall, calibration: Calibration) -> Origin | None:
    """Floor and flat at once, from the point of release alone: while the thing still falls.

    None where that point does not see the facade. Costs well below a millisecond.
    """
    random = np.random.default_rng(SEED)
    release, at = fall.release, begins_at(fall)
    spread = NOISE_PX_720 * min(calibration.size) / 720 if release is None else release.uncertainty_px
    pixels = at + spread * random.standard_normal((SAMPLES, 2))
    depth = DEPTH_M[0] + DEPTH_M[1] * random.standard_normal(SAMPLES)
    places = pinhole.on_plane(calibration.camera, pixels, calibration.size, depth)
    places += calibration.place_spread(at[None]) * random.standard_normal((SAMPLES, 2))
    places = places[np.isfinite(places).all(axis=1)]
    if len(places) < SAMPLES / 2:
        return None
    weight = np.full(len(places), 1 / len(places))
    placed = _placed(places, weight, calibration, from_above=release is None)
    return replace(placed, size_m=size_of(fall, calibration))


def size_of(fall: Fall, calibration: Calibration) -> Interval | None:
    """How broad the thing is across its fall, m: what its breadth in the picture is before the wall.

    Halfway of its track, as far from the wall as hands hold it; the interval holds what hands can do, too.
    """
    if fall.breadth_px is None:
        return None
    middle = fall.track.xy_px[len(fall.track.t_s) // 2].astype(np.float64)
    ends = middle + np.array([[-0.5, 0.0], [0.5, 0.0]])
    near, usual, far = (
        float(
            np.hypot(*np.diff(pinhole.on_plane(calibration.camera, ends, calibration.size, depth), axis=0)[0])
        )
        for depth in (DEPTH_M[0] + 2 * DEPTH_M[1], DEPTH_M[0], 0.0)
    )
    breadth = fall.breadth_px
    if not np.isfinite((near, usual, far)).all():
        return None
    return Interval(breadth.value * usual, breadth.low * near, breadth.high * far)


def origin_of(fall: Fall, calibration: Calibration) -> Origin | None:
    """Where a fall came from; None when its track is too short or no throw explains it at all.

    The fall's pixels must be those of the calibration's picture size.
    """
    t_s, xy_px = _thinned(fall)
    if len(t_s) < MIN_POINTS:
        return None
    from_above = fall.release is None
    explained = _explained(t_s, xy_px, calibration, from_above=from_above)
    if explained is None:
        return None
    parts, log_share = explained
    best = min(parts, key=lambda solution: solution.cost)
    odd = float(np.abs(best.residuals[2 * len(t_s) :][:THROW]).max())
    samples, weight = _samples(parts, log_share)
    told = _told(samples, weight, calibration, odd, from_above=from_above)
    return replace(told, size_m=size_of(fall, calibration))


def _thinned(fall: Fall) -> tuple[F64, F64]:
    count = len(fall.track.t_s)
    rows = np.unique(np.linspace(0, count - 1, min(count, MAX_POINTS)).round().astype(np.intp))
    return fall.track.t_s[rows], fall.track.xy_px[rows].astype(np.float64)


def _symmetric(matrix: F64) -> F64:
    return (matrix + matrix.T) / 2


def _explained(
    t_s: F64, xy_px: F64, calibration: Calibration, *, from_above: bool
) -> tuple[list[Solution], F64] | None:
    """The throws and cameras that explain the points, one for each part of what is known, and its share."""
    known = _Known.of(calibration, from_above=from_above)
    least = NOISE_PX_720 * min(calibration.size) / 720
    start = _start(t_s, xy_px, calibration, from_above=from_above)
    if start is None:
        return None
    problem = _Problem(t_s - t_s[0], xy_px, np.full(len(t_s), 2 * least), known, calibration.size)
    # A whole track has wrong answers nearby; its beginning hardly any, and leads to the right one.
    for share in (0.3, 0.6):
        start = _solved(problem.head(share), start).values
    parts = known.parts(UNSEEN) if from_above else known.parts(DRAG).or_late()
    first = _solved_parts(replace(problem, known=parts), start)
    if not any(one.found for one in first):  # its points lead through the camera, or behind it
        return None
    number, best = min(enumerate(first), key=lambda one: one[1].cost if one[1].found else np.inf)
    problem = replace(problem, known=parts.only(number))
    for _ in range(REWEIGHTINGS):
        off = problem.off(best.values[None])[0]
        noise = max(_noise(off), least)
        spread = noise * np.sqrt(np.maximum(np.hypot(*off.T) / (OUTLYING * noise), 1.0) * _alike(off))
        problem = replace(problem, spread_px=spread)
        best = _solved(problem, best.values)
    last = _solved_parts(replace(problem, known=parts), best.values)
    return (last, parts.log_share) if all(one.found for one in last) else None


def _solved(problem: "_Problem", start: F64) -> Solution:
    return solve(problem.residuals, start[None], problem.known.step, rounds=ROUNDS)[0]


def _solved_parts(problem: "_Problem", start: F64) -> list[Solution]:
    count = len(problem.known.log_share)
    return solve(problem.residuals, np.tile(start, (count, 1)), problem.known.step, rounds=ROUNDS)


def _samples(parts: list[Solution], log_share: F64) -> tuple[F64, F64]:
    """Unknowns (n, 19) as the track leaves them open, and their weights, (n,). log_share: each part's, (k,).

    What is known of drag beforehand is a sum of narrower normal distributions, each with a solution of its
    own (Alspach & Sorenson 1972): along drag the whole is no paraboloid, and one would be too sure of itself.
    """
    random = np.random.default_rng(SEED)
    samples, log_weights = [], []
    for share, solution in zip(log_share.tolist(), parts, strict=True):
        variances, vectors = np.linalg.eigh(_symmetric(solution.covariance))
        variances = np.maximum(variances, 1e-16)
        drawn = WIDER * random.standard_normal((SAMPLES, len(solution.values)))
        samples.append(solution.values + drawn @ (vectors * np.sqrt(variances)).T)
        log_weights.append(share - solution.cost + float(np.log(variances).sum()) / 2)
    weight = np.exp(np.array(log_weights) - max(log_weights))
    return np.vstack(samples), np.repeat(weight / weight.sum() / SAMPLES, SAMPLES)


def _noise(off: F64) -> float:
    """One standard deviation of the points, px, from the middle of their distances: robust."""
    return float(np.median(np.abs(off)) / 0.6745)


def _alike(off: F64) -> float:
    """How much wider neighbours that err alike make every variance: (1 + r) ÷ (1 - r), Bartlett 1946."""
    square = float((off**2).sum())
    if len(off) < MIN_POINTS or square <= 0:
        return 1.0
    rho = float((off[1:] * off[:-1]).sum()) / square
    rho = min(max(rho, 0.0), 0.8)
    return (1 + rho) / (1 - rho)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known before the track: of the throw (10,), of the camera (9,), as means and whitening.

    In k parts, mean and spread are (k, 1, 10), and log_share (k,) is the logarithm of each part's share.
    """

    mean: F64
    spread: F64
    camera: F64
    whitening: F64
    step: F64
    log_share: F64

    @staticmethod
    def of(calibration: Calibration, *, from_above: bool) -> "_Known":
        plan = calibration.plan
        rows = (
            (plan.width_m / 2, plan.width_m + 5),
            (plan.height_m / 2, plan.height_m / 2 + 3),
            DEPTH_M,
            *VELOCITY_M_S,
            LOG_DRAG,
            ABOVE_UNSEEN_S if from_above else UNSEEN_S,
            WIND_M_S,
            WIND_M_S,
        )
        mean, spread = np.array(rows).T
        # The inverse of the covariance's root turns camera errors into unit variances.
        values, vectors = np.linalg.eigh(_symmetric(calibration.covariance))
        root = vectors / np.sqrt(np.maximum(values, 1e-14))
        step = np.concatenate((THROW_STEP, CAMERA_STEP))
        return _Known(mean, spread, calibration.camera, root.T, step, np.zeros(1))

    def parts(self, unknown: int) -> "_Known":
        """The same for each of `PARTS`, with one unknown held near it."""
        mean, spread = (np.tile(one, (len(PARTS), 1, 1)) for one in (self.mean, self.spread))
        mean[..., unknown] += np.array(PARTS)[:, None] * self.spread[unknown]
        spread[..., unknown] *= PART_SPREAD
        log_share = -np.square(PARTS) / (2 * (1 - PART_SPREAD**2))
        return replace(self, mean=mean, spread=spread, log_share=log_share)

    def or_late(self) -> "_Known":
        """The same parts twice: as they are, and with a track that began late."""
        mean, spread = self.mean.copy(), self.spread.copy()
        mean[..., UNSEEN], spread[..., UNSEEN] = LATE_S
        early, late = np.log(1 - LATE_SHARE) - np.log(UNSEEN_S[1]), np.log(LATE_SHARE) - np.log(LATE_S[1])
        return replace(
            self,
            mean=np.concatenate((self.mean, mean)),
            spread=np.concatenate((self.spread, spread)),
            log_share=np.concatenate((self.log_share + early, self.log_share + late)),
        )

    def only(self, number: int) -> "_Known":
        """One of the parts alone."""
        share = self.log_share[number : number + 1]
        return replace(self, mean=self.mean[number, 0], spread=self.spread[number, 0], log_share=share)


@dataclass(frozen=True, slots=True)
class _Problem:
    """A track to be explained. t_s: (n,) from its first point. spread_px: (n,) error of each point."""

    t_s: F64
    xy_px: F64
    spread_px: F64
    known: _Known
    size: tuple[int, int]

    def head(self, share: float) -> "_Problem":
        """The same for the first points only."""
        count = max(int(share * len(self.t_s)), min(8, len(self.t_s)))
        t_s, xy_px, spread_px = self.t_s[:count], self.xy_px[:count], self.spread_px[:count]
        return replace(self, t_s=t_s, xy_px=xy_px, spread_px=spread_px)

    def off(self, values: F64) -> F64:
        """(m, n, 2) where unknowns (m, 19) put the points, from where they are, px."""
        throw, camera = values[:, :THROW], values[:, THROW:]
        times = self.t_s[None] + throw[:, UNSEEN, None]
        path = ballistics.flown(throw[:, :6], _drag(throw[:, DRAG]), throw[:, 8:10], times)
        return pinhole.project(camera, path[..., :3], self.size) - self.xy_px

    def residuals(self, values: F64) -> F64:
        """(s, m, 2n + 10 + 9) of unknowns (s, m, 19) in standard deviations: points, then what was known."""
        off = self.off(values.reshape(-1, values.shape[-1]))
        points = (off / self.spread_px[:, None]).reshape(*values.shape[:2], -1)
        throw = (values[..., :THROW] - self.known.mean) / self.known.spread
        camera = (values[..., THROW:] - self.known.camera) @ self.known.whitening.T
        return np.concatenate((points, throw, camera), axis=-1)


def _drag(log_drag: F64) -> F64:
    return np.exp(np.clip(log_drag, *LOG_DRAG_RANGE))


def _start(t_s: F64, xy_px: F64, calibration: Calibration, *, from_above: bool) -> F64 | None:
    """Unknowns to begin with: the places on a plane before the wall that the first points show."""
    depth = DEPTH_M[0]
    places = pinhole.on_plane(calibration.camera, xy_px, calibration.size, depth)
    third = max(len(t_s) // 3, 2)
    if not np.isfinite(places[[0, third]]).all():
        return None
    across, up = (places[third] - places[0]) / (t_s[third] - t_s[0])
    unseen = UNSEEN_S[0]
    start = [*places[0], depth, float(np.clip(across, -4, 4)), VELOCITY_M_S[1][0], VELOCITY_M_S[2][0]]
    if from_above:
        # As long before as free fall takes to the speed that is seen.
        unseen = float(np.clip(-up / ballistics.GRAVITY_M_S2, 0.2, 3.0))
        start[0] -= start[3] * unseen
        start[1] += ballistics.GRAVITY_M_S2 / 2 * unseen**2
    return np.concatenate((start, [LOG_DRAG[0], unseen, 0.0, 0.0], calibration.camera))


def _told(samples: F64, weight: F64, calibration: Calibration, odd: float, *, from_above: bool) -> Origin:
    placed = _placed(samples[:, :2], weight, calibration, from_above=from_above)
    landing = ballistics.impact_speed(samples[:, :6], _drag(samples[:, DRAG]), samples[:, 8:10])
    speed = _interval(landing, weight)
    energy = Interval(*(v**2 / 2 for v in (speed.value, speed.low, speed.high)))
    return replace(placed, speed_m_s=speed, energy_j_per_kg=energy, odd=odd)


def _placed(places: F64, weight: F64, calibration: Calibration, *, from_above: bool) -> Origin:
    """Floor and flat of possible places of release, (n, 2) m across and up, with their weights, (n,)."""
    plan = calibration.plan
    across, height = _interval(places[:, 0], weight), _interval(places[:, 1], weight)
    floors = np.array([plan.floor_at(float(y)) for y in places[:, 1]])
    flats = np.array([plan.flat_of(plan.bay_at(float(x))) for x in places[:, 0]])
    bay = plan.bay_at(across.value)
    floor_low, floor_high = plan.floor_at(height.low), plan.floor_at(height.high)
    # Who looks for the flat of a thing that nobody saw leave it begins at the lowest possible floor.
    floor = floor_low if from_above else plan.floor_at(height.value)
    return Origin(
        from_above=from_above,
        floor=floor,
        floor_low=floor_low,
        floor_high=plan.floors if from_above else floor_high,
        floor_probability=float(weight @ (floors >= floor if from_above else floors == floor)),
        bay=bay,
        flat=plan.flat_of(bay),
        flat_probability=float(weight @ (flats == plan.flat_of(bay))),
        across_m=across,
        height_m=height,
        speed_m_s=None,
        energy_j_per_kg=None,
        odd=0.0,
        facade=plan.facade,
    )


def _interval(values: F64, weight: F64) -> Interval:
    """The middle, and the ends that hold `LEVEL` of the weight; nan counts for nothing."""
    known = np.isfinite(values)
    if not known.any():
        return Interval(float("nan"), float("nan"), float("nan"))
    order = np.argsort(values[known])
    ranked, shares = values[known][order], weight[known][order]
    share = (np.cumsum(shares) - shares / 2) / max(float(shares.sum()), 1e-300)
    tail = (1 - LEVEL) / 2
    low, value, high = np.interp((tail, 0.5, 1 - tail), share, ranked)
    return Interval(float(value), float(low), float(high))
