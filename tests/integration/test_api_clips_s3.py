"""Clips over HTTP where the evidence store is a bucket, which may be away for a while."""

import asyncio

import httpx
import pytest

from cloud import clock
from contracts.messages import ClipSealed
from tests.fixtures.s3 import S3Server
from tests.fixtures.world import World

CLIP = bytes(range(256)) * 6000


@pytest.fixture
def evidence_url(s3_url: str) -> str:
    return s3_url


async def test_a_clip_arrives_in_pieces_in_a_bucket_and_plays_from_there(
    world: World, s3_server: S3Server, evidence_url: str
) -> None:
    sealed = await _announced(world)
    path = f"/api/evidence/uploads/{sealed.sha256}"
    async with _box(world, sealed) as box:
        for begin in range(0, len(CLIP), 500_000):
            piece = CLIP[begin : begin + 500_000]
            answer = await box.patch(path, content=piece, headers={"Upload-Offset": str(begin)})
            assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(begin + len(piece)))
        assert (await box.head(path)).headers["Upload-Offset"] == str(len(CLIP))
    listing = s3_server.keys(evidence_url.split("/")[2])
    assert f"<Key>fallwatch/clips/{sealed.sha256[:2]}/{sealed.sha256}.mp4</Key>" in listing
    async with world.logged_in("desk") as desk:
        (alert,) = (await desk.get("/api/desk")).json()["open"]
        assert alert["clip"] == "verified"
        detail = (await desk.get(f"/api/alerts/{alert['id']}")).json()["clip_detail"]
        assert (detail["hash_matches"], detail["signature_valid"]) == (True, True)
        await desk.post(f"/api/alerts/{alert['id']}/acknowledge", json={})
        assert (await desk.get(detail["url"])).content == CLIP
        part = await desk.get(detail["url"], headers={"Range": "bytes=1048000-1049999"})
        assert (part.status_code, part.content) == (206, CLIP[1_048_000:1_050_000])


class TestABucketThatIsNotThereYet:
    @pytest.fixture
    def evidence_url(self, s3_url: str) -> str:
        return f"{s3_url.removesuffix('/fallwatch')}-later"

    async def test_the_device_keeps_its_clip_until_the_store_has_it(
        self, world: World, s3_server: S3Server, evidence_url: str
    ) -> None:
        sealed = await _announced(world)
        path = f"/api/evidence/uploads/{sealed.sha256}"
        async with _box(world, sealed) as box:
            answer = await box.patch(path, content=CLIP, headers={"Upload-Offset": "0"})
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
            assert answer.json()["detail"] == "the evidence store cannot be reached"
            assert (await box.head(path)).status_code == 503, "all bytes have come, and none is stored"
            assert await _clip_state(world) == "pending"
            await asyncio.to_thread(s3_server.make, evidence_url.split("/")[2])
            assert (await box.head(path)).headers["Upload-Offset"] == str(len(CLIP))
            assert await _clip_state(world) == "verified"


async def _announced(world: World) -> ClipSealed:
    fall = world.device.fall()
    sealed = world.device.clip(fall, CLIP)
    await world.send(fall, sealed)
    return sealed


def _box(world: World, sealed: ClipSealed) -> httpx.AsyncClient:
    box = world.client()
    box.headers["Authorization"] = f"Bearer {world.device.token(sealed.sha256, clock.utc_now())}"
    return box


async def _clip_state(world: World) -> str:
    async with world.logged_in("desk") as desk:
        (alert,) = (await desk.get("/api/desk")).json()["open"]
        return str(alert["clip"])
