"""Coverage agrees with closed forms and with rays traced from the definition, and says why a view fails."""

from math import atan2, degrees

import numpy as np
import pytest

from bench.measure.coverage import closed, estates, tracer
from cloud.core.estate import Estate
from cloud.core.geometry.looking import Reason
from cloud.core.geometry.survey import Survey, survey
from cloud.core.modelled import site

NAME = {"zh": "塔", "en": "Tower"}


def surveyed(estate: dict[str, object]) -> Survey:
    return survey(site(Estate.model_validate(estate)))


@pytest.mark.parametrize("case", closed.cases(), ids=lambda case: case.name)
def test_a_watched_area_is_what_the_formula_says(case: closed.Case) -> None:
    assert surveyed(case.estate).verdict("f").watched_m2 == pytest.approx(case.watched_m2, rel=0.005)


@pytest.mark.parametrize("seed", [11, 17])
def test_every_cell_and_its_reason_agree_with_traced_rays(seed: int) -> None:
    estate = estates.small(seed, floors=(3, 6), cameras=3)
    found = surveyed(estate)
    verdicts = {facade: found.verdict(facade) for facade in found.site.facades}
    same, pairs = [], []
    for cell in tracer.trace(estate):
        verdict = verdicts[cell.facade]
        at = cell.floor - 1, cell.bay - 1
        same.append(bool(verdict.watched[at]) == cell.watched)
        ours = {look.camera: Reason(int(look.reason[at])).name.lower() for look in verdict.looks}
        pairs += [
            ours.get(camera, "out_of_view") == why
            for camera, why in cell.views.items()
            if why != "out_of_view" or camera in ours
        ]
    assert np.mean(same) >= 0.99
    assert np.mean(pairs) >= 0.99
    assert len(pairs) > 50


def tower(away: float, **coverage: object) -> dict[str, object]:
    """60 m high, and a camera at its foot that looks at its top; 3350 px are a lens of 60° before 4K."""
    mount = {"x_m": 16.5, "y_m": -1.8 - away, "z_m": 0, "yaw_deg": 0, "roll_deg": 0}
    mount["pitch_deg"] = degrees(atan2(60, away))
    lens = {"focal_mm": 3.350, "sensor_mm": [3.84, 2.16]}
    camera = {"id": "cam", "name": NAME, "mount": mount, "lens": lens, "resolution": [3840, 2160]}
    footprint = [[0, 0], [33, 0], [33, 15], [0, 15]]
    wall = {"building": "tower", "edge": 1}
    facade = {"id": "south", "building": "1", "name": NAME, "floors": 20, "bays": 11, "wall": wall}
    return {
        "id": "garden",
        "name": NAME,
        "coverage": coverage,
        "buildings": [{"id": "tower", "footprint": footprint, "floors": 20}],
        "facades": [facade],
        "agents": [{"id": "box", "name": NAME, "cameras": [camera]}],
    }


@pytest.mark.parametrize(("away", "px_per_m"), [(10, 9.6), (40, 26.7)])
def test_a_tower_seen_from_its_foot_is_drawn_coarsely_at_its_top(away: float, px_per_m: float) -> None:
    (look,) = surveyed(tower(away)).looks["cam"]
    assert look.along_px_m[-1, 5] == pytest.approx(px_per_m, abs=0.1)
    assert look.across_px_m[-1, 5] > 1.5 * px_per_m


def test_a_view_that_is_fine_enough_but_for_its_steepness_is_told_as_too_steep() -> None:
    def top(away: float, **coverage: float) -> tuple[Reason, float]:
        verdict = surveyed(tower(away, **coverage)).verdict("south")
        return Reason(int(verdict.reason[-1, 5])), float(verdict.smallest_m[-1, 5])

    assert top(10) == (Reason.TOO_STEEP, pytest.approx(0.22, abs=0.01))
    assert top(10, fall_share=0.1)[0] == Reason.WATCHED
    assert top(150) == (Reason.TOO_COARSE, pytest.approx(0.14, abs=0.01))


def test_a_facade_that_no_camera_sees_is_out_of_view_and_its_smallest_thing_is_unknown() -> None:
    estate = tower(10)
    estate["agents"] = []
    verdict = surveyed(estate).verdict("south")
    assert not verdict.watched.any()
    assert (verdict.reason == Reason.OUT_OF_VIEW).all()
    assert np.isinf(verdict.smallest_m).all()


def test_a_camera_that_is_changed_alone_gives_what_asking_all_gives() -> None:
    estate = estates.small(13, floors=(3, 5), cameras=3)
    before = surveyed(estate)
    moved = estates.small(13, floors=(3, 5), cameras=3)
    camera = moved["agents"][0]["cameras"][1]
    camera["mount"]["yaw_deg"] += 40
    after = surveyed(moved)
    changed = before.with_camera(after.site.cameras[camera["id"]])
    for facade in after.site.facades:
        assert (changed.verdict(facade).reason == after.verdict(facade).reason).all()
    assert changed.looks["cam-0"] is before.looks["cam-0"]


def test_floors_and_bays_larger_than_a_cell_may_be_are_divided_evenly() -> None:
    estate = tower(20, cell_m=1.5)
    grid = site(Estate.model_validate(estate)).facades["south"].grid
    assert grid.shape == (40, 22)
    assert grid.floors[:4].tolist() == [1, 1, 2, 2]
    assert grid.bays[-2:].tolist() == [11, 11]
    assert np.allclose(np.diff(grid.rows_m), 1.5)
    assert grid.areas_m2.sum() == pytest.approx(60 * 33)
