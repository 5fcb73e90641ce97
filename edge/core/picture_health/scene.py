"""What a camera usually sees, and what of it a picture still shows: in place, elsewhere, or not at all."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.core.picture_health import shift
from edge.core.picture_health.look import F32
from edge.core.picture_health.shift import slopes_of

TILE_PX: Final = 20
MIN_SLOPE: Final = 0.5
"""Root mean square slope of a tile that has something to know it by, grey levels a small pixel."""
GONE: Final = 0.35
"""Correlation of a tile's slopes with the usual ones, below which it shows something else."""
GHOST: Final = 0.2
"""Share of its usual slopes in their place, below which a tile is hidden though a trace shines through."""
FINE_PX: Final = 1.1
MIN_TEXTURE: Final = 0.25
"""Mean bend of a tile's flatter pixels, grey levels a small pixel squared, from which it has texture. ..."""
FLATTER: Final = 0.6
"""... So large a share of them: one edge through a tile, a shadow's or a roof's, is hardly among them, and
slow shades, which dirt has as well, do not bend."""
FADED: Final = 0.6
"""Share of its usual texture, against the whole picture's, below which a tile is faded."""
RECOGNISED: Final = 0.4
"""Share of the lit tiles whose edges are where they were by another light."""
FEW_TILES: Final = 8
LOST_VIEW: Final = 0.25
"""Share of tiles gone from which the view is looked for elsewhere, ..."""
PLAIN: Final = 0.35
"""... if the picture has so much of the usual slopes: what hides a lens has fewer."""
BLACK: Final = 16.0


Known = NDArray[np.bool_]
"""Of each tile."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """thumb: (h, 320) float32, the small copy. slopes: (h, w, 2) float32. power, level, texture: of tiles."""

    thumb: F32
    slopes: F32
    power: F32
    level: F32
    texture: F32

    @property
    def known(self) -> Known:
        """Tiles that have something to know them by."""
        return np.asarray(self.power > MIN_SLOPE**2)


@dataclass(frozen=True, slots=True)
class Match:
    """A picture held against its scene. Shares are of the tiles that have something to know them by.

    gone: tiles that show something else. hidden: those, and tiles of which hardly a trace is left. faded: of
    those with texture, tiles that lost it while others kept it. moved: root mean square shift, as a share of
    the picture's width; None: the scene was not found again. detail: slopes of the whole against the usual.
    tones: correlation of the tiles' light with the usual. contrast: how much it differs between tiles,
    against the usual.
    """

    gone: float
    hidden: float
    faded: float
    moved: float | None
    detail: float
    tones: float
    contrast: float


def scene_of(thumb: F32) -> Scene:
    """The scene as one picture shows it."""
    slopes = slopes_of(thumb)
    squares = np.asarray((slopes**2).sum(axis=2), np.float32)
    return Scene(thumb, slopes, _tiles(squares), _tiles(thumb), _texture(thumb))


def match(usual: Scene, now: Scene, known: Known, *, search: bool = True) -> Match | None:
    """Holds a picture against the usual scene; None where that has too little to know it by.

    known: which tiles to hold against it. search: whether a scene that is gone is looked for elsewhere in
    the picture.
    """
    if now.thumb.shape != usual.thumb.shape or np.count_nonzero(known) < FEW_TILES:
        return None
    product = _tiles(np.asarray((usual.slopes * now.slopes).sum(axis=2), np.float32))
    likeness = (product / np.sqrt(np.maximum(usual.power * now.power, 1e-6)))[known]
    light = float((now.level.mean() - BLACK) / max(float(usual.level.mean()) - BLACK, 1.0))
    trace = product[known] / usual.power[known] / np.clip(light, 0.05, 1.0)
    gone = float((likeness < GONE).mean())
    detail = float(np.sqrt(now.power.mean() / usual.power.mean()))
    return Match(
        gone=gone,
        hidden=float(((likeness < GONE) | (trace < GHOST)).mean()),
        faded=_faded(usual, now, known),
        moved=_moved(usual, now, detail, search=search) if gone > LOST_VIEW else 0.0,
        detail=detail,
        tones=tones(usual, now),
        contrast=float(now.level.std() / max(float(usual.level.std()), 1.0)),
    )


def tones(usual: Scene, now: Scene) -> float:
    """Correlation of the light on the tiles with the usual, -1…1."""
    if now.level.shape != usual.level.shape or min(now.level.std(), usual.level.std()) < 1e-3:
        return 0.0
    return float(np.corrcoef(usual.level.ravel(), now.level.ravel())[0, 1])


def recognised(usual: Scene, now: Scene) -> bool:
    """Whether it is the same view in another light: edges keep their place and direction, not their sign."""
    if now.thumb.shape != usual.thumb.shape:
        return False
    one, other = _axes(usual.slopes), _axes(now.slopes)
    product = _tiles(np.asarray((one * other).sum(axis=2), np.float32))
    size = _tiles(np.asarray((one**2).sum(axis=2), np.float32)) * _tiles(
        np.asarray((other**2).sum(axis=2), np.float32)
    )
    lit = usual.known & now.known
    alike = product[lit] / np.sqrt(np.maximum(size[lit], 1e-6)) > GONE
    return len(alike) >= FEW_TILES and float(alike.mean()) >= RECOGNISED


def _axes(slopes: F32) -> F32:
    """Slopes by their axis: the angle doubled, so that bright-to-dark and dark-to-bright are the same."""
    x, y = slopes[:, :, 0], slopes[:, :, 1]
    length = np.sqrt(x**2 + y**2) + 1e-3
    return np.asarray(np.dstack([(x**2 - y**2) / length, 2 * x * y / length]), np.float32)


def _moved(usual: Scene, now: Scene, detail: float, *, search: bool) -> float | None:
    return None if detail < PLAIN or not search else shift.moved(usual.thumb, now.thumb)


def _tiles(values: F32) -> F32:
    height, width = values.shape
    size = (max(width // TILE_PX, 1), max(height // TILE_PX, 1))
    area = values[: size[1] * TILE_PX, : size[0] * TILE_PX]
    return np.asarray(cv2.resize(area, size, interpolation=cv2.INTER_AREA), np.float32)


def _texture(thumb: F32) -> F32:
    """Mean bend of the flatter pixels of each tile: the Laplacian's size after a slight blur."""
    bend = np.abs(cv2.Laplacian(cv2.GaussianBlur(thumb, (0, 0), FINE_PX), cv2.CV_32F))
    height, width = (max(side // TILE_PX, 1) for side in bend.shape)
    high, wide = (min(side, TILE_PX) for side in bend.shape)
    area = bend[: height * high, : width * wide].reshape(height, high, width, wide)
    pixels = area.swapaxes(1, 2).reshape(height, width, high * wide)
    count = int(FLATTER * high * wide)
    return np.asarray(np.partition(pixels, count, axis=2)[:, :, :count].mean(axis=2), np.float32)


def _faded(usual: Scene, now: Scene, known: Known) -> float:
    """Contrast as the eye sees it, texture by light, so that a shadow is no veil."""
    rich = known & (usual.texture > MIN_TEXTURE)
    if np.count_nonzero(rich) < FEW_TILES:
        return 0.0
    left = (now.texture / np.maximum(usual.texture, 1e-3))[rich]
    light = (np.maximum(now.level - BLACK, 8) / np.maximum(usual.level - BLACK, 8))[rich]
    kept = left / light
    whole = float(np.clip(np.quantile(kept, 0.85), 0.3, 1.0))
    return float(((kept < FADED * whole) & (left < FADED)).mean())
