"""What can go wrong with a camera's picture, of a strength that is stated; several ways for each kind.

A harm is drawn once (`HARMS[kind]`, with luck for its strength and place) and then done to picture after
picture. Strengths are given for a picture of 1080 lines and scaled with its height.
"""

from collections.abc import Callable, Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.measure.picture.scenes import Picture, Plane

Luck = np.random.Generator
Harm = Callable[[Picture, int], Picture]
Field = NDArray[np.floating]

SEVERITY: Final[Mapping[str, str]] = {
    "dark": "light falls to 5-20 % of the usual, by gain or gamma",
    "over_exposed": "60-95 % of the picture at white",
    "covered": "70-100 % hidden by cloth, hand, foil or paint of level 20-230",
    "defocused": "blur of sigma 2.5-9 px at 1080 lines, Gaussian or disc",
    "moved": "shift of 3-25 % of the width, turn of 4-20 degrees, zoom of 1.1-1.5",
    "noisy": "Gaussian of sigma 12-35, or 2-10 % of pixels black or white",
    "striped": "bars, rolling bars or lines of 15-50 grey levels",
    "colour_cast": "chroma off by 16 levels or more",
    "ir_cut_stuck": "pink day: Cb +10-22, Cr +14-35, colours pale",
    "soiled": "blobs over 30 % of the detail, smears over a third of the width; veiling by 75-100 %",
    "frozen": "one picture repeated: as it is, re-encoded, with a running clock",
    "low_frame_rate": "a fifth to a third of the usual pictures: left out, or repeated",
    "stalled": "connected, and no picture for 5 s or more",
}


BEND: Final = 6.0
"""Laplacian of a picture at quarter size, grey levels, from which a pixel counts as detail."""
PLAIN: Final = 0.01
"""With a smaller share of those the whole picture counts."""


def _levels(picture: Picture, y: Field) -> Picture:
    return Picture(np.clip(y, 0, 255).astype(np.uint8), picture.u, picture.v)


def _tinted(picture: Picture, cb: float, cr: float, kept: float = 1.0) -> Picture:
    u, v = (
        np.clip(128 + kept * (plane - 128.0) + off, 0, 255).astype(np.uint8)
        for plane, off in ((picture.u, cb), (picture.v, cr))
    )
    return Picture(picture.y, u, v)


def _once(make: Callable[[Picture], float]) -> Callable[[Picture], float]:
    """What the first picture decides holds for all."""
    kept: list[float] = []

    def decided(picture: Picture) -> float:
        if not kept:
            kept.append(make(picture))
        return kept[0]

    return decided


def dark_by_gain(luck: Luck) -> Harm:
    gain = luck.uniform(0.05, 0.2)
    return lambda picture, _: _tinted(_levels(picture, 16 + (picture.y - 16.0) * gain), 0, 0, gain)


def dark_by_gamma(luck: Luck) -> Harm:
    share = luck.uniform(0.08, 0.2)

    def exponent(picture: Picture) -> float:
        wanted, power = 16 + share * max(float(picture.y.mean()) - 16, 8), 1.5
        while float(np.mean(255 * (picture.y[::4, ::4] / 255) ** power)) > wanted and power < 12:
            power *= 1.1
        return power

    decided = _once(exponent)
    return lambda picture, _: _levels(picture, 255 * (picture.y / 255.0) ** decided(picture))


def over_exposed_by_gain(luck: Luck) -> Harm:
    white = luck.uniform(0.05, 0.4)
    decided = _once(lambda picture: 236 / max(float(np.quantile(picture.y, white)), 6.0))
    return lambda picture, _: _levels(picture, picture.y * decided(picture))


def over_exposed_by_gamma(luck: Luck) -> Harm:
    power = luck.uniform(0.05, 0.12)
    return lambda picture, _: _levels(picture, 255 * (picture.y / 255.0) ** power)


def _covering(picture: Picture, cover: Field, mask: Field | float, tint: tuple[float, float]) -> Picture:
    hidden = _levels(picture, picture.y * (1 - mask) + cover * mask)
    return Picture(
        hidden.y, np.full_like(picture.u, int(128 + tint[0])), np.full_like(picture.v, int(128 + tint[1]))
    )


