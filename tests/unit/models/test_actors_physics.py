"""What is no fall moves as physics says: balls, drips, rain, leaves, lifts; light is not made or lost."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.synth.actors import balls, brush, coding, drips, lifts, lights, motion, precipitation
from models.synth.actors.brush import Shape
from models.synth.camera import Camera
from models.synth.fall import GRAVITY_M_S2
from models.synth.stage import Stage

CAMERA = Camera(640, 360, 400.0, 0.0, 8.0, 25.0, pitch_deg=10.0)
STAGE = Stage(CAMERA, 0.008, None, infrared=False)


def grey(level: float = 100.0) -> np.ndarray:
    return np.full((360, 640), level, np.float32)


@given(up=st.floats(3, 13), aside=st.floats(-3, 3))
@settings(max_examples=20, deadline=None)
def test_a_heavy_ball_flies_the_parabola_of_g(up: float, aside: float) -> None:
    heavy = balls.Kind(0.1, 1e12, 0.7, (0.5, 0.5))
    start = np.array([1.0, 0.0, 2.0])
    course = balls.bouncing(start, np.array([aside, up, 0.0]), heavy, -5.0, 0.0, 2 * up / GRAVITY_M_S2)
    t = course.times_s
    expected = up * t - GRAVITY_M_S2 / 2 * t**2
    assert course.points_m[:, 1] == pytest.approx(expected, abs=1e-6)
    assert course.points_m[:, 0] == pytest.approx(1 + aside * t, abs=1e-6)


def test_a_ball_bounces_as_high_as_its_bounce_squared() -> None:
    kind = balls.Kind(0.1, 1e6, 0.7, (0.5, 0.5))
    course = balls.bouncing(np.array([0.0, 2.0, 0.0]), np.zeros(3), kind, 0.0, 0.0, 1.4)
    heights = course.points_m[:, 1]
    lands = int(np.argmin(heights[:200]))
    assert heights[lands:].max() == pytest.approx(2.0 * 0.7**2, rel=0.03)


def test_a_dribbled_ball_falls_at_g_between_hand_and_ground() -> None:
    (ball,) = balls.dribble(np.random.default_rng(4), STAGE, 6.0)
    course = getattr(ball, "course", None)
    assert isinstance(course, motion.Course)
    height = course.points_m[:, 1] - course.points_m[:, 1].min()
    pull = np.diff(height, 2) / np.diff(course.times_s)[0] ** 2
    # Between the beats; at hand and ground the speed turns within one sample.
    assert np.median(pull) == pytest.approx(-GRAVITY_M_S2, rel=1e-3)
    assert 0.6 < height.max() < 1.4


@pytest.mark.parametrize("kind", balls.KINDS)
def test_air_keeps_a_ball_below_where_it_would_fly_without(kind: balls.Kind) -> None:
    course = balls.bouncing(np.zeros(3), np.array([0.0, 10.0, 0.0]), kind, -5.0, 0.0, 2.5)
    highest = course.points_m[:, 1].max()
    assert 0.2 < highest / (10.0**2 / (2 * GRAVITY_M_S2)) < 1


def test_a_drip_accelerates_at_g_and_never_passes_its_terminal_speed() -> None:
    t = np.linspace(0, 6, 6001)
    fallen = drips.fallen_m(t)
    speed = np.gradient(fallen, t)
    assert np.gradient(speed, t)[5:50] == pytest.approx(GRAVITY_M_S2, rel=0.01)
    assert speed.max() <= drips.TERMINAL_M_S
    assert drips.fallen_m(np.array([-1.0]))[0] == 0
    assert drips.falls_for_s(float(fallen[2500])) == pytest.approx(t[2500])


def test_drips_are_drawn_where_they_have_fallen_to_again_and_again() -> None:
    drip = drips.Drips(
        spout_m=np.array([0.5, 14.0, 0.0]),
        releases_s=np.array([0.0, 1.5, 3.0]),
        sideways_m=np.zeros((3, 2)),
        size_m=np.full(3, 0.02),
        drop_m=8.0,
        reflectance=2.0,
    )
    for release in drip.releases_s:
        for since in (0.2, 0.5, 0.8):
            light = grey()
            drip.draw(light, float(release + since), STAGE)
            y, x = np.nonzero(light > 101)
            middle = drip.spout_m - [0.0, float(drips.fallen_m(np.array([since + 0.004]))[0]), 0.0]
            pixel, _ = CAMERA.project(middle[None])
            assert np.hypot(x.mean() - pixel[0, 0], y.mean() - pixel[0, 1]) < 1.5


@given(diameter_mm=st.floats(0.6, 6.0))
def test_raindrops_fall_at_two_to_ten_metres_a_second(diameter_mm: float) -> None:
    speed = precipitation.raindrop_speed_m_s(np.array([diameter_mm]))[0]
    assert 2 < speed < 9.7


@pytest.mark.parametrize("maker", [precipitation.rain_heavy, precipitation.snow, precipitation.hail])
def test_what_falls_from_the_sky_is_everywhere_at_every_time(maker: object) -> None:
    assert callable(maker)
    for seed in range(3):
        (weather,) = maker(np.random.default_rng(seed), STAGE, 6.0)
        changed = np.zeros((360, 640), bool)
        for t_s in np.arange(0, 6, 0.1):
            light = grey(60)
            weather.draw(light, float(t_s), STAGE)
            changed |= light > 60.5
        thirds = changed.reshape(3, 120, 4, 160).any(axis=(1, 3))
        assert thirds.all()


@given(terminal=st.floats(0.5, 15.0))
@settings(max_examples=20, deadline=None)
def test_what_drifts_in_still_air_ends_at_its_terminal_speed(terminal: float) -> None:
    calm = motion.gusts(np.random.default_rng(0), 0.0)
    course = motion.drift(np.zeros(3), np.zeros(3), terminal, calm, (0.0, 6.0))
    speed = -np.diff(course.points_m[:, 1]) / motion.STEP_S
    assert speed[-1] == pytest.approx(terminal, rel=0.02)
    assert (np.diff(speed) > -1e-6).all()
    assert speed[5] == pytest.approx(GRAVITY_M_S2 * 6 * motion.STEP_S, rel=0.15 if terminal > 1 else 0.4)


@given(length=st.floats(0.5, 60), speed=st.floats(0.5, 6), gain=st.floats(0.3, 4))
def test_a_lift_runs_from_rest_to_rest_over_the_whole_way(length: float, speed: float, gain: float) -> None:
    way, takes = lifts.trapezoid(length, speed, gain)
    t = np.linspace(-0.5, takes + 0.5, 4000)
    gone = way(t)
    pace = np.diff(gone) / np.diff(t)
    assert gone[0] == pytest.approx(0, abs=1e-12)
    assert gone[-1] == pytest.approx(length, rel=1e-6)
    assert pace.min() > -1e-9
    assert pace.max() <= speed * 1.001
    assert np.abs(np.diff(pace) / np.diff(t)[0]).max() <= gain * 1.01


@pytest.mark.parametrize("speed", [2.0, 7.0, 18.0])
def test_the_light_of_a_strip_runs_at_its_speed(speed: float) -> None:
    y = 14 - np.arange(0, 12, 0.1)
    strip = lights.Strip(
        points_m=np.stack([0 * y, y, 0 * y], axis=1),
        speed_m_s=speed,
        length_m=0.3,
        tail_m=0.01,
        begin_s=0.0,
        every_s=1e6,
        tick_s=0.005,
        luma=200.0,
        resting=0.0,
        width_m=0.1,
    )
    for t_s in np.linspace(1.0, 10.0, 4) / speed:
        light = grey(50)
        strip.draw(light, float(t_s), STAGE)
        rows = np.nonzero((light > 120).any(axis=1))[0]
        head, _ = CAMERA.project(np.array([[0.0, 14 - speed * (t_s + 0.002) + 0.15, 0.0]]))
        assert rows.mean() == pytest.approx(head[0, 1], abs=4)


@given(x=st.floats(60, 580), y=st.floats(60, 300), size=st.floats(0.4, 40), moved=st.floats(0, 25))
@settings(max_examples=40, deadline=None)
def test_a_smeared_shape_takes_as_much_light_as_a_still_one(
    x: float, y: float, size: float, moved: float
) -> None:
    square = np.array([[0, 0], [size, 0], [size, size], [0, size]]) + np.array([x, y])
    moments = [[Shape(square + np.array([0, moved * step / 8]), 20.0)] for step in range(9)]
    light = grey()
    brush.fill(light, moments)
    taken = (100.0 - light).sum() / 80.0
    # Each of four edges lies within a quarter of a pixel: the error grows with the outline, not the area.
    assert taken == pytest.approx(size**2, abs=0.1 + size)
    y_middle = ((100 - light) * np.arange(360)[:, None]).sum() / (100 - light).sum()
    assert y_middle == pytest.approx(y + size / 2 + moved / 2, abs=0.4)


def test_shapes_outside_the_picture_change_nothing() -> None:
    light = grey()
    far = np.array([[-900.0, -900], [-880, -900], [-880, -880]])
    brush.fill(light, [[Shape(far, 0.0)]])
    brush.smudge(light, far[:1], 5, 0.0)
    brush.thread(light, far, 2, 0.0, 1.0)
    brush.streaks(light, np.array([far[:2]]), np.array([2.0]), np.array([100.0]))
    assert (light == 100).all()


@given(depth=st.floats(0.5, 200), share_x=st.floats(0.05, 0.95), share_y=st.floats(0.05, 0.95))
def test_a_pixel_taken_into_the_world_comes_back(depth: float, share_x: float, share_y: float) -> None:
    camera = Camera(640, 360, 400.0, 1.0, 2.0, 30.0, pitch_deg=40.0, yaw_deg=-12.0, k1=-0.12)
    pixel = np.array([[share_x * 640, share_y * 360]])
    back, distance = camera.project(brush.unproject(camera, pixel, depth))
    assert back == pytest.approx(pixel, abs=0.01)
    assert distance[0] == pytest.approx(depth)


def test_lost_blocks_stand_still_until_the_next_key_frame() -> None:
    smear = coding.Smear((1.0, 2.0), (4, 8), np.zeros(4, np.int64), (0, 0), np.zeros(2))
    pictures = {
        t_s: np.random.default_rng(int(t_s * 10)).uniform(0, 255, (360, 640)) for t_s in (0.5, 1.0, 1.5, 2.5)
    }
    seen = {}
    for t_s, picture in pictures.items():
        seen[t_s] = picture.astype(np.float32)
        smear.draw(seen[t_s], t_s, STAGE)
    rows = slice(4 * coding.BLOCK_PX, 8 * coding.BLOCK_PX)
    assert np.array_equal(seen[1.5][rows], pictures[1.0].astype(np.float32)[rows])
    assert np.array_equal(seen[1.5][: rows.start], pictures[1.5].astype(np.float32)[: rows.start])
    assert np.array_equal(seen[2.5], pictures[2.5].astype(np.float32))
