"""Rendered things fall as physics says, and the camera shows them where geometry says."""

import numpy as np
import pytest

from models.synth import fall, presets
from models.synth.camera import Camera
from models.synth.fall import Thing
from models.synth.scene import truth


def test_without_air_the_fall_takes_the_schoolbook_time() -> None:
    path = fall.trajectory(np.array([0.0, 44.145, 0.0]), np.zeros(3), drag_per_m=0.0)
    assert (len(path) - 1) * fall.STEP_S == pytest.approx(np.sqrt(2 * 44.145 / fall.GRAVITY_M_S2), abs=0.002)


def test_with_air_the_speed_never_passes_the_terminal_speed() -> None:
    drag_per_m = 0.05
    path = fall.trajectory(np.array([0.0, 300.0, 0.0]), np.zeros(3), drag_per_m)
    speed_m_s = -np.diff(path[:, 1]) / fall.STEP_S
    terminal_m_s = np.sqrt(fall.GRAVITY_M_S2 / drag_per_m)
    assert speed_m_s.max() <= terminal_m_s * 1.0001
    assert speed_m_s[-1] == pytest.approx(terminal_m_s, rel=0.001)


def test_a_light_bag_is_held_back_more_than_a_flowerpot() -> None:
    assert Thing("bag", 0.4, 0.4, 0.05, 20).drag_per_m > 50 * presets.FLOWERPOT.drag_per_m


def test_a_path_is_held_at_its_ends() -> None:
    path = fall.trajectory(np.array([1.0, 5.0, 0.0]), np.zeros(3), 0.0)
    held = fall.at(path, np.array([-1.0, 99.0]))
    assert held[0] == pytest.approx(path[0])
    assert held[1] == pytest.approx(path[-1])


def test_what_lies_on_the_optical_axis_is_in_the_picture_s_middle() -> None:
    camera = Camera(1281, 721, 700, 3.0, 1.6, 40.0, pitch_deg=25.0, yaw_deg=-7.0)
    ahead = np.array([[3.0, 1.6, 40.0]]) + 20 * camera.axes()[2]
    pixels, depth = camera.project(ahead)
    assert pixels[0] == pytest.approx([640.0, 360.0])
    assert depth[0] == pytest.approx(20.0)


def test_up_in_the_world_is_up_in_the_picture_and_right_is_right() -> None:
    camera = Camera(1280, 720, 700, 0.0, 1.6, 40.0, pitch_deg=20.0)
    pixels, _ = camera.project(np.array([[0.0, 10.0, 0.0], [0.0, 20.0, 0.0], [5.0, 10.0, 0.0]]))
    assert pixels[1, 1] < pixels[0, 1]
    assert pixels[2, 0] > pixels[0, 0]


def test_what_is_behind_the_camera_has_no_picture() -> None:
    camera = Camera(1280, 720, 700, 0.0, 1.6, 40.0, pitch_deg=0.0)
    pixels, _ = camera.project(np.array([[0.0, 1.6, 60.0]]))
    assert not np.isfinite(pixels).any()


def test_the_truth_of_each_throw_goes_down_the_picture_and_stays_inside() -> None:
    falls = truth(presets.EAST)
    assert len(falls) == len(presets.EAST.throws)
    for seen, throw in zip(falls, presets.EAST.throws, strict=True):
        path = np.array(seen.path)
        assert path[0, 0] == pytest.approx(throw.at_s, abs=0.05)
        assert path[-1, 2] > path[0, 2] + 200
        assert ((path[:, 1:] >= 0) & (path[:, 1:] <= [1279, 719])).all()


def test_the_demo_throws_early_and_about_every_half_minute() -> None:
    times = [throw.at_s for throw in presets.EAST.throws]
    gaps = np.diff([*times, times[0] + presets.EAST.duration_s])
    assert times[0] <= 10
    assert gaps.min() >= 20
    assert gaps.max() <= 35