def _folds(luck: Luck, size: tuple[int, int], side: int) -> Field:
    height, width = size
    small = luck.normal(0, 1, (max(height // side, 2), max(width // side, 2))).astype(np.float32)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC))


def covered_by_cloth(luck: Luck) -> Harm:
    level, relief, dense, share = (
        luck.uniform(20, 230),
        luck.uniform(1, 14),
        luck.uniform(0.94, 1),
        luck.uniform(0.85, 1),
    )
    tint, seed = tuple(luck.uniform(-10, 10, 2)), int(luck.integers(1 << 30))

    def cover(picture: Picture, number: int) -> Picture:
        own, height = np.random.default_rng(seed), picture.y.shape[0]
        cloth = level + relief * _folds(own, picture.y.shape, max(height // 20, 2))
        cloth += np.random.default_rng(number).normal(0, 1, picture.y.shape)
        mask = np.zeros(picture.y.shape, np.float32)
        mask[: int(height * share)] = dense
        return _covering(picture, cloth, mask, (tint[0], tint[1]))

    return cover


def covered_by_hand(luck: Luck) -> Harm:
    level = luck.uniform(30, 150)
    x, y, wide, high = luck.uniform((0.42, 0.42, 0.55, 0.55), (0.58, 0.58, 0.8, 0.8))

    def cover(picture: Picture, number: int) -> Picture:
        height, width = picture.y.shape
        mask = np.zeros((height, width), np.float32)
        centre, axes = (int(x * width), int(y * height)), (int(wide * width), int(high * height))
        cv2.ellipse(mask, centre, axes, 0, 0, 360, 1.0, -1)
        soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), height * 0.03), np.float32)
        hand = level + 20 * np.sin(np.linspace(0, 6, width))[None, :] + 0 * picture.y
        hand = hand + np.random.default_rng(number).normal(0, 1, hand.shape)
        return _tinted(_levels(picture, picture.y * (1 - soft) + hand * soft), -8, 12)

    return cover


def covered_by_foil(luck: Luck) -> Harm:
    level, relief, seed = luck.uniform(110, 200), luck.uniform(15, 40), int(luck.integers(1 << 30))

    def cover(picture: Picture, number: int) -> Picture:
        own = np.random.default_rng(seed)
        foil = np.full(picture.y.shape, level) + relief * sum(
            _folds(own, picture.y.shape, picture.y.shape[0] // n) for n in (7, 17, 34)
        )
        foil = foil + np.random.default_rng(number).normal(0, 1, foil.shape)
        return _covering(picture, foil, 1.0, (0, 0))

    return cover


def covered_by_paint(luck: Luck) -> Harm:
    level, tint = luck.uniform(18, 225), tuple(luck.uniform(-30, 30, 2))

    def cover(picture: Picture, number: int) -> Picture:
        return _covering(
            picture,
            level + np.random.default_rng(number).normal(0, 1, picture.y.shape),
            0.985,
            (tint[0], tint[1]),
        )

    return cover


def _soft(picture: Picture, blurred: Callable[[Plane, float], Plane]) -> Picture:
    return Picture(blurred(picture.y, 1.0), blurred(picture.u, 0.5), blurred(picture.v, 0.5))


def defocused_gaussian(luck: Luck) -> Harm:
    sigma = luck.uniform(2.5, 9) / 1080
    return lambda picture, _: _soft(
        picture,
        lambda plane, part: np.asarray(
            cv2.GaussianBlur(plane, (0, 0), sigma * picture.y.shape[0] * part), np.uint8
        ),
    )


def defocused_disc(luck: Luck) -> Harm:
    """A disc of radius r has the variance r²/4 along each axis."""
    radius = 2 * luck.uniform(2.5, 9) / 1080

    def blurred(plane: Plane, size: float) -> Plane:
        half = int(np.ceil(size))
        y, x = np.mgrid[-half : half + 1, -half : half + 1]
        disc = np.clip(size - np.hypot(x, y) + 0.5, 0, 1).astype(np.float32)
        return np.asarray(cv2.filter2D(plane, -1, disc / disc.sum()), np.uint8)

    return lambda picture, _: _soft(
        picture, lambda plane, part: blurred(plane, max(radius * picture.y.shape[0] * part, 1.0))
    )


def _warped(picture: Picture, warp: Field) -> Picture:
    def plane(values: Plane, scale: float) -> Plane:
        own = warp.copy()
        own[:, 2] *= scale
        size = (values.shape[1], values.shape[0])
        return np.asarray(cv2.warpAffine(values, own, size, borderMode=cv2.BORDER_REFLECT), np.uint8)

    return Picture(plane(picture.y, 1), plane(picture.u, 0.5), plane(picture.v, 0.5))


def _turning(degrees: float, zoom: float) -> Harm:
    def turn(picture: Picture, _: int) -> Picture:
        height, width = picture.y.shape
        return _warped(picture, np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, zoom)))

    return turn


def moved_aside(luck: Luck) -> Harm:
    angle, far = luck.uniform(0, 2 * np.pi), luck.uniform(0.03, 0.25)
    x, y = far * np.cos(angle), far * np.sin(angle)
    return lambda picture, _: _warped(
        picture, np.array([[1, 0, x * picture.y.shape[1]], [0, 1, y * picture.y.shape[1]]])
    )


def moved_by_turning(luck: Luck) -> Harm:
    return _turning(float(luck.choice([-1, 1]) * luck.uniform(4, 20)), 1.0)


def moved_by_zooming(luck: Luck) -> Harm:
    return _turning(0.0, luck.uniform(1.1, 1.5))


def noisy_gaussian(luck: Luck) -> Harm:
    sigma = luck.uniform(12, 35)
    return lambda picture, _: _levels(picture, picture.y + luck.normal(0, sigma, picture.y.shape))


def noisy_salt_and_pepper(luck: Luck) -> Harm:
    share = luck.uniform(0.02, 0.1)

    def harm(picture: Picture, _: int) -> Picture:
        hit = luck.random(picture.y.shape)
        return _levels(picture, np.where(hit < share / 2, 0, np.where(hit > 1 - share / 2, 255, picture.y)))

    return harm


def _across(picture: Picture, profile: Field, *, upright: bool) -> Picture:
    return _levels(picture, picture.y + (profile[None, :] if upright else profile[:, None]))


def striped_by_bars(luck: Luck) -> Harm:
    bars, depth, roll = luck.uniform(5, 60), luck.uniform(15, 50), luck.choice([0.0, luck.uniform(0.1, 0.9)])
    square, upright = luck.random() < 0.5, luck.random() < 0.3

    def harm(picture: Picture, number: int) -> Picture:
        length = picture.y.shape[1] if upright else picture.y.shape[0]
        wave = np.sin(2 * np.pi * (bars * np.arange(length) / length + roll * number))
        return _across(picture, depth * (np.sign(wave) if square else wave), upright=upright)

    return harm


def striped_by_hum(luck: Luck) -> Harm:
    bars, depth, roll = luck.uniform(0.8, 3), luck.uniform(18, 40), luck.uniform(0.13, 0.4)

    def harm(picture: Picture, number: int) -> Picture:
        length = picture.y.shape[0]
        wave = np.sin(2 * np.pi * (bars * np.arange(length) / length + roll * number))
        return _across(picture, depth * wave, upright=False)

    return harm


def striped_by_lines(luck: Luck) -> Harm:
    share, depth = luck.uniform(0.03, 0.15), luck.uniform(40, 120)
    upright, fixed, seed = luck.random() < 0.5, luck.random() < 0.5, int(luck.integers(1 << 30))

    def harm(picture: Picture, number: int) -> Picture:
        own = np.random.default_rng(seed if fixed else seed + number)
        length = picture.y.shape[1] if upright else picture.y.shape[0]
        profile = (own.random(length) < share) * own.choice([-1, 1], length) * depth
        return _across(picture, profile, upright=upright)

    return harm


def colour_cast_by_offset(luck: Luck) -> Harm:
    angle = luck.uniform(0.6 * np.pi, 1.9 * np.pi)  # away from pink, which is the infrared filter's
    far = luck.uniform(16, 40)
    return lambda picture, _: _tinted(picture, far * np.cos(angle), far * np.sin(angle))


def colour_cast_by_gain(luck: Luck) -> Harm:
    """Gain of red or blue: so much that chroma is off by 16 levels at the picture's usual light."""
    blue, up = luck.random() < 0.5, luck.random() < 0.5

    def gain(picture: Picture) -> float:
        level = float(np.median(picture.y)) - 16
        wanted = luck.uniform(16, 30) / max((0.44 if blue else 0.40) * level, 5)
        return float(1 + wanted if up else max(1 - wanted, 0.1))

    decided = _once(gain)

    def harm(picture: Picture, _: int) -> Picture:
        height, width = picture.y.shape
        planes = np.concatenate([picture.y.ravel(), picture.u.ravel(), picture.v.ravel()])
        rgb = cv2.cvtColor(planes.reshape(height * 3 // 2, width), cv2.COLOR_YUV2RGB_I420).astype(np.float32)
        rgb[:, :, 2 if blue else 0] *= decided(picture)
        back = cv2.cvtColor(np.clip(rgb, 0, 255).astype(np.uint8), cv2.COLOR_RGB2YUV_I420)
        quarter = height // 4
        half = (height // 2, width // 2)
        u, v = back[height : height + quarter].reshape(half), back[height + quarter :].reshape(half)
        return Picture(np.asarray(back[:height], np.uint8), np.asarray(u, np.uint8), np.asarray(v, np.uint8))

    return harm


def pink_day(luck: Luck) -> Harm:
    cb, cr = luck.uniform(10, 22), luck.uniform(14, 35)
    return lambda picture, _: _tinted(_levels(picture, picture.y * 0.85 + 30), cb, cr, 0.6)


def _veiled(picture: Picture, mask: Field, veil: float) -> Picture:
    height = picture.y.shape[0]
    soft = cv2.GaussianBlur(picture.y, (0, 0), height * 0.018).astype(np.float32)
    return _levels(picture, picture.y * (1 - mask) + (0.5 * soft + veil * 0.5) * mask)


def soiled_by_blobs(luck: Luck) -> Harm:
    seed, veil = int(luck.integers(1 << 30)), luck.uniform(40, 150)
    made: list[Field] = []

    def harm(picture: Picture, _: int) -> Picture:
        if not made:
            made.append(_blobs(picture.y, np.random.default_rng(seed)))
        return _veiled(picture, made[0], veil)

    return harm


def _blobs(y: Plane, luck: Luck) -> Field:
    """Soft blobs at random places until they lie over 30 % of what has detail, by the first picture."""
    height, width = y.shape
    quarter = cv2.resize(y, (width // 4, height // 4), interpolation=cv2.INTER_AREA).astype(np.float32)
    detail = np.abs(cv2.Laplacian(quarter, cv2.CV_32F)) > BEND
    if detail.mean() < PLAIN:
        detail[:] = True
    mask = np.zeros_like(quarter)
    while (mask[detail] > 0).mean() < 0.3:
        x, y_, radius, dense = luck.uniform((0, 0, 0.14, 0.75), (1, 1, 0.24, 1))
        cv2.circle(mask, (int(x * width / 4), int(y_ * height / 4)), int(radius * height / 4), dense, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), height * 0.0015)
    return np.asarray(cv2.resize(soft, (width, height)), np.float32)


def soiled_by_smear(luck: Luck) -> Harm:
    left, wide, slant, veil = luck.uniform((0, 0.32, -0.5, 60), (0.5, 0.5, 0.5, 150))

    def harm(picture: Picture, _: int) -> Picture:
        height, width = picture.y.shape
        x, y = np.meshgrid(np.linspace(0, 1, width // 4), np.linspace(-0.5, 0.5, height // 4))
        inside = np.abs(x - left - wide / 2 - slant * y) < wide / 2
        mask = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), height * 0.008)
        return _veiled(picture, 0.85 * np.asarray(cv2.resize(mask, (width, height)), np.float32), veil)

    return harm


HARMS: Final[Mapping[str, tuple[Callable[[Luck], Harm], ...]]] = {
    "dark": (dark_by_gain, dark_by_gamma),
    "over_exposed": (over_exposed_by_gain, over_exposed_by_gamma),
    "covered": (covered_by_cloth, covered_by_hand, covered_by_foil, covered_by_paint),
    "defocused": (defocused_gaussian, defocused_disc),
    "moved": (moved_aside, moved_by_turning, moved_by_zooming),
    "noisy": (noisy_gaussian, noisy_salt_and_pepper),
    "striped": (striped_by_bars, striped_by_hum, striped_by_lines),
    "colour_cast": (colour_cast_by_offset, colour_cast_by_gain),
    "ir_cut_stuck": (pink_day,),
    "soiled": (soiled_by_blobs, soiled_by_smear),
}
IN_COLOUR: Final = frozenset({"colour_cast", "ir_cut_stuck"})
"""Kinds that need a scene in colour."""
