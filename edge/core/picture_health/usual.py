"""What is usual for a camera, learnt from itself: once by day, and once by infrared light."""

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from edge.core.picture_health.flow import Rate
from edge.core.picture_health.look import F32, Look, whole_blur_px
from edge.core.picture_health.scene import FEW_TILES, Known, Scene, scene_of

Mode = Literal["colour", "grey"]
"""A camera that sees by infrared light sends no colour."""

LEARN_LOOKS: Final = 12
"""A first idea: the median of so many looks, so that rain, cars and a passing lamp are not in it."""
STEP: Final = 30.0
"""Grey levels by which a pixel of the scene may follow one look: what passes by leaves no trace, and a
shadow is gone within two hours."""
OFTEN: Final = 0.5
PLAUSIBLE_BLUR_PX: Final = 4.0
PLAUSIBLE_LEVEL: Final = (17.0, 225.0)
GREY: Final = 0.5
COLOURED: Final = 1.0
"""Mean distance of chroma from grey, below which a picture has none, and above which it has some again."""

LIGHT_S: Final = 10 * 60.0
"""Time constants of learning, seconds. Light and its colour change within an hour at dusk and dawn, ..."""
NOISE_S: Final = 60 * 60.0
SCENE_S: Final = 60 * 60.0
"""... shadows wander within hours, ..."""
FOCUS_S: Final = 7 * 86_400.0
"""... and a lens keeps its focus: what makes it worse within weeks is a fault."""
SHARPER_S: Final = 86_400.0
"""A sharper picture is believed sooner: what was learnt before was not the lens at its best."""
RATE_S: Final = 86_400.0
LASTING_S: Final = 86_400.0
LEAVING_S: Final = 3 * 60 * 60.0
"""What comes must stay for most of a day before a tile is known by it: lamps and shadows do not."""


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """The usual figures of a `Look`, by the same names."""

    scene: Scene
    lasting: F32
    """Of each tile, the share of the time in which it has something to know it by: a shadow's edge passes."""
    rows: F32
    columns: F32
    level: float
    bright: float
    blurs_px: F32
    """Of the crops; NaN where no edges were seen yet."""
    edges: F32
    """Share of looks in which each crop had edges, (12,)."""
    noise: float
    impulses: float
    tint: tuple[float, float]
    spread: float
    rate: float | None = None
    """Pictures a second that come, and `new_rate`: of them, not the same again, where something moves."""
    new_rate: float | None = None

    @property
    def known(self) -> Known:
        """Tiles that are known by more than what passes."""
        return np.asarray(self.scene.known & (self.lasting > OFTEN))

    @property
    def focused(self) -> NDArray[np.bool_]:
        """Crops whose edges are there in most looks: those tell the focus."""
        return np.isfinite(self.blurs_px) & (self.edges > OFTEN)

    @property
    def blur_px(self) -> float | None:
        """Of the whole picture; None where no crop tells it."""
        return whole_blur_px(self.blurs_px[self.focused])

    @property
    def edged(self) -> float:
        """Share of crops that have edges."""
        return float(self.edges.mean())


def mode_of(look: Look, before: Mode | None) -> Mode:
    """By which light the camera sees; between the two limits it stays as it was."""
    if before == "grey":
        return "colour" if look.chroma is not None and look.colour > COLOURED else "grey"
    return "grey" if look.chroma is None or look.colour < GREY else "colour"


def learnt(looks: tuple[Look, ...]) -> Usual | None:
    """A first idea from looks of one mode; None where the picture could not be a healthy one.

    What is learnt from a covered or blurred lens would call the fault usual. So a picture without detail,
    without focus or without light is refused: until a better one comes nothing is usual, and only what is
    wrong by any measure is told.
    """
    blurs = np.array([look.blurs_px for look in looks])
    noises = [look.noise for look in looks if look.noise is not None]
    scene = scene_of(np.asarray(np.median([look.thumb for look in looks], axis=0), np.float32))
    usual = Usual(
        scene=scene,
        lasting=scene.known.astype(np.float32),
        rows=_median([look.rows for look in looks]),
        columns=_median([look.columns for look in looks]),
        level=_middle([look.level for look in looks]),
        bright=_middle([look.bright for look in looks]),
        blurs_px=_middle_of_known(blurs),
        edges=np.isfinite(blurs).mean(axis=0, dtype=np.float32),
        noise=_middle(noises) if noises else 0.0,
        impulses=_middle([look.impulses for look in looks]),
        tint=(_middle([look.tint[0] for look in looks]), _middle([look.tint[1] for look in looks])),
        spread=_middle([look.spread for look in looks]),
    )
    return usual if plausible(usual) else None


def plausible(usual: Usual) -> bool:
    """Whether a healthy camera could show that."""
    sharp = usual.blur_px is None or usual.blur_px <= PLAUSIBLE_BLUR_PX
    lit = PLAUSIBLE_LEVEL[0] <= usual.level <= PLAUSIBLE_LEVEL[1]
    return sharp and lit and int(np.count_nonzero(usual.scene.known)) >= FEW_TILES


