"""What is usual for a camera, learnt from itself: once by day, and once by infrared light."""

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from edge.core.picture_health.flow import Rate
from edge.core.picture_health.look import F32, Look
from edge.core.picture_health.scene import FEW_TILES, Scene, scene_of

Mode = Literal["colour", "grey"]
"""A camera that sees by infrared light sends no colour."""

LEARN_LOOKS: Final = 12
"""A first idea: the median of so many looks, so that rain, cars and a passing lamp are not in it."""
STEP: Final = 6.0
"""Grey levels by which a pixel of the scene may follow one look: what passes by leaves no trace."""
PLAUSIBLE_BLUR_PX: Final = 6.0
PLAUSIBLE_LEVEL: Final = (22.0, 225.0)
GREY: Final = 0.5
COLOURED: Final = 1.0
"""Mean distance of chroma from grey, below which a picture has none, and above which it has some again."""

LIGHT_S: Final = 20 * 60.0
"""Time constants of learning, seconds. Light and its colour change within an hour at dusk, ..."""
NOISE_S: Final = 60 * 60.0
SCENE_S: Final = 60 * 60.0
"""... shadows wander within hours, ..."""
FOCUS_S: Final = 7 * 86_400.0
"""... and a lens keeps its focus: what makes it worse within weeks is a fault."""
RATE_S: Final = 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """The usual figures of a `Look`, by the same names."""

    scene: Scene
    rows: F32
    columns: F32
    level: float
    bright: float
    blur_px: float | None
    edged: float
    noise: float
    impulses: float
    tint: tuple[float, float]
    spread: float
    rate: float | None = None
    """Pictures a second that come, and `new_rate`: of them, not the same again, where something moves."""
    new_rate: float | None = None


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
    blurs = [look.blur_px for look in looks if look.blur_px is not None]
    noises = [look.noise for look in looks if look.noise is not None]
    scene = scene_of(np.asarray(np.median([look.thumb for look in looks], axis=0), np.float32))
    usual = Usual(
        scene=scene,
        rows=_median([look.rows for look in looks]),
        columns=_median([look.columns for look in looks]),
        level=_middle([look.level for look in looks]),
        bright=_middle([look.bright for look in looks]),
        blur_px=_middle(blurs) if len(blurs) * 2 >= len(looks) else None,
        edged=_middle([look.edged for look in looks]),
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


def followed(usual: Usual, look: Look, passed_s: float, sound: frozenset[str]) -> Usual:
    """The usual figures after one more look, `passed_s` after the last.

    sound: names among "light", "tint", "noise", "focus" and "scene" that nothing is wrong with now; only
    those are learnt from.
    """
    slow = {name: 1 - math.exp(-passed_s / constant_s) for name, constant_s in _CONSTANTS.items()}
    share = {name: slow[name] if name in sound else 0.0 for name in slow}
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
        blur_px=_focus(usual.blur_px, look.blur_px, share),
        edged=_nearer(usual.edged, look.edged, share["scene"]),
    )
    if share["scene"] == 0 or look.thumb.shape != usual.scene.thumb.shape:
        return after
    step = np.clip(look.thumb - usual.scene.thumb, -STEP, STEP)
    return replace(
        after,
        scene=scene_of(np.asarray(usual.scene.thumb + np.float32(share["scene"]) * step, np.float32)),
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
    "scene": SCENE_S,
}


def _focus(usual: float | None, now: float | None, share: dict[str, float]) -> float | None:
    """A sharper picture is believed sooner: what was learnt before was not the lens at its best."""
    if usual is None or now is None:
        return usual if now is None else now
    return _nearer(usual, now, share["focus"] if now > usual else share["scene"])


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


Arrays = dict[str, NDArray[np.float32]]


def to_arrays(usual: Usual) -> Arrays:
    """The usual figures as arrays for a file."""
    figures = [
        *(usual.level, usual.bright, _or_nan(usual.blur_px), usual.edged, usual.noise, usual.impulses),
        *(*usual.tint, usual.spread, _or_nan(usual.rate), _or_nan(usual.new_rate)),
    ]
    return {
        "thumb": usual.scene.thumb,
        "rows": usual.rows,
        "columns": usual.columns,
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
        level, bright, blur_px, edged, noise, impulses, cb, cr, spread, rate, new_rate = figures
    except (KeyError, TypeError) as error:
        raise ValueError(f"the file lacks {error}") from error
    if (thumb.ndim, rows.ndim, columns.ndim) != (2, 2, 2) or not np.isfinite(thumb).all():
        raise ValueError("the file holds pictures of another shape")
    return Usual(
        scene=scene_of(thumb),
        rows=rows,
        columns=columns,
        level=level,
        bright=bright,
        blur_px=None if math.isnan(blur_px) else blur_px,
        edged=edged,
        noise=noise,
        impulses=impulses,
        tint=(cb, cr),
        spread=spread,
        rate=None if math.isnan(rate) else rate,
        new_rate=None if math.isnan(new_rate) else new_rate,
    )


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
