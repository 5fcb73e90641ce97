"""Where a camera hangs and looks, from points of known place that somebody clicked on in its picture.

The lens is known, from the estate file. Four points give eight equations for six unknowns; of points on one
wall seen from far two poses may be told (Schweighofer & Pinz, PAMI 28 (2006) 2024), of which one usually is
far worse: where it is not, that is said. Starts: SQPnP (Terzakis & Lourakis, ECCV 2020) and, of one plane,
IPPE (Collins & Bartoli, IJCV 109 (2014) 252); then least squares of the distances in the picture.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, degrees
from typing import Final

import cv2
import numpy as np

from cloud.core.geometry.grid import Facade
from cloud.core.geometry.lens import F64, Lens
from cloud.core.geometry.parts import Mount
from cloud.core.geometry.site import axes
from cloud.core.refused import Objection, Refused, objection

MIN_POINTS: Final = 4
CLICK_PX: Final = 3.0
"""One standard deviation of a careful click."""
MAX_OFF: Final = 5.0
"""A point that lies off by more of them is wrong, or all are: a chance of one in a million."""
MIN_BREADTH: Final = 0.02
"""Across ÷ along: thinner sets of points are one line."""
FLAT: Final = 1e-3
"""Depth ÷ length: flatter sets of points are one plane."""
LIKELY: Final = 9.0
"""A second pose whose squares, in standard deviations, sum to so little more may as well be the true one."""
APART_M: Final = 0.5
"""Poses nearer to each other than this are one."""
SPREAD: Final = 2.0
"""Standard errors by which the pose is varied: along each axis 95 in 100 poses lie nearer."""
STEP: Final = 1e-6
_FINE: Final = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 100, 1e-12)


class PoseError(Refused):
    """The points tell no pose. The message is for whoever clicked them."""


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """A point of known place that was recognised in the picture. name: how a message calls it.

    place_m: x, y, z of the estate's frame. at_px: x, y of the picture. outward: of a point on a wall, to
    where the wall looks, in plan: it is seen from there only.
    """

    name: str
    place_m: tuple[float, float, float]
    at_px: tuple[float, float]
    outward: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, eq=False, slots=True)
class Pose:
    """mount: where it hangs and looks. covariance: (6, 6) of x, y, z in m and yaw, pitch, roll in degrees.

    off_px: of each point, how far it lies from where the camera draws it. matrix: (3, 4), places of the
    estate's frame to pixels of a picture without distortion.
    """

    mount: Mount
    covariance: F64
    off_px: tuple[float, ...]
    matrix: F64

    @property
    def rms_px(self) -> float:
        """Root mean square of `off_px`: the reprojection error."""
        return float(np.sqrt(np.mean(np.square(self.off_px))))

    @property
    def errors(self) -> F64:
        """(6,): standard errors of x, y, z in m and of yaw, pitch, roll in degrees."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def varied(self) -> Iterator[Mount]:
        """The pose moved both ways along each axis of its uncertainty by `SPREAD` standard errors: 12."""
        here = np.array(_numbers(self.mount))
        # Metres and degrees have no common axes; shares of the errors have.
        scale = np.maximum(self.errors, 1e-12)
        lengths, ways = np.linalg.eigh(self.covariance / np.outer(scale, scale))
        for length, way in zip(lengths, ways.T, strict=True):
            step = SPREAD * np.sqrt(max(float(length), 0.0)) * way * scale
            yield _mount(here + step)
            yield _mount(here - step)

    def homography(self, facade: Facade) -> F64:
        """(3, 3): metres across a facade's wall from its left end, and up from its ground, to pixels.

        Of a picture without distortion. Its inverse tells where on the wall a pixel looks.
        """
        left = np.array([*facade.left_m, facade.ground_m, 1.0])
        along = np.array([*facade.along, 0.0, 0.0])
        up = np.array([0.0, 0.0, 1.0, 0.0])
        found = self.matrix @ np.column_stack((along, up, left))
        return np.asarray(found / np.linalg.norm(found))


