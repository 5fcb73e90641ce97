"""People, their sessions, and what they did; what their pages are told."""

from collections.abc import Mapping
from typing import Final

from cloud.store import accounts, audit, changes
from cloud.store.accounts import Account
from cloud.store.changes import Change
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import Case, later

LI = Account("li", "李", "Li", "desk", "hash")
VIEWED = audit.Act("li", "viewed", "clip", "a digest", "garden", "complaint 7", {"seconds": [1.5, 2]})

CASES: Final[Mapping[str, Case]] = {
    "accounts.put": lambda at: accounts.put(at.conn, LI),
    "accounts.find": lambda at: accounts.find(at.conn, "li"),
    "accounts.display_names": lambda at: accounts.display_names(at.conn),
    "accounts.open_session": lambda at: accounts.open_session(at.conn, b"token", "li", NOW, later(60)),
    "accounts.of_session": lambda at: accounts.of_session(at.conn, b"token", NOW),
    "accounts.of_session (ended)": lambda at: accounts.of_session(at.conn, b"token", later(60)),
    "accounts.close_session": lambda at: accounts.close_session(at.conn, b"other"),
    "accounts.expire_sessions": lambda at: accounts.expire_sessions(at.conn, later(61)),
    "accounts.note_failure": lambda at: accounts.note_failure(at.conn, "li", "10.0.0.7", NOW),
    "accounts.failures": lambda at: accounts.failures(at.conn, "li", "10.0.0.8", later(-1)),
    "accounts.forget_failures": lambda at: accounts.forget_failures(at.conn, NOW),
    "audit.enter": lambda at: audit.enter(at.conn, VIEWED, NOW),
    "changes.record": lambda at: changes.record(at.conn, [Change("alert", "a"), Change("clip", "c")], NOW),
    "changes.since": lambda at: changes.since(at.conn, 0, 10),
    "changes.newest": lambda at: changes.newest(at.conn),
    "changes.trim": lambda at: changes.trim(at.conn, later(1)),
}
