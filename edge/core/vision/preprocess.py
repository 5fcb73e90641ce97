"""What the learned verifier sees of a track: crops over time, its motion, a few numbers about it.

The same code makes the training data and runs at the edge, so the two cannot part. Pure; knows no model.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np

from edge.core.vision.fall import RULES, Verdict
from edge.core.vision.foreground import Moment
from edge.core.vision.frame import F32, F64, Luma
from edge.core.vision.surroundings import Surroundings
from edge.core.vision.tracks import Point, View, columns

LOOK_S: Final = 1.4  # of so much of a track's end there are pictures
MOTION_S: Final = 2.0  # and of so much its motion is told; of the whole its way
ALBUM_S: Final = 1.9  # pictures are kept so long: LOOK_S, and what passes until a lost track is judged
# About the time to a moment's neighbours: so one moment's neighbour is the next one's middle, and half of
# the pictures need not be kept (12 MB at 1080p).
ALBUM_STEP_S: Final = 0.06
BESIDE_S: Final = 0.06  # between a picture and the nearest sight: the thing may be seen in every other one
LOOKS: Final = 8
SIDE: Final = 24
STEPS: Final = 16
CHANNELS: Final = ("luma", "difference", "luma_around", "difference_around")
LUMA: Final = slice(0, None, 2)
"""Of the channels, those that show the picture: their mean is taken off."""
MOTION: Final = (
    "before_end_s",
    "x_h",
    "y_h",
    "vx_h_s",
    "vy_h_s",
    "size",
    "contrast",
    "unseen_s",
    "whole_x_h",
    "whole_y_h",
    "whole_vy_h_s",
)
"""At each of STEPS even times of the last MOTION_S; the last three at even times of the whole track."""
NUMBERS: Final = (
    "sights",
    "duration_s",
    "seen",
    "down_h",
    "aside_h",
    "first_y_h",
    "last_y_h",
    "off_centre_h",
    "size",
    "width",
    "contrast",
    "brighter",
    "haunt",
    "clutter",
    "body",
    "peers",
    "period_s",
    "growth",
    "start_speed_h_s",
    "end_speed_h_s",
    "bend_h",
    "from_above",
    "fitted",
    "scale_m_h",
    "released_s",
    *(f"rule_{rule}" for rule in RULES),
)
"""Of the whole track; a rule's number is the log odds of its share, so the limit is at 0."""
CROPS_SHAPE: Final = (LOOKS, len(CHANNELS), SIDE, SIDE)
MOTION_SHAPE: Final = (STEPS, len(MOTION))
NUMBERS_SHAPE: Final = (len(NUMBERS),)

MIN_POINTS: Final = 4
NEAR_SIZES: Final = 3.0  # the near crop shows the thing and as much again on either side
NEAR_MIN_PX: Final = 20  # reduced pixels: a thing of 2 px is seen with its surroundings
AROUND_H: Final = 0.3  # the far crop's side: streaks of rain, the rest of a car or of a tree
GREYS: Final = 32.0  # grey levels that count as 1
LARGEST: Final = 4.0  # beyond it more contrast tells no more


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the verifier is given, all float32.

    crops: CROPS_SHAPE, moments oldest first, grey levels ÷ GREYS; rows of zeros where there was no picture.
    motion: MOTION_SHAPE, evenly spaced in time, oldest first; lengths in H, the picture's short side.
    numbers: NUMBERS_SHAPE.
    """

    crops: F32
    motion: F32
    numbers: F32


@dataclass(frozen=True, slots=True)
class Verification:
    """What the verifier says. fall: calibrated probability. kinds: what it looks like, best first."""

    fall: float
    kinds: tuple[tuple[str, float], ...] = ()


Verifier = Callable[[Evidence], Verification]
"""The learned part's place. Passed in, so the core knows no model runtime."""


def remembered(album: tuple[Moment, ...], moment: Moment) -> tuple[Moment, ...]:
    """The album with one more moment if it is not too soon after the last, and without what is too old.

    It holds references to the detector's own pictures, no copies.
    """
    if album and moment.t_s - album[-1].t_s < ALBUM_STEP_S:
        return album
    return (*(m for m in album if m.t_s > moment.t_s - ALBUM_S), moment)


