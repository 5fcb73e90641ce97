"""A case for every query of cloud/store: the table that `test_store_queries.py` goes through.

One line a query, in the file of its theme: `"module.function": lambda at: module.function(at.conn, …)`.
Cases run in the order in which they stand here, each in a transaction of its own, on what those before have
left; a second case of the same function has words behind its name, `"alerts.find (of no alert)"`.
"""

from collections.abc import Mapping
from typing import Final

from tests.integration.queries import (
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
    log.CASES,
    retention.CASES,
)

CASES: Final[Mapping[str, Case]] = {name: case for theme in _THEMES for name, case in theme.items()}

NO_QUERIES: Final[Mapping[str, str]] = {
    "changes.listening": "a connection of its own, and the WebAssembly database has no NOTIFY between two",
    "migrate.migrate": "makes both databases before the first case",
    "pool.opened": "what each case runs in",
    "pool.transaction": "what each case runs in",
    "pool.pipelined": "how statements travel, of the driver",
    "pool.savepoint": "a transaction within one, of the driver",
}
"""What asks nothing, and why it needs no case."""

NOT_YET: Final[frozenset[str]] = frozenset(
    {
        "duty.add_channel",
        "duty.add_override",
        "duty.calendars",
        "duty.channel",
        "duty.channels_of",
        "duty.channels_of_estate",
        "duty.drop_channel",
        "duty.drop_override",
        "duty.members",
        "duty.overrides",
        "duty.policy",
        "duty.policy_row",
        "duty.quiet_hours",
        "duty.roster",
        "duty.rotations",
        "duty.set_policy",
        "duty.set_quiet_hours",
        "duty.set_rotation",
        "duty.zone",
        "escalations.advance",
        "notifications.cancel",
        "notifications.claim",
        "notifications.insert",
        "notifications.lately",
        "notifications.recover",
        "notifications.settle",
        "notifications.told",
    }
)
"""Older than this table; nothing may be added."""
