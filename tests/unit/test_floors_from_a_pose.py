"""A pose found in the cloud gives the box floors and windows, as sure as the pose is and no surer."""

import numpy as np
import pytest
from pydantic import SecretStr

from cloud.core.estate import Estate
from cloud.core.geometry import build, calibration
from cloud.core.geometry.parts import Mount
from cloud.core.geometry.pose import SPREAD, Pose, on_wall, solved
from cloud.core.geometry.repose import Optics
from cloud.core.geometry.site import Camera, Site
from cloud.core.modelled import site
from contracts.devices import DesiredCamera, DesiredState, SeenFacade
from edge.camera.sight import sight_of, untold
from edge.config.camera import CameraSettings
from edge.config.desired import own, with_desired
from edge.config.profiles import Library
from edge.core.vision.facade import Calibration, facing
from edge.core.vision.frame import F64, Fall, Release, Track
from tests.unit.cloud.test_geometry_pose import LENS, PICTURE, clicked

STREAM = (1920, 1080)
CORNER = Mount(x_m=52.0, y_m=-40.0, z_m=4.0, yaw_deg=322.0, pitch_deg=22.0, roll_deg=2.0)
"""Before the corner at which both facades meet."""
ON_ITS_SIDE = Mount(x_m=16.0, y_m=-45.0, z_m=6.0, yaw_deg=2.0, pitch_deg=26.0, roll_deg=88.5)


def tower() -> Site:
    """18 floors, 32 m by 14 m; its south and its east side, the ground floor 4.5 m high."""
    side = {"building": "1", "floors": 18}
    estate = {
        "id": "e",
        "name": {"zh": "园", "en": "Court"},
        "buildings": [
            {
                "id": "b",
                "footprint": [[0, 0], [32, 0], [32, 14], [0, 14]],
                "floors": 18,
                "first_storey_height_m": 4.5,
            }
        ],
        "facades": [
            {
                **side,
                "id": "south",
                "bays": 9,
                "name": {"zh": "南", "en": "South"},
                "wall": {"building": "b", "edge": 1},
            },
            {
                **side,
                "id": "east",
                "bays": 4,
                "name": {"zh": "东", "en": "East"},
                "wall": {"building": "b", "edge": 2},
            },
        ],
    }
    return site(Estate.model_validate(estate))


def posed(at: Mount, noise_px: float) -> tuple[Camera, Optics, Pose]:
    """A camera, and its pose from six clicked crossings of the south side."""
    true, optics, here = build.camera("c", at, LENS, PICTURE), Optics("c", LENS, PICTURE), tower()
    south = [(line, edge) for line in (2, 8, 14) for edge in (2, 7)]
    places = [on_wall(here.facades["south"], *each, (0, 0)).place_m for each in south]
    return true, optics, solved(true.lens, clicked(true, places, noise_px))


def at_box(seen: SeenFacade, **settings: object) -> Calibration:
    """What a box makes of it, of a stream half as large as the picture."""
    bare = CameraSettings.model_validate({"id": "c", "url": SecretStr("x"), **settings})
    laid = with_desired(bare, DesiredCamera(camera="c", picture=PICTURE, facades=(seen,)))
    (found,) = sight_of(laid, STREAM).calibrations
    return found


def crossings(here: Site, name: str, true: Camera) -> tuple[F64, F64]:
    """(n, 2) metres across and up of what the camera shows of a facade, and (n, 2) pixels of its stream."""
    facade = here.facades[name]
    lines, edges = np.mgrid[1 : len(facade.lines_m) + 1, 0 : facade.bays + 1].reshape(2, -1)
    places = np.array(
        [on_wall(facade, line, edge, (0, 0)).place_m for line, edge in zip(lines, edges, strict=True)]
    )
    drawn = true.lens.draw(*((places - true.place_m) @ true.axes.T).T)
    metres = np.column_stack((edges / facade.bays * facade.length_m, np.array(facade.lines_m)[lines - 1]))
    pixels = (np.column_stack((drawn.u_px, drawn.v_px)) + 0.5) / 2 - 0.5
    return metres[drawn.drawn], pixels[drawn.drawn]


@pytest.mark.parametrize("at", [CORNER, ON_ITS_SIDE], ids=["upright", "on its side"])
@pytest.mark.parametrize("noise_px", [0.0, 3.0])
def test_the_box_finds_floors_and_windows_where_they_are(at: Mount, noise_px: float) -> None:
    true, optics, pose = posed(at, noise_px)
    seen = calibration.seen(optics, pose, tower().facades["south"])
    assert seen is not None
    found = at_box(seen)
    metres, pixels = crossings(tower(), "south", true)
    off = np.abs(found.places(pixels) - metres)
    spread = found.place_spread(pixels)
    assert (found.plan.floors, found.plan.bays, found.plan.first_floor_height_m) == (18, 9, 4.5)
    assert np.quantile(off, 0.9) < 0.3
    assert (off < 3 * spread + 0.1).mean() > 0.97


