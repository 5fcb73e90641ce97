"""Puts shapes into the picture: polygons smeared over the exposure, soft smudges, many fine streaks."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.camera import Camera
from models.synth.stage import F32, Stage

Floats = NDArray[np.float64]

SUBPIXEL_BITS = 4
FINEST = 8
"""At most so many subpixels each way when something small is drawn."""
MOST_SUBPIXELS = 400_000
GREY_REFLECTANCE = 0.35
"""What the mean of a daylight picture is taken to reflect; exposure control makes it middle grey."""
LAMP_REACH_M = 6.0
"""Where white fills the sensor in the light of the lamp beside the lens; beyond, it fades with the square."""


class Window(NamedTuple):
    """A part of the picture: first column and row, and the ones after the last."""

    left: int
    top: int
    right: int
    bottom: int


class Shape(NamedTuple):
    """A polygon of one tone."""

    corners_px: Floats
    """float64 (k, 2), pixels."""
    luma: float


def window(light: F32, points_px: Floats, margin_px: float) -> Window | None:
    """The part of the picture around finite points, None if it lies outside."""
    low = np.clip(np.floor(points_px.min(axis=0) - margin_px), -1e6, 1e6)
    high = np.clip(np.ceil(points_px.max(axis=0) + margin_px) + 1, -1e6, 1e6)
    height, width = light.shape
    box = Window(
        max(int(low[0]), 0), max(int(low[1]), 0), min(int(high[0]), width), min(int(high[1]), height)
    )
    return box if box.left < box.right and box.top < box.bottom else None


def part(light: F32, box: Window) -> F32:
    """A view of the window."""
    return light[box.top : box.bottom, box.left : box.right]


def unproject(camera: Camera, pixels: Floats, depth_m: Floats | float) -> Floats:
    """World points float64 (n, 3) at these depths behind pixels (n, 2)."""
    depth = np.broadcast_to(np.asarray(depth_m, np.float64), (len(pixels),))
    right, up, forward = camera.axes()
    straight = camera.undistorted(pixels)
    # Corners that the lens leaves black have no direction; there the pinhole's is as good as any.
    pixels = np.where(np.isfinite(straight), straight, pixels)
    across = (pixels[:, 0] - (camera.width - 1) / 2) / camera.focal_px * depth
    over = ((camera.height - 1) / 2 - pixels[:, 1]) / camera.focal_px * depth
    eye = np.array([camera.x_m, camera.y_m, camera.z_m])
    points: Floats = eye + depth[:, None] * forward + across[:, None] * right + over[:, None] * up
    return points


def ambient(light: F32) -> float:
    """The picture's mean luma, from every 16th pixel."""
    return float(light[::16, ::16].mean())


def tone(reflectance: float, depth_m: float, light_level: float, stage: Stage) -> float:
    """Luma of a matt thing in this picture's light, from 2 to 252.

    Args:
        reflectance: 0 black to 1 white.
        depth_m: Its distance; counts where a lamp stands beside the lens.
        light_level: `ambient` of the picture.
        stage: Whether there is a lamp.
    """
    luma = light_level * reflectance / GREY_REFLECTANCE
    if stage.infrared:
        luma += 255 * reflectance * (LAMP_REACH_M / max(depth_m, 0.05)) ** 2
    return float(np.clip(luma, 2, 252))


def fill(light: F32, moments: Sequence[Sequence[Shape]], soft_px: float = 0.6, opacity: float = 1.0) -> None:
    """Draws polygons, back to front, as the mean over moments of an exposure.

    Args:
        light: The picture, changed in place.
        moments: For each moment of equal weight its polygons.
        soft_px: Standard deviation of the lens's blur.
        opacity: 1 hides what is behind.
    """
    shapes = [shape for moment in moments for shape in moment]
    if not shapes:
        return
    points = np.concatenate([shape.corners_px for shape in shapes])
    if not np.isfinite(points).all():
        return
    box = window(light, points, 3 * soft_px + 2)
    if box is None:
        return
    height, width = box.bottom - box.top, box.right - box.left
    finest = int(np.sqrt(MOST_SUBPIXELS / (height * width)))
    first = np.concatenate([shape.corners_px for shape in moments[0]] or [points])
    fine = int(np.clip(np.ceil(48 / max(float(np.ptp(first, axis=0).max()), 1)), 2, FINEST))
    fine = max(min(fine, finest), 1)
    covers, tones = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    for moment in moments:
        covered, drawn = _layer(moment, box, fine)
        cv2.accumulate(covered, covers)
        cv2.accumulate(drawn, tones)
    if soft_px > 0.2:
        cv2.GaussianBlur(covers, (0, 0), soft_px, dst=covers)
        cv2.GaussianBlur(tones, (0, 0), soft_px, dst=tones)
    share = opacity / len(moments)
    view = part(light, box)
    view *= 1 - covers * (share / 255)
    view += tones * share


