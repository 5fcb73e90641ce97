"""Where in the picture falls can be seen, found from the picture alone: the facade and the air around it.

Edges of every facade run in two directions: upright ones, which meet in the zenith's vanishing point, and
level ones. Sky has no edges, paving few, foliage has them in all directions. What falls goes away from the
zenith, as far aside as down at most. Above the facade's foot only places without any edges are ignored, and
nothing is where no facade is sure.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.vision.frame import F32, F64, Luma

Cells = NDArray[np.bool_]

LINES: Final = 360
"""The picture is looked at with so many lines at most: a floor of a tower with 40 has eight, and no more is
needed; so a view gives the same at every resolution."""
CELL_PX: Final = 12
"""Side of a cell: a window or two, so that upright and level edges meet in a few of them."""
MIN_CELLS: Final = 12
"""A picture that is smaller shows no facade's parts."""
BINS: Final = 36
"""Directions of an edge, 5 degrees each: a pixel's gradient is a few degrees exact."""
AROUND: Final = 5
"""Directions are counted over so many cells each way: about two floors."""

NOISE_SHARE: Final = 0.1
RAYLEIGH_MEDIAN: Final = 1.177
"""Median of the gradients that noise makes, in sigmas. Of a facade's cells a tenth show wall, so the tenth
percentile of the cells' medians is noise and no edges."""
NOISE_SIGMAS: Final = 4.0
"""Noise passes it in one pixel of 3000."""
EDGE: Final = (1.5, 5.0)
"""Least and most of the gradient from which on it is an edge, grey levels a pixel. Codecs step by one. A wall
without more than the most cannot be told from the sky; so nothing is ignored where noise asks for more."""
DENSE: Final = 0.06
"""Share of pixels on edges: one line through a cell gives 0.08 at the least, its two flanks 0.16."""
CHANCE: Final = 3 / BINS
"""The share of edges that lies within 7.5 degrees of any one direction if all are alike."""
LAWFUL: Final = 3.6 * CHANCE
"""Share of the two strongest directions; foliage gives 2.4 to 3, the better of many windows counts."""
UPRIGHT: Final = 1.7 * CHANCE
LEVEL: Final = 1.4 * CHANCE
"""What each alone has at the least. Paving seen flatly has level edges only, a kerb or a mast one of them."""
OWN_DIRECTION: Final = 5
"""Level edges lie at least so many bins from upright ones."""

FACADE_CELLS: Final = 80
"""Fewer cells in which both directions stand out, a twentieth of the picture, are no watched facade."""
FACADE_STRENGTH: Final = 0.25
"""Nor are those that hold less of the strength of all edges: something else is the picture's matter."""
PIECE_CELLS: Final = 32
"""A smaller piece may be a car, a sign, a line of text: a tenth of the picture's length squared."""
OTHER_CELLS: Final = 16
"""Other places with edges are watched from this size on, whatever they are: a fall may begin there."""

ROLL_DEG: Final = (-8, -4, 0, 4, 8)
TILT_DEG: Final = (*range(4, 88, 2), 88.5)
"""Directions to the zenith that are tried, from the picture's middle, with the long side as focal length:
from a camera that looks straight up to one that looks level."""

MARGIN: Final = 0.12
"""Air around the facade that is watched, of the long side. A camera that shows what is 10 cm wide in two
pixels of 1280 sees 64 m across, and hardly one sees less than 35 m of a tower: 4 to 8 m, as far as hands
throw before gravity turns the way down (v²/2g aside of a line of 45 degrees, 3 m at 8 m/s)."""
SPREAD: Final = 1.0
"""Beyond the margin a thing goes aside as far as down: at 8 m/s it does so after 13 m, later less."""
BELOW: Final = 0.2
BELOW_OF_FACADE: Final = 0.25
"""Watched below the foot, of the picture's height, and of what is seen of the facade: things land some
metres before the wall, and trees hide its lowest floors."""
WIDEST_FOCAL: Final = 0.5
"""Focal length of a lens of 90 degrees, of the long side. With no wider lens the horizon lies at least its
square, divided by the zenith's distance, below the middle: ground above it cannot be seen."""


@dataclass(frozen=True, slots=True)
class Edges:
    """What the cells hold.

    directions: (rows, columns, BINS) float32, strength of the edges by direction, from level (0) over
    right-downwards to upright (the middle). dense: (rows, columns) float32, share of pixels on edges.
    """

    directions: F32
    dense: F32


