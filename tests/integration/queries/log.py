"""The append-only log: what waits, what has its place, what is signed."""

from collections.abc import Mapping
from typing import Final

from cloud.core.head import SignedHead
from cloud.store import log
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import Case, later

SIGNED = SignedHead('{"number": 1}', "c2lnbmF0dXJl")

CASES: Final[Mapping[str, Case]] = {
    "log.lock": lambda at: log.lock(at.conn),
    "log.waiting": lambda at: log.waiting(at.conn),
    "log.seal": lambda at: log.seal(at.conn, NOW, 3),
    "log.seal (more)": lambda at: log.seal(at.conn, later(1), 3),
    "log.seal_all": lambda at: log.seal_all(at.conn, later(1)),
    "log.size": lambda at: log.size(at.conn),
    "log.read": lambda at: log.read(at.conn, [(0, 4), (2, 0)]),
    "log.inclusion": lambda at: log.inclusion(at.conn, 2, 5),
    "log.consistency": lambda at: log.consistency(at.conn, 3, 5),
    "log.root": lambda at: log.root(at.conn, 5),
    "log.leaves": lambda at: log.leaves(at.conn, 2, 4),
    "log.places": lambda at: log.places(at.conn, "audit", ["1"]),
    "log.about": lambda at: log.about(at.conn, "audit", ["1"]),
    "log.put_head": lambda at: log.put_head(at.conn, 1, 5, later(2), SIGNED),
    "log.unstamped": lambda at: log.unstamped(at.conn, 10),
    "log.put_time_stamp": lambda at: log.put_time_stamp(at.conn, 1, b"\x30", later(3), later(4)),
    "log.newest_head": lambda at: log.newest_head(at.conn),
    "log.head_covering": lambda at: log.head_covering(at.conn, 5),
    "log.heads": lambda at: log.heads(at.conn, 1, 1),
}
