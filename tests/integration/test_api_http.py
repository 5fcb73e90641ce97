"""The HTTP interface of a real server on a real database: roles, snapshots, clips, the live line."""

import asyncio
import json
from typing import Any

import httpx

from cloud import clock
from cloud.core import access
from cloud.core.access import PAGES, ROLES
from cloud.store import devices, pool, sessions
from contracts.messages import AgentStatus, CameraNow
from tests.fixtures.world import PASSWORD, World

NO_ID = "00000000-0000-0000-0000-000000000000"


async def test_each_role_is_led_to_its_own_page_and_told_of_the_others(world: World) -> None:
    async with world.client() as stranger:
        for page in PAGES:
            answer = await stranger.get(f"/{page}")
            assert (answer.status_code, answer.headers["Location"]) == (303, f"/login?next=/{page}")
        assert (await stranger.get("/login")).status_code == 200
    for role in ROLES:
        async with world.logged_in(role) as client:
            first = access.pages(role)[0]
            assert (await client.get("/")).headers["Location"] == f"/{first}"
            assert (await client.get(f"/{first}")).status_code == 200


async def test_the_live_line_is_for_people_who_are_logged_in_and_ends_with_their_session(
    world: World,
) -> None:
    async with world.client() as stranger:
        assert (await stranger.get("/api/live")).status_code == 401
    async with (
        world.logged_in("desk") as client,
        asyncio.timeout(30),
        client.stream("GET", "/api/live") as stream,
    ):
        lines = stream.aiter_lines()
        assert await anext(lines) == "event: ping"
        async with pool.transaction(world.pool) as conn:
            await conn.execute("DELETE FROM session")
        async for _ in lines:
            pass  # Until the server ends it.


async def test_a_request_of_another_site_changes_nothing(world: World) -> None:
    async with world.logged_in("desk") as client:
        del client.headers["X-Fallwatch"]
        assert (await client.post(f"/api/alerts/{NO_ID}/acknowledge")).status_code == 403
        assert (await client.delete("/api/session")).status_code == 403
        assert (await client.get("/api/session")).status_code == 200


async def test_an_alert_is_acknowledged_then_closed_and_the_machine_forbids_the_rest(world: World) -> None:
    await world.send(world.device.fall())
    async with world.logged_in("desk") as client:
        snapshot = (await client.get("/api/desk")).json()
        (alert,) = snapshot["open"]
        assert alert["state"] == "raised"
        assert alert["severity"] == "critical"
        assert alert["facade"]["id"] == "east"
        assert alert["clip"] == "pending"
        closing = {"reason": "real_throw", "note": "third floor"}
        early = await client.post(f"/api/alerts/{alert['id']}/close", json=closing)
        assert early.status_code == 409
        taken = (await client.post(f"/api/alerts/{alert['id']}/acknowledge", json={})).json()
        assert (taken["state"], taken["acknowledged_by"]) == ("acknowledged", "desk")
        assert (await client.post(f"/api/alerts/{alert['id']}/acknowledge", json={})).status_code == 409
        wrong = await client.post(f"/api/alerts/{alert['id']}/close", json={"reason": "boredom"})
        assert wrong.status_code == 422
        closed = (await client.post(f"/api/alerts/{alert['id']}/close", json=closing)).json()
        assert (closed["state"], closed["close_reason"]) == ("closed", "real_throw")
        assert [line["what"] for line in closed["history"]] == ["raised", "acknowledged", "closed:real_throw"]
        after = (await client.get("/api/desk")).json()
        assert after["open"] == []
        assert [found["id"] for found in after["closed"]] == [alert["id"]]
        assert after["change"] > snapshot["change"]


async def test_a_lost_camera_gives_a_work_order_and_closes_when_it_is_back(world: World) -> None:
    await world.send(world.device.camera("streaming"), world.device.camera("lost"))
    async with world.logged_in("bureau") as bureau:
        (estate,) = (await bureau.get("/api/bureau")).json()["estates"]
        assert (estate["facades_total"], estate["facades_blind_now"]) == (2, 1)
        assert estate["facades_unknown_now"] == 1
        facades = (await bureau.get("/api/bureau/estates/garden")).json()["facades"]
        assert {facade["id"]: facade["now"] for facade in facades} == {"east": "blind", "west": "unknown"}
        assert all(len(facade["strip"]) == 96 for facade in facades)
    async with world.logged_in("maintenance") as client:
        found = (await client.get("/api/maintenance")).json()
        (fault,), (order,) = found["faults"], found["work_orders"]
        assert (fault["kind"], fault["state"], fault["work_order"]) == ("camera_lost", "raised", order["id"])
        assert [facade["id"] for facade in fault["facades"]] == ["east"]
        early = await client.post(f"/api/work-orders/{order['id']}/finish", json={"measure": "cable"})
        assert early.status_code == 409
        taken = (await client.post(f"/api/work-orders/{order['id']}/take", json={})).json()
        assert (taken["state"], taken["taken_by"]) == ("taken", "maintenance")
        acknowledged = (await client.get("/api/maintenance")).json()["faults"][0]
        assert acknowledged["state"] == "acknowledged"
        finished = (
            await client.post(f"/api/work-orders/{order['id']}/finish", json={"measure": "cable"})
        ).json()
        assert (finished["state"], finished["measure"]) == ("finished", "cable")
        await world.send(world.device.camera("streaming"))
        after = (await client.get("/api/maintenance")).json()
        assert (after["faults"][0]["state"], after["faults"][0]["close_reason"]) == ("closed", "recovered")
        assert after["work_orders"][0]["state"] == "closed"


