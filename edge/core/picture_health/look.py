"""One picture a second, made small: pixels go in, the figures that its health is told from come out."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.vision.frame import Chroma, Luma

F32 = NDArray[np.float32]

WIDTH: Final = 320
"""Of the small copy, pixels."""
GROUPS: Final = 8
"""Parts into which each row and each column is averaged: a stripe goes through all of them."""
LINES: Final = 720
"""More than so many rows or columns are averaged by twos or threes."""
CROPS: Final = (3, 4)
"""Rows and columns of crops at full resolution: edges and noise do not survive being made smaller."""
CROP_SHARE: Final = 0.125
"""A crop's sides, as shares of the picture's: together they are 3/16 of it."""
POINTS: Final = (90, 160)
"""About so many pixels are taken as they are, unaveraged: whether a picture is the same is told from them."""
FINE_PX: Final = 1.0
COARSE_PX: Final = 3.0
"""Two known blurs; how much more the finer one leaves of an edge's slope tells how blurred it was."""
MAX_BLUR_PX: Final = 16.0
MIN_SLOPE: Final = 2.5
"""Grey levels a pixel after the coarse blur; below are noise and haze."""
EDGES: Final = (16, 60)
"""Pixels on crests of edges: with fewer a crop tells nothing, of more the steepest are taken."""
NOISE_QUANTILE: Final = 0.2
"""Of blocks: the smoothest tell the noise, the others have texture."""
BLOCK_PX: Final = 8
USABLE: Final = (20.0, 232.0)
"""Grey levels between which noise is not cut off."""
IMPULSE: Final = 40
"""Grey levels by which a pixel differs from its neighbours' median; more than any edge after a codec."""
SHARP_QUANTILE: Final = 0.35
"""Of crops: dirt that blurs some of them is no focus lost."""
BRIGHT: Final = 228

