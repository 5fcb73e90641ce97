"""People, their sessions, and what they did; what their pages are told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from cloud.store import (
    accounts,
    audit,
    changes,
    grants,
    oidc_attempts,
    rights,
    second_factors,
    sessions,
)
from cloud.store.accounts import Account
from cloud.store.changes import Change
from cloud.store.grants import Grant
from cloud.store.sessions import Opening
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import At, Case, later

LI = Account("li", "李", "Li", "desk", "hash", frozenset({"garden"}))
WANG = Account("wang", "王", "Wang", "auditor", "hash", every_estate=True)
IN = Opening(b"token", "li", "password", "10.0.0.7", "a browser")
LEAVE = Grant("li", "garden", None, "complaint 7", later(600))
HOUR = timedelta(hours=1)
VIEWED = audit.Act("li", "viewed", "clip", "a digest", "garden", "complaint 7", {"seconds": [1.5, 2]})


async def _entered(at: At) -> None:
    await audit.enter(at.conn, VIEWED, NOW)
    await audit.expect_entry(at.conn)


CASES: Final[Mapping[str, Case]] = {
    "accounts.put": lambda at: accounts.put(at.conn, LI),
    "accounts.put (every estate)": lambda at: accounts.put(at.conn, WANG),
    "accounts.find (every estate)": lambda at: accounts.find(at.conn, "wang"),
    "accounts.find": lambda at: accounts.find(at.conn, "li"),
    "accounts.display_names": lambda at: accounts.display_names(at.conn),
    "accounts.names_of": lambda at: accounts.names_of(at.conn, {"desk"}),
    "accounts.listed": lambda at: accounts.listed(at.conn),
    "accounts.bind": lambda at: accounts.bind(at.conn, "wang", "https://id.example.org 7"),
    "accounts.of_provider": lambda at: accounts.of_provider(at.conn, "https://id.example.org 7"),
    "sessions.begin": lambda at: sessions.begin(at.conn, IN, NOW, later(60)),
    "sessions.whose": lambda at: sessions.whose(at.conn, b"token", NOW, HOUR),
    "sessions.whose (ended)": lambda at: sessions.whose(at.conn, b"token", later(60), HOUR),
    "sessions.whose (not used)": lambda at: sessions.whose(at.conn, b"token", later(59), HOUR / 2),
    "sessions.use": lambda at: sessions.use(at.conn, b"token", later(5)),
    "sessions.of": lambda at: sessions.of(at.conn, "li", NOW),
    "sessions.number": lambda at: sessions.number(at.conn, {"li", "wang"}, NOW),
    "sessions.current": lambda at: sessions.current(at.conn, b"token"),
    "sessions.end": lambda at: sessions.end(at.conn, b"other"),
    "sessions.end_one": lambda at: sessions.end_one(at.conn, "wang", at.oldest["session"]),
    "sessions.expire": lambda at: sessions.expire(at.conn, later(61)),
    "sessions.end_all": lambda at: sessions.end_all(at.conn, "li"),
    "accounts.set_password": lambda at: accounts.set_password(at.conn, "li", "another hash"),
    "accounts.disable": lambda at: accounts.disable(at.conn, "li", NOW),
    "accounts.disable (no more)": lambda at: accounts.disable(at.conn, "li", None),
    "second_factors.put": lambda at: second_factors.put(at.conn, "li", b"sealed", NOW),
    "second_factors.confirm": lambda at: second_factors.confirm(at.conn, "li", [b"a", b"b"], NOW),
    "second_factors.counted": lambda at: second_factors.counted(at.conn, "li", 7),
    "second_factors.hold": lambda at: second_factors.hold(at.conn, "li"),
    "second_factors.use_recovery": lambda at: second_factors.use_recovery(at.conn, "li", b"a", NOW),
    "second_factors.recovery_left": lambda at: second_factors.recovery_left(at.conn, "li"),
    "second_factors.remove": lambda at: second_factors.remove(at.conn, "wang"),
    "oidc_attempts.put": lambda at: oidc_attempts.put(at.conn, b"state", "nonce", "verifier", later(10)),
    "oidc_attempts.take": lambda at: oidc_attempts.take(at.conn, b"state", NOW),
    "oidc_attempts.forget": lambda at: oidc_attempts.forget(at.conn, later(11)),
    "grants.give": lambda at: grants.give(at.conn, LEAVE, "wang", NOW),
    "grants.newest": lambda at: grants.newest(at.conn),
    "grants.covers_alert": lambda at: grants.covers_alert(at.conn, "li", UUID(int=9), NOW),
    "grants.covers_clip": lambda at: grants.covers_clip(at.conn, "li", "0" * 64, NOW),
    "grants.revoke": lambda at: grants.revoke(at.conn, at.oldest["picture_grant"], "wang", later(1)),
    "accounts.note_failure": lambda at: accounts.note_failure(at.conn, "li", "10.0.0.7", NOW),
    "accounts.failures": lambda at: accounts.failures(at.conn, "li", "10.0.0.8", later(-1)),
    "accounts.forget_failures": lambda at: accounts.forget_failures(at.conn, NOW),
    "audit.enter": lambda at: audit.enter(at.conn, VIEWED, NOW),
    "audit.expect_entry": _entered,
    "audit.before": lambda at: audit.before(at.conn, None, "li", 10),
    "audit.entered_since": lambda at: audit.entered_since(at.conn, VIEWED, later(-1)),
    "rights.withdraw": lambda at: rights.withdraw(at.conn),
    "rights.bring": lambda at: rights.bring(at.conn),
    "audit.numbers": lambda at: audit.numbers(at.conn, [("clip", "a digest"), ("alert", "none")]),
    "changes.record": lambda at: changes.record(at.conn, [Change("alert", "a"), Change("clip", "c")], NOW),
    "changes.since": lambda at: changes.since(at.conn, 0, 10),
    "changes.newest": lambda at: changes.newest(at.conn),
    "changes.trim": lambda at: changes.trim(at.conn, later(1)),
}
