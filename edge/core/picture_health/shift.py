"""Where a scene has gone in the picture: shifted, turned, zoomed; by slopes, which light hardly changes."""

from itertools import product
from typing import Final

import cv2
import numpy as np

from edge.core.picture_health.look import F32

SOFT_PX: Final = 1.5
"""A mast in the wind moves the picture by about as much of the small copy."""
TURNS_DEG: Final = (0.0, -5.0, 5.0, -10.0, 10.0, -15.0, 15.0, -20.0, 20.0)
ZOOMS: Final = (0.75, 0.87, 1.15, 1.32, 1.5)
"""What is tried, one beside the other: blocks then find what lies between."""
BLOCKS: Final = (3, 4)
SEARCH_PX: Final = 24
"""How far a block is looked for around the place where the whole fits best."""
PEAK: Final = 0.35
"""Correlation at which a block counts as found again."""
AGREE: Final = 0.4
"""Share of the blocks that must tell the same movement."""
NEAR_PX: Final = 3.0
ALIKE: Final = 0.25
"""Correlation of the whole at which a movement is believed."""
EVEN: Final = 3.0
"""Slopes well above are levelled: strong edges do not outvote weak ones."""


def slopes_of(thumb: F32) -> F32:
    """Slopes across and down, (h, w, 2) float32, grey levels a pixel. thumb: (h, w) float32."""
    soft = cv2.GaussianBlur(thumb, (0, 0), SOFT_PX)
    across = cv2.Sobel(soft, cv2.CV_32F, 1, 0, ksize=1, scale=0.5)
    down = cv2.Sobel(soft, cv2.CV_32F, 0, 1, ksize=1, scale=0.5)
    return np.asarray(np.dstack([across, down]), np.float32)


def moved(usual: F32, now: F32) -> float | None:
    """How far the picture has moved: root mean square over the picture, as a share of its width.

    usual, now: (h, w) float32. None: the scene is not in the picture any more, or not to be known again.
    Phase correlation finds the best of some turns and zooms (Kuglin and Hines 1975; Reddy and Chatterji, IEEE
    Trans. Image Processing 5 (1996) 1266), blocks and RANSAC then fit the similarity.
    """
    seen = _even(slopes_of(now))
    small = _half(seen)
    tries = [*((turn, 1.0) for turn in TURNS_DEG), *((0.0, zoom) for zoom in ZOOMS)]
    guesses = [_guess(usual, small, turn, zoom) for turn, zoom in tries]
    for _, warp in sorted(guesses, key=lambda guess: -guess[0])[:3]:
        found = _refined(usual, seen, warp)
        if found is not None:
            return _extent(found, now.shape)
    return None


def _guess(usual: F32, small: F32, turn_deg: float, zoom: float) -> tuple[float, F32]:
    """How well the usual scene fits after a turn and a zoom at its best shift, and that movement, (2, 3)."""
    height, width = usual.shape
    warp = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, zoom), np.float32)
    fields = _half(_even(slopes_of(_warped(usual, warp)))), small
    one, other = (cv2.dft(field, flags=cv2.DFT_COMPLEX_OUTPUT) for field in fields)
    score = cv2.idft(cv2.mulSpectrums(other, one, 0, conjB=True), flags=cv2.DFT_SCALE)[:, :, 0]
    _, best, _, (x, y) = cv2.minMaxLoc(score)
    tall, wide = score.shape
    warp[:, 2] += (2 * (x - wide if x > wide // 2 else x), 2 * (y - tall if y > tall // 2 else y))
    powers = [float((field**2).sum()) for field in fields]
    return best / np.sqrt(max(powers[0] * powers[1], 1e-6)), warp


def _refined(usual: F32, seen: F32, warp: F32) -> F32 | None:
    """The movement as the blocks tell it, (2, 3); None where they tell nothing in common."""
    height, width = usual.shape
    there = _even(slopes_of(_warped(usual, warp)))
    tall, wide = height // BLOCKS[0], width // BLOCKS[1]
    field = np.pad(seen, ((SEARCH_PX, SEARCH_PX), (SEARCH_PX, SEARCH_PX), (0, 0)))
    at, to, tried = [], [], 0
    for row, column in product(range(BLOCKS[0]), range(BLOCKS[1])):
        top, left = row * tall, column * wide
        block = there[top : top + tall, left : left + wide]
        if float((block**2).mean()) < 0.01:
            continue
        tried += 1
        around = field[top : top + tall + 2 * SEARCH_PX, left : left + wide + 2 * SEARCH_PX]
        (x, y), peak = _best(block, around)
        if peak >= PEAK:
            at.append((left + wide / 2, top + tall / 2))
            to.append((left + wide / 2 + x, top + tall / 2 + y))
    if len(at) < max(3, AGREE * tried):
        return None
    found, fitting = cv2.estimateAffinePartial2D(
        np.array(at, np.float32), np.array(to, np.float32), ransacReprojThreshold=NEAR_PX
    )
    # Where nothing fits it answers None, whatever its types say.
    if fitting is None or int(fitting.sum()) < max(3, AGREE * tried):  # type: ignore[redundant-expr]
        return None
    whole = np.asarray((np.vstack([found, [0, 0, 1]]) @ np.vstack([warp, [0, 0, 1]]))[:2], np.float32)
    return whole if _alike(usual, seen, whole) >= ALIKE else None


def _alike(usual: F32, seen: F32, warp: F32) -> float:
    """Correlation of the moved scene with what is seen, where both are."""
    there = _even(slopes_of(_warped(usual, warp)))
    both = cv2.erode(_warped(np.ones_like(usual), warp, border=cv2.BORDER_CONSTANT), np.ones((9, 9))) > 0.9
    one, other = there[both], seen[both]
    return float((one * other).sum() / np.sqrt(max(float((one**2).sum() * (other**2).sum()), 1e-6)))


def _best(block: F32, field: F32) -> tuple[tuple[float, float], float]:
    """The shift (x, y) at which the block fits the field around it best, and how well, -1…1."""
    scores = [
        cv2.matchTemplate(
            np.ascontiguousarray(field[:, :, axis]), np.ascontiguousarray(block[:, :, axis]), cv2.TM_CCORR
        )
        for axis in (0, 1)
    ]
    power = cv2.matchTemplate((field**2).sum(axis=2), np.ones(block.shape[:2], np.float32), cv2.TM_CCORR)
    score = (scores[0] + scores[1]) / np.sqrt(np.maximum(power, 1e-2) * float((block**2).sum()))
    _, best, _, (x, y) = cv2.minMaxLoc(score)
    return (float(x - SEARCH_PX), float(y - SEARCH_PX)), float(best)


def _extent(warp: F32, shape: tuple[int, ...]) -> float:
    height, width = shape[:2]
    x, y = np.meshgrid(np.linspace(0, width - 1, 9), np.linspace(0, height - 1, 6))
    away = warp[:, 0, None, None] * x + warp[:, 1, None, None] * y + warp[:, 2, None, None] - np.stack([x, y])
    return float(np.sqrt((away**2).sum(axis=0).mean()) / width)


def _even(slopes: F32) -> F32:
    length = np.sqrt((slopes**2).sum(axis=2, keepdims=True))
    return np.asarray(slopes / (length + EVEN), np.float32)


def _warped(thumb: F32, warp: F32, border: int = cv2.BORDER_REPLICATE) -> F32:
    height, width = thumb.shape
    return np.asarray(cv2.warpAffine(thumb, warp, (width, height), borderMode=border), np.float32)


def _half(field: F32) -> F32:
    height, width = field.shape[:2]
    return np.asarray(cv2.resize(field, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.float32)
