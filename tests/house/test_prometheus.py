"""The alerting rules speak of metrics that exist, and tell people what to do."""

import re
import shutil
import subprocess

import pytest
import yaml
from prometheus_client import CollectorRegistry

import cloud.metrics
import edge.metrics
from tests.house.tree import ROOT

FILES = sorted((ROOT / "dashboards" / "prometheus").glob("*.rules.yml"))
RULES = [
    rule for file in FILES for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]
]


def _registered() -> dict[str, set[str]]:
    """Every series of both sides with the labels that it carries."""
    edges, clouds = CollectorRegistry(), CollectorRegistry()
    edge.metrics.cameras(edges)
    edge.metrics.delivery(edges)
    edge.metrics.disk(edges)
    edge.metrics.clock(edges)
    edge.metrics.sensors(edges)
    edge.metrics.warnings(edges)
    cloud.metrics.ingest(clouds)
    cloud.metrics.api(clouds)
    cloud.metrics.timers(clouds)
    series = {}
    for registry in (edges, clouds):
        for collector, names in registry._collector_to_names.items():
            for name in names:
                series[name] = set(collector._labelnames)  # type: ignore[attr-defined]
    return series


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_names_metrics_that_exist(rule: dict[str, str]) -> None:
    named = set(re.findall(r"\bfallwatch_\w+", rule["expr"]))
    assert named
    assert named <= set(_registered())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_filters_by_labels_that_exist(rule: dict[str, str]) -> None:
    registered = _registered()
    for name, filters in re.findall(r"\b(fallwatch_\w+)\{([^}]*)\}", rule["expr"]):
        assert set(re.findall(r"(\w+)\s*[=!]", filters)) <= registered[name]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_says_what_is_wrong_and_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["action"]
    assert rule["labels"]["severity"] in {"warning", "critical"}


def test_a_metric_that_does_not_exist_would_be_noticed() -> None:
    assert "fallwatch_nonsense_total" not in _registered()
    assert "fallwatch_ingest_dead_letters_total" in _registered()


@pytest.mark.parametrize("name", sorted(_registered()))
def test_a_metric_is_documented(name: str) -> None:
    documented = (ROOT / "docs" / "operations.md").read_text()
    plain = re.sub(r"_(total|created|bucket|sum|count)$", "", name)
    assert f"`{plain}" in documented, f"docs/operations.md does not name {plain}"


def test_promtool_accepts_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: prometheus); shape and names are checked above")
    checked = subprocess.run(
        [promtool, "check", "rules", *FILES], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
