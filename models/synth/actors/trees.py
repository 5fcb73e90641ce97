"""Trees and plants that swing in gusts: branches bend, single leaves flicker."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import Window, ambient, part
from models.synth.actors.motion import on_facade
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]

LEAF_CLASSES = 256
GRID = 12
"""Cells each way of the coarse field by which branches move."""


@dataclass(frozen=True, slots=True)
class Crown:
    """Leaves painted once, then moved by a smooth field and lit each by its own flutter."""

    corner_px: tuple[int, int]
    """Its window's first column and row."""
    cover: F32
    """float32 (height, width), 0 to 1."""
    shade: F32
    """float32 (height, width), reflectance."""
    classes: NDArray[np.uint8]
    """Which flutter a pixel's leaf has."""
    stiffness: F32
    """float32 (GRID, GRID), how far branches go here, pixels a m/s² of gust."""
    rates: Floats
    """float64 (LEAF_CLASSES,), rad/s."""
    phases: Floats
    sway: Floats
    """float64 (3, 6): rates, phases, sizes of the crown's swing (rad/s, rad, share)."""
    flutter: float
    """How much leaves change their light, of their reflectance."""
    gust: Floats
    """float64 (2, 4): rates and phases of the wind's strength."""
    infrared_gain: float

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        height, width = self.cover.shape
        left, top = self.corner_px
        box = Window(
            max(left, 0), max(top, 0), min(left + width, light.shape[1]), min(top + height, light.shape[0])
        )
        if box.left >= box.right or box.top >= box.bottom:
            return
        # Strength of the wind: leaves flutter more, branches swing wider and lean more in a gust.
        strength = 0.55 + 0.45 * float(np.sin(self.gust[0] * t_s + self.gust[1]).mean() * 2)
        strength = float(np.clip(strength, 0.08, 1.3))
        turn = self.rates * t_s + self.phases
        table = 1 + self.flutter * strength * np.sin(turn)
        shows = 1 - 0.5 * self.flutter * strength * (1 + np.sin(1.31 * turn + 1))
        # The first class is wood.
        table[0] = shows[0] = 1
        maps = self._field(t_s, strength)
        classes = cv2.remap(self.classes, maps[0], maps[1], cv2.INTER_NEAREST)
        cover = np.asarray(
            cv2.remap(self.cover, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT),
            np.float32,
        )
        shade = np.asarray(cv2.remap(self.shade, maps[0], maps[1], cv2.INTER_LINEAR), np.float32)
        cover *= np.asarray(cv2.LUT(classes, shows.astype(np.float32)), np.float32)
        shade *= np.asarray(cv2.LUT(classes, table.astype(np.float32)), np.float32)
        gain = ambient(light) / 0.35 + self.infrared_gain * stage.infrared
        rows = slice(box.top - top, box.bottom - top)
        columns = slice(box.left - left, box.right - left)
        view = part(light, box)
        view += cover[rows, columns] * (np.minimum(shade[rows, columns] * gain, 245) - view)

    def _field(self, t_s: float, strength: float) -> tuple[F32, F32]:
        """Where each pixel comes from, float32 maps of x and y."""
        height, width = self.cover.shape
        rates, phases, sizes = self.sway
        y, x = np.mgrid[0:GRID, 0:GRID] / (GRID - 1)
        across, down = np.zeros((GRID, GRID)), np.zeros((GRID, GRID))
        for index, (rate, phase, size) in enumerate(zip(rates, phases, sizes, strict=True)):
            # The first swings the whole crown, the others ever smaller parts of it.
            wave = rate * t_s + phase + index * (2.1 * x + 1.4 * y)
            across += size * np.sin(wave)
            down += 0.4 * size * np.sin(wave + 1.1 + index)
        lean = 0.8 * strength
        across = (across * strength + lean) * self.stiffness
        down = (down * strength + 0.3 * lean) * self.stiffness
        size_px = (width, height)
        moved_x = np.asarray(cv2.resize(across.astype(np.float32), size_px), np.float32)
        moved_y = np.asarray(cv2.resize(down.astype(np.float32), size_px), np.float32)
        moved_x += np.arange(width, dtype=np.float32)[None, :]
        moved_y += np.arange(height, dtype=np.float32)[:, None]
        return moved_x, moved_y


