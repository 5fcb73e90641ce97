"""One look held against what is usual: how much of each fault is in it."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from edge.core.picture_health import stripes
from edge.core.picture_health.look import F32, MAX_BLUR_PX, SHARP_QUANTILE, Look
from edge.core.picture_health.scene import BLACK, LOST_VIEW, Match, Scene, match, scene_of
from edge.core.picture_health.usual import Usual

UNUSUAL_LIGHT: Final = 60.0
"""What a picture's light is held against while nothing is usual yet."""
TOO_DARK_FOR_COLOURS: Final = 30.0
COLOURLESS: Final = 1.0
"""Distance and spread of the colours of an infrared picture."""
DARK_LEVEL: Final = 70.0
BLACK_LEVEL: Final = 24.0
GLARE_LEVEL: Final = 170.0
GLARE_RANGE: Final = 160.0
SURE_MORE: Final = 80.0
"""Grey levels; a bright sky that a cloud lets pass the border to white is hardly brighter."""
IMPULSE_WEIGHT: Final = 300.0
"""Grey levels of noise that a share of single wrong pixels counts as: 0.013 of them as 4."""
LINES: Final = 2.5
SHARP_ELSEWHERE_PX: Final = 1.5
ELSEWHERE: Final = 100.0
"""Told as the movement of a camera that shows another place altogether, % of the width."""
FEW_CROPS: Final = 3
"""With fewer that have edges, they do not tell the focus, ..."""
SURE_BLUR_PX: Final = 3.0
CLEAR_BLUR_PX: Final = 1.5
"""... unless it is lost by so much that edges must be missing; less will do where the air is clear."""
PLAIN_BLUR_PX: Final = 2.5
"""What is more counts as lost focus while nothing is usual yet."""
STRAY: Final = 1.2
"""By so much of the usual may the blur of edges seem larger: light changes what edges there are."""
PLAIN: Final = 0.3
"""Of a picture's edges: fewer are no other place, but something before the lens."""


@dataclass(frozen=True, slots=True)
class Value:
    """A measure, and what is usual of it."""

    now: float
    usual: float | None = None


Values = dict[str, Value]
"""By fault; what cannot be told now is missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is measured.

    steady: of the median of the last small copies, without rain and what passes by. before: the
    last look. night: in colour, a picture darker than that should be infrared; None: nothing is known of this
    camera's nights. search: whether a view that is gone is looked for elsewhere in the picture, which costs
    as much as all the rest; without, nothing is told while it is gone.
    """

    look: Look
    steady: Scene
    before: Look | None = None
    night: float | None = None
    search: bool = True


def values(seen: Seen, usual: Usual | None) -> Values:
    """How much of each fault the look shows. usual: what it is held against; None: not known yet."""
    look, steady = seen.look, seen.steady
    if usual is None or usual.scene.thumb.shape != look.thumb.shape:
        return _by_any_measure(look) | _filter(seen, None)
    found = match(usual.scene, steady, usual.known, search=seen.search)
    if found is not None and found.gone > LOST_VIEW and not seen.search:
        return {}
    told: Values = {
        "dark": _dark(look, usual),
        "over_exposed": _over_exposed(look, usual),
        "noisy": _noisy(look, usual),
        "striped": _striped(look, seen.before, usual),
    }
    if told["striped"].now >= LINES:
        told.pop("noisy")
    if found is not None:
        told |= _view(look, steady, usual, found, told)
    if "covered" in told and told["covered"].now < LOST_VIEW and told["moved"].now < 1:
        told |= ({} if told["dark"].now < 0.4 else _cast(look, usual)) | _filter(seen, usual)
        told |= _focus(look, usual, found, told)
    return told


