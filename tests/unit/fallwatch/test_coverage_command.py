"""`fallwatch coverage` tells of the example estate what is watched, for people and for programs."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner

from cloud.core.geometry.drawing import COLOURS
from cloud.core.geometry.looking import Reason
from fallwatch.coverage import command

SVG = "{http://www.w3.org/2000/svg}"
EXAMPLE = Path(__file__).resolve().parents[3] / "cloud" / "examples" / "estate.yaml"


def told(*options: str) -> str:
    shown = CliRunner().invoke(command, [str(EXAMPLE), *options])
    assert shown.exit_code == 0, shown.output
    return shown.output


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    (estate,) = json.loads(told("--json"))["estates"]
    return estate


def test_every_cell_is_told_with_its_place_and_its_numbers(example: dict[str, Any]) -> None:
    cells = example["cells"]
    assert len(cells) == sum(facade.get("cells", 0) for facade in example["facades"])
    cell = next(cell for cell in cells if cell["facade"] == "yunting-9-south" and cell["watched"])
    assert cell["centre_m"][1] == pytest.approx(136)  # on the wall
    assert cell["fall_m"][1] == pytest.approx(134.2)  # 1.5 m of balcony and 0.3 m in front
    (view,) = [view for view in cell["views"] if view["camera"] == cell["cameras"][0]]
    assert cell["smallest_cm"] == pytest.approx(300 / view["fall_px_per_m"], rel=0.01)
    assert cell["px_per_m_along"] > 30


def test_shares_add_up_and_the_unknown_is_not_watched(example: dict[str, Any]) -> None:
    for facade in example["facades"]:
        if facade["modelled"]:
            assert facade["watched_share"] + sum(facade["blind_share"].values()) == pytest.approx(
                1, abs=0.001
            )
    (gate,) = [facade for facade in example["facades"] if not facade["modelled"]]
    assert gate == {"facade": "yunting-gate", "modelled": False, "watched_share": None}


def test_the_example_shows_each_reason(example: dict[str, Any]) -> None:
    reasons = {view["reason"] for cell in example["cells"] for view in cell["views"]}
    assert reasons == {None, "out_of_view", "hidden", "masked", "too_coarse", "too_steep"}
    assert np.isfinite([cell["width_m"] for cell in example["cells"]]).all()


def test_the_table_has_a_line_for_each_facade_and_its_sum() -> None:
    lines = told("--facade", "yunting-1-north", "--facade", "yunting-gate").splitlines()
    assert lines[2].startswith("yunting-1-north")
    assert "not modelled" in lines[3]
    assert "m² are watched" in lines[-1]


def test_a_facade_and_the_plan_are_drawn(tmp_path: Path, example: dict[str, Any]) -> None:
    watched = sum(cell["watched"] for cell in example["cells"] if cell["facade"] == "yunting-12-north")
    told("--facade", "yunting-12-north", "--draw", str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"yunting.svg", "yunting-12-north.svg"}
    facade = ET.parse(tmp_path / "yunting-12-north.svg").getroot()
    boxes = [box.get("fill") for box in facade.iter(f"{SVG}rect")]
    assert boxes.count(COLOURS[Reason.WATCHED]) - 1 == watched  # one stands in the legend
    plan = ET.parse(tmp_path / "yunting.svg").getroot()
    assert {"tower-12", "云庭苑 Yunting Court"} <= {text.text for text in plan.iter(f"{SVG}text")}


def test_advice_says_where_to_hang_which_camera_and_what_it_closes() -> None:
    facade = ("--facade", "yunting-1-south")
    (estate,) = json.loads(told("--advise", "--json", "--cameras", "1", *facade))["estates"]
    (camera,) = estate["cameras"]
    assert camera["blind_left"] == estate["blind_after"] < estate["blind_before"] == 120
    assert camera["closes"] == {"yunting-1-south": estate["blind_before"] - estate["blind_after"]}
    assert estate["bound"]["least_cost"] <= estate["bound"]["full_cost"]
    shown = CliRunner().invoke(command, [str(EXAMPLE), "--cameras", "1"])
    assert "limit what --advise advises" in shown.output


def test_an_unknown_facade_and_a_broken_file_are_said_in_a_sentence(tmp_path: Path) -> None:
    shown = CliRunner().invoke(command, [str(EXAMPLE), "--facade", "nowhere"])
    assert shown.exit_code == 1
    assert "no such facade: nowhere" in shown.output
    broken = tmp_path / "estate.yaml"
    broken.write_text("estates: [{id: garden}]\n")
    shown = CliRunner().invoke(command, [str(broken)])
    assert shown.exit_code == 1
    assert "estate.yaml:1" in shown.output
