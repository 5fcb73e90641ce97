"""Where the demo's buildings and cameras stand, read off the scenes that its cameras show."""

from math import atan, atan2, cos, degrees, radians, sin

from models.synth.camera import Camera
from models.synth.facade import Facade

DEPTH_M = 14.0
"""Of the buildings; nobody sees it."""
BALCONY_M = 0.0
"""The scenes' falls begin at the wall."""

Point = tuple[float, float]


def building(name: str, facade: Facade, foot: Point, outward_deg: float) -> dict[str, object]:
    """An estate file's building; its edge 1 is the facade. foot: below the facade's middle, x east, y north.

    outward_deg: where the facade looks, clockwise from north.
    """
    half_m = facade.width_m / 2
    corners = [(-half_m, 0.0), (half_m, 0.0), (half_m, -DEPTH_M), (-half_m, -DEPTH_M)]
    return {
        "id": name,
        "footprint": [_placed(right, before, foot, outward_deg) for right, before in corners],
        "floors": facade.floors,
        "storey_height_m": facade.floor_m,
        "balcony_depth_m": BALCONY_M,
    }


def view(camera: Camera, foot: Point, outward_deg: float) -> dict[str, object]:
    """An estate file's mount, lens and resolution of the camera that the scene was drawn with."""
    east, north = _placed(camera.x_m, camera.z_m, foot, outward_deg)
    yaw = radians(camera.yaw_deg)
    ahead = _turned(sin(yaw), -cos(yaw), outward_deg)
    return {
        "mount": {
            "x_m": east,
            "y_m": north,
            "z_m": camera.y_m,
            "yaw_deg": round(degrees(atan2(*ahead)) % 360, 3),
            "pitch_deg": camera.pitch_deg,
            "roll_deg": camera.roll_deg,
        },
        "lens": {
            "fov_deg": round(2 * degrees(atan(camera.width / 2 / camera.focal_px)), 4),
            "distortion": [camera.k1, camera.k2],
        },
        "resolution": [camera.width, camera.height],
    }


def _placed(right_m: float, before_m: float, foot: Point, outward_deg: float) -> Point:
    east, north = _turned(right_m, before_m, outward_deg)
    return round(foot[0] + east, 3), round(foot[1] + north, 3)


def _turned(right: float, before: float, outward_deg: float) -> Point:
    """A way along a facade, as seen from before it, and away from it as a way to the east and north."""
    out = radians(outward_deg)
    # Who looks at the facade looks against `outward`: to the right is a quarter turn clockwise from there.
    return before * sin(out) - right * cos(out), before * cos(out) + right * sin(out)