def _by_any_measure(look: Look) -> Values:
    """What is wrong whatever is usual: nothing to see, no focus, no light."""
    structure = min(float(scene_of(look.thumb).known.mean()) * 10, 1.0)
    black = look.level < BLACK_LEVEL and structure < 1.0
    told: Values = {
        "dark": Value(_light(look.level, UNUSUAL_LIGHT) if black else 1.0),
        "covered": Value(1.0 - structure),
        "over_exposed": Value(max(look.bright - 0.55, 0.0)),
    }
    if look.blur_px is not None:
        told["defocused"] = Value(max(look.blur_px - PLAIN_BLUR_PX, 0.0))
    return told


def _dark(look: Look, usual: Usual) -> Value:
    share = _light(look.level, usual.level)
    return Value(share if look.level <= DARK_LEVEL else max(share, 1.0), 1.0)


def _light(level: float, usual: float) -> float:
    return (max(level - BLACK, 0) + 1) / (max(usual - BLACK, 0) + 1)


def _over_exposed(look: Look, usual: Usual) -> Value:
    if look.level < GLARE_LEVEL:
        return Value(0.0, 0.0)
    more = look.level - usual.level
    white = min(look.bright - usual.bright, more / SURE_MORE)
    return Value(max(white, more / GLARE_RANGE, 0.0), 0.0)


def _noisy(look: Look, usual: Usual) -> Value:
    noise = look.noise or 0.0
    added = math.sqrt(max(noise**2 - usual.noise**2, 0.0))
    return Value(math.hypot(added, IMPULSE_WEIGHT * max(look.impulses - usual.impulses, 0.0)), usual.noise)


def _striped(look: Look, before: Look | None, usual: Usual) -> Value:
    found = [
        stripes.amplitude(look.rows, usual.rows, moving=False),
        stripes.amplitude(look.columns, usual.columns, moving=False),
    ]
    if before is not None:
        found.append(stripes.amplitude(look.rows, before.rows, moving=True) / math.sqrt(2))
        found.append(stripes.amplitude(look.columns, before.columns, moving=True) / math.sqrt(2))
    return Value(max(found), 0.0)


def _view(look: Look, steady: Scene, usual: Usual, found: Match, told: Values) -> Values:
    """Covered, moved, soiled. Only one of them explains a view that is not where it was."""
    hidden = found.hidden
    if told["striped"].now >= LINES and found.gone > LOST_VIEW:
        cleared = match(usual.scene, _without_lines(steady.thumb, usual.scene), usual.known)
        if cleared is not None and cleared.gone < 0.5 * found.gone:
            return {"covered": Value(0.0, 0.0), "moved": Value(0.0, 0.0)}
        del told["striped"]
    if found.gone > LOST_VIEW and found.moved is not None and found.moved > 0.004:
        return {"covered": Value(0.0, 0.0), "moved": Value(100 * found.moved, 0.0)}
    if _only_blurred(look, usual, found) or _only_glare(look, usual, found):
        return {"covered": Value(0.0, 0.0), "moved": Value(0.0, 0.0)}
    if "noisy" in told and told["noisy"].now >= 4 and look.impulses > 0.002:
        hidden = 0.0
    if found.gone > 0.75 and _another_place(look, usual, found):
        return {"covered": Value(0.0, 0.0), "moved": Value(ELSEWHERE, 0.0)}
    if hidden >= 0.6 and look.bright < usual.bright + 0.3:
        del told["over_exposed"]
    view: Values = {"covered": Value(hidden, 0.0), "moved": Value(0.0, 0.0)}
    if hidden < 0.6 and told["dark"].now > 0.4 and told["over_exposed"].now < 0.15:
        view["soiled"] = Value(found.faded, 0.0)
    return view


def _only_blurred(look: Look, usual: Usual, found: Match) -> bool:
    """Whether light and shade are where they were, and only the edges have gone soft."""
    soft = look.blur_px is None or look.blur_px > (usual.blur_px or 0) + 3
    return soft and found.tones > 0.9 and found.contrast > 0.6


def _only_glare(look: Look, usual: Usual, found: Match) -> bool:
    return look.bright > usual.bright + 0.3 and found.gone < 0.9


