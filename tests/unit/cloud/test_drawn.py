"""A plan that is drawn: facades, planned cameras, what they cover, and the file that it becomes."""

from typing import Any

import pytest
from pydantic import ValidationError

from cloud.core import plan
from cloud.core.drawn import Drawing, redrawn
from cloud.core.estate import Camera, Estate, EstateFile, Facade
from cloud.core.geometry.parts import Building
from cloud.core.refused import Refused
from contracts import documents
from tests.fixtures.certificates import example
from tests.fixtures.cloud import estate_file
from tests.fixtures.coverage import LENS, TOWER, garden, mount

TOWER_3 = Building.model_validate(TOWER)
BARE = plan.plan_of(estate_file("box-a").estates[0])
"""As it is registered: no building, no wall, no mount."""
EXAMPLE_ESTATE = example()


def facade(name: str, edge: int, **more: Any) -> Facade:
    wall = {"building": "3", "edge": edge}
    said = {"building": "3 栋", "name": {"zh": name, "en": name}, "floors": 18, "bays": 8}
    return Facade.model_validate({"id": name, "wall": wall, **said, **more})


def planned(name: str = "cam-new", **more: Any) -> Camera:
    hung = {"mount": mount(12.0), "lens": LENS, "resolution": [1920, 1080]}
    return Camera.model_validate({"id": name, "name": {"zh": name, "en": name}, **hung, **more})


def test_a_facade_and_a_planned_camera_are_drawn_where_nothing_stood() -> None:
    drawn = redrawn(BARE, Drawing([TOWER_3], [], [facade("new-east", 2)], added=[("box-new", planned())]))
    assert not plan.is_drawn(BARE)
    assert plan.is_drawn(drawn)
    assert plan.is_drawn(redrawn(BARE, Drawing([], [], added=[("box-new", planned())])))
    assert [each.id for each in drawn.facades] == ["new-east"]
    box = drawn.agents[-1]
    assert (box.id, [each.id for each in box.cameras]) == ("box-new", ["cam-new"])
    assert box.cameras[0].facades == ("new-east",), "it covers what it watches"
    assert all(camera.facades == () for camera in drawn.agents[0].cameras), "nothing that is gone is covered"


def test_what_is_not_drawn_stays() -> None:
    before = garden()
    drawn = redrawn(before, Drawing(before.buildings, before.occluders))
    assert plan.content(drawn) == plan.content(before)


def test_a_camera_covers_what_was_said_while_it_watches_any_of_it() -> None:
    before = garden()
    hung = {"mount": mount(4.0, yaw_deg=275), "lens": LENS, "resolution": [1920, 1080], "masks": []}
    turned = redrawn(before, Drawing(before.buildings, before.occluders, hung={"cam-east": hung}))
    away = redrawn(before, Drawing(before.buildings, before.occluders, hung={"cam-east": None}))
    for after in (turned, away):
        assert plan.cameras(after)["cam-east"].facades == plan.cameras(before)["cam-east"].facades
    assert plan.cameras(away)["cam-east"].mount is None


@pytest.mark.parametrize(
    ("drawing", "code"),
    [
        (Drawing([TOWER_3, TOWER_3], []), "named_twice"),
        (Drawing([TOWER_3], [], [facade("east", 2), facade("east", 4)]), "named_twice"),
        (Drawing([TOWER_3], [], hung={"nobody": None}), "not_its_cameras"),
        (Drawing([TOWER_3], [], added=[("box-a", planned("cam-east"))]), "camera_twice"),
        (Drawing([TOWER_3], [], added=[("box-a", planned()), ("box-b", planned())]), "camera_twice"),
    ],
)
def test_what_cannot_be_meant_is_refused(drawing: Drawing, code: str) -> None:
    with pytest.raises(Refused) as refused:
        redrawn(BARE, drawing)
    assert [each.code for each in refused.value.objections] == [code]


def test_cameras_may_hang_no_more_on_a_building_that_is_taken_away() -> None:
    before = EXAMPLE_ESTATE
    assert before.allowed is not None
    gone = before.allowed.sides[0].building
    left = [building for building in before.buildings if building.id != gone]
    facades = [each for each in before.facades if each.wall is None or each.wall.building != gone]
    after = redrawn(before, Drawing(left, before.occluders, facades))
    assert after.allowed is not None
    assert gone not in {side.building for side in after.allowed.sides}


def test_a_facade_higher_than_its_building_is_refused() -> None:
    with pytest.raises(ValidationError, match="facade new-east has 19 floors"):
        redrawn(BARE, Drawing([TOWER_3], [], [facade("new-east", 2, floors=19)]))


@pytest.mark.parametrize("standing", [garden(), EXAMPLE_ESTATE], ids=["garden", "example"])
def test_a_plan_that_is_written_and_read_again_is_the_same(standing: Estate) -> None:
    entered = plan.content(plan.plan_of(standing))
    kept = Estate.model_validate(entered)
    text = documents.written(plan.file_of(plan.whole(kept, standing)))
    (read,) = documents.parse(text, EstateFile, "written").estates
    assert read == standing
    assert plan.digest(plan.content(plan.plan_of(read))) == plan.digest(entered)
