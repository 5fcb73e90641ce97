"""What moves before a facade and is no fall."""

import math

import cv2
import numpy as np
import pytest

from edge.core.vision.preprocess import Verification


def _lines(seed, count, speed, length):
    chance = np.random.default_rng(seed)
    drops = [(chance.uniform(0, 639), chance.uniform(0, 9), chance.uniform(*speed)) for _ in range(count)]

    def change(t, picture, _):
        for x, since, px_s in drops:
            y = ((t - since) * px_s) % 3000
            if y < 359:
                shade = float(picture[int(y), int(x)]) + 25
                cv2.line(picture, (int(x), int(y)), (int(x) + 1, int(y) + length), shade, 1)
        return picture

    return change


def _snow(t, picture, _):
    chance = np.random.default_rng(5)
    for _flake in range(300):
        x, y, px_s, phase = chance.uniform((0, 0, 60, 0), (640, 360, 120, 6))
        centre = (int((x + 12 * math.sin(2 * t + phase)) % 640), int((y + px_s * t) % 380))
        cv2.circle(picture, centre, 2, 190.0, -1)
    return picture


def _lamp(t, picture, _):
    picture[100:140, 200:260] += 60 if t % 1 > 0.5 else 0
    return picture


def _shaken(t, picture, chance):
    down, right = round(2 * math.sin(20 * t)), round(2 * math.sin(13 * t))
    return np.roll(np.roll(picture, down, 0), right, 1)


def _bumped(t, picture, _):
    return np.roll(picture, round(4 * math.sin(9 * t) * math.exp(-(((t - 2) / 0.5) ** 2))), axis=0)


def _lift(t, picture, _):
    cv2.rectangle(picture, (200, int(40 + 40 * t)), (240, int(90 + 40 * t)), 190.0, -1)
    return picture


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_lines(3, 900, (900, 1300), 14), id="rain"),
        pytest.param(_snow, id="snow"),
        pytest.param(_lamp, id="a lamp switched"),
        pytest.param(lambda t, picture, _: picture * (1.3 if 1.5 < t < 3 else 1.0), id="a brightness step"),
        pytest.param(lambda t, picture, _: picture + (80 if abs(t - 2) < 0.02 else 0), id="lightning"),
        pytest.param(_shaken, id="a shaking camera"),
        pytest.param(_bumped, id="a bumped camera"),
        pytest.param(_lift, id="a lift"),
    ],
)
def test_nothing_is_told_of(kit, change):
    assert kit.watch(kit.scene(change=change, seconds=4)) == []


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(lambda t: (150 * t, 80 + 30 * t + 12 * math.sin(14 * t)), id="a bird crossing"),
        pytest.param(lambda t: (300 + 90 * t, 20 + 90 * t), id="a bird gliding down"),
        pytest.param(lambda t: (300, 30 + 15 * t), id="a spider on its thread"),
        pytest.param(lambda t: (300 + 40 * math.sin(3 * t), 180 + 40 * math.cos(3 * t)), id="a swing"),
        pytest.param(lambda t: (300, 350 - 90 * t), id="a balloon"),
        pytest.param(
            lambda t: (300, 400 - 480 * (t - 1) + 150 * (t - 1) ** 2) if t > 1 else None,
            id="a ball thrown up from the ground",
        ),
        pytest.param(
            lambda t: (300, 400 - 480 * (t - 0.2) + 150 * (t - 0.2) ** 2) if t > 0.2 else None,
            id="a ball thrown up as the video begins",
        ),
        pytest.param(
            lambda t: (300 + 200 * max(t - 2, 0), 300 - 120 * min(t, 2)), id="a bird that rises and flies out"
        ),
    ],
)
def test_nothing_is_told_of_the_path_of(kit, path):
    assert kit.watch(kit.scene(seconds=4.5, things=[kit.thing(path, 10)])) == []


def test_heavy_rain_does_not_hide_a_fall(kit):
    path = kit.drop()
    rain = _lines(3, 900, (900, 1300), 14)
    falls = kit.watch(kit.scene(seconds=3, change=rain, things=[kit.thing(path, 12, 70)]))
    assert len(falls) == 1
    assert kit.median_error(falls[0], path) < 3


def test_the_wall_alone_is_silent(kit):
    assert kit.watch(kit.scene(seconds=3)) == []


def test_a_frozen_stream_is_silent(kit):
    assert kit.watch(kit.scene(seconds=3, noise=0.0)) == []


def test_a_verifier_can_refuse_what_physics_accepts(kit):
    scene = kit.scene(seconds=3, things=[kit.thing(kit.drop())])
    assert kit.watch(scene, None, lambda _seen: Verification(0.05)) == []
    assert len(kit.watch(scene, None, lambda _seen: Verification(0.9))) == 1
