"""Who may do what: every route, every role, one's own estate and another's, and nobody at all."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from cloud import clock
from cloud.core.access import ROLES
from cloud.store import pool
from tests.fixtures.estates import PNG, Things, two_estates
from tests.fixtures.world import World

TABLE: Final = """
route                                   | roles that may               | another's | entry
----------------------------------------+------------------------------+-----------+-------------
GET    /api/desk                        | desk manager                 | hidden    |
GET    /api/alerts/{alert}              | desk manager                 | 404       | viewed
POST   /api/alerts/{alert}/acknowledge  | desk manager                 | 404       | acknowledged
POST   /api/alerts/{alert}/confirm      | desk manager                 | 404       | confirmed
POST   /api/alerts/{alert}/assign       | desk manager                 | 404       | assigned
POST   /api/alerts/{alert}/note         | desk manager                 | 404       | note
POST   /api/alerts/{alert}/shelve       | desk manager                 | 404       | shelved
POST   /api/alerts/{alert}/unshelve     | desk manager                 | 404       | unshelved
POST   /api/alerts/{alert}/close        | desk manager                 | 404       | closed
POST   /api/alerts/{alert}/reopen       | desk manager                 | 404       | reopened
POST   /api/handovers                   | desk manager                 | hidden    | offered
POST   /api/handovers/{handover}/accept | desk manager                 | 404       | accepted
POST   /api/handovers/{handover}/withdraw | desk manager               | 404       | withdrawn
POST   /api/alerts/{alert}/export       | desk manager                 | 404       | exported
GET    /api/holds                       | desk manager                 | hidden    |
GET    /api/alerts/{alert}/holds        | desk manager                 | 404       |
POST   /api/alerts/{alert}/hold         | desk manager                 | 404       | held
POST   /api/alerts/{alert}/release      | desk manager                 | 404       | released
POST   /api/alerts/{alert}/viewings     | desk manager                 | 404       | asked_to_view
GET    /api/alerts/{alert}/custody      | desk manager                 | 404       |
GET    /api/evidence/clips/{sha256}     | desk manager                 | 404       | played
GET    /api/maintenance                 | maintenance manager          | hidden    |
GET    /api/agents/{agent}/sequence     | maintenance manager          | 404       |
GET    /api/faults/{fault}/thumbnail    | maintenance manager          | 404       | viewed
GET    /api/work-orders                 | maintenance manager bureau auditor | hidden |
POST   /api/work-orders                 | maintenance manager          | 404       | opened
GET    /api/work-orders/{order}         | maintenance manager bureau auditor | 404    |
POST   /api/work-orders/{order}/assign  | maintenance manager          | 404       | assigned
POST   /api/faults/{fault}/shelve       | maintenance manager          | 404       | shelved
POST   /api/faults/{fault}/unshelve     | maintenance manager          | 404       | unshelved
POST   /api/work-orders/{order}/take    | maintenance manager          | 404       | taken
POST   /api/work-orders/{order}/wait    | maintenance manager          | 404       | waiting
POST   /api/work-orders/{order}/finish  | maintenance manager          | 404       | finished
POST   /api/work-orders/{order}/verify  | maintenance manager          | 404       | verified
POST   /api/work-orders/{order}/reject  | maintenance manager          | 404       | rejected
POST   /api/work-orders/{order}/cancel  | maintenance manager          | 404       | cancelled
POST   /api/work-orders/{order}/photos  | maintenance manager          | 404       | photographed
GET    /api/work-orders/photos/{photo}  | maintenance manager auditor  | 404       | viewed
GET    /api/ledger                      | maintenance manager bureau auditor | hidden |
GET    /api/ledger/export               | maintenance manager bureau auditor | hidden | exported
GET    /api/ledger/orders               | maintenance manager bureau auditor | hidden | exported
POST   /api/ledger/planned              | maintenance manager          | 404       | announced
GET    /api/agents/{agent}/desired      | maintenance manager          | 404       |
PUT    /api/agents/{agent}/desired      | maintenance manager          | 404       | wanted
GET    /api/feedback                    | maintenance manager          | hidden    |
GET    /api/cameras/{camera}/ignore-proposals | maintenance manager    | 404       |
POST   /api/cameras/{camera}/ignore-proposals | maintenance manager    | 404       | accepted_region
POST   /api/cameras/{camera}/ignore-proposals/decline | maintenance manager | 404 | declined_region
GET    /api/bureau                      | bureau manager auditor administrator | hidden |
GET    /api/bureau/estates/{estate}     | bureau manager auditor administrator | 404 |
GET    /api/bureau/cameras/{camera}     | bureau manager auditor administrator | 404 |
GET    /api/coverage                    | bureau manager auditor administrator | hidden |
GET    /api/coverage/estates/{estate}/history | bureau manager auditor administrator | 404 |
GET    /api/coverage/facades/{facade}   | bureau manager auditor administrator | 404 |
GET    /api/coverage/facades/{facade}/history | bureau manager auditor administrator | 404 |
GET    /api/coverage/facades/{facade}/advice | bureau manager auditor administrator | 404 |
GET    /api/plans                       | manager administrator        | hidden    |
GET    /api/estates/{estate}/plan       | manager administrator        | 404       |
POST   /api/estates/{estate}/plan/read  | manager administrator        | 404       |
GET    /api/estates/{estate}/plan/file  | manager administrator        | 404       |
PUT    /api/estates/{estate}/plan       | manager administrator        | 404       | entered_plan
POST   /api/cameras/{camera}/pose/solve | manager administrator        | 404       |
PUT    /api/cameras/{camera}/pose       | manager administrator        | 404       | entered_plan
GET    /plan                            | manager administrator        | hidden    |
POST   /api/cameras/{camera}/pose/confirm | maintenance manager        | 404       | confirmed_pose
POST   /api/certificates                | bureau manager               | 404       | certified
GET    /api/bureau/months               | bureau manager auditor administrator | hidden |
GET    /api/bureau/months/export        | bureau manager auditor administrator | hidden | exported
GET    /api/bureau/equipment            | bureau manager auditor administrator | hidden |
GET    /api/bureau/equipment/export     | bureau manager auditor administrator | hidden | exported
PUT    /api/bureau/equipment/cameras/{camera} | maintenance manager    | 404       | recorded
PUT    /api/bureau/equipment/sensors/{sensor} | maintenance manager    | 404       | recorded
GET    /api/bureau/draws                | bureau manager auditor administrator | hidden |
POST   /api/bureau/draws                | bureau auditor               | hidden    | drew
POST   /api/bureau/draws/{draw}/found   | bureau auditor               | 404       | inspected
GET    /api/duty                        | desk maintenance manager     | hidden    |
PUT    /api/duty/{estate}/policy        | manager                      | 404       | arranged
PUT    /api/duty/{estate}/rotation      | manager                      | 404       | arranged
POST   /api/duty/{estate}/overrides     | manager                      | 404       | arranged
DELETE /api/duty/{estate}/overrides/{override} | manager               | 404       | arranged
POST   /api/duty/{estate}/channels      | manager                      | 404       | arranged
POST   /api/duty/{estate}/channels/{channel}/test | manager            | 404       | arranged
DELETE /api/duty/{estate}/channels/{channel} | manager                 | 404       | arranged
GET    /api/me/channels                 | everybody                    | hidden    |
POST   /api/me/channels                 | everybody                    | hidden    | added_channel
DELETE /api/me/channels/{channel}       | everybody                    | hidden    | dropped_channel
PUT    /api/me/quiet-hours              | everybody                    | hidden    | set_quiet_hours
GET    /api/session                     | everybody                    | hidden    |
GET    /api/session/all                 | everybody                    | hidden    |
GET    /api/accounts                    | administrator                | hidden    |
POST   /api/accounts                    | administrator                | 403       | account_added
PUT    /api/accounts/{username}         | administrator                | 404       | account_changed
PUT    /api/accounts/{username}/password | administrator               | 404       | password_reset
DELETE /api/accounts/{username}/sessions | administrator               | 404       | sessions_ended
DELETE /api/accounts/{username}/second-factor | administrator          | 404       | second_factor_reset
GET    /api/grants                      | manager administrator        | hidden    |
POST   /api/grants                      | manager administrator        | 404       | leave_given
POST   /api/grants/{grant}/revoke       | manager administrator        | 404       | leave_taken_back
GET    /api/audit                       | auditor                      | hidden    |
GET    /api/live                        | everybody                    | stream    |
GET    /desk                            | desk manager                 | hidden    |
GET    /maintenance                     | maintenance manager          | hidden    |
GET    /bureau                          | bureau manager auditor administrator | hidden |
GET    /audit                           | auditor                      | hidden    |
GET    /accounts                        | administrator                | hidden    |
GET    /grants                          | manager administrator        | hidden    |
GET    /me                              | everybody                    | hidden    |
GET    /ledger                          | maintenance manager bureau auditor | hidden |
GET    /feedback                        | maintenance manager          | hidden    |
GET    /duty                            | desk maintenance manager     | hidden    |
"""
"""roles: everybody else who is logged in gets 403, who is not gets 401 (or, on a page, the way to the login).
another's: what those roles get for a thing of an estate that is not theirs; `hidden`: an answer in which
nothing of it stands. entry: what the audit log says afterwards."""

OPEN: Final = {
    "POST /api/session": "this is how one logs in",
    "POST /api/me/channels/{channel}/test": "by one of one's own channels, else 404",
    "DELETE /api/session": "ends the session that the request carries, whosesoever it is",
    "DELETE /api/session/all/{session}": "one of one's own sessions, else 404",
    "POST /api/session/second-factor": "of one's own account",
    "DELETE /api/session/all": "ends one's own sessions",
    "POST /api/session/password": "of one's own account, with the old password",
    "POST /api/session/second-factor/confirm": "of one's own account, with a code",
    "POST /api/session/second-factor/remove": "of one's own account, with a code",
    "GET /api/session/oidc": "leads to the organisation's own login",
    "GET /api/session/oidc/callback": "the way back from there, bound to the browser by the state",
    "GET /": "leads to one's page, or to the login",
    "GET /login": "this is where one logs in",
    "GET /healthz": "says that the process is up",
    "GET /readyz": "says that the database is there",
    "GET /metrics": "counts, without names; the proxy keeps it inside",
    "GET /openapi.json": "what the interface offers is no secret",
    "HEAD /openapi.json": "what the interface offers is no secret",
    "HEAD /api/evidence/uploads/{sha256}": "devices', by a token signed with the device's key",
    "PATCH /api/evidence/uploads/{sha256}": "devices', by a token signed with the device's key",
    "POST /api/devices/enrol": "devices', by a one-time token",
    "POST /api/devices/renew": "devices', signed with the present certificate",
}
"""Routes without an account, and why."""

_STEP: Final = {"after_s": 0, "whom": {"kind": "on_call", "role": "desk"}}
_RIGHTS: Final = {"display_zh": "人", "display_en": "Person", "role": "bureau", "estates": ["<estate>"]}
BODIES: Final[dict[str, Any]] = {
    "POST /api/accounts": {**_RIGHTS, "username": "new-person", "password": "long enough to keep"},
    "PUT /api/accounts/{username}": {**_RIGHTS, "estates": ["garden"]},
    "PUT /api/accounts/{username}/password": {"password": "another that is long"},
    "POST /api/certificates": {
        "estate": "<estate>",
        "begin": "2026-03-01T00:00:00Z",
        "end": "2026-03-02T00:00:00Z",
        "purpose": "for the court",
    },
    "POST /api/grants": {
        "username": "<username>",
        "estate": "<estate>",
        "reason": "complaint 7",
        "until": (clock.utc_now() + timedelta(days=7)).isoformat(),
    },
    "PUT /api/estates/{estate}/plan": {"replaces": 0, "reason": "drawn", "buildings": [], "occluders": []},
    "POST /api/estates/{estate}/plan/read": {
        "name": "sizes.csv",
        "text": "building,length,width,floors,x,y\n3,30,14,18,0,0\n",
    },
    "POST /api/cameras/{camera}/pose/solve": {"picture": [1920, 1080], "points": []},
    "PUT /api/cameras/{camera}/pose": {
        "picture": [1920, 1080],
        "points": [],
        "replaces": 1,
        "reason": "moved",
    },
    "POST /api/cameras/{camera}/pose/confirm": {"reason": "looked at its picture"},
    "POST /api/cameras/{camera}/ignore-proposals": {"key": "0123456789abcdef"},
    "POST /api/cameras/{camera}/ignore-proposals/decline": {"key": "0123456789abcdef", "reason": "a path"},
    "PUT /api/duty/{estate}/policy": {"alerts": [_STEP], "faults": [_STEP]},
    "PUT /api/duty/{estate}/rotation": {
        "role": "desk",
        "shifts": [{"people": ["desk"], "anchor": "2026-03-02"}],
    },
    "POST /api/duty/{estate}/overrides": {
        "role": "desk",
        "person": "manager",
        "begins_at": "2026-03-02T00:00:00Z",
        "ends_at": "2099-03-03T00:00:00Z",
    },
    "POST /api/duty/{estate}/channels": {"kind": "wecom", "name": "群", "address": "k3y-0"},
    "POST /api/me/channels": {"kind": "email", "name": "邮箱", "address": "li@example.org"},
    "PUT /api/me/quiet-hours": {"begins": "22:00", "ends": "07:00"},
    "POST /api/alerts/{alert}/assign": {"to": "desk"},
    "POST /api/alerts/{alert}/note": {"text": "seen from the gate"},
    "POST /api/alerts/{alert}/shelve": {"minutes": 30, "reason": "after the rain"},
    "POST /api/faults/{fault}/shelve": {"minutes": 30, "reason": "painters"},
    "POST /api/alerts/{alert}/viewings": {"purpose": "police", "note": "case 7"},
    "POST /api/handovers": {"to": "next"},
    "POST /api/alerts/{alert}/close": {"reason": "false_bird", "note": ""},
    "POST /api/alerts/{alert}/reopen": {"reason": "a second piece was found"},
    "POST /api/work-orders": {"source": "patrol", "title": "a loose tile", "estate": "<estate>"},
    "POST /api/work-orders/{order}/assign": {"to": "maintenance"},
    "POST /api/work-orders/{order}/wait": {"reason": "no lift today"},
    "POST /api/alerts/{alert}/export": {"purpose": "for the police"},
    "POST /api/alerts/{alert}/hold": {"reason": "the police have asked"},
    "POST /api/alerts/{alert}/release": {"hold": str(UUID(int=0)), "reason": "the case is closed"},
    "POST /api/work-orders/{order}/finish": {"measure": "cleaned"},
    "POST /api/work-orders/{order}/reject": {"reason": "still dirty"},
    "POST /api/work-orders/{order}/cancel": {"reason": "twice"},
    "POST /api/ledger/planned": {
        "estate": "<estate>",
        "begins_at": "2100-01-01T00:00:00Z",
        "ends_at": "2100-01-02T00:00:00Z",
        "reason": "new lenses",
    },
    "PUT /api/agents/{agent}/desired": {"replaces": 0},
    "PUT /api/bureau/equipment/cameras/{camera}": {"keeper": "物业"},
    "PUT /api/bureau/equipment/sensors/{sensor}": {"keeper": "物业"},
    "POST /api/bureau/draws": {"seed": "20261101", "size": 1, "purpose": "spring inspection"},
    "POST /api/bureau/draws/{draw}/found": {"subject": "<camera>", "outcome": "passed"},
}


Both = tuple[Things, Things]
"""(one's own estate, another's)."""


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    method: str
    path: str
    roles: frozenset[str]
    anothers: str
    entry: str

    @property
    def route(self) -> str:
        return f"{self.method} {self.path}"

    def of(self, things: Things) -> str:
        """The path, filled in."""
        return self.path.format(**things.named)


def rows() -> list[Row]:
    found = []
    for line in TABLE.strip().splitlines()[2:]:
        route, roles, anothers, entry = (cell.strip() for cell in line.split("|"))
        method, path = route.split()
        those = frozenset(ROLES if roles == "everybody" else roles.split())
        found.append(Row(method, path, those, anothers, entry))
    return found


def routes(found: list[BaseRoute]) -> Iterator[str]:
    """`METHOD path` of each route, those of included routers too."""
    for route in found:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes(inner.routes)
        elif isinstance(route, APIRoute) or hasattr(route, "methods"):
            yield from (f"{method} {route.path}" for method in route.methods)  # type: ignore[attr-defined]


async def test_every_route_stands_in_the_table_or_says_why_not(world: World) -> None:
    offered = set(routes(world.app.routes))
    assert len(offered) > 20
    assert offered == {row.route for row in rows()} | set(OPEN)


async def _ask(client: httpx.AsyncClient, row: Row, things: Things) -> httpx.Response:
    path = row.of(things)
    if row.anothers == "stream":
        async with client.stream(row.method, path) as answer:
            return answer
    if row.path.endswith("/photos"):
        return await client.post(f"{path}?stage=after", content=PNG, headers={"Content-Type": "image/png"})
    body = json.dumps(BODIES.get(row.route, {}))
    for name, value in things.named.items():
        body = body.replace(f"<{name}>", value)
    content = None if row.method in {"GET", "DELETE"} else body
    return await client.request(
        row.method, path, content=content, headers={"Content-Type": "application/json"}
    )


async def test_each_role_may_what_the_table_says_in_its_own_estate_and_nothing_in_another(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    own, foreign = await two_estates(world)
    wrong = []
    async with world.client() as nobody:
        for row in rows():
            answer = await _ask(nobody, row, own)
            expected = 401 if row.path.startswith("/api/") else 303
            if answer.status_code != expected:
                wrong.append(f"nobody {row.route}: {answer.status_code}")
    for role in ROLES:
        async with world.logged_in(role) as client:
            for row in rows():
                wrong += await _tried(world, client, role, row, (own, foreign))
    assert not wrong, "\n".join(wrong)
    told = capsys.readouterr().out
    refused = re.findall(r"access_refused .*?path=(\S+) role=(\S+) .*?status=(\d+)", told)
    for role in ROLES:
        for row in rows():
            if row.path.startswith("/api/") and role not in row.roles:
                assert (row.of(foreign), role, "403") in refused, "each refusal is told"
            elif row.anothers.isdigit():
                assert (row.of(foreign), role, row.anothers) in refused, "each foreign access is told"


async def _tried(world: World, client: httpx.AsyncClient, role: str, row: Row, at: Both) -> list[str]:
    """What differs from the table."""
    own, foreign = at
    before = await _entries(world)
    answer = await _ask(client, row, own)
    after = await _entries(world)
    other = await _ask(client, row, foreign)
    if role not in row.roles:
        found = {"own": answer.status_code == 403, "another's": other.status_code == 403}
    else:
        found = {
            # 409: the machine forbids what somebody of another role has done already; allowed it was.
            "own": answer.status_code in {200, 201, 204, 409},
            "entry": answer.status_code == 409 or after == before + [row.entry] * bool(row.entry),
            "another's": other.status_code == (int(row.anothers) if row.anothers.isdigit() else 200),
            "hidden": row.anothers != "hidden" or not any(mark in other.text for mark in foreign.marks),
        }
    told = f"{role} {row.route} ({answer.status_code}, {other.status_code})"
    return [f"{told}: {what}" for what, right in found.items() if not right]


async def _entries(world: World) -> list[str]:
    async with pool.transaction(world.pool) as conn:
        found = await (await conn.execute("SELECT action FROM audit ORDER BY id")).fetchall()
    return [row[0] for row in found]
