"""The alerting rules speak of metrics that exist, and tell people what to do."""

import re
from pathlib import Path

import pytest
import yaml

from tests.house.prometheus import promtool, registered
from tests.house.tree import ROOT

FOLDER = ROOT / "dashboards" / "prometheus"
FILES = sorted(FOLDER.glob("*.rules.yml"))
CASES = FOLDER / "fallwatch.test.yml"
RULES = [
    rule for file in FILES for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_names_metrics_that_exist(rule: dict[str, str]) -> None:
    named = set(re.findall(r"\bfallwatch_\w+", rule["expr"]))
    assert named
    assert named <= set(registered())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_filters_by_labels_that_exist(rule: dict[str, str]) -> None:
    known = registered()
    for name, filters in re.findall(r"\b(fallwatch_\w+)\{([^}]*)\}", rule["expr"]):
        assert set(re.findall(r"(\w+)\s*[=!]", filters)) <= known[name]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["action"]
    assert rule["labels"]["severity"] in {"warning", "critical"}


def test_a_metric_that_does_not_exist_would_be_noticed() -> None:
    assert "fallwatch_nonsense_total" not in registered()
    assert "fallwatch_ingest_dead_letters_total" in registered()


@pytest.mark.parametrize("name", sorted(registered()))
def test_a_metric_is_documented(name: str) -> None:
    documented = (ROOT / "docs" / "operations.md").read_text()
    plain = re.sub(r"_(total|created|bucket|sum|count)$", "", name)
    assert f"`{plain}" in documented, f"docs/operations.md does not name {plain}"


def test_promtool_accepts_the_rules() -> None:
    checked = promtool("check", "rules", *FILES)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_rule_fires_on_what_it_is_for_and_on_nothing_else() -> None:
    tried = promtool("test", "rules", CASES)
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_a_rule_that_fires_too_early_would_be_noticed(tmp_path: Path) -> None:
    for file in (CASES, *FILES):
        (tmp_path / file.name).write_text(file.read_text().replace("for: 2m", "for: 0m"))
    assert promtool("test", "rules", tmp_path / CASES.name).returncode == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent(rule: dict[str, str]) -> None:
    cases = [
        case
        for group in yaml.safe_load(CASES.read_text())["tests"]
        for case in group["alert_rule_test"]
        if case["alertname"] == rule["alert"]
    ]
    assert {bool(case["exp_alerts"]) for case in cases} == {True, False}
