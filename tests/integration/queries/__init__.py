"""A case for every query of cloud/store: the table that `test_store_queries.py` goes through.

One line a query, in the file of its theme: `"module.function": lambda at: module.function(at.conn, …)`.
Cases run in the order in which they stand here, each in a transaction of its own, on what those before have
left; a second case of the same function has words behind its name, `"alerts.find (of no alert)"`.
"""

from collections.abc import Mapping
from typing import Final

from tests.integration.queries import (
    bureau,
    certified,
    coverage,
    days,
    devices,
    estates,
    evidence,
    falls,
    incoming,
    ledger,
    log,
    people,
    retention,
    telling,
    upkeep,
)
from tests.integration.queries.made import Case

_THEMES: Final[tuple[Mapping[str, Case], ...]] = (
    estates.CASES,
    people.CASES,
    incoming.CASES,
    falls.CASES,
    evidence.CASES,
    upkeep.CASES,
    ledger.CASES,
    devices.CASES,
    telling.CASES,
    certified.CASES,
    coverage.CASES,
    bureau.CASES,
    days.CASES,
    log.CASES,
    retention.CASES,
)

CASES: Final[Mapping[str, Case]] = {name: case for theme in _THEMES for name, case in theme.items()}

NO_QUERIES: Final[Mapping[str, str]] = {
    "changes.listening": "a connection of its own, and the WebAssembly database has no NOTIFY between two",
    "events.ask_already": "what events.already asks",
    "migrate.migrate": "makes both databases before the first case",
    "pool.opened": "what each case runs in",
    "pool.transaction": "what each case runs in",
    "registry.ask_owned": "what registry.owned asks",
    "pool.pipelined": "how statements travel, of the driver",
    "pool.savepoint": "a transaction within one, of the driver",
}
"""What asks nothing, and why it needs no case."""