def crown(
    random: np.random.Generator,
    corner_px: tuple[int, int],
    size_px: tuple[int, int],
    leaf_px: float,
    sway_px: float,
    *,
    root: tuple[float, float] = (0.5, 1.0),
) -> Crown:
    """Paints a crown of leaves.

    Args:
        random: Source of all chance.
        corner_px: First column and row of its window; may lie outside the picture.
        size_px: Width and height of the window.
        leaf_px: Length of a leaf.
        sway_px: How far the outer branches go in a strong gust.
        root: Where its branches come from, shares of the window.
    """
    width, height = size_px
    cover, shade = np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8)
    classes = np.zeros((height, width), np.uint8)
    clumps = _clumps(random, width, height)
    dark, spread = random.uniform(0.05, 0.16), random.uniform(1.3, 2.6)
    _branches(random, (cover, shade), clumps, np.array(root) * size_px, (0.25 * leaf_px, dark))
    needed = int(np.clip(1.7 * width * height / max(leaf_px**2 * 0.45, 1.5), 60, 7000))
    for _ in range(needed):
        clump = clumps[int(random.integers(len(clumps)))]
        x, y = clump[:2] + random.normal(0, 1, 2) * clump[2]
        bright = dark * spread ** random.uniform(-1, 1.2) * (1.15 - 0.4 * y / height)
        long = max(1.0, leaf_px * random.uniform(0.5, 1.2) / 2)
        axes = (max(1, round(long)), max(1, round(long * random.uniform(0.35, 0.7))))
        at, angle = (round(x), round(y)), random.uniform(0, 180)
        number = int(random.integers(1, LEAF_CLASSES))
        cv2.ellipse(cover, at, axes, angle, 0, 360, 255, -1, cv2.LINE_AA)
        cv2.ellipse(shade, at, axes, angle, 0, 360, float(np.clip(bright * 255, 6, 200)), -1, cv2.LINE_AA)
        # A little larger, so that a leaf's soft edge flutters along with it.
        cv2.ellipse(classes, at, (axes[0] + 1, axes[1] + 1), angle, 0, 360, number, -1, cv2.LINE_8)
    soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), 0.8), np.float32) / np.float32(255)
    lit = np.asarray(cv2.GaussianBlur(shade, (0, 0), 0.6), np.float32) / np.float32(255)
    grid = np.hypot(*(np.mgrid[0:GRID, 0:GRID] / (GRID - 1) - random.uniform(0.2, 0.8, (2, 1, 1))))
    stiffness = sway_px * np.clip(grid, 0.15, 1.0)
    rates = 2 * np.pi * np.array([0.35, 0.6, 1.0, 1.5, 2.2, 3.1]) * random.uniform(0.7, 1.3, 6)
    sizes = np.array([1.0, 0.6, 0.5, 0.3, 0.2, 0.12]) * random.uniform(0.6, 1.3, 6)
    return Crown(
        corner_px=corner_px,
        cover=np.asarray(soft, np.float32),
        shade=np.asarray(lit, np.float32),
        classes=classes,
        stiffness=stiffness.astype(np.float32),
        rates=2 * np.pi * random.uniform(1.0, 6.0, LEAF_CLASSES),
        phases=random.uniform(0, 2 * np.pi, LEAF_CLASSES),
        sway=np.stack([rates, random.uniform(0, 2 * np.pi, 6), sizes]),
        flutter=float(random.uniform(0.15, 0.6)),
        gust=np.stack([random.uniform(0.3, 2.2, 4), random.uniform(0, 2 * np.pi, 4)]),
        infrared_gain=float(random.uniform(40, 350)),
    )


def _branches(
    random: np.random.Generator,
    layers: tuple[NDArray[np.uint8], NDArray[np.uint8]],
    clumps: Floats,
    foot_px: Floats,
    wood: tuple[float, float],
) -> None:
    """Draws a bent branch from the foot to each bunch of leaves; the wood has a thickness and a tone."""
    for x, y, spread_px in clumps:
        thick = max(1, round(wood[0] * random.uniform(0.6, 1.4)))
        bend = 0.5 * (foot_px + np.array([x, y])) + random.normal(0, spread_px, 2)
        branch = np.round(np.array([foot_px, bend, [x, y]])).astype(np.int32)
        cv2.polylines(layers[0], [branch], False, 255, thick, cv2.LINE_AA)
        cv2.polylines(layers[1], [branch], False, float(np.clip(wood[1] * 180, 6, 90)), thick, cv2.LINE_AA)


def _clumps(random: np.random.Generator, width: int, height: int) -> Floats:
    """Middles and spreads of bunches of leaves, float64 (n, 3), within an ellipse of the window."""
    count = int(random.integers(14, 45))
    turn, radius = random.uniform(0, 2 * np.pi, count), np.sqrt(random.uniform(0, 1, count)) * 0.36
    x = width * (0.5 + radius * np.cos(turn))
    y = height * (0.5 + radius * np.sin(turn))
    return np.stack([x, y, min(width, height) * random.uniform(0.03, 0.1, count)], axis=1)


def tree(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:  # noqa: ARG001
    """One or two crowns in front, at the picture's sides or bottom, 4 to 25 m away."""
    camera = stage.camera
    crowns: list[Actor] = []
    for _ in range(int(random.integers(1, 3))):
        width = int(camera.width * random.uniform(0.18, 0.5))
        height = int(camera.height * random.uniform(0.25, 0.75))
        side = random.choice(["left", "right", "bottom"])
        left = {
            "left": -0.35 * width,
            "right": camera.width - 0.65 * width,
            "bottom": random.uniform(0, 1) * (camera.width - width),
        }[str(side)]
        top = camera.height - height * random.uniform(0.55, 0.9)
        if side != "bottom" and random.random() < 0.4:
            top = random.uniform(-0.2, 0.5) * camera.height
        distance = random.uniform(4, 25)
        leaf_px = float(np.clip(camera.focal_px * random.uniform(0.05, 0.12) / distance, 2.5, 40))
        sway_px = float(camera.focal_px * random.uniform(0.03, 0.3) / distance)
        root = {"left": (0.0, 0.75), "right": (1.0, 0.75), "bottom": (0.5, 1.0)}[str(side)]
        crowns.append(
            crown(
                random, (int(left), int(top)), (width, height), leaf_px, min(sway_px, 0.15 * width), root=root
            )
        )
    return crowns


def plant(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:  # noqa: ARG001
    """One to four plants on balconies or at the wall, 0.5 to 1.5 m."""
    plants: list[Actor] = []
    for _ in range(int(random.integers(1, 5))):
        pixels, depth = stage.camera.project(on_facade(random, stage)[None])
        scale = stage.camera.focal_px / float(depth[0])
        size = int(np.clip(random.uniform(0.5, 1.5) * scale, 8, stage.camera.height / 2))
        corner = (int(pixels[0, 0] - size / 2), int(pixels[0, 1] - size / 2))
        leaf_px = float(np.clip(0.1 * scale, 1.5, 30))
        plants.append(crown(random, corner, (size, size), leaf_px, random.uniform(0.02, 0.12) * size))
    return plants
