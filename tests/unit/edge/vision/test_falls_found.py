"""Falls of many kinds in small rendered scenes: each found once, where it was."""

import math

import pytest

TOLERANCE_PX = 3.0


@pytest.mark.parametrize("fps", [10, 12.5, 15, 20, 30])
def test_a_drop_is_found_at_any_frame_rate(kit, fps):
    path = kit.drop()
    falls = kit.watch(kit.scene(fps=fps, seconds=3, things=[kit.thing(path)]))
    assert len(falls) == 1
    assert kit.median_error(falls[0], path) < TOLERANCE_PX


@pytest.mark.parametrize("gravity", [60, 150, 600, 1200])
def test_a_drop_is_found_from_near_and_from_far(kit, gravity):
    path = kit.drop(gravity=gravity)
    falls = kit.watch(kit.scene(seconds=4.5, things=[kit.thing(path)]))
    assert len(falls) == 1
    assert kit.median_error(falls[0], path) < TOLERANCE_PX


@pytest.mark.parametrize(("side", "contrast"), [(3, 40), (4, -40), (6, 20), (8, 10), (14, 60), (30, 60)])
def test_a_drop_is_found_small_and_large_faint_and_strong(kit, side, contrast):
    path = kit.drop()
    falls = kit.watch(kit.scene(seconds=3, things=[kit.thing(path, side, contrast)]))
    assert len(falls) == 1
    assert kit.median_error(falls[0], path) < TOLERANCE_PX


@pytest.mark.parametrize("every", [2, 3, 5])
def test_repeated_frames_are_stepped_over(kit, every):
    path = kit.drop()
    falls = kit.watch(kit.scene(fps=30, seconds=3, repeat_every=every, things=[kit.thing(path)]))
    assert len(falls) == 1
    assert kit.median_error(falls[0], path) < TOLERANCE_PX


def test_a_drop_is_found_in_a_reduced_picture_and_its_breadth_is_told(kit):
    path = kit.drop(x=700, top=60, gravity=600)
    falls = kit.watch(kit.scene(height=720, width=1280, seconds=3, things=[kit.thing(path, 6, 40)]))
    assert len(falls) == 1
    assert kit.median_error(falls[0], path) < TOLERANCE_PX
    assert falls[0].breadth_px.low < 6 < falls[0].breadth_px.high


def test_a_throw_aside_and_up_first_is_found(kit):
    path = kit.drop(top=100, up=80, aside=60)
    falls = kit.watch(kit.scene(seconds=3, things=[kit.thing(path)]))
    assert len(falls) == 1
    assert kit.median_error(falls[0], path) < TOLERANCE_PX


def test_a_fall_seen_from_the_foot_of_a_tower_is_found(kit):
    def path(t):
        height_m = 34 - 4.9 * max(t - 1, 0) ** 2
        below_axis = math.radians(62) - math.atan2(height_m, 12)
        return 320 + 6 * t, 180 + 500 * math.tan(below_axis)

    falls = kit.watch(kit.scene(seconds=4, things=[kit.thing(path, 6)]))
    assert len(falls) == 1
    assert kit.median_error(falls[0], path) < TOLERANCE_PX
    assert falls[0].release is not None


def test_what_enters_from_above_is_found_and_has_no_release(kit):
    def path(t):
        return 300 + 10 * t, -200 + 300 * max(t - 0.5, 0) + 150 * max(t - 0.5, 0) ** 2

    falls = kit.watch(kit.scene(seconds=3, things=[kit.thing(path)]))
    assert len(falls) == 1
    assert falls[0].release is None


def test_two_falls_at_once_several_flats_apart_are_two_events(kit):
    things = [kit.thing(kit.drop(x=150)), kit.thing(kit.drop(x=450))]
    assert len(kit.watch(kit.scene(seconds=3, things=things))) == 2


def test_two_falls_from_one_window_a_second_apart_are_two_events(kit):
    things = [kit.thing(kit.drop()), kit.thing(kit.drop(at=1.9))]
    assert len(kit.watch(kit.scene(seconds=4, things=things))) == 2


def test_a_reflection_is_no_second_event_and_the_object_is_the_one_told(kit):
    path = kit.drop()
    things = [kit.thing(path), kit.thing(kit.drop(x=312, top=75, gravity=255), 7, 35)]
    falls = kit.watch(kit.scene(seconds=3, things=things))
    assert len(falls) == 1
    assert kit.median_error(falls[0], path) < TOLERANCE_PX


def test_a_fall_behind_a_balcony_is_one_event(kit):
    path = kit.drop()

    def hidden(t):
        return None if 130 < path(t)[1] < 210 else path(t)

    falls = kit.watch(kit.scene(seconds=3, things=[kit.thing(hidden)]))
    assert len(falls) == 1
    assert falls[0].track.xy_px[0, 1] < 60
    assert falls[0].track.xy_px[-1, 1] > 300


def test_the_release_lies_where_it_was_within_its_uncertainty(kit):
    falls = kit.watch(kit.scene(seconds=3, things=[kit.thing(kit.drop(x=300, top=40))]))
    release = falls[0].release
    assert release is not None
    assert abs(release.y_px - 40) <= 3 * release.uncertainty_px


def test_a_fall_is_decided_within_half_a_second_of_its_last_sight(kit):
    path = kit.drop(gravity=300)

    def caught(t):
        return path(min(t, 2.0)) if t < 2.05 else None

    falls = kit.watch(kit.scene(seconds=4, things=[kit.thing(caught)]))
    assert len(falls) == 1
    assert falls[0].decided_s - falls[0].track.t_s[-1] <= 0.5


def test_a_fall_still_going_on_at_the_end_is_told(kit):
    falls = kit.watch(kit.scene(seconds=2.2, things=[kit.thing(kit.drop())]))
    assert len(falls) == 1
