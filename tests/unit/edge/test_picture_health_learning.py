"""What is usual is learnt from a sound picture, never from a harmed one, and survives a restart."""

import cv2
import numpy as np

from edge.core.picture_health import watch
from edge.core.picture_health.faults import FAULTS
from edge.core.picture_health.usual import from_arrays, to_arrays
from tests.unit.edge.picture_scene import AT, GREY, HEIGHT, WIDTH, Camera, facade, live, taken, well


def test_a_lens_that_is_covered_from_the_start_is_told_and_not_learnt() -> None:
    blank = np.full_like(facade(), 90)
    camera = Camera().sees(taken(blank) * 3)
    assert camera.faults == [("covered", "raised")]
    assert camera.watch.usual == {}
    camera.sees(taken(facade()) * 4)
    assert camera.faults == [("covered", "raised"), ("covered", "cleared")]
    assert "colour" in camera.watch.usual


def test_a_lens_that_is_out_of_focus_from_the_start_is_told_and_not_learnt() -> None:
    soft = np.asarray(cv2.GaussianBlur(facade(), (0, 0), 3), np.uint8)
    camera = Camera().sees(taken(soft) * 3)
    assert camera.faults == [("defocused", "raised")]
    assert camera.watch.usual == {}


def test_a_fault_that_lasts_is_never_learnt_as_usual() -> None:
    camera = well()
    moved = np.roll(facade(), 40, axis=1)
    camera.sees(taken(moved) * 8)
    assert camera.faults == [("moved", "raised")]


def test_day_and_infrared_have_a_usual_each() -> None:
    lamp = np.clip(
        1.1 - np.hypot(*np.meshgrid(np.linspace(-1, 1, WIDTH), np.linspace(-0.2, 1.4, HEIGHT))), 0.05, 1
    )
    camera = well().shows(live(16 + (facade() - 16.0) * lamp, 30, first=100), GREY)
    assert set(camera.watch.usual) == {"colour", "grey"}
    assert camera.faults == []


def test_what_is_usual_comes_back_from_its_arrays() -> None:
    usual = well().watch.usual["colour"]
    again = from_arrays(to_arrays(usual))
    assert np.array_equal(again.scene.thumb, usual.scene.thumb)
    assert (again.blur_px, again.rate) == (np.float32(usual.blur_px or 0), None)


def test_after_a_restart_the_old_usual_still_tells_the_fault() -> None:
    before = well()
    arrays = to_arrays(before.watch.usual["colour"])
    state, told = watch.start(FAULTS, AT, frozenset(), {"colour": from_arrays(arrays)})
    assert told == ()
    camera = Camera(state).sees(taken(np.roll(facade(), 30, axis=1)) * 3)
    assert camera.faults == [("moved", "raised")]


def test_a_fault_open_before_a_restart_is_cleared_when_the_picture_is_well() -> None:
    usual = well().watch.usual
    state, told = watch.start(FAULTS, AT, frozenset({"covered", "unstable"}), usual)
    assert [(report.fault, report.state) for report in told] == [("unstable", "cleared")]
    camera = Camera(state).sees(taken(facade()) * 4)
    assert camera.faults == [("covered", "cleared")]


def test_a_fault_that_flaps_becomes_one_unstable() -> None:
    camera = well()
    dark = (16 + 0.1 * (facade() - 16.0)).astype(np.uint8)
    bad, good = taken(dark), taken(facade())
    for _ in range(5):
        camera.sees(bad * 2).sees(good * 5)
    assert camera.faults.count(("dark", "raised")) == 3
    assert camera.faults.count(("unstable", "raised")) == 1
    assert camera.faults[-1] == ("unstable", "raised")
    assert (camera.told[-1].about, camera.told[-1].severity) == ("dark", "serious")