async def test_a_camera_that_has_just_come_back_has_no_rate_of_the_time_when_it_was_lost(
    world: World,
) -> None:
    at = clock.utc_now()
    lost = CameraNow(camera="cam-east", state="lost", since=at, frames_per_s=0)
    status = AgentStatus(agent="box-a", boot=world.device.boot, online=True, at=at, cameras=(lost,))
    async with pool.transaction(world.pool) as conn:
        await devices.hear(conn, status, retained=False, at=at)
    await world.send(world.device.camera("streaming"))
    async with world.logged_in("maintenance") as client:
        cameras = (await client.get("/api/maintenance")).json()["cameras"]
    assert [(found["state"], found["frames_per_s"]) for found in cameras if found["id"] == "cam-east"] == [
        ("streaming", None)
    ]


async def test_a_browser_that_comes_back_hears_what_it_missed(world: World) -> None:
    async with world.logged_in("desk") as client:
        before = (await client.get("/api/desk")).json()["change"]
        await world.send(world.device.fall(), world.device.reading())
        first = await _changes(client, f"/api/live?since={before}", 1)
        assert [change["data"]["topic"] for change in first] == ["alert"], "readings are not for the desk"
        await world.send(world.device.camera("lost"), world.device.fall())
        missed = await _changes(client, "/api/live", 2, {"Last-Event-ID": str(first[0]["id"])})
        assert sorted(change["data"]["topic"] for change in missed) == ["alert", "camera"]
        assert all(change["id"] > first[0]["id"] for change in missed)


async def test_a_change_reaches_a_listening_browser(world: World) -> None:
    async with world.logged_in("desk") as client, asyncio.timeout(20):
        heard = asyncio.ensure_future(_changes(client, "/api/live", 1))
        sent = []
        while not heard.done():
            # Falls until one is heard: the line may not be up when the first one happens.
            fall = world.device.fall()
            sent.append(fall)
            await world.send(fall)
            await asyncio.sleep(0.1)
        assert (await heard)[0]["data"]["topic"] == "alert"


async def _changes(
    client: httpx.AsyncClient, path: str, number: int, headers: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(20), client.stream("GET", path, headers=headers or {}) as stream:
        assert stream.status_code == 200
        block: dict[str, Any] = {}
        async for line in stream.aiter_lines():
            key, _, value = line.partition(": ")
            if key:
                block[key] = value
                continue
            if block.get("event") == "change":
                found.append({"id": int(block["id"]), "data": json.loads(block["data"])})
            block = {}
            if len(found) == number:
                return found
    raise AssertionError(found)


async def test_a_session_ends_by_logging_out_and_by_age(world: World) -> None:
    async with world.logged_in("desk") as client:
        assert (await client.delete("/api/session")).status_code == 204
        assert (await client.get("/api/session")).status_code == 401
    async with world.logged_in("desk") as client:
        async with pool.transaction(world.pool) as conn:
            await conn.execute("UPDATE session SET expires_at = %s", (clock.utc_now(),))
        assert (await client.get("/api/desk")).status_code == 401
        async with pool.transaction(world.pool) as conn:
            assert await sessions.expire(conn, clock.utc_now()) == 1


async def test_too_many_wrong_passwords_lock_the_name_for_a_while(world: World) -> None:
    async with world.client() as client:
        for _ in range(5):
            wrong = await client.post("/api/session", json={"username": "desk", "password": "guess"})
            assert wrong.status_code == 401
        right = await client.post("/api/session", json={"username": "desk", "password": PASSWORD})
        assert right.status_code == 429
        assert int(right.headers["Retry-After"]) > 0
        other = await client.post("/api/session", json={"username": "bureau", "password": PASSWORD})
        assert other.status_code == 200


async def test_metrics_tell_alerts_by_state(world: World) -> None:
    await world.send(world.device.fall())
    async with world.client() as client:
        await client.get("/api/desk")
        text = (await client.get("/metrics")).text
    assert 'fallwatch_api_requests_total{method="GET",route="/api/desk",status="401"} 1.0' in text
    assert 'fallwatch_alerts{state="raised"} 1.0' in text
    assert 'fallwatch_faults{state="raised"} 0.0' in text


async def test_every_answer_carries_the_headers_that_keep_pages_to_our_own(world: World) -> None:
    async with world.client() as client:
        answer = await client.get("/healthz")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"
