"""From a difference picture to the few connected spots that stand out of what their place is used to."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.vision.foreground import Difference, block_peaks
from edge.core.vision.frame import F32, F64, Candidates, Luma
from edge.core.vision.settings import DetectorSettings

Index = NDArray[np.intp]

# Pixels of a spot may be this much weaker than its peak must be: its rim counts for the centroid.
RIM = 0.6
# A body's pixels differ from the still picture by this share of the block's threshold and so much besides:
# coding lets the still picture drift by a quantisation step or two.
BODY_RIM, BODY_NOISE = 0.75, 2.5
SQUARE = np.ones((3, 3), np.uint8)
# Larger spots are vehicles, shadows or the camera itself (share of the picture's short side).
LARGEST = 0.3


def nothing() -> Candidates:
    """No candidates."""
    empty = np.empty(0, np.float32)
    return Candidates(empty.reshape(0, 4), empty.reshape(0, 2), empty, empty)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known when spots are looked for.

    middle: the reduced picture, uint8 (h, w); still: the same without what moves, None at the beginning.
    active, threshold: (rows, columns) of blocks; threshold in grey levels.
    factor: reduction of the pictures, by which results are brought back to full-resolution pixels.
    """

    middle: Luma
    still: Luma | None
    active: NDArray[np.bool_]
    threshold: F32
    factor: int


