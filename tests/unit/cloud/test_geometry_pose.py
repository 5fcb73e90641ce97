"""A camera's pose follows from points clicked in its picture, with its error and what it means for cells."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.core.estate import Estate
from cloud.core.geometry import build
from cloud.core.geometry.parts import LensPart, Mount
from cloud.core.geometry.pose import KnownPoint, PoseError, on_wall, solved
from cloud.core.geometry.repose import Optics, changes
from cloud.core.geometry.site import Camera, Site
from cloud.core.modelled import site

PICTURE = (3840, 2160)
LENS = LensPart(focal_mm=4.0, sensor_mm=(7.2, 4.05), distortion=(-0.12, 0.01, 1e-3, -5e-4))
MOUNT = Mount(x_m=18.0, y_m=-42.0, z_m=4.0, yaw_deg=8.0, pitch_deg=27.0, roll_deg=2.0)
TRUE = build.camera("c", MOUNT, LENS, PICTURE)
CROSSINGS = ((4, 0), (4, 9), (15, 0), (15, 9), (9, 4))


def tower() -> Site:
    estate = {
        "id": "e",
        "name": {"zh": "园", "en": "Court"},
        "buildings": [{"id": "b", "footprint": [[0, 0], [32, 0], [32, 14], [0, 14]], "floors": 18}],
        "facades": [
            {
                "id": "south",
                "building": "1",
                "name": {"zh": "南", "en": "South"},
                "floors": 18,
                "bays": 9,
                "wall": {"building": "b", "edge": 1},
            }
        ],
    }
    return site(Estate.model_validate(estate))


def clicked(camera: Camera, places: Sequence[tuple[float, ...]], noise_px: float = 0) -> list[KnownPoint]:
    """Points clicked where the camera draws them, or beside."""
    drawn = camera.lens.draw(*((np.array(places) - camera.place_m) @ camera.axes.T).T)
    off = np.random.default_rng(7).normal(0, noise_px, (2, len(places))) if noise_px else np.zeros((2, 1))
    pixels = np.column_stack((drawn.u_px + off[0], drawn.v_px + off[1]))
    return [
        KnownPoint(f"point {number}", (x, y, z), (float(u), float(v)))
        for number, ((x, y, z), (u, v)) in enumerate(zip(places, pixels, strict=True), 1)
    ]


def corners(site: Site) -> list[tuple[float, float, float]]:
    return [on_wall(site.facades["south"], *each, (0, 0)).place_m for each in CROSSINGS]


def numbers(mount: Mount) -> list[float]:
    return [*mount.model_dump().values()]


def test_clicks_on_a_wall_tell_the_pose_that_they_were_drawn_from() -> None:
    pose = solved(TRUE.lens, clicked(TRUE, corners(tower())))
    assert numbers(pose.mount) == pytest.approx(numbers(MOUNT), abs=1e-4)
    assert pose.rms_px < 1e-3


@settings(max_examples=40, deadline=None)
@given(
    place=st.tuples(st.floats(-30, 60), st.floats(-90, -15), st.floats(2, 40)),
    angles=st.tuples(st.floats(-179, 179), st.floats(-60, 60), st.floats(-170, 170)),
)
def test_any_pose_before_any_points_is_found_again(
    place: tuple[float, float, float], angles: tuple[float, float, float]
) -> None:
    """Points in space, some ten metres before the camera, wherever it looks."""
    mount = Mount(
        x_m=place[0], y_m=place[1], z_m=place[2], yaw_deg=angles[0], pitch_deg=angles[1], roll_deg=angles[2]
    )
    camera = build.camera("c", mount, LENS, PICTURE)
    rays = np.array([(-0.4, -0.3, 1), (0.5, -0.2, 1), (0.3, 0.35, 1), (-0.5, 0.2, 1), (0.1, 0.0, 1)])
    depths = np.array([31.0, 38.0, 29.0, 42.0, 60.0])
    places = [tuple(each) for each in camera.place_m + (rays * depths[:, None]) @ camera.axes]
    pose = solved(camera.lens, clicked(camera, places))
    there = build.camera("c", pose.mount, LENS, PICTURE)
    assert there.place_m == pytest.approx(camera.place_m, abs=1e-3)
    assert there.axes == pytest.approx(camera.axes, abs=1e-4)


def test_poses_from_careless_clicks_are_off_by_about_the_error_told() -> None:
    places = corners(tower())
    ratios = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        points = [
            KnownPoint(p.name, p.place_m, (p.at_px[0] + rng.normal(0, 3), p.at_px[1] + rng.normal(0, 3)))
            for p in clicked(TRUE, places)
        ]
        pose = solved(TRUE.lens, points)
        ratios.append((np.array(numbers(pose.mount)) - numbers(MOUNT)) / pose.errors)
    made = np.sqrt(np.mean(np.square(ratios), axis=0))
    assert ((made > 0.6) & (made < 1.1)).all(), made  # clicks are never taken as more careful than said


def test_a_wrongly_named_point_is_named() -> None:
    places = corners(tower())
    points = clicked(TRUE, places)
    wrong = on_wall(tower().facades["south"], 9, 5, points[4].at_px)
    with pytest.raises(PoseError, match="without floor line 9, bay edge 5 of south the others agree"):
        solved(TRUE.lens, [*points[:4], wrong, *clicked(TRUE, [(3.0, 0.0, 30.0), (29.0, 0.0, 20.0)])])


def test_mirrored_points_few_points_and_points_on_a_line_are_refused() -> None:
    points = clicked(TRUE, corners(tower()))
    with pytest.raises(PoseError, match="3 points: a pose needs at least 4"):
        solved(TRUE.lens, points[:3])
    line = clicked(TRUE, [(x, 0.0, 30.0) for x in (2.0, 9.0, 16.0, 25.0)])
    with pytest.raises(PoseError, match="on one line"):
        solved(TRUE.lens, line)
    south = tower().facades["south"]
    mirrored = [
        on_wall(south, line, 9 - edge, p.at_px) for (line, edge), p in zip(CROSSINGS, points, strict=True)
    ]
    with pytest.raises(PoseError, match="left and right are not exchanged"):
        solved(TRUE.lens, mirrored)


def test_where_two_poses_fit_as_well_that_is_said() -> None:
    """A small window seen square from far: which way the camera leans cannot be told."""
    far = Mount(x_m=16, y_m=-200, z_m=27, yaw_deg=1.5, pitch_deg=0)
    camera = build.camera("c", far, LENS, PICTURE)
    window = [(14.5, 0.0, 25.5), (17.5, 0.0, 25.5), (14.5, 0.0, 28.5), (17.5, 0.0, 28.5)]
    with pytest.raises(PoseError, match="Two poses draw these points as well"):
        solved(camera.lens, clicked(camera, window, noise_px=0.5))


def test_the_homography_of_a_wall_draws_where_the_camera_draws() -> None:
    plain = LensPart(focal_mm=4.0, sensor_mm=(7.2, 4.05))
    camera = build.camera("c", MOUNT, plain, PICTURE)
    places = corners(tower())
    points = clicked(camera, places)
    pose = solved(camera.lens, points)
    drawn = pose.homography(tower().facades["south"]) @ np.array([(x, z, 1.0) for x, _, z in places]).T
    wanted = [p.at_px for p in points]
    assert pytest.approx(np.array(wanted), abs=1e-3) == (drawn[:2] / drawn[2]).T


def test_a_pose_tells_which_cells_it_gains_and_loses_and_which_hang_on_its_error() -> None:
    site = tower()
    facade = site.facades["south"]
    optics = Optics("c", LENS, PICTURE)
    turned = Mount(**{**MOUNT.model_dump(), "yaw_deg": 50.0})
    site = site.with_camera(optics.at(turned))
    careful = solved(TRUE.lens, clicked(TRUE, corners(site)), click_px=1.0)
    careless = solved(TRUE.lens, clicked(TRUE, corners(site)), click_px=30.0)
    (change,) = changes(site, optics, careful)
    (vague,) = changes(site, optics, careless)
    assert change.facade == facade.id
    assert (change.now & ~change.was).sum() > 20
    assert change.unsure.sum() < vague.unsure.sum()
    assert vague.unsure.sum() < facade.grid.areas_m2.size


def test_a_crossing_that_a_facade_does_not_have_is_refused() -> None:
    facade = tower().facades["south"]
    assert on_wall(facade, 2, 9, (0, 0)).place_m == pytest.approx((32.0, 0.0, 3.0))
    with pytest.raises(PoseError, match="floor lines 1 to 19 and bay edges 0 to 9"):
        on_wall(facade, 20, 0, (0, 0))
