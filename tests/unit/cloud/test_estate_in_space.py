"""What an estate file says about space is checked, and what it leaves out is never assumed."""

import copy
from typing import Any

import pytest
import yaml

from cloud.core.estate import EstateFile
from cloud.core.geometry.survey import survey
from cloud.core.modelled import idle, site
from contracts import documents

ESTATE = """
estates:
  - id: garden
    name: {zh: 园, en: Garden}
    buildings:
      - {id: tower, footprint: [[0, 0], [30, 0], [30, 15], [0, 15]], floors: 20}
      - {id: low, footprint: [[0, -60], [0, -50], [30, -50], [30, -60]], floors: 6, height_m: 19}
    occluders:
      - {kind: tree, at: [15, -20], radius_m: 3, height_m: 8}
      - {kind: wall, line: [[-5, -10], [-5, 10]], height_m: 2.5}
    facades:
      - {id: south, building: "1", name: {zh: 南, en: South}, floors: 20, bays: 10,
         wall: {building: tower, edge: 1}}
      - {id: north, building: "1", name: {zh: 北, en: North}, floors: 20, bays: 10,
         wall: {building: tower, left: [30, 15], right: [0, 15]}}
      - {id: across, building: "2", name: {zh: 对, en: Across}, floors: 6, bays: 10,
         wall: {building: low, edge: 2}}
      - {id: gate, building: gate, name: {zh: 门, en: Gate}, floors: 1, bays: 2}
    agents:
      - id: box
        name: {zh: 盒, en: Box}
        cameras:
          - id: cam
            name: {zh: 机, en: Cam}
            mount: {x_m: 15, y_m: -40, z_m: 5, yaw_deg: 0, pitch_deg: 25}
            lens: {fov_deg: 80}
            resolution: [3840, 2160]
          - {id: old, name: {zh: 旧, en: Old}, facades: [south]}
"""


def test_what_has_no_geometry_is_not_modelled_and_not_watched() -> None:
    (estate,) = documents.parse(ESTATE, EstateFile, "estate.yaml").estates
    found = survey(site(estate))
    assert found.site.facades_not_modelled == ("gate",)
    assert found.site.cameras_not_modelled == ("old",)
    assert set(found.site.facades) == {"south", "north", "across"}
    assert found.verdict("south").watched.any()
    assert not found.verdict("north").watched.any()


def test_a_camera_that_watches_nothing_of_what_it_is_said_to_see_is_named() -> None:
    file = changed("agents.0.cameras.0.facades", ["south", "north", "gate"])
    (estate,) = EstateFile.model_validate(file).estates
    assert idle(estate, survey(site(estate))) == (("cam", "north"),)


def test_a_wall_runs_from_left_to_right_however_its_footprint_was_drawn() -> None:
    (estate,) = documents.parse(ESTATE, EstateFile, "estate.yaml").estates
    facades = site(estate).facades
    assert facades["south"].outward.tolist() == [0, -1]
    assert facades["north"].outward.tolist() == [0, 1]
    assert facades["across"].outward.tolist() == [0, 1]  # its footprint runs clockwise
    assert facades["across"].left_m == (30, -50)


def test_things_fall_in_front_of_the_balconies() -> None:
    (estate,) = documents.parse(ESTATE, EstateFile, "estate.yaml").estates
    grid = site(estate).facades["south"].grid
    assert grid.xy_m[:, 1] == pytest.approx(-1.8)  # 1.5 m of balcony, 0.3 m of clearance
    assert grid.z_m[:3] == pytest.approx([0.5, 1.5, 2.5])


def changed(path: str, value: object) -> dict[str, Any]:
    file = copy.deepcopy(yaml.safe_load(ESTATE))
    at = file["estates"][0]
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        at = at[step]
    at[last] = value
    return file


WRONG = {
    "a footprint that crosses itself": (
        "buildings.0.footprint",
        [[0, 0], [30, 15], [30, 0], [0, 15]],
        r"buildings\.0: .*tower: its footprint crosses itself .*in order",
    ),
    "a building lower than its floors": (
        "buildings.1.height_m",
        12,
        r"6 floors are 18\.0 m high, height_m says 12",
    ),
    "a building with too few floors": ("buildings.1.height_m", 40, r"room for 7 floors more"),
    "a camera in a building": ("agents.0.cameras.0.mount.y_m", 3, r"cam hangs 3\.00 m inside building tower"),
    "a camera in a tree": ("agents.0.cameras.0.mount.y_m", -19, "cam hangs inside the crown of the tree at"),
    "a mask outside of the picture": (
        "agents.0.cameras.0.masks",
        [[[0, 0], [1.2, 0], [0, 1]]],
        r"masks\.0\.1\.0: found 1\.2; .*less than or equal to 1",
    ),
    "a mask that crosses itself": (
        "agents.0.cameras.0.masks",
        [[[0, 0], [1, 1], [1, 0], [0, 1]]],
        "camera cam: a mask crosses itself",
    ),
    "a camera half modelled": ("agents.0.cameras.0.lens", None, "cam: lens missing: .*all three or none"),
    "a lens that folds": (
        "agents.0.cameras.0.lens.distortion",
        [-3.0],
        "cam: its distortion .* draws nothing farther than",
    ),
    "a lens said twice": ("agents.0.cameras.0.lens.focal_mm", 4, "either focal_mm and sensor_mm, or fov_deg"),
    "left and right exchanged": (
        "facades.1.wall",
        {"building": "tower", "left": [0, 15], "right": [30, 15]},
        "north at building tower: left and right are exchanged",
    ),
    "a wall off its building": (
        "facades.1.wall",
        {"building": "tower", "left": [30, 19], "right": [0, 15]},
        r"its left end lies 4\.0 m from the footprint's edge",
    ),
    "a wall of no building": (
        "facades.0.wall.building",
        "tor",
        "building tor, which is not among the buildings",
    ),
    "an edge that is not there": (
        "facades.0.wall.edge",
        5,
        "edge 5 of building tower, whose footprint has 4",
    ),
    "more floors than the building": ("facades.0.floors", 21, "south has 21 floors, building tower has 20"),
    "buildings in each other": (
        "buildings.1.footprint",
        [[20, 5], [20, 14], [40, 14], [40, 5]],
        r"tower and low overlap by \d+ m²",
    ),
    "a tree without leaves": ("occluders.0.trunk_m", 9, "the tree at .* has no crown"),
}


@pytest.mark.parametrize(("path", "value", "said"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_with_what_to_do(path: str, value: object, said: str) -> None:
    text = yaml.safe_dump(changed(path, value))
    with pytest.raises(documents.DocumentError, match=said):
        documents.parse(text, EstateFile, "estate.yaml")
