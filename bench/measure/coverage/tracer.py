"""Whether cells are watched, ray by ray from the definition in docs/design/coverage.md.

Reads the estate as the dictionary of its file and shares no code with cloud/core/geometry: buildings are
meshes of triangles (Möller & Trumbore, J. Graphics Tools 2, 1997, 21), trees are walked through in small
steps, pixels come from OpenCV, densities from differences of pixels. Slow, and meant to be.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
Thing = dict[str, Any]

WALK_M: Final = 0.02
PROBE_M: Final = 0.005


@dataclass(frozen=True)
class Answer:
    """Of a cell: its middle's place, and what each camera makes of it."""

    facade: str
    floor: int
    bay: int
    views: dict[str, str]

    @property
    def watched(self) -> bool:
        """By any camera."""
        return "watched" in self.views.values()


def trace(estate: Thing) -> list[Answer]:
    """Every cell of every facade that has a wall. Cells are floors of bays: none may be divided."""
    needed = {
        "object_m": 0.1, "spans_px": 3, "fall_share": 0.5, "cell_share": 0.5,
        "clearance_m": 0.3, "samples": 3, "step_m": 1.5, **estate.get("coverage", {}),
    }  # fmt: skip
    world = _World(estate)
    cameras = [camera for agent in estate["agents"] for camera in agent["cameras"]]
    answers = []
    for facade in estate["facades"]:
        places = _cells(facade, estate, needed)
        looks = {camera["id"]: _look(world, camera, places, needed) for camera in cameras}
        answers += [
            Answer(facade["id"], floor, bay, {name: look[number] for name, look in looks.items()})
            for number, (floor, bay) in enumerate(places.cells)
        ]
    return answers


@dataclass(frozen=True)
class _Places:
    """cells: floor, bay. in_cell, in_fall: points (n, 3) of each. wall, normal: in plan."""

    cells: list[tuple[int, int]]
    in_cell: list[F64]
    in_fall: list[F64]
    wall: F64
    normal: F64


def _cells(facade: Thing, estate: Thing, needed: Thing) -> _Places:
    building = next(b for b in estate["buildings"] if b["id"] == facade["wall"]["building"])
    left, right = (np.array(end, dtype=float) for end in _ends(facade["wall"], building))
    along = (right - left) / np.linalg.norm(right - left)
    normal = np.array([along[1], -along[0]])
    before = building.get("balcony_depth_m", 1.5) + needed["clearance_m"]
    storey, ground = building.get("storey_height_m", 3.0), building.get("ground_m", 0.0)
    first = building.get("first_storey_height_m") or storey
    width, count = float(np.linalg.norm(right - left)) / facade["bays"], needed["samples"]
    cells, in_cell, in_fall = [], [], []
    for floor in range(1, facade["floors"] + 1):
        low = 0.0 if floor == 1 else first + (floor - 2) * storey
        tall = first if floor == 1 else storey
        for bay in range(1, facade["bays"] + 1):
            xs = [(bay - 1 + (i + 0.5) / count) * width for i in range(count)]
            zs = [low + (i + 0.5) / count * tall for i in range(count)]
            middle, step = low + tall / 2, needed["step_m"]
            falls = [(k + 0.5) * step for k in range(10_000) if (k + 0.5) * step <= middle + 1e-9] or [
                step / 2
            ]
            flat = [left + x * along + before * normal for x in xs]
            cells.append((floor, bay))
            in_cell.append(np.array([(*p, z + ground) for p in flat for z in zs]))
            in_fall.append(np.array([(*p, z + ground) for p in flat for z in falls]))
    return _Places(cells, in_cell, in_fall, left, normal)


def _ends(wall: Thing, building: Thing) -> tuple[list[float], list[float]]:
    if "left" in wall:
        return wall["left"], wall["right"]
    corners = building["footprint"]
    a, b = corners[wall["edge"] - 1], corners[wall["edge"] % len(corners)]
    around = sum(
        x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True)
    )
    return (a, b) if around > 0 else (b, a)


def _look(world: "_World", camera: Thing, places: _Places, needed: Thing) -> list[str]:
    eye = _Eye(camera)
    if (eye.place[:2] - places.wall) @ places.normal <= 0:
        return ["out_of_view"] * len(places.cells)
    wanted = needed["spans_px"] / needed["object_m"]
    answers = []
    for cell, fall in zip(places.in_cell, places.in_fall, strict=True):
        points = np.concatenate((cell, fall))
        drawn, pixels = eye.picture(points)
        is_open = drawn & ~world.hides(eye.place, points, drawn)
        seen = is_open & ~eye.masked(pixels)
        density, facing = eye.densities(points)
        in_cell, in_fall = slice(None, len(cell)), slice(len(cell), None)

        def enough(flags: Flags, in_cell: slice = in_cell, in_fall: slice = in_fall) -> bool:
            short = flags[in_cell].mean() < needed["cell_share"] - 1e-9
            return not short and bool(flags[in_fall].mean() >= needed["fall_share"] - 1e-9)

        least = ceil(needed["fall_share"] * len(fall) - 1e-9)
        fine = (seen & (density >= wanted))[in_fall].sum() >= least
        steep = (seen & (facing >= wanted))[in_fall].sum() >= least
        answers.append(
            "out_of_view" if not enough(drawn)
            else "hidden" if not enough(is_open)
            else "masked" if not enough(seen)
            else "watched" if fine
            else "too_steep" if steep
            else "too_coarse"
        )  # fmt: skip
    return answers


