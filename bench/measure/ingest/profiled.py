"""What an ingest spends its time on, by library, in the order of the walk.

`python -m bench.measure.ingest.profiled FILE SETTINGS` is `fallwatch cloud ingest` under cProfile, without
the time that its imports take.
"""

import cProfile
import pstats
import sys
from pathlib import Path
from typing import Any, Final

import cloud.ingest.service  # noqa: F401 - imported beforehand, so that it is not measured
from cloud.__main__ import main

PARTS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("waiting", ("select.epoll", "_thread.lock", "threading.py")),
    ("TLS and sockets", ("ssl.py", "_ssl.", "_socket")),
    ("paho: packets in and out", ("/paho/",)),
    ("pydantic: reading and checking", ("pydantic",)),
    ("psycopg: arrays, statements, answers", ("psycopg",)),
    ("asyncio", ("asyncio", "selectors.py", "contextlib.py")),
    ("metrics and log lines", ("prometheus_client", "structlog", "cloud/ingest/tell.py")),
    ("ingest and store", ("/cloud/", "/contracts/")),
)
REST: Final = "everything else"


def shares(profile: Path) -> dict[str, float]:
    """Part → its share of the time that was not waited; a function counts without what it calls."""
    stats: dict[tuple[str, int, str], Any] = vars(pstats.Stats(str(profile)))["stats"]
    spent: dict[str, float] = {name: 0.0 for name, _ in PARTS} | {REST: 0.0}
    for (file, _, function), (_, _, own_s, _, _) in stats.items():
        where = f"{file} {function}"
        part = next((name for name, marks in PARTS if any(mark in where for mark in marks)), REST)
        spent[part] += own_s
    spent.pop("waiting")
    whole = sum(spent.values())
    return {name: value / whole for name, value in spent.items()}


def run() -> None:
    """Until it is told to end; then the file is written."""
    profile = cProfile.Profile()
    try:
        profile.runcall(main, ["ingest", "--config", sys.argv[2]], standalone_mode=False)
    finally:
        profile.dump_stats(sys.argv[1])


if __name__ == "__main__":
    run()
