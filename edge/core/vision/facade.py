"""Where a camera stands, from points of the facade that somebody clicked on; and how well that is known.

Unknown are the camera's place and direction, its focal length and its lens's barrel. Four points give eight
equations for the seven unknowns of a pinhole (Zhang 2000, sec. 2.3: two constraints on the focal length from
one plane); what they leave open is held by what is known of such cameras beforehand, with its uncertainty, so
that everything told afterwards is as uncertain as the points make it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from edge.core.vision import pinhole
from edge.core.vision.frame import F64, Fall
from edge.core.vision.least_squares import Solution, solve

MIN_POINTS = 4
CLICK_PX = 3.0  # one standard deviation of a careful click
MIN_BREADTH = 0.02  # across ÷ along: thinner sets of points are one line
MAX_OFF = 5.0  # standard deviations that a point may lie off; a chance of one in a million
# Fixed lenses of 2.8 to 12 mm on the usual 1/2.8" sensor: the focal length is 0.55 to 2.3 widths.
FOCAL_WIDTHS, FOCAL_SPREAD = 1.0, 0.7
FOCAL_TRIES = np.geomspace(0.4, 4.0, 9)
# Straightened corners lie 0 to 15 % farther out with such lenses.
LENS, LENS_SPREAD = np.array([0.05, 0.02]), np.array([0.07, 0.05])
ROLL_SPREAD = 0.15  # radians; masts and brackets are about upright
FARAWAY_M = 200.0  # no camera that watches a facade stands farther from it
STEP = np.array([1e-3, 1e-3, 1e-3, 1e-5, 1e-5, 1e-5, 1e-5, 1e-4, 1e-4])


class CalibrationError(ValueError):
    """The points tell no camera. The message is one sentence for whoever clicked them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a facade is divided. Floors count from 1 at the ground, bays from 1 at the left, seen from outside.

    Floor line n is the underside of floor n, bay edge n the left side of bay n + 1; so lines run from 1 to
    floors + 1, edges from 0 to bays. first_floor_height_m: None if like the others. flats: a name for each
    bay, several bays may share one; empty if only bays are counted. facade: what the cloud calls it.
    """

    floors: int
    bays: int
    floor_height_m: float = 3.0
    bay_width_m: float = 3.6
    first_floor_height_m: float | None = None
    flats: tuple[str, ...] = ()
    facade: str | None = None

    @property
    def width_m(self) -> float:
        """From edge to edge."""
        return self.bays * self.bay_width_m

    @property
    def height_m(self) -> float:
        """From the ground to the last floor's ceiling."""
        return self.line_m(self.floors + 1)

    def line_m(self, line: float) -> float:
        """Height of a floor line above the ground, m."""
        first = self.floor_height_m if self.first_floor_height_m is None else self.first_floor_height_m
        return (line - 1) * first if line <= 2 else first + (line - 2) * self.floor_height_m

    def floor_at(self, up_m: float) -> int:
        """The floor at a height, from 1 to `floors`; what is above belongs to the last one."""
        first = self.line_m(2)
        above = 1 if up_m < first else 2 + int((up_m - first) // self.floor_height_m)
        return min(max(above, 1), self.floors)

    def bay_at(self, across_m: float) -> int:
        """The bay at a distance from the left edge, from 1 to `bays`."""
        return min(max(1 + int(across_m // self.bay_width_m), 1), self.bays)

    def flat_of(self, bay: int) -> str:
        """What the bay is called: its flat's name, else its number."""
        return self.flats[bay - 1] if self.flats else str(bay)


@dataclass(frozen=True, slots=True)
class FacadePoint:
    """A place of the facade that was recognised in the picture. name: how a message calls it."""

    name: str
    x_px: float
    y_px: float
    across_m: float
    up_m: float
    click_px: float = CLICK_PX


@dataclass(frozen=True, slots=True)
class Calibration:
    """A camera before a facade.

    size: (width, height) of the picture, px. camera: (9,) as in `pinhole`. covariance: (9, 9) of it.
    off_px: (n,) how far each point lies from where the camera shows it.
    """

    plan: Plan
    size: tuple[int, int]
    camera: F64
    covariance: F64
    points: tuple[FacadePoint, ...]
    off_px: tuple[float, ...]

    @property
    def pitch_deg(self) -> float:
        """Upwards from the horizontal."""
        return float(np.degrees(np.arcsin(np.clip(pinhole.axes(self.camera[3:6])[2, 1], -1, 1))))

    @property
    def focal_px(self) -> float:
        """Focal length, px."""
        return float(np.exp(self.camera[6]))

    def pixels(self, across_up_m: F64) -> F64:
        """(n, 2) pixels of places on the facade (n, 2), m; not finite where they lie behind the camera."""
        world = np.column_stack((across_up_m, np.zeros(len(across_up_m))))
        seen = pinhole.project(self.camera, world, self.size)
        return np.where(pinhole.depth_m(self.camera, world)[:, None] > pinhole.NEAREST_M, seen, np.nan)

    def beside_m(self, at_px: F64) -> tuple[float, float] | None:
        """How far beside the wall a pixel (2,) meets its plane, 0 on it, and how far from the camera, m."""
        place = self.places(at_px[None])[0]
        if not np.isfinite(place).all():
            return None
        end = np.array([self.plan.width_m, self.plan.height_m])
        beside = np.maximum(np.maximum(-place, place - end), 0.0)
        return float(np.hypot(*beside)), float(np.linalg.norm(np.append(place, 0.0) - self.camera[:3]))

    def places(self, xy_px: F64) -> F64:
        """(n, 2) metres across and up the facade at pixels (n, 2); nan where they do not see its plane."""
        return pinhole.on_plane(self.camera, xy_px, self.size)

    def place_spread(self, xy_px: F64) -> F64:
        """(n, 2) standard errors of `places` as the camera is uncertain, m."""
        columns = []
        for index, step in enumerate(STEP):
            moved = np.zeros(len(STEP))
            moved[index] = step
            ahead = pinhole.on_plane(self.camera + moved, xy_px, self.size)
            behind = pinhole.on_plane(self.camera - moved, xy_px, self.size)
            columns.append((ahead - behind) / (2 * step))
        jacobian = np.stack(columns, axis=-1)
        return np.asarray(np.sqrt(np.einsum("nij,jk,nik->ni", jacobian, self.covariance, jacobian)))


def calibrated(plan: Plan, points: Sequence[FacadePoint], size: tuple[int, int]) -> Calibration:
    """The camera that sees these points of the facade where they were clicked. size: (width, height), px.

    Raises:
        CalibrationError: Too few points, on one line, mirrored, or one that lies far off the others' camera.
    """
    pixels, world = _columns(points)
    _expect_spread(pixels, world)
    best = _solved(points, size)
    _expect_in_front(best.values, points)
    off = _off(best.values, points, size)
    _expect_agreement(points, off, size)
    unknowns = pinhole.PARAMETERS
    freedom = max(len(best.residuals) - unknowns, 1)
    worse = max(1.0, 2 * best.cost / freedom)
    distances = tuple(float(d) for d in np.hypot(*off.T))
    return Calibration(plan, size, best.values, best.covariance * worse, tuple(points), distances)


def _columns(points: Sequence[FacadePoint]) -> tuple[F64, F64]:
    pixels = np.array([(p.x_px, p.y_px) for p in points], dtype=np.float64).reshape(-1, 2)
    world = np.array([(p.across_m, p.up_m) for p in points], dtype=np.float64).reshape(-1, 2)
    return pixels, world


def _expect_spread(pixels: F64, world: F64) -> None:
    if len(pixels) < MIN_POINTS:
        raise CalibrationError(
            f"{len(pixels)} point{'s' if len(pixels) != 1 else ''}: a facade needs at least {MIN_POINTS}, "
            "best near the corners of what the camera sees of it."
        )
    for places, where in ((pixels, "in the picture"), (world, "on the facade")):
        if len(np.unique(places.round(3), axis=0)) < len(places):
            raise CalibrationError(f"Two points are at the same place {where}.")
        if _thinnest(places) < MIN_BREADTH:
            raise CalibrationError(
                f"The points lie on one line {where} (but one, perhaps): choose them on at least two floor "
                "lines and two bay edges, two points on each."
            )


def _thinnest(places: F64) -> float:
    """How broad the points are against their length, without the one whose absence makes it least."""
    breadths = []
    for left_out in range(len(places)):
        rest = np.delete(places, left_out, axis=0)
        along, across = np.linalg.svd(rest - rest.mean(axis=0), compute_uv=False)[:2]
        breadths.append(across / along)
    return float(min(breadths))


def _solved(points: Sequence[FacadePoint], size: tuple[int, int]) -> Solution:
    starts = [s for f in FOCAL_TRIES if (s := _from_homography(points, size, f * size[0])) is not None]
    if not any(start[2] > 0 for start in starts):
        raise CalibrationError(
            "The points are mirrored: seen from outside, bay edges count from the left and floor lines "
            "from the ground up."
        )

    def residuals(cameras: F64) -> F64:
        flat = _residuals(cameras.reshape(-1, pinhole.PARAMETERS), points, size)
        return flat.reshape(*cameras.shape[:-1], -1)

    fronts = np.array([start for start in starts if start[2] > 0])
    return min(solve(residuals, fronts, STEP), key=lambda solution: solution.cost)


def _from_homography(points: Sequence[FacadePoint], size: tuple[int, int], focal_px: float) -> F64 | None:
    """A camera with that focal length, from the points' homography (Zhang 2000, sec. 3.1)."""
    pixels, world = _columns(points)
    half = np.hypot(*size) / 2
    straight = pinhole.straightened(LENS, (pixels - pinhole.middle(size)) / half) * half / focal_px
    found = cast("F64 | None", cv2.findHomography(world, straight, 0)[0])
    if found is None or not np.isfinite(found).all():
        return None
    h = found * (2 / (np.linalg.norm(found[:, 0]) + np.linalg.norm(found[:, 1])))
    if (np.column_stack((world, np.ones(len(world)))) @ h[2]).mean() < 0:
        h = -h
    u, _, vt = np.linalg.svd(np.column_stack((h[:, 0], h[:, 1], np.cross(h[:, 0], h[:, 1]))))
    rotation = u @ np.diag([1, 1, np.linalg.det(u @ vt)]) @ vt
    turned = cv2.Rodrigues(rotation * np.array([1.0, -1.0, -1.0]))[0].ravel()
    return np.concatenate((-rotation.T @ h[:, 2], turned, [np.log(focal_px)], LENS))


def _residuals(cameras: F64, points: Sequence[FacadePoint], size: tuple[int, int]) -> F64:
    """(m, 2n + 7) of cameras (m, 9): clicks, and what is known of cameras, in standard deviations."""
    pixels, world = _columns(points)
    seen = pinhole.project(cameras, np.column_stack((world, np.zeros(len(world)))), size)
    clicks = (seen - pixels) / np.array([p.click_px for p in points])[:, None]
    centre = np.array([world[:, 0].mean(), world[:, 1].min(), 0.0])
    known = np.column_stack(
        (
            (cameras[:, 0:3] - centre) / FARAWAY_M,
            (cameras[:, 6] - np.log(FOCAL_WIDTHS * size[0])) / FOCAL_SPREAD,
            pinhole.axes(cameras[:, 3:6])[:, 0, 1] / ROLL_SPREAD,
            (cameras[:, 7:9] - LENS) / LENS_SPREAD,
        )
    )
    return np.hstack((clicks.reshape(len(cameras), -1), known))


def _off(camera: F64, points: Sequence[FacadePoint], size: tuple[int, int]) -> F64:
    pixels, world = _columns(points)
    return pinhole.project(camera, np.column_stack((world, np.zeros(len(world)))), size) - pixels


def _expect_in_front(camera: F64, points: Sequence[FacadePoint]) -> None:
    world = np.array([(p.across_m, p.up_m, 0.0) for p in points])
    behind = [p.name for p, d in zip(points, pinhole.depth_m(camera, world), strict=True) if d <= 0.1]
    if behind:
        raise CalibrationError(f"{behind[0]} would lie behind the camera: check its floor and bay.")


def _expect_agreement(points: Sequence[FacadePoint], off: F64, size: tuple[int, int]) -> None:
    wrong = np.hypot(*off.T) / np.array([p.click_px for p in points])
    if wrong.max() <= MAX_OFF:
        return
    if len(points) <= MIN_POINTS + 1:
        raise CalibrationError(
            f"The points do not fit one flat facade: {points[int(wrong.argmax())].name} is "
            f"{np.hypot(*off[int(wrong.argmax())]):.0f} px off. Check each point's floor and bay."
        )
    # The point whose absence makes the others agree is the wrong one, not the one that is farthest off.
    without = [[q for q in points if q is not p] for p in points]
    costs = [_solved(rest, size).cost for rest in without]
    worst = int(np.argmin(costs))
    alone = _off(_solved(without[worst], size).values, points, size)[worst]
    raise CalibrationError(
        f"{points[worst].name} lies {np.hypot(*alone):.0f} px from where the others put it: "
        "click it anew, or check its floor and bay."
    )


def facing(fall: Fall, calibrations: Sequence[Calibration]) -> Calibration | None:
    """Before which of the facades that a camera sees the fall begins.

    The nearest whose wall that pixel shows; where it shows none, the one whose wall is least beside: things
    fly beside and above a wall, too. Of a single facade it is always that one; None: of no facade's plane.
    """
    if len(calibrations) == 1:
        return calibrations[0]
    at = begins_at(fall)
    away = [(found, number) for number, one in enumerate(calibrations) if (found := one.beside_m(at))]
    return calibrations[min(away)[1]] if away else None


def begins_at(fall: Fall) -> F64:
    """(2,): where it was let go, else where it was first seen, px."""
    release = fall.release
    return (
        fall.track.xy_px[0].astype(np.float64) if release is None else np.array([release.x_px, release.y_px])
    )


def grid_lines(calibration: Calibration, steps: int = 24) -> tuple[F64, ...]:
    """The floor lines and bay edges as lines of pixels (steps, 2), to be drawn over the picture."""
    plan = calibration.plan
    heights, edges = np.linspace(0, plan.height_m, steps), np.linspace(0, plan.width_m, steps)
    floors = [
        np.column_stack((edges, np.full(steps, plan.line_m(line)))) for line in range(1, plan.floors + 2)
    ]
    bays = [
        np.column_stack((np.full(steps, edge * plan.bay_width_m), heights)) for edge in range(plan.bays + 1)
    ]
    return tuple(calibration.pixels(line) for line in (*floors, *bays))