def followed(usual: Usual, look: Look, steady: Scene, passed_s: float, sound: frozenset[str]) -> Usual:
    """The usual figures after one more look, `passed_s` after the last.

    steady: what the picture shows without what passes by. sound: names among "light", "tint", "noise",
    "focus" and "scene" that nothing is wrong with now; only those are learnt from.
    """
    slow = {name: 1 - math.exp(-passed_s / constant_s) for name, constant_s in _CONSTANTS.items()}
    share = {name: slow[name] if name in sound else 0.0 for name in slow}
    share["sharper"] = slow["sharper"] if "focus" in sound else 0.0
    after = replace(
        usual,
        level=_nearer(usual.level, look.level, share["light"]),
        bright=_nearer(usual.bright, look.bright, share["light"]),
        tint=(
            _nearer(usual.tint[0], look.tint[0], share["tint"]),
            _nearer(usual.tint[1], look.tint[1], share["tint"]),
        ),
        spread=_nearer(usual.spread, look.spread, share["tint"]),
        noise=_nearer(usual.noise, look.noise, share["noise"]),
        impulses=_nearer(usual.impulses, look.impulses, share["noise"]),
        blurs_px=_focus(usual.blurs_px, look.blurs_px, share),
        edges=_toward(usual.edges, np.isfinite(look.blurs_px).astype(np.float32), share["scene"]),
    )
    if share["scene"] == 0 or steady.thumb.shape != usual.scene.thumb.shape:
        return after
    step = np.clip(steady.thumb - usual.scene.thumb, -STEP, STEP)
    now = steady.known.astype(np.float32)
    nearer = np.where(now < usual.lasting, slow["leaving"], slow["lasting"]).astype(np.float32)
    return replace(
        after,
        scene=scene_of(np.asarray(usual.scene.thumb + np.float32(share["scene"]) * step, np.float32)),
        lasting=np.asarray(usual.lasting + nearer * (now - usual.lasting), np.float32),
        rows=_toward(usual.rows, look.rows, share["light"]),
        columns=_toward(usual.columns, look.columns, share["light"]),
    )


def rated(usual: Usual, rate: Rate, passed_s: float) -> Usual:
    """The usual rates after one more second."""
    return replace(
        usual,
        rate=_best(usual.rate, rate.arriving, passed_s),
        new_rate=_best(usual.new_rate, rate.new, passed_s),
    )


def _best(usual: float | None, now: float | None, passed_s: float) -> float | None:
    """Follows what is better soon, and what is worse slowly: a rate does not fall by itself."""
    if now is None or usual is None:
        return usual if now is None else now
    return _nearer(usual, now, 0.05 if now > usual else 1 - math.exp(-passed_s / RATE_S))


_CONSTANTS: Final = {
    "light": LIGHT_S,
    "tint": LIGHT_S,
    "noise": NOISE_S,
    "focus": FOCUS_S,
    "sharper": SHARPER_S,
    "scene": SCENE_S,
    "lasting": LASTING_S,
    "leaving": LEAVING_S,
}


def _focus(usual: F32, now: F32, share: dict[str, float]) -> F32:
    """Crop by crop; what had no edges before is taken as it is."""
    nearer = np.where(now > usual, share["focus"], share["sharper"]).astype(np.float32)
    after = np.where(np.isnan(usual), now, usual + nearer * (now - usual))
    return np.asarray(np.where(np.isnan(now) | (share["focus"] == 0), usual, after), np.float32)


def _nearer(usual: float, now: float | None, share: float) -> float:
    return usual if now is None else usual + share * (now - usual)


def _toward(usual: F32, now: F32, share: float) -> F32:
    if now.shape != usual.shape:  # the stream has another resolution
        return now
    return np.asarray(usual + np.float32(share) * (now - usual), np.float32)


def _middle(values: list[float]) -> float:
    return float(np.median(values))


def _median(arrays: list[F32]) -> F32:
    return np.asarray(np.median(arrays, axis=0), np.float32)


def _middle_of_known(blurs: F32) -> F32:
    """Of each column, (looks, crops); NaN where nothing is known of it."""
    known = [column[np.isfinite(column)] for column in blurs.T]
    return np.array([np.median(column) if len(column) else np.nan for column in known], np.float32)


Arrays = dict[str, NDArray[np.float32]]


def to_arrays(usual: Usual) -> Arrays:
    """The usual figures as arrays for a file."""
    figures = [
        *(usual.level, usual.bright, usual.noise, usual.impulses),
        *(*usual.tint, usual.spread, _or_nan(usual.rate), _or_nan(usual.new_rate)),
    ]
    return {
        "thumb": usual.scene.thumb,
        "lasting": usual.lasting,
        "rows": usual.rows,
        "columns": usual.columns,
        "blurs_px": usual.blurs_px,
        "edges": usual.edges,
        "figures": np.array(figures, np.float32),
    }


def from_arrays(arrays: Arrays) -> Usual:
    """The usual figures from a file.

    Raises:
        ValueError: They are not what `to_arrays` made.
    """
    try:
        thumb, rows, columns = arrays["thumb"], arrays["rows"], arrays["columns"]
        figures = [float(value) for value in arrays["figures"]]
        blurs_px, edges, lasting = arrays["blurs_px"], arrays["edges"], arrays["lasting"]
        level, bright, noise, impulses, cb, cr, spread, rate, new_rate = figures
    except (KeyError, TypeError) as error:
        raise ValueError(f"the file lacks {error}") from error
    if (thumb.ndim, rows.ndim, columns.ndim) != (2, 2, 2) or not np.isfinite(thumb).all():
        raise ValueError("the file holds pictures of another shape")
    return Usual(
        scene=scene_of(thumb),
        lasting=lasting,
        rows=rows,
        columns=columns,
        level=level,
        bright=bright,
        blurs_px=blurs_px,
        edges=edges,
        noise=noise,
        impulses=impulses,
        tint=(cb, cr),
        spread=spread,
        rate=None if math.isnan(rate) else rate,
        new_rate=None if math.isnan(new_rate) else new_rate,
    )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
