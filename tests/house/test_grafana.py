"""The Grafana dashboards ask for metrics that exist, in PromQL that Prometheus reads, and in clear words."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.house.prometheus import promtool, registered
from tests.house.tree import ROOT

GRAFANA = ROOT / "dashboards" / "grafana"
BOARDS = {file.stem: json.loads(file.read_text()) for file in sorted(GRAFANA.glob("*.json"))}
PANELS = [(name, panel) for name, board in BOARDS.items() for panel in board["panels"]]
DRAWN = [(name, panel) for name, panel in PANELS if panel["type"] != "row"]


def _expressions(panel: dict[str, Any]) -> list[str]:
    return [target["expr"].replace("$box", ".*") for target in panel["targets"]]


def _title(case: object) -> str:
    return case["title"].rpartition(" · ")[2] if isinstance(case, dict) else str(case)


@pytest.mark.parametrize(("board", "panel"), DRAWN, ids=_title)
def test_a_panel_asks_for_metrics_and_labels_that_exist(board: str, panel: dict[str, Any]) -> None:
    known = registered()
    for expression in _expressions(panel):
        names = re.findall(r"\bfallwatch_\w+", expression)
        assert names, f"{board}: {expression} asks for nothing of ours"
        assert set(names) <= set(known)
        for name, filters in re.findall(r"\b(fallwatch_\w+)\{([^}]*)\}", expression):
            assert set(re.findall(r"(\w+)\s*(?:=|!=|=~|!~)\s*\"", filters)) <= known[name] | {"instance"}


def test_prometheus_can_read_every_expression(tmp_path: Path) -> None:
    rules = [
        {"record": f"dashboard:{index}", "expr": expression}
        for index, expression in enumerate(itertools.chain.from_iterable(_expressions(p) for _, p in DRAWN))
    ]
    file = tmp_path / "expressions.rules.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
    checked = promtool("check", "rules", "--lint=none", file)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize(("board", "panel"), PANELS, ids=_title)
def test_a_panel_is_named_in_both_languages_and_has_a_unit(board: str, panel: dict[str, Any]) -> None:
    chinese, _, english = panel["title"].partition(" · ")
    assert re.search("[一-鿿]", chinese), board
    assert english.isascii()
    assert english
    if panel["type"] != "row":
        assert panel["fieldConfig"]["defaults"]["unit"]


@pytest.mark.parametrize("board", BOARDS)
def test_panels_have_numbers_of_their_own_and_do_not_lie_on_each_other(board: str) -> None:
    panels = BOARDS[board]["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for one, other in itertools.combinations([panel["gridPos"] for panel in panels], 2):
        apart_x = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_y = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_x or apart_y
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


def test_every_board_has_its_files_name_and_the_service_provides_the_folder() -> None:
    assert {name: board["uid"] for name, board in BOARDS.items()} == {name: name for name in BOARDS}
    compose = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
    (provider,) = yaml.safe_load((GRAFANA / "provisioning" / "dashboards" / "fallwatch.yaml").read_text())[
        "providers"
    ]
    mounts = [mount.split(":")[:2] for mount in compose["services"]["grafana"]["volumes"]]
    assert ["../dashboards/grafana", provider["options"]["path"]] in mounts