def test_it_is_the_same_whether_the_boxs_picture_or_only_its_stream_is_smaller() -> None:
    _, optics, pose = posed(CORNER, 0.0)
    seen = calibration.seen(optics, pose, tower().facades["south"])
    assert seen is not None
    corners = ((0, 0), (800, 0), (800, 600))
    drawn = DesiredCamera(camera="c", picture=PICTURE, facades=(seen,), ignore=(corners,))
    sights = []
    for picture in (PICTURE, STREAM):
        bare = CameraSettings(id="c", url=SecretStr("x"), picture=picture)
        sights.append(sight_of(with_desired(bare, drawn), STREAM))
    one, other = sights
    assert one.ignore[0] == pytest.approx(other.ignore[0])
    assert one.calibrations[0].camera == pytest.approx(other.calibrations[0].camera, rel=1e-6)


def test_the_box_is_as_unsure_of_floors_as_the_pose_is() -> None:
    true, optics, pose = posed(CORNER, 3.0)
    seen = calibration.seen(optics, pose, tower().facades["south"])
    assert seen is not None
    found = at_box(seen)
    metres, pixels = crossings(tower(), "south", true)
    ends = np.array([crossings_of(optics.at(mount), metres) for mount in pose.varied()])
    each_way = (ends[0::2] - ends[1::2]) / (2 * SPREAD)
    of_pose = np.sqrt((each_way**2).sum(axis=(0, 2)) / 2) * STREAM[0] / PICTURE[0]
    half = np.array([[0.0, 0.5]])
    px_per_m = np.linalg.norm(found.pixels(metres + half) - found.pixels(metres - half), axis=1)
    of_box = found.place_spread(pixels)[:, 1] * px_per_m
    assert 0.9 < np.median(of_box / of_pose) < 1.5


def crossings_of(camera: Camera, metres: F64) -> F64:
    """(n, 2) pixels of places across and up the south side."""
    places = np.column_stack((metres[:, 0], np.zeros(len(metres)), metres[:, 1]))
    x, y, z = ((places - camera.place_m) @ camera.axes.T).T
    return np.column_stack(camera.lens.bent(x / z, y / z))


def test_a_camera_before_a_corner_is_told_of_both_sides_and_each_fall_is_one_sides() -> None:
    true, optics, pose = posed(CORNER, 0.0)
    here = tower()
    told = calibration.told(optics, pose, here.facades.values())
    assert [one.id for one in told] == ["south", "east"]
    both = [at_box(one) for one in told]
    for name, one in zip(("south", "east"), both, strict=True):
        _, pixels = crossings(here, name, true)
        middle = pixels[len(pixels) // 2]
        track = np.tile(middle, (6, 1)) + np.arange(6)[:, None] * [0.0, 4.0]
        fall = Fall(
            Track(1, np.arange(6) * 0.04, track.astype(np.float32)),
            0.9,
            0.2,
            (),
            release=Release(*middle, 2.0),
        )
        assert facing(fall, both) is one
        assert facing(fall, both[:1]) is both[0]


def test_a_facade_of_which_the_picture_shows_nothing_is_not_told() -> None:
    _, optics, pose = posed(ON_ITS_SIDE, 0.0)
    away = Pose(pose.mount.model_copy(update={"yaw_deg": 180.0}), pose.covariance, pose.off_px, pose.matrix)
    assert calibration.told(optics, away, tower().facades.values()) == ()


def test_flats_keep_the_names_of_the_boxs_own_file_and_a_refusal_says_which_camera() -> None:
    _, optics, pose = posed(CORNER, 0.0)
    seen = calibration.seen(optics, pose, tower().facades["south"])
    assert seen is not None
    crossing = [{"at": [10 * n, 5 * n * n], "floor_line": n, "bay_edge": n % 3} for n in range(1, 5)]
    file = {"floors": 18, "bays": 9, "flats": list("AABBCCDDE"), "points": crossing}
    assert at_box(seen, picture=PICTURE, facade=file).plan.flat_of(5) == "C"

    line = tuple(point.model_copy(update={"at": (100.0, 50.0 * n)}) for n, point in enumerate(seen.points))
    wrong = DesiredCamera(camera="c", picture=PICTURE, facades=(seen.model_copy(update={"points": line}),))
    bare = CameraSettings(id="c", url=SecretStr("x"))
    here = own([bare], [], Library(), ())
    wish = DesiredState(version=1, issued_at="2026-05-01T00:00:00Z", issued_by="op", cameras=(wrong,))
    assert untold(here, wish).startswith("cameras.c.facade south: The points lie on one line")
