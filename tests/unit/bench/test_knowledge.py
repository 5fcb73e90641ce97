"""What a careful person would draw and click, made from the true camera of a rendered clip."""

from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.measure import knowledge
from bench.measure.records import Clip
from edge.camera.sight import sight_of
from edge.config.settings import load_sight
from models.synth.camera import Camera

PLAN = {"floors": 20, "bays": 8, "floor_m": 3.0, "bay_m": 3.5}


def clip(pitch_deg=35.0, z_m=40.0, focal_px=1100.0):
    camera = Camera(1280, 720, focal_px, 0.0, 2.0, z_m, pitch_deg)
    return Clip("c", Path("c.mp4"), 25.0, 1280, 720, 9.0, camera=asdict(camera), facade=PLAN)


def ignored(one):
    mask = np.zeros((one.height, one.width), np.uint8)
    for polygon in knowledge.outside(one):
        cv2.fillPoly(mask, [np.array(polygon, np.int32)], 255)
    return mask


@given(st.floats(20, 70), st.floats(12, 60), st.floats(600, 2000))
def test_the_drawn_mask_leaves_the_facade_and_the_air_before_it(pitch_deg, z_m, focal_px):
    one = clip(pitch_deg, z_m, focal_px)
    mask = ignored(one)
    chance = np.random.default_rng(1)
    low, high = np.array([-14.0, 1.0, 0.0]), np.array([14.0, 60.0, 2.0])
    pixels = knowledge.projected(one, chance.uniform(low, high, (200, 3)))
    seen = pixels[np.isfinite(pixels).all(axis=1)]
    seen = seen[((seen > 3) & (seen < [one.width - 4, one.height - 4])).all(axis=1)].round().astype(int)
    assert not mask[seen[:, 1], seen[:, 0]].any()


def test_the_drawn_mask_covers_sky_and_street():
    one = clip(pitch_deg=12.0, z_m=90.0, focal_px=700.0)
    far = knowledge.projected(one, np.array([[-60.0, 5.0, 0.0], [60.0, 5.0, 0.0], [0.0, 100.0, 0.0]]))
    mask = ignored(one)
    for x, y in far.round().astype(int):
        if 0 <= x < one.width and 0 <= y < one.height:
            assert mask[y, x]
    assert 0.1 < mask.mean() / 255 < 0.95


@pytest.mark.parametrize(("pitch_deg", "z_m"), [(25.0, 40.0), (45.0, 30.0), (60.0, 15.0)])
def test_the_clicked_points_calibrate_the_camera(tmp_path, pitch_deg, z_m):
    one = clip(pitch_deg, z_m)
    state = next(state for state in knowledge.more(tmp_path) if state.key == "calibrated")
    option, file = state.options(one)
    assert option == "--camera"
    sight = sight_of(load_sight(Path(file)), (one.width, one.height))
    assert sight.calibrations
    points = knowledge.facade(one)["points"]
    assert len(points) == knowledge.POINTS
    assert all(0 <= x < one.width and 0 <= y < one.height for x, y in (point["at"] for point in points))


def test_of_a_recording_without_a_known_camera_nothing_is_told(tmp_path):
    real = Clip("real", Path("real.mp4"), 25.0, 1280, 720, 9.0, real=True)
    for state in knowledge.more(tmp_path):
        assert state.options(real) in ((), (knowledge.FIND,))
    assert list(tmp_path.iterdir()) == []