def evidence(
    verdict: Verdict, album: tuple[Moment, ...], surroundings: Surroundings, view: View, factor: int
) -> Evidence | None:
    """What there is to see of a track; None if it has fewer than MIN_POINTS points or no picture is left.

    verdict: what the rules make of it, thoroughly. album: the last moments. factor: by how much their
    pictures are reduced.
    """
    points = verdict.points
    if len(points) < MIN_POINTS:
        return None
    crops = _crops(points, album, view, factor)
    if crops is None:
        return None
    return Evidence(crops, _motion(points, view), _numbers(verdict, surroundings, view))


def _crops(points: tuple[Point, ...], album: tuple[Moment, ...], view: View, factor: int) -> F32 | None:
    pictured = [m for m in album if max(points[0].t_s, points[-1].t_s - LOOK_S) <= m.t_s <= points[-1].t_s]
    t, x, y = columns(points)
    seen = [m for m in pictured if np.abs(t - m.t_s).min() <= BESIDE_S]
    if not seen:
        return None
    crops = np.zeros(CROPS_SHAPE, np.float32)
    chosen = np.unique(np.linspace(0, len(seen) - 1, LOOKS).round().astype(int))
    extent = float(np.median([max(p.size, p.width) for p in points if p.t_s >= seen[0].t_s])) / factor
    near = int(np.clip(NEAR_SIZES * extent, NEAR_MIN_PX, 0.5 * view.short / factor))
    cell = max(round(AROUND_H * view.short / factor / SIDE), 1)
    looks = []
    for index in chosen:
        moment = seen[index]
        across, down = ((float(np.interp(moment.t_s, t, v)) + 0.5) / factor - 0.5 for v in (x, y))
        looks.append(_look(moment, (across, down), near, cell))
    crops[-len(looks) :] = np.asarray(looks, np.float32)
    crops[-len(looks) :, LUMA] -= crops[-len(looks) :, LUMA].mean(axis=(2, 3), keepdims=True)
    return np.asarray(np.clip(crops / GREYS, -LARGEST, LARGEST), dtype=np.float32)


