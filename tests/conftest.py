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


@pytest.fixture(autouse=True)
def _logging_stays_as_it_was() -> Iterator[None]:
    """A command that runs in the process of a test sets logging up for good; others read log lines."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
