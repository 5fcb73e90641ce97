"""Each kind of what is no fall draws something, the same for the same seed, and stays in its place."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from models.synth.actors import DISTRACTORS, INFRARED, LAYERS, TIMES, Layer
from models.synth.camera import Camera
from models.synth.facade import Facade
from models.synth.stage import F32, Actor, Stage

FACADE = Facade(14, 6, (150, 160, 170), (120, 130, 140), (2,))
CAMERA = Camera(256, 144, 160.0, 2.0, 3.0, 32.0, pitch_deg=22.0, k1=-0.05)
DAY = Stage(CAMERA, 0.008, FACADE, infrared=False)
NIGHT = Stage(CAMERA, 0.03, FACADE, infrared=True)
DURATION_S = 6.0
TIMES_S = np.linspace(0.05, DURATION_S - 0.05, 31)
LARGE = (
    "bird",
    "ball",
    "tree",
    "rain_heavy",
    "lamps",
    "led_strips",
    "laundry",
    "lens_drops",
    "cloud_shadow",
    "shake",
    "packet_loss",
    "cars_towards",
    "drips",
    "insects",
    "clock",
)
"""One of each way of drawing."""

WHOLE_PICTURE = frozenset(
    {
        "bumps",
        "cloud_shadow",
        "codec_pulse",
        "exposure_drift",
        "exposure_steps",
        "fireworks",
        "glare",
        "hail",
        "headlights",
        "infrared_switch",
        "lightning",
        "packet_loss",
        "rain_heavy",
        "rain_light",
        "shake",
        "snow",
    }
)


def still(stage: Stage) -> F32:
    """A wall with windows, by day or by night."""
    height, width = stage.camera.height, stage.camera.width
    y, x = np.mgrid[0:height, 0:width]
    panes = ((x // 24) % 3 == 0) & ((y // 20) % 2 == 0)
    level = np.where(panes, 60.0, 150.0) * (0.3 if stage.infrared else 1.0)
    return level.astype(np.float32)


def stage_for(name: str) -> Stage:
    return DAY if "day" in TIMES[name] else NIGHT


def drawn(actors: list[Actor], stage: Stage, t_s: float) -> F32:
    light = still(stage)
    for actor in actors:
        actor.draw(light, t_s, stage)
    return light


def frames(name: str, seed: int, stage: Stage, times: NDArray[np.float64] = TIMES_S) -> list[F32]:
    actors = DISTRACTORS[name](np.random.default_rng(seed), stage, DURATION_S)
    return [drawn(actors, stage, float(t_s)) for t_s in times]


@pytest.mark.parametrize("name", DISTRACTORS)
def test_it_is_seen_within_the_clip(name: str) -> None:
    stage = stage_for(name)
    before = still(stage)
    for seed in range(6):
        actors = DISTRACTORS[name](np.random.default_rng(seed), stage, DURATION_S)
        for t_s in TIMES_S:
            change = float(np.abs(drawn(actors, stage, float(t_s)) - before).max())
            assert np.isfinite(change)
            if change > 3:
                return
    pytest.fail(f"{name} changes nothing in six clips")


@pytest.mark.parametrize("name", DISTRACTORS)
def test_the_same_seed_draws_the_same_and_another_seed_another(name: str) -> None:
    stage, times = stage_for(name), TIMES_S[3::9]
    first, second = (frames(name, 5, stage, times) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))
    assert any(
        not np.array_equal(one, other)
        for seed in (6, 7, 8)
        for one, other in zip(first, frames(name, seed, stage, times), strict=True)
    )


@pytest.mark.parametrize(
    ("name", "width", "height"),
    [(name, 320, 240) for name in DISTRACTORS] + [(name, 3840, 2160) for name in LARGE],
)
def test_any_size_of_picture_is_drawn_into(name: str, width: int, height: int) -> None:
    camera = replace(CAMERA, width=width, height=height, focal_px=height * 1.1)
    stage = replace(stage_for(name), camera=camera)
    actors = DISTRACTORS[name](np.random.default_rng(3), stage, DURATION_S)
    light = np.full((height, width), 90, np.float32)
    for t_s in (1.0, 3.1) if height < 1000 else (2.3,):
        for actor in actors:
            actor.draw(light, t_s, stage)
    assert light.shape == (height, width)
    assert light.dtype == np.float32
    assert np.isfinite(light).all()


@pytest.mark.parametrize("name", DISTRACTORS)
def test_it_can_do_without_a_building_and_under_a_steep_view(name: str) -> None:
    steep = replace(CAMERA, pitch_deg=70.0, z_m=12.0, k1=0.0)
    stage = replace(stage_for(name), camera=steep, facade=None)
    for frame in frames(name, 1, stage, TIMES_S[::15]):
        assert np.isfinite(frame).all()


@pytest.mark.parametrize("name", sorted(set(DISTRACTORS) - WHOLE_PICTURE))
def test_what_is_not_everywhere_leaves_most_pixels_as_they_were(name: str) -> None:
    stage = stage_for(name)
    before = still(stage)
    for frame in frames(name, 2, stage, TIMES_S[1::6]):
        assert (frame == before).mean() > 0.4


def test_each_kind_has_its_layer_and_its_light() -> None:
    assert DISTRACTORS.keys() == LAYERS.keys() == TIMES.keys()
    assert set(LAYERS.values()) == set(Layer)
    assert all(TIMES.values())
    assert any(INFRARED in times for times in TIMES.values())


def test_what_goes_up_from_the_ground_says_so_and_where_it_is() -> None:
    stage = replace(DAY, camera=replace(CAMERA, width=640, height=360, focal_px=400.0))
    before, checked = still(stage), 0
    for seed in range(8):
        actors = DISTRACTORS["ball"](np.random.default_rng(seed), stage, DURATION_S)
        thrown = next(actor for actor in actors if getattr(actor, "kind", "") == "thrown_up")
        for t_s in np.arange(0.1, DURATION_S, 0.5):
            place = thrown.where(float(t_s), stage)
            y, x = np.nonzero(np.abs(drawn([thrown], stage, float(t_s)) - before) > 5)
            if place is None:
                assert not len(x)
            elif len(x) > 8 and 20 < place[0] < 620 and 20 < place[1] < 340:
                assert np.hypot(x.mean() - place[0], y.mean() - place[1]) < 2.5
                checked += 1
    assert checked > 3