def unwatched(luma: Luma) -> Cells | None:
    """The part of a still picture in which no fall can be seen, (h, w) bool; None where that is not sure.

    luma: (h, w) uint8 without what moves, reduced or not.
    Vanishing points by their votes: Barnard, Artificial Intelligence 21 (1983) 435; two directions at right
    angles in what people build: Coughlan & Yuille, Manhattan World, ICCV 1999.
    """
    small = _small(luma)
    edges = _edges(small)
    if edges is None:
        return None
    size = np.array([small.shape[1], small.shape[0]], np.float64)
    zenith, by_strength = _zeniths(edges, size)
    facade = _facade(edges, zenith)
    strength = edges.directions.sum(axis=2)
    if facade.sum() < FACADE_CELLS or strength[facade].sum() < FACADE_STRENGTH * strength.sum():
        return None
    structure = facade | _pieces(edges.dense > DENSE, OTHER_CELLS)
    # A codec's blocks are many weak upright lines. So ground is only ignored if strong lines bear it out.
    last = np.maximum(_ground(facade, zenith, size), _ground(facade, by_strength, size))
    watched = _in_reach(structure, zenith, size, last)
    height, width = luma.shape
    wide = cv2.resize((~watched).astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(wide > 0, np.bool_)


def _small(luma: Luma) -> Luma:
    short = min(luma.shape)
    if short <= LINES:
        return luma
    height, width = (round(side * LINES / short) for side in luma.shape)
    return np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _edges(small: Luma) -> Edges | None:
    """None of a picture that is too small or too noisy."""
    rows, columns = small.shape[0] // CELL_PX, small.shape[1] // CELL_PX
    if min(rows, columns) < MIN_CELLS:
        return None
    # Scharr's masks weigh 32 pixels of difference: this makes it grey levels a pixel.
    across, down = (cv2.Scharr(small, cv2.CV_32F, dx, 1 - dx, scale=1 / 32) for dx in (1, 0))
    strength = np.hypot(across, down)
    strength = strength[: rows * CELL_PX, : columns * CELL_PX]
    medians = np.median(strength.reshape(rows, CELL_PX, columns, CELL_PX), axis=(1, 3))
    noise = float(np.quantile(medians, NOISE_SHARE)) / RAYLEIGH_MEDIAN
    if NOISE_SIGMAS * noise > EDGE[1]:
        return None
    strong = strength > max(NOISE_SIGMAS * noise, EDGE[0])
    y, x = np.nonzero(strong)
    along = _bin(np.arctan2(down[y, x], across[y, x]) + np.pi / 2)
    cell = (y // CELL_PX) * columns + x // CELL_PX
    counted = np.bincount(cell * BINS + along, strength[y, x], rows * columns * BINS)
    dense = np.bincount(cell, minlength=rows * columns) / CELL_PX**2
    return Edges(
        counted.reshape(rows, columns, BINS).astype(np.float32),
        _mean_around(dense.reshape(rows, columns).astype(np.float32)),
    )


def _bin(angle: F64) -> NDArray[np.intp]:
    """The direction's bin of angles in radians, of any size."""
    return np.asarray(np.minimum(np.mod(angle, np.pi) / np.pi * BINS, BINS - 1), np.intp)


def _mean_around(dense: F32) -> F32:
    """Over the cells and their neighbours that are in the picture."""
    inside = cv2.boxFilter(np.ones_like(dense), -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    total = cv2.boxFilter(dense, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(total / inside, np.float32)


def _middles(shape: tuple[int, ...]) -> F64:
    """Middles of the cells, float64 (rows, columns, 2) of x, y."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.stack([columns, rows], axis=-1) * float(CELL_PX) + (CELL_PX - 1) / 2


def _windows(directions: F32) -> F32:
    """For each bin the sum of it and the two beside it: 15 degrees."""
    return np.asarray(directions + np.roll(directions, 1, 2) + np.roll(directions, -1, 2), np.float32)


def _zeniths(edges: Edges, size: F64) -> tuple[F64, F64]:
    """Where upright lines meet, float64 (2,) x, y: the place that most cells' edges point at; the strongest.

    For the first each cell has one vote, however strong its edges are, split by their directions.
    """
    voting = edges.dense > DENSE
    strengths = _windows(edges.directions)[voting]
    votes = strengths / np.maximum(edges.directions[voting].sum(axis=1, keepdims=True), 1e-6)
    ballots = np.stack([votes, strengths], axis=-1)
    middles = _middles(edges.dense.shape)[voting]
    each = np.arange(len(middles))
    best, at = np.full(2, -1.0), np.stack([size / 2, size / 2])
    for roll in np.radians(ROLL_DEG):
        for away in size.max() * np.tan(np.radians(TILT_DEG)):
            place = size / 2 + away * np.array([np.sin(roll), -np.cos(roll)])
            to = place - middles
            found = ballots[each, _bin(np.arctan2(to[:, 1], to[:, 0]))].sum(axis=0)
            at[found > best] = place
            best = np.maximum(best, found)
    return at[0], at[1]


def _facade(edges: Edges, zenith: F64) -> Cells:
    """Cells that are surely a facade's: edges in two directions, one of them upright."""
    to = zenith - _middles(edges.dense.shape)
    upright = _bin(np.arctan2(to[..., 1], to[..., 0]))
    turned = np.take_along_axis(
        edges.directions, (upright[..., None] + np.arange(BINS)) % BINS, axis=2
    )  # bin 0 is upright now
    gathered = np.stack(
        [
            cv2.boxFilter(
                np.ascontiguousarray(turned[..., index]),
                -1,
                (AROUND, AROUND),
                normalize=False,
                borderType=cv2.BORDER_CONSTANT,
            )
            for index in range(BINS)
        ],
        axis=2,
    )
    shares = _windows(gathered.astype(np.float32)) / np.maximum(gathered.sum(axis=2, keepdims=True), 1e-6)
    # Two bins of play: lenses bend what is upright.
    up = shares[..., [-2, -1, 0, 1, 2]].max(axis=2)
    level = shares[..., OWN_DIRECTION : BINS - OWN_DIRECTION + 1].max(axis=2)
    lawful = (edges.dense > DENSE) & (up + level >= LAWFUL)
    return _pieces(lawful & (up >= UPRIGHT) & (level >= LEVEL), PIECE_CELLS)


def _pieces(cells: Cells, least: int) -> Cells:
    """Only the connected parts of so many cells at least."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cells.astype(np.uint8), connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= least
    large[0] = False
    return np.asarray(large[labels], np.bool_)


def _in_reach(structure: Cells, zenith: F64, size: F64, last: F64) -> Cells:
    """The cells that things may pass which leave a building. last: row that is watched, of each column."""
    above_ground = np.arange(structure.shape[0])[:, None] <= last[None]
    sources = structure & above_ground
    rim = sources & ~np.asarray(
        cv2.erode(sources.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0
    )
    middles = _middles(structure.shape)
    start = middles[rim]
    down = start - zenith
    down /= np.maximum(np.linalg.norm(down, axis=1, keepdims=True), 1e-6)
    way = middles.reshape(1, -1, 2) - start[:, None]
    fallen = (way * down[:, None]).sum(axis=2)
    aside = np.abs(way[..., 0] * down[:, None, 1] - way[..., 1] * down[:, None, 0])
    margin = MARGIN * size.max()
    reached = (fallen >= -margin) & (aside <= margin + SPREAD * np.maximum(fallen, 0))
    return np.asarray((reached.any(axis=0).reshape(structure.shape) | sources) & above_ground, np.bool_)


def _ground(facade: Cells, zenith: F64, size: F64) -> F64:
    """For each column of cells the last row that is watched, by what columns near it show of the facade."""
    rows, columns = facade.shape
    unlimited = np.full(columns, float(rows))
    away = float(np.linalg.norm(zenith - size / 2))
    if (WIDEST_FOCAL * size.max()) ** 2 > away * size[1] / 2:
        return unlimited
    shown = np.nonzero(facade.any(axis=0))[0]
    top = facade[:, shown].argmax(axis=0)
    foot = rows - 1 - facade[::-1, shown].argmax(axis=0)
    last = foot + 1 + np.maximum(BELOW * rows, BELOW_OF_FACADE * (foot - top))
    last = np.where(foot >= rows - 2, rows, last)
    apart = np.abs(shown[None] - np.arange(columns)[:, None])
    near = apart <= np.maximum(MARGIN * size.max() / CELL_PX, apart.min(axis=1, keepdims=True))
    return np.asarray(np.where(near, last[None], 0).max(axis=1), np.float64)
