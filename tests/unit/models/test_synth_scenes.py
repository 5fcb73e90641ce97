"""Scenes drawn from a seed: flights obey physics, lenses invert, truth says what was drawn and when."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.synth import sets
from models.synth.actors import DISTRACTORS
from models.synth.bodies import KINDS, draw_body
from models.synth.camera import Camera
from models.synth.fall import GRAVITY_M_S2
from models.synth.flight import Air, Ledge, Wind, fly
from models.synth.illumination import draw_light
from models.synth.recipe import FallRecipe, SceneRecipe
from models.synth.record import Filming, film
from models.synth.sensor import Noise, steadied
from models.synth.staging import build
from models.synth.timing import schedule

SIZE = (480, 360)
CODING = replace(sets.recipe(7, sets.LESSON).coding, codec="libx264", kbit_s=900, lost_share=0.0, slices=1)


def scene(kind: str = "carton", way: str = "thrown", **changes: object) -> SceneRecipe:
    """A quiet clip of one fall."""
    quiet = replace(
        sets.recipe(11, sets.LESSON),
        size=SIZE,
        frame_rate=20.0,
        duration_s=3.0,
        light="day",
        pose="yard",
        look="tiled",
        falls=(FallRecipe(kind, way, 0.4, 12.0, 60.0),),
        thrown_up=False,
        distractors=(),
        repeat_every=0,
        lost_share=0.0,
        coding=CODING,
    )
    return replace(quiet, **changes)  # type: ignore[arg-type]


@given(height_m=st.floats(5, 120), sideways=st.floats(-5, 5), up=st.floats(-3, 6))
@settings(max_examples=20, deadline=None)
def test_without_air_a_flight_is_a_parabola(height_m: float, sideways: float, up: float) -> None:
    flight = fly(np.array([[0.0, 500 + height_m, 0.0]]), np.array([[sideways, up, 0.0]]), np.zeros(1), 2.0)
    t = np.array([0.35, 1.1, 1.9])
    at = flight.at(t)[:, 0]
    assert at[:, 1] == pytest.approx(500 + height_m + up * t - GRAVITY_M_S2 * t**2 / 2, abs=2e-3)
    assert at[:, 0] == pytest.approx(sideways * t, abs=1e-3)


@given(drag=st.floats(0.02, 2.0))
@settings(max_examples=15, deadline=None)
def test_with_air_the_speed_tends_to_the_terminal_speed_from_below(drag: float) -> None:
    flight = fly(np.array([[0.0, 900.0, 0.0]]), np.zeros((1, 3)), np.array([drag]), 8.0)
    speed = -np.diff(flight.path_m[:, 0, 1].astype(float)) / 0.01
    terminal = np.sqrt(GRAVITY_M_S2 / drag)
    assert speed.max() <= terminal * 1.01
    assert speed[-1] == pytest.approx(terminal * np.tanh(GRAVITY_M_S2 * 8 / terminal), rel=0.01)


def test_a_light_thing_ends_up_as_fast_as_the_wind() -> None:
    wind = Wind((3.0, 0.0, 0.0), periods_s=(1.0,))
    flight = fly(np.array([[0.0, 400.0, 0.0]]), np.zeros((1, 3)), np.array([2.0]), 6.0, Air(wind))
    speed = np.diff(flight.path_m[-20:, 0, 0].astype(float)).mean() / 0.01
    height = float(flight.path_m[-1, 0, 1])
    assert speed == pytest.approx(3.0 * min(height / 40, 4) ** 0.22, rel=0.03)


def test_what_hits_a_canopy_bounces_and_lands_beyond_it() -> None:
    canopy = Ledge(5.0, (-2, 2), (0, 3), restitution=0.4, outward_m_s=2.0)
    release = np.array([[0.0, 20.0, 1.0]])
    flight = fly(release, np.zeros((1, 3)), np.array([0.001]), 5.0, Air(ledges=(canopy,)))
    height = flight.path_m[:, 0, 1]
    hit = int(np.argmin(np.abs(height[:250] - 5.0)))
    assert height[hit + 20 : hit + 60].max() > 5.5
    assert np.isfinite(flight.landed_s[0])
    assert flight.path_m[-1, 0, 2] > 3.0


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_of_thing_falls_between_two_and_fifty_metres_a_second(kind: str) -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        body = draw_body(kind, random)
        assert 2.0 < np.sqrt(GRAVITY_M_S2 / body.drag_per_m) < 50.0
        assert 0.04 < body.extent_m < 1.2


@given(
    k1=st.floats(-0.35, 0.0),
    roll=st.floats(-5, 5),
    pitch=st.floats(20, 80),
    x=st.floats(0, 1919),
    y=st.floats(0, 1079),
)
@settings(max_examples=50, deadline=None)
def test_a_lens_is_inverted_and_a_ray_goes_where_its_pixel_is(
    k1: float, roll: float, pitch: float, x: float, y: float
) -> None:
    camera = Camera(1920, 1080, 950, 3.0, 2.0, 30.0, pitch, 5.0, k1, 0.5 * k1**2, roll)
    pixel = np.array([[x, y]])
    assert camera.distorted(camera.undistorted(pixel)) == pytest.approx(pixel, abs=1e-3)
    ahead = np.array([[camera.x_m, camera.y_m, camera.z_m]]) + 25 * camera.rays(pixel)
    assert camera.project(ahead)[0] == pytest.approx(pixel, abs=1e-3)


def test_barrel_distortion_pulls_corners_inwards() -> None:
    camera = Camera(1280, 720, 700, 0.0, 2.0, 30.0, 30.0, 0.0, -0.2, 0.02)
    corner = camera.distorted(np.array([[1279.0, 719.0]]))[0]
    assert corner[0] < 1250
    assert corner[1] < 710


@pytest.mark.parametrize("kind", ["carton", "bottle", "cloth", "water"])
def test_the_truth_lies_in_the_middle_of_what_is_drawn(kind: str) -> None:
    # Before a plain wall, so that every part of the thing weighs the same.
    recipe = scene(kind)
    built = build(recipe)
    wall = np.full_like(built.scenery.luma, 5.0)
    filming = Filming(replace(built, scenery=replace(built.scenery, luma=wall)), recipe)
    compared = 0
    for shown in filming.shown:
        difference = np.abs(filming.light(shown) - wall)
        sights = filming.sights.get((0, 0), [])
        if not sights or sights[-1].at_s != shown.at_s:
            continue
        y, x = np.nonzero(difference > 0.5)
        weight = difference[y, x]
        middle = np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum()
        assert middle == pytest.approx([sights[-1].seen.x_px, sights[-1].seen.y_px], abs=1.0)
        compared += 1
    assert compared >= 8


def test_the_truth_follows_the_flight_through_the_lens() -> None:
    recipe = scene()
    built = build(recipe)
    filming = Filming(built, recipe)
    for shown in filming.shown:
        filming.light(shown)
    thrown = built.falls[0].parts[0]
    middle_s = built.stage.exposure_s / 2
    whole = [sight for sight in filming.sights[0, 0] if sight.seen.share > 0.95]
    assert len(whole) >= 8
    for sight in whole:
        world = thrown.flight.at(np.array([sight.at_s - thrown.start_s + middle_s]))[:, 0]
        pixel = built.stage.camera.project(world)[0][0]
        assert [sight.seen.x_px, sight.seen.y_px] == pytest.approx(pixel.tolist(), abs=1.0)


def test_the_same_recipe_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    recipe = replace(sets.recipe(21, sets.LESSON), size=(320, 240), duration_s=0.8, falls=())
    truth = film(recipe, tmp_path / "a.mp4")
    assert film(recipe, tmp_path / "b.mp4") == truth
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    film(replace(recipe, seed=22), tmp_path / "c.mp4")
    assert (tmp_path / "a.mp4").read_bytes() != (tmp_path / "c.mp4").read_bytes()


def test_quietening_halves_noise_and_leaves_what_changes_much() -> None:
    random = np.random.default_rng(1)
    still = random.normal(100, 3, (2, 80, 80)).astype(np.uint8)
    still[1, 30:40, 30:40] = 180
    quiet = steadied(still[1], still[0], 0.8)
    assert float(quiet[:25].std()) < 0.85 * float(still[1, :25].std())
    assert quiet[32:38, 32:38].min() >= 178
    assert np.array_equal(steadied(still[1], None, 0.8), still[1])


@given(brightness=st.floats(20, 230))
@settings(max_examples=10, deadline=None)
def test_noise_has_the_deviation_that_the_light_says(brightness: float) -> None:
    random = np.random.default_rng(2)
    light = draw_light("day", 20.0, random)
    still = np.full((160, 200), brightness, np.float32)
    noise = Noise.of(still, light, random)
    seen = np.stack([noise.expose(still, random) for _ in range(6)]).astype(float)
    expected = float(np.sqrt((noise.deviation**2).mean() + 1 / 12))
    assert float(seen.std()) == pytest.approx(expected, rel=0.15)


def test_repeated_frames_show_the_frame_before_and_lost_ones_leave_a_gap() -> None:
    random = np.random.default_rng(5)
    shown = schedule(20.0, 25.0, 3, 0.05, random)
    times = [frame.at_s for frame in shown]
    assert times == sorted(times)
    assert max(b - a for a, b in pairwise(times)) > 1.5 / 25
    for before, frame in pairwise(shown):
        assert frame.taken_s == (before.taken_s if frame.repeated else frame.at_s)
    assert sum(frame.repeated for frame in shown) > len(shown) / 5


def test_the_truth_of_repeated_frames_stands_at_their_own_times() -> None:
    recipe = scene(repeat_every=2)
    built = build(recipe)
    filming = Filming(built, recipe)
    times = [at_s for at_s, _ in filming.pictures()]
    thrown = built.falls[0].parts[0]
    sights = filming.sights[0, 0]
    assert {sight.at_s for sight in sights} <= {times[i] for i in range(0, len(times), 2)}
    fresh = [sight for sight in sights if sight.seen.share > 0.95]
    for sight in fresh:
        world = thrown.flight.at(np.array([sight.at_s - thrown.start_s + built.stage.exposure_s / 2]))[:, 0]
        pixel = built.stage.camera.project(world)[0][0]
        assert [sight.seen.x_px, sight.seen.y_px] == pytest.approx(pixel.tolist(), abs=1.0)


def test_a_clip_with_lost_packets_still_decodes_to_every_frame(tmp_path: Path) -> None:
    lossy = replace(CODING, slices=4, lost_share=0.3)
    recipe = scene(coding=lossy, duration_s=2.0)
    film(recipe, tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert len(times) >= 0.9 * 40


@pytest.mark.parametrize("b_frames", [0, 2])
def test_decoded_frames_come_at_the_times_of_the_schedule(tmp_path: Path, b_frames: int) -> None:
    coding = replace(CODING, b_frames=b_frames)
    recipe = scene(coding=coding, duration_s=1.5, lost_share=0.15, repeat_every=3, falls=(), size=(320, 240))
    film(recipe, tmp_path / "clip.mp4")
    planned = [shown.at_s for shown in Filming(build(recipe), recipe).shown]
    assert len(planned) < 30
    with av.open(str(tmp_path / "clip.mp4")) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times == pytest.approx(planned, abs=1e-3)


def test_sets_do_not_share_seeds_and_every_clip_has_its_own() -> None:
    seeds = [clip.seed for name in (*sets.SETS, "train-50") for clip in sets.named(name).values()]
    assert len(seeds) == len(set(seeds))


def test_the_bench_is_at_least_45_clips_and_the_negatives_half_an_hour() -> None:
    assert len(sets.named("bench")) >= 45
    assert sum(clip.duration_s for clip in sets.named("negatives").values()) >= 1800
    assert all(not clip.falls for clip in sets.named("negatives").values())


def test_the_negatives_show_every_kind_of_distractor() -> None:
    shown = {name for clip in sets.named("negatives").values() for name in clip.distractors}
    assert shown == set(DISTRACTORS)


def test_an_unknown_set_is_refused_with_the_names_of_those_that_exist() -> None:
    with pytest.raises(ValueError, match="bench"):
        sets.named("nonsense")