class _Eye:
    """A camera of the file: its pixels by OpenCV."""

    def __init__(self, camera: Thing) -> None:
        mount, lens = camera["mount"], camera["lens"]
        self.size = camera["resolution"]
        self.place = np.array([mount["x_m"], mount["y_m"], mount["z_m"]], dtype=float)
        yaw, pitch, roll = (np.radians(mount.get(f"{name}_deg", 0)) for name in ("yaw", "pitch", "roll"))
        level = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])  # looks north: right is east, down is down
        up = cv2.Rodrigues(np.array([pitch, 0, 0]))[0]  # about the east, north turns up
        turn = cv2.Rodrigues(np.array([0, 0, -yaw]))[0]  # clockwise from above
        turned = level @ up.T @ turn.T
        self.rotation = turned @ cv2.Rodrigues(turned[2] * roll)[0].T
        width, height = self.size
        if "fov_deg" in lens:
            focal = [width / 2 / np.tan(np.radians(lens["fov_deg"]) / 2)] * 2
        else:
            focal = [lens["focal_mm"] * n / mm for n, mm in zip(self.size, lens["sensor_mm"], strict=True)]
        shares = lens.get("centre", [0.5, 0.5])
        self.matrix = np.array(
            [[focal[0], 0, shares[0] * width - 0.5], [0, focal[1], shares[1] * height - 0.5], [0, 0, 1]]
        )
        self.bends = np.array([*lens.get("distortion", []), 0, 0, 0, 0, 0][:5], dtype=float)
        self.masks = camera.get("masks", [])
        ring = np.linspace(0, 100, 200_001)
        k1, k2, _, _, k3 = self.bends
        falls = np.flatnonzero(np.diff(ring * (1 + k1 * ring**2 + k2 * ring**4 + k3 * ring**6)) <= 0)
        self.widest = ring[falls[0]] if len(falls) else 100.0

    def _pixels(self, points: F64) -> F64:
        turned = (points - self.place) @ self.rotation.T
        turned[:, 2] = np.where(np.abs(turned[:, 2]) < 1e-6, 1e-6, turned[:, 2])
        found = cv2.projectPoints(turned, np.zeros(3), np.zeros(3), self.matrix, self.bends)[0]
        return np.asarray(found, dtype=np.float64).reshape(-1, 2)

    def picture(self, points: F64) -> tuple[Flags, F64]:
        """Which points are in the picture, and where."""
        turned = (points - self.place) @ self.rotation.T
        before = turned[:, 2] > 0.05
        with np.errstate(divide="ignore", invalid="ignore"):
            unfolded = np.hypot(turned[:, 0], turned[:, 1]) / turned[:, 2] < self.widest
        pixels = self._pixels(points)
        inside = ((pixels >= -0.5) & (pixels < np.array(self.size) - 0.5)).all(axis=1)
        return before & unfolded & inside, pixels

    def densities(self, points: F64) -> tuple[F64, F64]:
        """Pixels a metre upwards, and what they were if the wall stood square to the line of sight."""
        step = np.array([0, 0, PROBE_M])
        density = np.linalg.norm(self._pixels(points + step) - self._pixels(points - step), axis=1) / (
            2 * PROBE_M
        )
        way = points - self.place
        sine = np.hypot(way[:, 0], way[:, 1]) / np.linalg.norm(way, axis=1)
        return density, density / sine

    def masked(self, pixels: F64) -> Flags:
        """Which pixels a mask covers."""
        shares = (pixels + 0.5) / np.array(self.size)
        covered = np.zeros(len(pixels), dtype=bool)
        for mask in self.masks:
            covered |= _inside(np.array(mask, dtype=float), shares)
        return covered


