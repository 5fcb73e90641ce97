"""The part of the picture in which falls can be seen, found in the picture: drawn and rendered views."""

import cv2
import numpy as np
import pytest

from edge.core.vision import facade_mask, facade_watch, pipeline, regions
from edge.core.vision.frame import Frame
from edge.core.vision.settings import DetectorSettings
from models.synth.camera import Camera
from models.synth.sets import LESSON, recipe
from models.synth.staging import build

SKY, WALL, ROAD = 205, 140, 100


def view(*, pitch_deg=2.0, z_m=45.0, half_m=12.0, top_m=40.0, lines=720):
    """A front with floors and bays, its foot at y = 0, on a plain road, seen from 3 m above it."""
    width = lines * 16 // 9
    camera = Camera(width, lines, 0.8 * width, 0.0, 3.0, z_m, pitch_deg)
    picture = np.full((lines, width), SKY, np.uint8)
    horizon = round((lines - 1) / 2 + camera.focal_px * np.tan(np.radians(pitch_deg)))
    picture[max(horizon, 0) :] = ROAD

    def rectangle(left, right, low, high, grey):
        corners = np.array([[left, high, 0], [right, high, 0], [right, low, 0], [left, low, 0]], np.float64)
        pixels, _ = camera.project(corners)
        cv2.fillConvexPoly(picture, np.round(pixels * 16).astype(np.int32), grey, cv2.LINE_AA, 4)

    rectangle(-half_m, half_m, 0, top_m, WALL)
    chance = np.random.default_rng(3)
    for low in np.arange(0.9, top_m - 1.5, 3.0):
        for left in np.arange(-half_m + 0.9, half_m - 1.5, 3.0):
            rectangle(left, left + 1.6, low, low + 1.5, int(chance.integers(40, 90)))
    return np.asarray(cv2.GaussianBlur(noisy(picture, 1.5), (3, 3), 0)), camera


