"""Nobody looks at a video without a purpose; who did, and why, stays in the chain of custody."""

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from cloud import clock
from cloud.evidence.blobs import Blobs
from cloud.store import clips, log, pool
from tests.fixtures.world import World

CLIP = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(CLIP).hexdigest()
PATH = f"/api/evidence/clips/{SHA256}"


@pytest.fixture
async def alert(world: World, tmp_path: Path) -> str:
    """An alert whose clip is in the store."""
    fall = world.device.fall()
    sealed = world.device.clip(fall, CLIP)
    await world.send(fall, sealed)
    file = tmp_path / "clip"
    await asyncio.to_thread(file.write_bytes, CLIP)
    await Blobs.at(f"file://{world.evidence}").put(SHA256, file, "garden")
    async with pool.transaction(world.pool) as conn:
        await clips.store(conn, SHA256, "box-a", clock.utc_now())
        row = await (await conn.execute("SELECT id::text FROM alert")).fetchone()
    assert row is not None
    return str(row[0])


async def links(desk: httpx.AsyncClient, alert: str) -> list[tuple[str, str, str]]:
    found = (await desk.get(f"/api/alerts/{alert}/custody")).json()
    return [(link["by"], link["action"], link["purpose"]) for link in found["links"]]


async def test_a_viewing_without_a_purpose_is_refused_and_says_what_is_missing(
    world: World, alert: str
) -> None:
    async with world.logged_in("desk") as desk:
        refused = await desk.get(PATH)
        assert (refused.status_code, refused.json()["needs"]) == (403, "purpose")
        assert "say first why you look at this video" in refused.json()["detail"]
        assert (await desk.get(f"/api/alerts/{alert}")).json()["viewing"] is None
        assert await links(desk, alert) == []


async def test_playing_in_many_pieces_is_one_viewing_with_its_purpose(world: World, alert: str) -> None:
    async with world.logged_in("desk") as desk:
        asked = await desk.post(f"/api/alerts/{alert}/viewings", json={"purpose": "police", "note": "case 7"})
        assert asked.status_code == 201
        assert (await desk.get(f"/api/alerts/{alert}")).json()["viewing"] == asked.json()
        ranges = [desk.get(PATH, headers={"Range": f"bytes={n * 1000}-{n * 1000 + 999}"}) for n in range(8)]
        answers = await asyncio.gather(*ranges)
        assert [answer.status_code for answer in answers] == [206] * 8
        assert b"".join(answer.content for answer in answers) == CLIP[:8000]
        assert answers[0].headers["Cache-Control"] == "private, no-store"
        assert await links(desk, alert) == [
            ("desk", "asked_to_view", "police: case 7"),
            ("desk", "played", "police: case 7"),
        ]


async def test_who_has_the_alert_in_hand_is_not_asked_and_is_entered_all_the_same(
    world: World, alert: str
) -> None:
    async with world.logged_in("desk") as desk, world.logged_in("manager") as manager:
        detail = (await desk.post(f"/api/alerts/{alert}/acknowledge", json={})).json()
        assert detail["viewing"] == {"purpose": "handling", "note": "", "until": None}
        for _ in range(2):
            assert (await desk.get(PATH)).status_code == 200
        assert (await manager.get(PATH)).status_code == 403, "it is in another's hands"
        assert await links(desk, alert) == [("desk", "played", "handling")]


async def test_after_a_while_one_is_asked_again(world: World, alert: str) -> None:
    async with world.logged_in("desk") as desk:
        await desk.post(f"/api/alerts/{alert}/viewings", json={"purpose": "review"})
        async with pool.transaction(world.pool) as conn:
            await conn.execute("UPDATE viewing SET until = %s", (clock.utc_now() - timedelta(seconds=1),))
        assert (await desk.get(PATH)).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"purpose": "curiosity"}, 422),
        ({"purpose": "other"}, 422),
        ({}, 422),
        ({"purpose": "other", "note": "…"}, 201),
    ],
)
async def test_a_purpose_is_one_of_the_list_or_said_in_words(
    world: World, alert: str, body: dict[str, Any], status: int
) -> None:
    async with world.logged_in("desk") as desk:
        assert (await desk.post(f"/api/alerts/{alert}/viewings", json=body)).status_code == status


async def test_the_chain_of_custody_tells_how_the_clip_came_and_where_each_link_stands_in_the_log(
    world: World, alert: str
) -> None:
    async with world.logged_in("desk") as desk:
        await desk.post(f"/api/alerts/{alert}/viewings", json={"purpose": "owner"})
        before = (await desk.get(f"/api/alerts/{alert}/custody")).json()
        assert [link["entry"] for link in before["links"]] == [None]
        async with pool.transaction(world.pool) as conn:
            await log.seal(conn, clock.utc_now())
        found = (await desk.get(f"/api/alerts/{alert}/custody")).json()
    clip, (link,) = found["clip"], found["links"]
    assert (clip["sha256"], clip["agent"], clip["state"]) == (SHA256, "box-a", "verified")
    assert clip["announced_at"] <= clip["stored_at"] <= link["at"]
    async with pool.transaction(world.pool) as conn:
        (leaf,) = await log.about(conn, "audit", [(await _audit_id(conn))])
        assert leaf.index == link["entry"]
        assert (await log.leaves(conn, clip["entry"], clip["entry"]))[0].kind == "clip"


async def _audit_id(conn: pool.Connection) -> str:
    row = await (await conn.execute("SELECT id::text FROM audit WHERE action = 'asked_to_view'")).fetchone()
    assert row is not None
    return str(row[0])