class _World:
    """All that hides: triangles, and cylinders."""

    def __init__(self, estate: Thing) -> None:
        triangles: list[list[list[float]]] = []
        self.plans: list[tuple[F64, float]] = []
        for building in estate["buildings"]:
            storey = building.get("storey_height_m", 3.0)
            tall = (building.get("first_storey_height_m") or storey) + (building["floors"] - 1) * storey
            top = building.get("ground_m", 0) + building.get("height_m", tall)
            self._add(building["footprint"], top + building.get("roof", {}).get("rise_m", 0), triangles)
        self.trees = []
        for thing in estate.get("occluders", []):
            ground = thing.get("ground_m", 0)
            if thing["kind"] == "tree":
                leaves = ground + thing.get("trunk_m", 2.0)
                top = ground + thing["height_m"]
                self.trees.append((*thing["at"], thing["radius_m"], leaves, top))
                self.trees.append((*thing["at"], thing.get("trunk_radius_m", 0.2), ground, leaves))
            else:
                (x1, y1), (x2, y2) = thing["line"]  # of two points only
                half = thing.get("thickness_m", 0.3) / 2 / np.hypot(x2 - x1, y2 - y1)
                dx, dy = (y1 - y2) * half, (x2 - x1) * half
                plan = [[x1 + dx, y1 + dy], [x2 + dx, y2 + dy], [x2 - dx, y2 - dy], [x1 - dx, y1 - dy]]
                self._add(plan, ground + thing["height_m"], triangles)
        self.triangles = np.array(triangles, dtype=float)

    def _add(self, plan: list[list[float]], top: float, triangles: list[list[list[float]]]) -> None:
        self.plans.append((np.array(plan, dtype=float), top))
        for (x1, y1), (x2, y2) in zip(plan, [*plan[1:], plan[0]], strict=True):
            low1, low2, high1, high2 = [x1, y1, -50], [x2, y2, -50], [x1, y1, top], [x2, y2, top]
            triangles.extend([[low1, low2, high2], [low1, high2, high1]])

    def hides(self, eye: F64, points: F64, asked: Flags) -> Flags:
        """Which of the asked points are not reached by a straight line from the eye."""
        hidden = np.zeros(len(points), dtype=bool)
        numbers = np.flatnonzero(asked)
        if not len(numbers):
            return hidden
        found = self._walls(eye, points[numbers]) | self._roofs(eye, points[numbers])
        for number, is_hidden in zip(numbers, found, strict=True):
            hidden[number] = is_hidden or self._leaves(eye, points[number])
        return hidden

    def _walls(self, eye: F64, points: F64) -> Flags:
        way = points - eye
        one, two = (self.triangles[:, k] - self.triangles[:, 0] for k in (1, 2))
        across = np.cross(way[:, None], two[None])
        scale = (across * one).sum(axis=2)
        safe = np.where(np.abs(scale) < 1e-12, np.inf, scale)
        start = eye - self.triangles[:, 0]
        u = (across * start).sum(axis=2) / safe
        other = np.cross(start, one)
        v = (way[:, None] * other[None]).sum(axis=2) / safe
        t = (two * other).sum(axis=1)[None] / safe
        nearest = 0.002 / np.hypot(way[:, 0], way[:, 1])[:, None]
        return np.asarray(((u >= 0) & (v >= 0) & (u + v <= 1) & (t > nearest) & (t < 1)).any(axis=1))

    def _roofs(self, eye: F64, points: F64) -> Flags:
        hidden = np.zeros(len(points), dtype=bool)
        for plan, top in self.plans:
            hidden |= (points[:, 2] < top) & _inside(plan, points[:, :2])
            rise = points[:, 2] - eye[2]
            with np.errstate(divide="ignore", invalid="ignore"):
                t = (top - eye[2]) / rise
            crosses = np.isfinite(t) & (t > 0) & (t < 1)
            at = eye[:2] + np.where(crosses, t, 0)[:, None] * (points[:, :2] - eye[:2])
            hidden |= crosses & _inside(plan, at)
        return hidden

    def _leaves(self, eye: F64, point: F64) -> bool:
        way = point - eye
        length, beside = float(np.linalg.norm(way)), float(np.hypot(way[0], way[1]))
        for x, y, radius, low, high in self.trees:
            nearest = np.clip(((np.array([x, y]) - eye[:2]) @ way[:2]) / (way[:2] @ way[:2]), 0, 1)
            if np.hypot(*(eye[:2] + nearest * way[:2] - (x, y))) > radius:
                continue
            first, last = max(nearest - radius / beside, 0), min(nearest + radius / beside, 1)
            steps = max(int((last - first) * length / WALK_M), 2)
            walked = eye + np.linspace(first, last, steps)[:, None] * way
            inside = np.hypot(walked[:, 0] - x, walked[:, 1] - y) < radius
            if (inside & (walked[:, 2] > low) & (walked[:, 2] < high)).any():
                return True
        return False


def _inside(plan: F64, points: F64) -> Flags:
    """By the number of edges to the right of each point."""
    inside = np.zeros(len(points), dtype=bool)
    for (x1, y1), (x2, y2) in zip(plan, np.roll(plan, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        between = (points[:, 1] >= min(y1, y2)) & (points[:, 1] < max(y1, y2))
        inside ^= between & (points[:, 0] < x1 + (points[:, 1] - y1) / (y2 - y1) * (x2 - x1))
    return inside
