"""The demo's estate file says of space what its scenes were drawn with."""

import numpy as np
import pytest

from cloud.core.estate import EstateFile
from cloud.core.modelled import site
from fallwatch.demo.layout import CAMERA_EAST, CAMERA_WEST, ESTATE
from models.synth.camera import Camera
from models.synth.facade import Facade
from models.synth.presets import EAST_CAMERA, EAST_FACADE, WEST_CAMERA, WEST_FACADE


@pytest.mark.parametrize(
    ("camera", "drawn_with", "facade", "front"),
    [
        (CAMERA_EAST, EAST_CAMERA, "jinxiu-3-east", EAST_FACADE),
        (CAMERA_WEST, WEST_CAMERA, "jinxiu-5-west", WEST_FACADE),
    ],
)
def test_a_point_of_the_wall_is_where_the_scene_draws_it(
    camera: str, drawn_with: Camera, facade: str, front: Facade
) -> None:
    (estate,) = EstateFile.model_validate(ESTATE).estates
    found = site(estate)
    wall, seen = found.facades[facade], found.cameras[camera]
    right_m, up_m = np.array([3.0, 11.0, 25.0]), np.array([20.0, 26.0, 31.0])
    plan = np.array(wall.left_m) + right_m[:, None] * wall.along
    offset = np.column_stack((plan, up_m)) - seen.place_m
    drawn = seen.lens.draw(*(offset @ seen.axes.T).T)
    world = np.column_stack((right_m - front.width_m / 2, up_m, np.zeros(3)))
    pixels, _ = drawn_with.project(world)
    assert np.allclose(np.column_stack((drawn.u_px, drawn.v_px)), pixels, atol=0.05)
