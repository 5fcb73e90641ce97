"""Cells of a facade go blind with their cameras and come back with them, as the interface tells it."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx

from cloud import clock, timers
from cloud.config import CoverageSettings
from cloud.store import pool
from contracts.devices import DesiredReport
from tests.fixtures.coverage import furnish
from tests.fixtures.world import World


async def facade(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/coverage/facades/east")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def watched(client: httpx.AsyncClient) -> int:
    return sum((await facade(client))["watched"])


async def test_cells_follow_their_cameras(world: World) -> None:
    now = clock.utc_now()
    await furnish(world.pool, now - timedelta(hours=2))
    device = world.device
    await world.send(*(device.camera("streaming", camera=name) for name in ("cam-east", "cam-west")))
    async with world.logged_in("manager") as client:
        whole = await facade(client)
        assert (len(whole["floors"]), len(whole["bays"]), whole["lost"]) == (18, 8, 0)
        top, bottom = whole["reason"][-8:], whole["smallest_cm"][:8]
        assert whole["reasons"][top[2]] == "too_steep"
        assert all(cm <= 10 for cm in bottom)
        all_well = sum(whole["watched"])
        (estate,) = (await client.get("/api/coverage")).json()["estates"]
        west, east = estate["facades"]
        assert (west["id"], west["blind"]) == ("west", 144), "the worst first"
        assert east["blind"] == whole["blind"] == 144 - all_well

        await world.send(device.fault("covered", severity="serious"))
        covered = await facade(client)
        assert 0 < covered["lost"] == all_well - sum(covered["watched"])
        (east,) = (one for one in covered["cameras"] if one["id"] == "cam-east")
        assert (east["up"], east["whys"]) == (False, ["covered"])
        await world.send(device.fault("covered", "cleared"))
        assert await watched(client) == all_well

        await world.send(device.fault("moved", severity="serious"))
        await world.send(device.fault("moved", "cleared"))
        assert await watched(client) < all_well, "nobody has said yet where it looks"
        doubts = (await client.get("/api/coverage")).json()["doubts"]
        assert [one["id"] for one in doubts] == ["cam-east"]
        path, why = "/api/cameras/cam-east/pose/confirm", {"reason": "as before"}
        assert (await client.post(path, json=why)).status_code == 200
        assert (await client.post(path, json=why)).status_code == 409
        assert await watched(client) == all_well

        assert (await client.get("/api/agents/box-a/desired")).json()["wanted"] is None, "it looks as before"
        await world.send(device.fault("moved", severity="serious"))
        assert (await client.post(path, json={"reason": "it stays there"})).status_code == 200
        (wanted,) = (await client.get("/api/agents/box-a/desired")).json()["wanted"]["cameras"]
        assert wanted["camera"] == "cam-east"
        assert wanted["view_confirmed_at"], "its box learns anew what is usual there"
        assert await watched(client) < all_well, "until then its picture is not what it should be"
        await world.send(device.fault("moved", "cleared"))
        assert await watched(client) == all_well

        history = (await client.get("/api/coverage/facades/east/history")).json()
        assert {cause["why"] for loss in history["losses"] for cause in loss["causes"]} >= {"pose_doubted"}
        assert len(history["days"]) == 31


async def test_what_an_operator_masks_is_blind_once_the_box_applies_it(world: World) -> None:
    await furnish(world.pool, clock.utc_now() - timedelta(hours=2))
    device = world.device
    await world.send(*(device.camera("streaming", camera=name) for name in ("cam-east", "cam-west")))
    half = [[0, 0], [1920, 0], [1920, 700], [0, 700]]
    mask = {"camera": "cam-east", "picture": [1920, 1080], "masks": [half]}
    async with world.logged_in("manager") as client:
        before = await watched(client)
        answer = await client.put("/api/agents/box-a/desired", json={"replaces": 0, "cameras": [mask]})
        assert answer.status_code < 300, answer.text
        head = device.camera("streaming").model_dump() | {"observed_at": clock.utc_now()}
        told = {name: head[name] for name in ("message_id", "agent", "boot", "seq", "observed_at")}
        assert await timers.run_once(world.pool, timers.masks, clock.utc_now()) == []
        await world.send(DesiredReport(**told, version=1, outcome="applied", now=1))
        changed = await timers.run_once(world.pool, timers.masks, clock.utc_now())
        assert {change.subject for change in changed} == {"cam-east"}, "nothing is masked of the other"
        masked = await facade(client)
        assert sum(masked["watched"]) < before
        assert masked["lost"] == 0, "no camera would see it if all worked"
        finer = {"replaces": 1, "cameras": [mask | {"sensitivity": 0.7}]}
        assert (await client.put("/api/agents/box-a/desired", json=finer)).status_code == 200
        told |= {"message_id": uuid4(), "seq": told["seq"] + 1}
        await world.send(DesiredReport(**told, version=2, outcome="applied", now=2))
        assert await timers.run_once(world.pool, timers.masks, clock.utc_now()) == [], "the same masks"
    async with pool.transaction(world.pool) as conn:
        rows = await (await conn.execute("SELECT count(*) FROM sight WHERE ends_at IS NOT NULL")).fetchall()
        left = await (await conn.execute("SELECT DISTINCT wished FROM surveyed WHERE plan > 0")).fetchall()
    assert (rows, left) == ([(1,)], [(2,)])


async def test_a_blind_spot_that_stays_is_an_order_that_ends_by_computation_only(world: World) -> None:
    now = clock.utc_now()
    await furnish(world.pool, now - timedelta(days=2))
    device = world.device
    for name in ("cam-east", "cam-west"):
        await world.send(device.camera("streaming", camera=name, at=now - timedelta(days=2)))
    follow = partial(timers.blind_spots, given=CoverageSettings())
    async with world.logged_in("manager") as client:
        assert await timers.run_once(world.pool, follow, now)
        assert await timers.run_once(world.pool, follow, now) == [], "once"
        orders = (await client.get("/api/work-orders?source=blind_spot")).json()["orders"]
        told = {(one["facade"]["id"], one["kind"], one["severity"], one["detail"]) for one in orders}
        assert ("west", "blind_spot_never", "warning", "F1-18 B1-8 x144") in told
        assert {kind for _, kind, *_ in told} == {"blind_spot_lost", "blind_spot_never"}
        (lost,) = (one["id"] for one in orders if one["kind"] == "blind_spot_lost")
        by_hand = await opened(client, facade="east", floor=2)
        assert by_hand.status_code == 201, by_hand.text
        hand = by_hand.json()["id"]
        for order in (lost, hand):
            refused = await client.post(f"/api/work-orders/{order}/cancel", json={"reason": "never mind"})
            assert refused.status_code == 409
            assert "cells of this blind spot are not watched" in refused.json()["detail"]
        assert (await opened(client)).status_code == 422, "of which facade?"

        await world.send(*(device.minute(at, 60, camera=name) for name in CAMERAS for at in _minutes(now)))
        await timers.run_once(world.pool, follow, now)
        for order in (lost, hand):
            closed = (await client.get(f"/api/work-orders/{order}")).json()
            assert (closed["state"], closed["history"][-1]["what"]) == ("closed", "fault_cleared")
        assert (await opened(client, facade="east", floor=2)).status_code == 409, "it is watched"

        (never,) = (one["id"] for one in orders if one["facade"]["id"] == "west")
        drawn = (await client.get("/api/estates/garden/plan")).json()
        kept = ("id", "name", "building", "floors", "bays", "wall")
        east = [{key: one[key] for key in kept} for one in drawn["facades"] if one["id"] == "east"]
        plan = {"replaces": 1, "reason": "a blank wall", "buildings": drawn["buildings"], "occluders": []}
        await client.put("/api/estates/garden/plan", json={**plan, "facades": east})
        answer = await client.post(f"/api/work-orders/{never}/cancel", json={"reason": "a blank wall"})
        assert answer.json()["state"] == "cancelled", "nothing can ever cover it, and it is kept"


async def opened(client: httpx.AsyncClient, **where: Any) -> httpx.Response:
    """An order by hand."""
    order = {"source": "blind_spot", "title": "二层看不到", "detail": "新装的雨棚", "estate": "garden"}
    return await client.post("/api/work-orders", json=order | where)


CAMERAS = ("cam-east", "cam-west")


def _minutes(now: datetime) -> list[datetime]:
    first = now.replace(second=0, microsecond=0) - timedelta(minutes=15)
    return [first + timedelta(minutes=number) for number in range(15)]
