"""The demo's cameras are calibrated, and their falls told with floor and flat."""

import numpy as np
import pytest

from edge.camera.sight import Sight, sight_of
from edge.config.sight import SightSettings
from edge.core.vision.frame import Fall, Release, Track
from edge.core.vision.origin import origin_of
from fallwatch.demo import sight
from models.synth.camera import Camera
from models.synth.facade import Facade
from models.synth.presets import EAST, EAST_CAMERA, EAST_FACADE, WEST_CAMERA, WEST_FACADE
from models.synth.scene import truth


def seen_by(camera: Camera, facade: Facade) -> Sight:
    found = SightSettings.model_validate(sight.settings(camera, facade))
    return sight_of(found, (camera.width, camera.height))


@pytest.mark.parametrize(("camera", "facade"), [(EAST_CAMERA, EAST_FACADE), (WEST_CAMERA, WEST_FACADE)])
def test_the_points_give_the_renderers_camera_back(camera: Camera, facade: Facade) -> None:
    (found,) = seen_by(camera, facade).calibrations
    assert found.focal_px == pytest.approx(camera.focal_px, rel=0.03)
    assert found.pitch_deg == pytest.approx(camera.pitch_deg, abs=0.5)
    assert max(found.off_px) < 2


def test_what_is_thrown_in_the_demo_is_told_from_its_floor() -> None:
    (calibration,) = seen_by(EAST_CAMERA, EAST_FACADE).calibrations
    for thrown, seen in zip(EAST.throws, truth(EAST), strict=True):
        path = np.array(seen.path)
        release = Release(float(path[0, 1]), float(path[0, 2]), 2.0)
        track = Track(1, path[3:, 0], path[3:, 1:].astype(np.float32))
        found = origin_of(Fall(track, 0.9, 0.0, release=release), calibration)
        assert found is not None
        assert abs(found.floor - thrown.floor) <= 1
        assert found.floor_low <= thrown.floor <= found.floor_high
        assert found.bay == thrown.bay + 1