def _another_place(look: Look, usual: Usual, found: Match) -> bool:
    """Whether the picture is as sharp and as full of edges as ever, only of something else."""
    if look.blur_px is None or usual.blur_px is None or found.detail < 0.5:
        return False
    sharp = look.blur_px < usual.blur_px + SHARP_ELSEWHERE_PX
    return sharp and look.edged >= max(PLAIN, 0.6 * usual.edged) and found.tones > -0.6


def _without_lines(steady: F32, usual: Scene) -> Scene:
    rest = steady - usual.thumb
    rest = rest - np.median(rest)
    rows = np.median(rest, axis=1, keepdims=True)
    columns = np.median(rest - rows, axis=0, keepdims=True)
    return scene_of(np.asarray(steady - rows - columns, np.float32))


def _cast(look: Look, usual: Usual) -> Values:
    if look.chroma is None or look.level < TOO_DARK_FOR_COLOURS:
        return {}
    cb, cr = look.tint[0] - usual.tint[0], look.tint[1] - usual.tint[1]
    pale = look.spread < 0.85 * usual.spread or _colourless(usual)
    return {"colour_cast": Value(0.0 if _pink(cb, cr) > 0 and pale else math.hypot(cb, cr), 0.0)}


def _filter(seen: Seen, usual: Usual | None) -> Values:
    """The colours of a camera whose infrared filter does not move.

    Without the filter by day red gets more light than green, and so does blue: everything is pink or purple.
    With the filter at night the picture keeps its colour, and has no light.
    """
    look = seen.look
    if look.chroma is None:
        return {}
    told = 0.0
    if seen.night is not None:
        told = max(_pink(*look.tint), seen.night - look.level)
    if usual is not None and _colourless(usual):
        told = max(told, look.colour)
    if usual is not None and look.level >= TOO_DARK_FOR_COLOURS:
        told = max(told, _pink(look.tint[0] - usual.tint[0], look.tint[1] - usual.tint[1]))
    return {"ir_cut_stuck": Value(max(told, 0.0), 0.0)}


def _colourless(usual: Usual) -> bool:
    return usual.spread + math.hypot(*usual.tint) < COLOURLESS


def _pink(cb: float, cr: float) -> float:
    """How much a tint is pink or purple: towards blue and red at once."""
    least = min(cb, cr)
    return least if least > 0.2 * math.hypot(cb, cr) else 0.0


def _focus(look: Look, usual: Usual, found: Match | None, told: Values) -> Values:
    """The blur that came to the usual one: two blurs add as squares do."""
    if "striped" not in told or told["striped"].now >= LINES:
        return {}
    if usual.blur_px is None or told["dark"].now < 0.4 or told["over_exposed"].now >= 0.15:
        return {}
    focused = usual.focused
    if np.count_nonzero(focused) < FEW_CROPS:
        return {}
    both = focused & np.isfinite(look.blurs_px)
    if np.count_nonzero(both) < FEW_CROPS:
        # Fog takes the contrast between parts of the picture, too; a lens out of focus only the edges.
        clear = found is not None and found.tones > 0.95 and found.contrast > 0.8
        blur_px = look.blur_px if look.blur_px is not None else MAX_BLUR_PX * clear
        sure = blur_px >= usual.blur_px + (CLEAR_BLUR_PX if clear else SURE_BLUR_PX)
        return {"defocused": Value(_came(blur_px, usual.blur_px), usual.blur_px)} if sure else {}
    came = [_came(now, before) for now, before in zip(look.blurs_px[both], usual.blurs_px[both], strict=True)]
    return {"defocused": Value(float(np.quantile(came, SHARP_QUANTILE)), usual.blur_px)}


def _came(now: float, usual: float) -> float:
    return math.sqrt(max(float(now) ** 2 - (STRAY * float(usual)) ** 2, 0.0))