def on_wall(facade: Facade, line: float, edge: float, at_px: tuple[float, float]) -> KnownPoint:
    """The point of a facade's wall where a floor line and a bay edge cross.

    line: n is the underside of floor n, from 1 to floors + 1. edge: n is the right side of bay n, 0 the left
    end. Parts of a floor or bay are allowed. Raises PoseError where the facade has no such line or edge.
    """
    floors = len(facade.lines_m) - 1
    if not (1 <= line <= floors + 1 and 0 <= edge <= facade.bays):
        raise PoseError(
            objection(
                "crossing_off_facade",
                "{facade} has floor lines 1 to {lines} and bay edges 0 to {edges}, not line {line} and edge"
                " {edge}.",
                facade=facade.id,
                lines=floors + 1,
                edges=facade.bays,
                line=f"{line:g}",
                edge=f"{edge:g}",
            )
        )
    up = float(np.interp(line, np.arange(1, floors + 2), facade.lines_m))
    x, y = (float(each) for each in facade.left_m + facade.along * (edge / facade.bays * facade.length_m))
    east, north = (float(each) for each in facade.outward)
    name = f"floor line {line:g}, bay edge {edge:g} of {facade.id}"
    return KnownPoint(name, (x, y, facade.ground_m + up), at_px, (east, north))


def solved(lens: Lens, points: Sequence[KnownPoint], click_px: float = CLICK_PX) -> Pose:
    """The pose from which a camera with this lens draws these points where they were clicked.

    click_px: how far a click may be off, one standard deviation.

    Raises:
        PoseError: Too few points or on one line, a point that lies off, or two poses that fit as well.
    """
    places = np.array([point.place_m for point in points], dtype=np.float64).reshape(-1, 3)
    pixels = np.array([point.at_px for point in points], dtype=np.float64).reshape(-1, 2)
    expect_spread(places, pixels)
    # Far from the frame's zero the solvers would lose digits: they are given places about their middle.
    middle = places.mean(axis=0)
    fits = _fits(lens, points, middle)
    if not fits:
        raise PoseError(
            objection(
                "no_pose",
                "No camera before these walls draws the points so: check that each is the place that it is"
                " said to be, and that left and right are not exchanged.",
            )
        )
    squares, values = fits[0]
    off = np.hypot(*(_drawn(lens, values, places - middle) - pixels).T)
    if off.max() > MAX_OFF * click_px:
        raise PoseError(_who_lies_off(lens, points, off))
    _expect_one(fits, middle, click_px)
    jacobian = cv2.projectPoints(places - middle, values[:3], values[3:], _matrix(lens), _bend(lens))[1][
        :, :6
    ]
    worse = max(click_px**2, squares / max(2 * len(points) - 6, 1))
    here = _six(values, middle)
    turned = [
        (_six(values + step, middle) - _six(values - step, middle) + (0, 0, 0, 180, 180, 180))
        for step in np.eye(6) * STEP
    ]
    turn = np.column_stack([np.append(each[:3], each[3:] % 360 - 180) for each in turned]) / (2 * STEP)
    rotation = cv2.Rodrigues(values[:3])[0]
    return Pose(
        _mount(here),
        np.asarray(turn @ np.linalg.pinv(jacobian.T @ jacobian) @ turn.T * worse),
        tuple(float(each) for each in off),
        _matrix(lens) @ np.column_stack((rotation, values[3:] - rotation @ middle)),
    )


def expect_spread(places: F64, pixels: F64) -> None:
    """Refuse points (n, 3) at pixels (n, 2) that are too few or on one line. Raises PoseError."""
    if len(places) < MIN_POINTS:
        raise PoseError(
            objection(
                "too_few_points",
                "{n} points: a pose needs at least {least}, best near the corners of what the camera sees.",
                n=len(places),
                least=MIN_POINTS,
            )
        )
    for given, where in ((pixels, "picture"), (places, "estate")):
        if len(np.unique(given.round(3), axis=0)) < len(given):
            raise PoseError(
                objection("points_alike", "Two points are at the same place in the {where}.", where=where)
            )
        if _thinnest(given) < MIN_BREADTH:
            raise PoseError(
                objection(
                    "points_on_a_line",
                    "The points lie on one line in the {where} (but one, perhaps): choose them on two floor"
                    " lines and two bay edges at least.",
                    where=where,
                )
            )


def _thinnest(places: F64) -> float:
    """How broad the points are against their length, without the one whose absence makes it least."""
    rest = (np.delete(places, number, axis=0) for number in range(len(places)))
    spans = (np.linalg.svd(each - each.mean(axis=0), compute_uv=False) for each in rest)
    return float(min(span[1] / span[0] for span in spans))


