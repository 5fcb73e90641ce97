"""Where fixtures come from, and how properties are tried."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

# The same examples in every run: a busy machine is no finding, and what fails here fails everywhere.
settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")

pytest_plugins = [
    "tests.fixtures.parts",
    "tests.fixtures.cameras",
    "tests.fixtures.databases",
    "tests.fixtures.timescaledb",
    "tests.fixtures.s3",
    "tests.fixtures.devices",
    "tests.fixtures.estate",
    "tests.fixtures.time_stamps",
]

LONG = (
    "test_faults.py",
    "test_demo_once.py",
    "test_edge_walk.py",
    "test_demo_servers.py",
    "test_browser_desk.py",
    "test_camera_faults.py",
    "test_openapi.py",
    "test_edge_sensor_faults.py",
    "test_desired.py",
    "test_wheel.py",
    "test_enrolment.py",
    "test_ingest_broker.py",
    "test_picture_health.py",
    "test_backup.py",
)
"""Files that take more than half a minute, by their length."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: else a process would be left alone with it at the end."""
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.name, len(LONG)))


@pytest.fixture(autouse=True)
def _logging_stays_as_it_was() -> Iterator[None]:
    """A command that runs in the process of a test sets logging up for good; others read log lines."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