_LAPLACIANS: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What one picture shows.

    thumb: (h, 320) float32, luma by area averaging. chroma: (2, h, w) uint8, some Cb and Cr; None: unknown.
    points: uint8, single pixels of the whole picture. rows, columns: (lines, GROUPS) float32, mean luma of
    the parts of rows and columns, several of them averaged in a large picture.
    level: mean luma. bright: share of pixels at or near white. blurs_px: (12,) float32, blur of each crop's
    edges, standard deviation in pixels of a picture 1080 high; NaN where there are too few.
    noise: standard deviation, grey levels. impulses: share of single wrong pixels. tint: median Cb and Cr,
    from grey. colour: mean distance from grey. spread: mean distance of colours from the tint.
    """

    thumb: F32
    chroma: Chroma | None
    points: Luma
    rows: F32
    columns: F32
    level: float
    bright: float
    blurs_px: F32
    noise: float | None
    impulses: float
    tint: tuple[float, float]
    colour: float
    spread: float

    @property
    def blur_px(self) -> float | None:
        """Of the whole picture; None where no crop has edges."""
        return whole_blur_px(self.blurs_px)

    @property
    def edged(self) -> float:
        """Share of crops that have edges."""
        return float(np.isfinite(self.blurs_px).mean())


def whole_blur_px(blurs_px: F32) -> float | None:
    """Of a picture, from those of its crops; None where none is known."""
    known = blurs_px[np.isfinite(blurs_px)]
    return float(np.quantile(known, SHARP_QUANTILE)) if len(known) else None


def look(luma: Luma, chroma: Chroma | None = None) -> Look:
    """The figures of one picture. luma: (height, width) uint8. chroma: (2, h, w) uint8, any small size."""
    height, width = luma.shape
    luma = np.ascontiguousarray(luma)
    small = (WIDTH, max(round(WIDTH * height / width), 1))
    thumb = np.asarray(cv2.resize(luma, small, interpolation=cv2.INTER_AREA), np.float32)
    crops = _crops(luma)
    blurs = [_blur_px(crop) for crop in crops]
    noises = np.concatenate([_noises(crop) for crop in crops])
    tint, colour, spread = _colour(chroma)
    return Look(
        thumb=thumb,
        chroma=chroma,
        points=luma[:: max(height // POINTS[0], 1), :: max(width // POINTS[1], 1)].copy(),
        rows=_profile(luma[:, :: max(width // 240, 1)]),
        columns=_profile(luma[:: max(height // 180, 1)].T),
        level=float(thumb.mean()),
        bright=float((thumb >= BRIGHT).mean()),
        blurs_px=np.array(blurs, np.float32) * np.float32(1080 / height),
        noise=float(np.quantile(noises, NOISE_QUANTILE)) if len(noises) else None,
        impulses=float(np.mean([_impulses(crop) for crop in crops])),
        tint=tint,
        colour=colour,
        spread=spread,
    )


def _crops(luma: Luma) -> list[Luma]:
    height, width = luma.shape
    high, wide = max(int(height * CROP_SHARE), 16), max(int(width * CROP_SHARE), 16)
    tops = [round((row + 0.5) * height / CROPS[0] - high / 2) for row in range(CROPS[0])]
    lefts = [round((column + 0.5) * width / CROPS[1] - wide / 2) for column in range(CROPS[1])]
    return [luma[top : top + high, left : left + wide] for top in tops for left in lefts]


def _blur_px(crop: Luma) -> float:
    """The blur of a crop's edges, pixels, from how two more blurs flatten them; NaN where there are too few.

    Zhuo and Sim, Defocus map estimation from a single image, Pattern Recognition 44 (2011) 1852, section 3.
    It holds on the crest of an edge only: on its slopes, and beside thin lines, the blur seems larger.
    """
    fine, coarse = (_slope(crop, blur) for blur in (FINE_PX, COARSE_PX))
    crest = (fine >= cv2.dilate(fine, np.ones((3, 3), np.uint8))) & (coarse > MIN_SLOPE)
    steep, ratios = coarse[crest], (fine / np.maximum(coarse, MIN_SLOPE))[crest]
    fewest, most = EDGES
    if len(steep) < fewest:
        return math.nan
    if len(steep) > most:
        ratios = ratios[np.argpartition(steep, -most)[-most:]]
    ratio = float(np.median(ratios)) ** 2
    if ratio <= 1 + 1e-3:
        return MAX_BLUR_PX
    variance = (COARSE_PX**2 - ratio * FINE_PX**2) / (ratio - 1)
    return float(min(np.sqrt(max(variance, 0.0)), MAX_BLUR_PX))


def _slope(crop: Luma, blur_px: float) -> F32:
    soft = cv2.GaussianBlur(crop.astype(np.float32), (0, 0), blur_px)
    across = cv2.filter2D(soft, -1, np.array([[-0.5, 0, 0.5]], np.float32))
    down = cv2.filter2D(soft, -1, np.array([[-0.5], [0], [0.5]], np.float32))
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _noises(crop: Luma) -> F32:
    """Standard deviation of the noise in each block that is neither black nor white.

    Immerkaer, Fast noise variance estimation, Computer Vision and Image Understanding 64 (1996) 300.
    """
    rest = np.abs(cv2.filter2D(crop.astype(np.float32), -1, _LAPLACIANS))
    high, wide = (side // BLOCK_PX for side in crop.shape)
    size = (wide, high)
    area = (slice(high * BLOCK_PX), slice(wide * BLOCK_PX))
    spread = cv2.resize(rest[area], size, interpolation=cv2.INTER_AREA) * np.sqrt(np.pi / 2) / 6
    level = cv2.resize(crop[area], size, interpolation=cv2.INTER_AREA)
    return np.asarray(spread[(level > USABLE[0]) & (level < USABLE[1])], np.float32)


def _impulses(crop: Luma) -> float:
    return float((cv2.absdiff(crop, cv2.medianBlur(np.ascontiguousarray(crop), 3)) > IMPULSE).mean())


def _profile(lines: Luma) -> F32:
    """Mean of each part of each line, or of two or three lines: (lines, GROUPS)."""
    count, length = lines.shape
    together = -(-count // LINES)
    size = (GROUPS, count // together)
    area = np.ascontiguousarray(lines[: size[1] * together, : length // GROUPS * GROUPS])
    return np.asarray(cv2.resize(area.astype(np.float32), size, interpolation=cv2.INTER_AREA))


def _colour(chroma: Chroma | None) -> tuple[tuple[float, float], float, float]:
    if chroma is None:
        return (0.0, 0.0), 0.0, 0.0
    away = chroma.astype(np.float32) - 128
    cb, cr = np.median(away.reshape(2, -1), axis=1)
    spread = np.hypot(away[0] - cb, away[1] - cr).mean()
    return (float(cb), float(cr)), float(np.hypot(away[0], away[1]).mean()), float(spread)