def cover(corners_px: Floats, shape: tuple[int, ...]) -> F32:
    """How much of each pixel of an array of this shape a polygon covers; everything if it is not in view."""
    if not np.isfinite(corners_px).all():
        return np.ones(shape, np.float32)
    mask = np.zeros(shape, np.uint8)
    corners = np.round(np.clip(corners_px, -30000, 30000)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA)
    return mask.astype(np.float32) / np.float32(255)


def _layer(shapes: Sequence[Shape], box: Window, fine: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Coverage times 255, and tone times coverage, both uint8 of the window's size."""
    size = ((box.bottom - box.top) * fine, (box.right - box.left) * fine)
    covered, drawn = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    for shape in shapes:
        at = (shape.corners_px - (box.left, box.top) + 0.5) * fine - 0.5
        # The fill covers its outline too, half a subpixel on each side: that much is taken off.
        middle, extent = at.mean(axis=0), np.ptp(at, axis=0)
        at = middle + (at - middle) * np.clip(1 - 1 / np.maximum(extent, 1e-6), 0, 1)
        corners = np.round(np.clip(at, -30000, 30000) * 2**SUBPIXEL_BITS).astype(np.int32)
        cv2.fillPoly(covered, [corners], 255, cv2.LINE_8, SUBPIXEL_BITS)
        cv2.fillPoly(drawn, [corners], float(np.clip(shape.luma, 0, 255)), cv2.LINE_8, SUBPIXEL_BITS)
    if fine > 1:
        small = (box.right - box.left, box.bottom - box.top)
        covered = np.asarray(cv2.resize(covered, small, interpolation=cv2.INTER_AREA), np.uint8)
        drawn = np.asarray(cv2.resize(drawn, small, interpolation=cv2.INTER_AREA), np.uint8)
    return covered, drawn


def smudge(light: F32, path_px: Floats, radius_px: float, luma: float, opacity: float = 1.0) -> None:
    """Draws an unsharp disc smeared along a path, each point of it weighing the same.

    Args:
        light: The picture, changed in place.
        path_px: float64 (n, 2), where its middle is at n moments of the exposure.
        radius_px: Of the disc; its edge is soft over 0.7 of that, and at least a pixel.
        luma: Its tone; above 255 for what dazzles.
        opacity: 1 hides what is behind wherever the disc stays for the whole exposure.
    """
    if not np.isfinite(path_px).all():
        return
    edge = max(0.7 * radius_px, 0.8)
    box = window(light, path_px, radius_px + edge + 1)
    if box is None:
        return
    # Unsharp things are drawn on a coarser grid: nothing in them is finer than their edge.
    step = max(1.0, edge / 4)
    width, height = box.right - box.left, box.bottom - box.top
    columns, rows = max(2, int(width / step)), max(2, int(height / step))
    x = box.left + (np.arange(columns, dtype=np.float32) + 0.5) * (width / columns) - 0.5
    y = box.top + (np.arange(rows, dtype=np.float32) + 0.5) * (height / rows) - 0.5
    covered = np.zeros((rows, columns), np.float32)
    for middle_x, middle_y in path_px.astype(np.float32):
        distance = np.sqrt((x[None, :] - middle_x) ** 2 + (y[:, None] - middle_y) ** 2)
        covered += np.clip((radius_px + edge / 2 - distance) / edge, 0, 1)
    covered *= opacity / len(path_px)
    if radius_px < edge / 2:
        # A disc smaller than its edge never reaches full cover; keep what it reflects in all.
        covered *= min(1.0, (radius_px / (0.5 * edge)) ** 2)
    full = cv2.resize(covered, (width, height), interpolation=cv2.INTER_LINEAR)
    view = part(light, box)
    drawn = view + (luma - view) * np.asarray(full, np.float32)
    # What is brighter than white fills the pixel and no more.
    np.minimum(drawn, np.maximum(view, 255), out=view)


def thread(light: F32, path_px: Floats, radius_px: float, luma: float, opacity: float) -> None:
    """Blends an unsharp line along points, float64 (n, 2), into the picture, `opacity` in its middle."""
    box = window(light, path_px, 3 * radius_px + 2)
    if box is None:
        return
    size = (box.right - box.left, box.bottom - box.top)
    step = max(1.0, radius_px / 2)
    mask = np.zeros((int(size[1] / step) + 1, int(size[0] / step) + 1), np.uint8)
    at = np.round((path_px - (box.left, box.top)) / step * 2**SUBPIXEL_BITS).astype(np.int32)
    thick = max(1, round(2 * radius_px / step))
    cv2.polylines(mask, [at], False, 255, thick, cv2.LINE_AA, SUBPIXEL_BITS)
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.8, 0.6 * radius_px / step))
    covered = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR), np.float32)
    covered *= np.float32(opacity / 255)
    view = part(light, box)
    view += covered * (np.float32(luma) - view)