def noisy(picture, sigma):
    noise = np.random.default_rng(9).normal(0, sigma, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def masked(luma):
    found = facade_mask.unwatched(luma)
    assert found is not None
    assert found.shape == luma.shape
    return found


def test_a_road_before_the_facade_is_ignored_and_the_facade_is_not():
    luma, camera = view()
    found = masked(luma)
    assert found[-20:].mean() > 0.95
    front = np.stack(np.meshgrid(np.linspace(-12, 12, 30), np.linspace(0, 40, 40), 0.0), -1).reshape(-1, 3)
    at = np.round(camera.project(front)[0]).astype(int)
    at = at[(at[:, 1] >= 0) & (at[:, 1] < luma.shape[0])]
    assert not found[at[:, 1], at[:, 0]].any()


def test_what_is_thrown_far_out_is_watched_down_to_the_ground():
    """As far aside as down, and 8 m towards the camera: farther than hands throw."""
    luma, camera = view(top_m=24.0, pitch_deg=12.0)
    found = masked(luma)
    assert found.any()
    for side in (-1, 1):
        for out_m in (0.0, 8.0):
            fallen = np.linspace(0, 22, 50)
            across = side * (12 + np.minimum(np.sqrt(2 * fallen / 9.81) * 5, fallen + 2))
            way = np.stack([across, 24 - fallen, np.minimum(out_m, fallen)], axis=1)
            at = np.round(camera.project(way)[0]).astype(int)
            inside = ((at >= 0) & (at < [luma.shape[1], luma.shape[0]])).all(axis=1)
            assert not found[at[inside, 1], at[inside, 0]].any()


def test_sky_high_above_the_roof_is_ignored():
    luma, _ = view(top_m=14.0, pitch_deg=14.0)
    assert masked(luma)[:60].all()


def test_a_facade_that_fills_the_picture_leaves_nothing_to_ignore():
    luma, _ = view(pitch_deg=35.0, z_m=22.0, half_m=40.0, top_m=90.0)
    found = facade_mask.unwatched(luma)
    assert found is None or not found.any()


def test_ground_is_never_assumed_where_the_camera_looks_up_steeply():
    """There the horizon lies below the picture; what stands below the last window is still the wall."""
    luma, _ = view(pitch_deg=55.0, z_m=20.0, top_m=60.0)
    luma[-100:] = WALL
    found = facade_mask.unwatched(luma)
    assert found is None or not found[-100:, 400:880].any()


def road():
    picture = np.full((720, 1280), ROAD, np.uint8)
    for x in range(0, 1280, 200):
        cv2.line(picture, (x, 719), (640, -400), 220, 8)
    return noisy(picture, 2)


def foliage():
    chance = np.random.default_rng(5)
    picture = np.full((720, 1280), 60, np.uint8)
    for _ in range(9000):
        at = (int(chance.integers(0, 1280)), int(chance.integers(0, 720)))
        axes = (int(chance.integers(4, 10)), int(chance.integers(2, 5)))
        cv2.ellipse(picture, at, axes, chance.uniform(0, 180), 0, 360, int(chance.integers(30, 130)), -1)
    return picture


def sky():
    return noisy(np.tile(np.linspace(150, 220, 720)[:, None], (1, 1280)), 2)


@pytest.mark.parametrize("draw", [road, foliage, sky], ids=["road", "foliage", "sky"])
def test_a_picture_without_a_facade_gives_no_answer(draw):
    assert facade_mask.unwatched(draw()) is None


def test_a_wall_that_drowns_in_noise_gives_no_answer():
    luma, _ = view()
    assert facade_mask.unwatched(noisy(luma // 4, 25)) is None


def test_a_picture_of_a_few_lines_gives_no_answer():
    luma, _ = view(lines=90)
    assert facade_mask.unwatched(luma) is None


@pytest.mark.parametrize("lines", [360, 1080, 2160])
def test_the_same_view_gives_the_same_at_every_resolution(lines):
    one, other = masked(view()[0]), masked(view(lines=lines)[0])
    same = cv2.resize(other.astype(np.uint8), one.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    assert (one != same).mean() < 0.04


@pytest.mark.parametrize(
    "change", [lambda p: p // 4 + 4, lambda p: p // 2 + 120, lambda p: p[:, ::-1].copy()]
)
def test_light_and_side_change_little(change):
    luma, _ = view()
    found = masked(np.ascontiguousarray(change(luma)))
    assert found[-20:].mean() > 0.9
    assert not found[: luma.shape[0] // 2, 500:780].any()


@pytest.mark.parametrize("seed", [15, 18, 21])
def test_the_ways_of_rendered_falls_are_watched(seed):
    scene = build(recipe(seed, LESSON))
    found = facade_mask.unwatched(np.clip(scene.scenery.luma, 0, 255).astype(np.uint8))
    assert found is not None
    assert found.any()
    assert scene.falls
    for fall in scene.falls:
        at = np.round(np.asarray(fall.release.way_px)).astype(int)
        size = [scene.stage.camera.width, scene.stage.camera.height]
        inside = ((at >= 0) & (at < size)).all(axis=1)
        assert not found[at[inside, 1], at[inside, 0]].any()


def test_two_looks_must_agree_but_the_first():
    near, far = view()[0], view(top_m=14.0, pitch_deg=14.0)[0]
    watch = facade_watch.looked(facade_watch.begun(None), near, 1.0, 8)
    assert np.array_equal(watch.ignored.pixels, masked(near))
    early = facade_watch.looked(watch, far, 2.0, 8)
    assert early is watch
    later = facade_watch.looked(watch, far, 1.0 + facade_watch.AGAIN_S, 8)
    assert np.array_equal(later.ignored.pixels, masked(near) & masked(far))


def test_one_doubtful_look_lets_everything_be_watched():
    watch = facade_watch.looked(facade_watch.begun(None), view()[0], 1.0, 8)
    assert facade_watch.looked(watch, sky(), 100.0, 8).ignored is None


def test_a_picture_that_changed_as_a_whole_is_watched_wholly_until_it_was_looked_at():
    drawn = regions.ignored((np.array([[0, 0], [100, 0], [100, 100], [0, 100.0]]),), (720, 1280), 1, 8)
    watch = facade_watch.looked(facade_watch.begun(drawn), view()[0], 1.0, 8)
    assert watch.ignored.pixels.sum() > drawn.pixels.sum()
    watch = facade_watch.shaken(watch, 10.0)
    assert watch.ignored is drawn
    assert facade_watch.looked(watch, view()[0], 11.0, 8).ignored is drawn
    found = facade_watch.looked(watch, view()[0], 10.0 + facade_watch.SETTLED_S, 8)
    assert (found.ignored.pixels & drawn.pixels).sum() == drawn.pixels.sum()


def test_the_detector_looks_once_it_knows_what_stands_still():
    luma, _ = view()
    settings = DetectorSettings()
    state = pipeline.start(720, 1280, settings, find_facade=True)
    for index in range(40):
        state, _ = pipeline.step(state, Frame(noisy(luma, 2 + index % 2), index / 25, index), settings)
        if index == 3:
            assert state.facade.ignored is None
    assert state.facade.ignored.pixels[-10:].mean() > 0.9
    assert state.facade.ignored.pixels.shape == (360, 640)
    assert state.facade.due_s > facade_watch.AGAIN_S


def test_a_fall_before_a_wall_that_fills_the_picture_is_told_as_before(kit):
    scene = kit.scene(things=[kit.thing(kit.drop())])
    (plain,), (found,) = kit.watch(scene), kit.watch(scene, find_facade=True)
    assert np.array_equal(plain.track.xy_px, found.track.xy_px)
