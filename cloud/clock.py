"""The only place of the cloud that reads a clock."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Wall clock, aware, UTC. May step; use it to stamp, not to measure."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds that only grow; use them to measure and to wait."""
    return time.monotonic()