def streaks(light: F32, ends_px: Floats, widths_px: Floats, levels: Floats) -> None:
    """Adds many light streaks, thousands at a time.

    Args:
        light: The picture, changed in place.
        ends_px: float64 (n, 2, 2), first and last point of each.
        widths_px: float64 (n,); below 1 the streak is fainter instead of narrower.
        levels: float64 (n,), luma added where a streak fills the pixel; negative darkens.
    """
    height, width = light.shape
    margin = 40 + widths_px
    inside = np.isfinite(ends_px).all(axis=(1, 2))
    low, high = ends_px.min(axis=1), ends_px.max(axis=1)
    inside &= (high[:, 0] > -margin) & (low[:, 0] < width + margin)
    inside &= (high[:, 1] > -margin) & (low[:, 1] < height + margin)
    levels = levels * np.minimum(widths_px, 1)
    inside &= np.abs(levels) > 0.4
    for sign in (1, -1):
        chosen = inside & (levels * sign > 0)
        fine = chosen & (widths_px < COARSE_FROM_PX)
        if fine.any():
            _lay_streaks(light, ends_px[fine], widths_px[fine], levels[fine], 1)
        if (chosen & ~fine).any():
            coarse = chosen & ~fine
            _lay_streaks(light, ends_px[coarse], widths_px[coarse], levels[coarse], 4)


COARSE_FROM_PX = 5.0
LEVEL_CLASSES = (2, 5, 10, 20, 40, 75, 130, 230)


def _lay_streaks(light: F32, ends: Floats, widths: Floats, levels: Floats, step: int) -> None:
    box = window(light, ends.reshape(-1, 2), float(widths.max()) + 4 * step)
    if box is None:
        return
    view, ends = part(light, box), ends - (box.left, box.top)
    height, width = view.shape
    layer = np.zeros((-(-height // step), -(-width // step)), np.uint8)
    gain = 1 if np.abs(levels).max() > 100 else 2
    thick = np.maximum(1, np.round(widths / step)).astype(int)
    bright = np.searchsorted(LEVEL_CLASSES, np.abs(levels) * gain).clip(0, len(LEVEL_CLASSES) - 1)
    points = np.round(np.clip(ends / step, -8000, 8000) * 2**SUBPIXEL_BITS).astype(np.int32)
    # Faint ones first, so that where two cross the brighter is seen.
    for klass in np.unique(bright):
        for stroke in np.unique(thick[bright == klass]):
            lines = points[(bright == klass) & (thick == stroke)]
            level = LEVEL_CLASSES[int(klass)]
            cv2.polylines(layer, list(lines), False, level, int(stroke), cv2.LINE_AA, SUBPIXEL_BITS)
    sign = float(np.sign(levels[0])) / gain
    if step > 1:
        cv2.GaussianBlur(layer, (0, 0), 1.2, dst=layer)
        layer = np.asarray(cv2.resize(layer, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    cv2.addWeighted(view, 1.0, layer, sign, 0.0, dst=view, dtype=cv2.CV_32F)
