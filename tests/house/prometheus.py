"""Which series there are, and Prometheus's own tool for what is written about them."""

import functools
import shutil
import subprocess
from pathlib import Path

from prometheus_client import CollectorRegistry

import cloud.metrics
import edge.metrics


@functools.cache
def registered() -> dict[str, set[str]]:
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
    cloud.metrics.evidence(clouds)
    series = {}
    for registry in (edges, clouds):
        for collector, names in registry._collector_to_names.items():
            for name in names:
                series[name] = set(collector._labelnames)  # type: ignore[attr-defined]
    return series


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What promtool says of something."""
    program = shutil.which("promtool")
    assert program, "promtool is not installed: run `make setup-dev`, or install the package prometheus"
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