def _look(moment: Moment, centre: tuple[float, float], near: int, cell: int) -> tuple[F32 | Luma, ...]:
    """One moment's CHANNELS in grey levels, (SIDE, SIDE) each. near: side, px; cell: px a far cell."""
    pictures = (moment.before, moment.middle, moment.after)
    close = tuple(_cut(picture, centre, near) for picture in pictures)
    around = tuple(_cut(picture, centre, cell * SIDE) for picture in pictures)
    # The largest of each cell: a small thing must not vanish in a mean.
    widened = cv2.dilate(cv2.max(*_standing_out(*around)), np.ones((cell, cell), np.uint8))
    strongest = cast("Luma", widened)[cell // 2 :: cell, cell // 2 :: cell]
    signed = cast("F32", cv2.subtract(*_standing_out(*close), dtype=cv2.CV_32F))
    return _scaled(close[1]), _scaled(signed), _scaled(around[1]), strongest


def _cut(picture: Luma, centre: tuple[float, float], side: int) -> Luma:
    """A square about a place, side px; beyond the picture's rim the rim goes on."""
    return cast("Luma", cv2.getRectSubPix(picture, (side, side), centre))


def _standing_out(before: Luma, middle: Luma, after: Luma) -> tuple[Luma, Luma]:
    """How far the middle is above the brighter, and how far below the darker of its neighbours."""
    bright = cv2.subtract(middle, cv2.max(before, after))
    return cast("Luma", bright), cast("Luma", cv2.subtract(cv2.min(before, after), middle))


def _scaled(crop: F32 | Luma) -> F32 | Luma:
    way = cv2.INTER_AREA if crop.shape[0] > SIDE else cv2.INTER_LINEAR
    return cast("F32 | Luma", cv2.resize(crop, (SIDE, SIDE), interpolation=way))


def _motion(points: tuple[Point, ...], view: View) -> F32:
    """The track at evenly spaced times, relative to its end; its last part, and the whole."""
    t = np.array([p.t_s for p in points])
    at = np.linspace(max(t[0], t[-1] - MOTION_S), t[-1], STEPS)
    x, y = (np.interp(at, t, [p[axis] for p in points]) / view.short for axis in (1, 2))
    size = np.interp(at, t, [_log_size(p.size, view) for p in points])
    contrast = np.interp(at, t, [p.contrast for p in points]) / GREYS
    unseen = np.abs(at[:, None] - t[None, :]).min(axis=1)
    all_the_time = np.linspace(t[0], t[-1], STEPS)
    whole_x, whole_y = (np.interp(all_the_time, t, [p[axis] for p in points]) / view.short for axis in (1, 2))
    columns = (
        *(at - at[-1], x - x[-1], y - y[-1], np.gradient(x, at), np.gradient(y, at), size),
        *(np.clip(contrast, -LARGEST, LARGEST), unseen),
        *(whole_x - whole_x[-1], whole_y - whole_y[-1], np.gradient(whole_y, all_the_time)),
    )
    motion: F32 = np.stack(columns, axis=1).astype(np.float32)
    return motion


def _log_size(px: float, view: View) -> float:
    """0 for a hundredth of H, 1 for e times as much."""
    return float(np.log(max(px, 0.5) / (0.01 * view.short)))


def _numbers(verdict: Verdict, surroundings: Surroundings, view: View) -> F32:
    whole = _of_the_whole(verdict.points, surroundings, view) | _of_the_fit(verdict, view)
    rules = dict(zip((f"rule_{rule}" for rule in RULES), verdict.measured, strict=True))
    numbers = whole | rules
    return np.array([numbers[name] for name in NUMBERS], np.float32)


def _of_the_fit(verdict: Verdict, view: View) -> dict[str, float]:
    """What the fall that explains it best tells beside the rules: metres in H, seconds since at rest."""
    best = verdict.best
    from_above = float(verdict.from_above)
    if best is None:
        return {"from_above": from_above, "fitted": 0.0, "scale_m_h": 0.0, "released_s": 0.0}
    metres = view.short / max(best.px_per_m, 1e-3)
    return {
        "from_above": from_above,
        "fitted": 1.0,
        "scale_m_h": float(np.log10(np.clip(metres, 0.1, 1e4))),
        "released_s": float(np.clip(verdict.points[0].t_s - best.released_s, -5.0, 5.0)),
    }


def _of_the_whole(points: tuple[Point, ...], surroundings: Surroundings, view: View) -> dict[str, float]:
    t, x, y, size, contrast, haunt, width = (
        np.array(column) for column in zip(*(p[:7] for p in points), strict=True)
    )
    duration = float(t[-1] - t[0])
    part = max(len(points) // 3, 2)
    strongest = float(np.median(contrast))
    return {
        "sights": float(np.log(len(points))),
        "duration_s": duration,
        "seen": len(points) * view.period_s / max(duration, view.period_s),
        "down_h": float(y[-1] - y.min()) / view.short,
        "aside_h": float(x[-1] - x[0]) / view.short,
        "first_y_h": float(y[0]) / view.short,
        "last_y_h": float(y[-1]) / view.short,
        "off_centre_h": float(x.mean() - view.width / 2) / view.short,
        "size": _log_size(float(np.median(size)), view),
        "width": _log_size(float(np.median(width)), view),
        "contrast": float(np.log(max(abs(strongest), 1.0))),
        "brighter": float(np.mean(contrast > 0)),
        "haunt": float(haunt.mean()),
        "clutter": float(np.log10(max(surroundings.density * view.height * view.width, 1.0))),
        "body": _log_size(surroundings.body_px, view),
        "peers": float(np.log1p(surroundings.peers)),
        "period_s": view.period_s,
        "growth": float(np.log(np.median(width[-part:]) / np.median(width[:part]))),
        "start_speed_h_s": _speed(t[:part], y[:part]) / view.short,
        "end_speed_h_s": _speed(t[-part:], y[-part:]) / view.short,
        "bend_h": _bend(t, x, y) / view.short,
    }


def _speed(t: F64, y: F64) -> float:
    return float((y[-1] - y[0]) / (t[-1] - t[0]))


def _bend(t: F64, x: F64, y: F64) -> float:
    """Root mean square distance from the parabola in time that lies nearest, px."""
    span = (t - t[0]) / (t[-1] - t[0])
    powers = np.vander(span, 3)
    away = np.stack([v - powers @ np.linalg.lstsq(powers, v, rcond=None)[0] for v in (x, y)])
    return float(np.sqrt(np.mean(np.square(away).sum(axis=0))))