def _fits(lens: Lens, points: Sequence[KnownPoint], middle: F64) -> list[tuple[float, F64]]:
    """Poses before all points and their walls, best first: sum of squares in px², turn and shift (6,)."""
    places = np.array([point.place_m for point in points]) - middle
    pixels = np.array([point.at_px for point in points])
    outward = np.array([point.outward for point in points])
    lengths = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    found = []
    for method in [cv2.SOLVEPNP_SQPNP] + [cv2.SOLVEPNP_IPPE] * bool(lengths[2] < FLAT * lengths[0]):
        try:
            _, turns, shifts, _ = cv2.solvePnPGeneric(
                places, pixels, _matrix(lens), _bend(lens), flags=method
            )
        except cv2.error:  # it finds none
            continue
        for start in zip(turns, shifts, strict=True):
            if not np.isfinite(start).all():
                continue
            fine = cv2.solvePnPRefineLM(places, pixels, _matrix(lens), _bend(lens), *start, criteria=_FINE)
            values = np.concatenate([each.ravel() for each in fine])
            rotation = cv2.Rodrigues(values[:3])[0]
            depth = places @ rotation[2] + values[5]
            before = ((-rotation.T @ values[3:] - places)[:, :2] * outward).sum(axis=1)
            if (depth > 0).all() and (before >= 0).all():
                found.append((float(((_drawn(lens, values, places) - pixels) ** 2).sum()), values))
    return sorted(found, key=lambda each: each[0])


def _expect_one(fits: Sequence[tuple[float, F64]], middle: F64, click_px: float) -> None:
    best, values = fits[0]
    here = _six(values, middle)
    for other, more in fits[1:]:
        there = _six(more, middle)
        if (
            np.linalg.norm((there - here)[:3]) > APART_M
            and there[2] > 0
            and (other - best) / click_px**2 < LIKELY
        ):
            raise PoseError(
                objection(
                    "two_poses",
                    "Two poses draw these points as well: one at ({here}) m, one at ({there}) m. Add a point"
                    " that does not lie on the same wall, or points farther apart.",
                    here=", ".join(f"{each:.1f}" for each in here[:3]),
                    there=", ".join(f"{each:.1f}" for each in there[:3]),
                )
            )


def _who_lies_off(lens: Lens, points: Sequence[KnownPoint], off: F64) -> Objection:
    """The point without which the others agree best, or that none does."""
    worst = round(float(off.max()))
    if len(points) > MIN_POINTS:
        rests = []
        for number in range(len(points)):
            rest = [*points[:number], *points[number + 1 :]]
            fits = _fits(lens, rest, np.mean([point.place_m for point in rest], axis=0))
            rests.append(fits[0][0] if fits else np.inf)
        number = int(np.argmin(rests))
        if rests[number] < 0.25 * float((off**2).sum()):
            return objection(
                "point_off",
                "The points lie up to {px} px from where a camera would draw them; without {point} the others"
                " agree: was it clicked, or named, wrongly?",
                px=worst,
                point=points[number].name,
                number=number + 1,
            )
    number = int(np.argmax(off))
    return objection(
        "points_disagree",
        "The points do not agree: {point} lies {px} px from where a camera with this lens would draw it."
        " Check each point's place, and the lens in the estate file.",
        px=worst,
        point=points[number].name,
        number=number + 1,
    )


def _matrix(lens: Lens) -> F64:
    return np.array(
        [[lens.focal[0], 0.0, lens.centre[0]], [0.0, lens.focal[1], lens.centre[1]], [0.0, 0.0, 1.0]]
    )


def _bend(lens: Lens) -> F64:
    return np.array(lens.distortion)


def _drawn(lens: Lens, values: F64, places: F64) -> F64:
    """(n, 2) pixels."""
    found = cv2.projectPoints(places, values[:3], values[3:], _matrix(lens), _bend(lens))[0]
    return np.asarray(found, dtype=np.float64).reshape(-1, 2)


def _six(values: F64, middle: F64) -> F64:
    """(6,): x, y, z in m, yaw, pitch, roll in degrees, of a turn and a shift (6,) about `middle`."""
    rotation = np.asarray(cv2.Rodrigues(values[:3])[0], dtype=np.float64)
    place = middle - rotation.T @ values[3:]
    east, north, up = rotation[2]
    yaw = degrees(atan2(east, north))
    pitch = degrees(np.arcsin(np.clip(up, -1, 1)))
    level, below, _ = axes(yaw, pitch, 0.0)
    roll = degrees(atan2(rotation[0] @ below, rotation[0] @ level))
    return np.array([*place, yaw, pitch, roll])


def _numbers(mount: Mount) -> tuple[float, ...]:
    return mount.x_m, mount.y_m, mount.z_m, mount.yaw_deg, mount.pitch_deg, mount.roll_deg


def _mount(six: F64) -> Mount:
    x, y, z, yaw, pitch, roll = (float(each) for each in six)
    return Mount(
        x_m=x,
        y_m=y,
        z_m=z,
        yaw_deg=yaw % 360,
        pitch_deg=min(max(pitch, -90.0), 90.0),
        roll_deg=(roll + 180) % 360 - 180,
    )