def find(difference: Difference, scene: Scene, settings: DetectorSettings) -> Candidates:
    """Connected spots that stand out in time, strongest first, at most `settings.max_candidates`.

    Results are in full-resolution pixels (pixel centres at whole numbers). A spot holds at least one pixel
    beyond its block's threshold. To it belong pixels that stand out less, and those that differ from the
    still picture in the same sense: what moves by less than its own size shows slivers of itself in time.
    """
    side = settings.block_px
    if not scene.active.any() or scene.active.mean() > settings.flood_share:
        return nothing()
    near = cv2.dilate(scene.active.astype(np.uint8), SQUARE) > 0
    rows, columns = scene.threshold.shape
    whole = (slice(rows * side), slice(columns * side))
    magnitude, bright = difference.magnitude[whole], difference.bright[whole]
    rim = np.where(near, np.clip(RIM * scene.threshold, 1, 254), 255).astype(np.uint8)
    mask = _beyond(magnitude, rim, side)
    if scene.still is None:
        y, x = np.divmod(np.flatnonzero(mask), magnitude.shape[1])
        level, darker = magnitude[y, x], bright[y, x] == 0
    else:
        middle, still = scene.middle[whole], scene.still[whole]
        apart = np.asarray(cv2.absdiff(middle, still), np.uint8)
        bodies = _bodies(apart, bright, scene, side)
        mask |= _beyond(apart, bodies.limit, side)
        y, x = np.divmod(np.flatnonzero(mask), magnitude.shape[1])
        lighter, block = middle[y, x] > still[y, x], (y // side, x // side)
        of_body = np.where(lighter, bodies.lighter[block], bodies.darker[block])
        of_body &= apart[y, x] > bodies.limit[block]
        in_time = magnitude[y, x] > rim[block]
        keep = in_time | of_body
        y, x, lighter, of_body, in_time = y[keep], x[keep], lighter[keep], of_body[keep], in_time[keep]
        level = np.where(of_body, np.maximum(apart[y, x], magnitude[y, x]), magnitude[y, x])
        darker = np.where(in_time, bright[y, x] == 0, ~lighter)
    if not y.size:
        return nothing()
    share = magnitude[y, x] / scene.threshold[y // side, x // side]
    weight = level.astype(np.float64)
    spots = _measured(x, y, np.where(darker, -weight, weight), share)
    return _chosen(spots, difference.magnitude, scene.factor, settings)


def _beyond(picture: Luma, limit: Luma, side: int) -> NDArray[np.bool_]:
    """Which pixels exceed their block's limit, grey levels (rows, columns)."""
    limits = np.repeat(limit, side, axis=1)
    beyond: NDArray[np.bool_] = picture.reshape(len(limit), side, -1) > limits[:, None, :]
    return beyond.reshape(picture.shape)


@dataclass(frozen=True, slots=True)
class _Bodies:
    """What hangs together with something that moves, by blocks (rows, columns).

    limit: difference to the still picture from which on a pixel belongs to it, else 255. lighter, darker:
    in which sense the moving thing differs, so in which its pixels do.
    """

    limit: Luma
    lighter: NDArray[np.bool_]
    darker: NDArray[np.bool_]


def _bodies(apart: Luma, bright: Luma, scene: Scene, side: int) -> _Bodies:
    """The blocks that hang together with an active one, if all of them are no wider than falling things.

    apart: difference to the still picture; bright: difference in time where it is lighter.
    """
    limit = np.clip(BODY_RIM * scene.threshold + BODY_NOISE, 0, 254).astype(np.uint8)
    different = (block_peaks(apart, side) > limit) | scene.active
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(different.astype(np.uint8), connectivity=8)
    labels = np.asarray(labels)
    lighter, darker = np.zeros(len(boxes), np.bool_), np.zeros(len(boxes), np.bool_)
    active_lighter = scene.active & (block_peaks(bright, side) > scene.threshold)
    lighter[labels[active_lighter]] = True
    darker[labels[scene.active & ~active_lighter]] = True
    extent = np.maximum(boxes[:, cv2.CC_STAT_WIDTH], boxes[:, cv2.CC_STAT_HEIGHT])
    small = (extent - 2) * side <= LARGEST * min(apart.shape)
    small[0] = False
    return _Bodies(
        np.where((small & (lighter | darker))[labels], limit, 255).astype(np.uint8),
        (lighter & small)[labels],
        (darker & small)[labels],
    )


def _joined(row: Index, left: Index, right: Index) -> Index:
    """For each run of pixels the first run of its connected spot (8 neighbours), (n,) indices.

    row, left, right: (n,) of runs in reading order; right is the last pixel. Spots are sparse, so joining
    runs costs a fraction of labelling the picture. Roots are hooked to smaller ones and paths halved until
    nothing changes (Shiloach & Vishkin 1982).
    """
    span = int(right.max()) + 3
    above = (row - 1) * span
    first = np.searchsorted(row * span + right, above + left - 1)
    last = np.searchsorted(row * span + left, above + right + 1, side="right")
    count = np.maximum(last - first, 0)
    lower = np.repeat(np.arange(row.size), count)
    upper = np.arange(lower.size) - np.repeat(np.cumsum(count) - count - first, count)
    root = np.arange(row.size)
    while lower.size:
        a, b = root[upper], root[lower]
        apart = a != b
        lower, upper = lower[apart], upper[apart]
        np.minimum.at(root, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while (root[root] != root).any():
            root = root[root]
    return root


def _measured(x: Index, y: Index, signed: F64, share: F64) -> F64:
    """One row a spot: left, top, right, bottom, x, y, area, contrast, peak ÷ threshold.

    All (n,) of pixels in reading order. Pixels are summed over runs, then runs over spots.
    """
    weight = np.abs(signed)
    starts = np.flatnonzero(np.r_[True, (np.diff(x) != 1) | (np.diff(y) != 0)])
    ends = np.r_[starts[1:], x.size] - 1
    root = _joined(y[starts], x[starts], x[ends])
    order = np.argsort(root, kind="stable")
    spots = np.flatnonzero(np.r_[True, np.diff(root[order]) != 0])
    sums = np.add.reduceat(np.stack((weight, x * weight, y * weight, signed), axis=1), starts, axis=0)
    total, across, down, signs = np.add.reduceat(sums[order], spots, axis=0).T
    area = np.add.reduceat((ends - starts + 1)[order], spots)
    return np.stack(
        (
            np.minimum.reduceat(x[starts][order], spots),
            y[starts][order][spots],
            np.maximum.reduceat(x[ends][order], spots),
            np.maximum.reduceat(y[starts][order], spots),
            across / total,
            down / total,
            area,
            np.copysign(total / area, signs),
            np.maximum.reduceat(np.maximum.reduceat(share, starts)[order], spots),
        ),
        axis=1,
    )


def _chosen(spots: F64, picture: Luma, factor: int, settings: DetectorSettings) -> Candidates:
    largest = LARGEST * min(picture.shape)
    extent = np.maximum(spots[:, 2] - spots[:, 0], spots[:, 3] - spots[:, 1])
    spots = spots[(spots[:, 8] >= 1.0) & (extent <= largest)]
    strength = np.abs(spots[:, 7]) * np.sqrt(spots[:, 6])
    spots = spots[np.argsort(-strength, kind="stable")[: settings.max_candidates]]
    boxes = np.concatenate((spots[:, :2] * factor, (spots[:, 2:4] + 1) * factor - 1), axis=1)
    centres = (spots[:, 4:6] + 0.5) * factor - 0.5
    return Candidates(
        boxes.astype(np.float32),
        centres.astype(np.float32),
        (spots[:, 6] * factor**2).astype(np.float32),
        spots[:, 7].astype(np.float32),
    )
