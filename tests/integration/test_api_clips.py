"""Clips over HTTP: uploads in pieces and over broken lines, wrong bytes, wrong devices, and playing them."""

import asyncio
import hashlib

import httpx

from cloud import clock
from tests.fixtures.cloud import Device
from tests.fixtures.world import World

CLIP = bytes(range(256)) * 4096


async def test_a_clip_arrives_in_pieces_is_verified_and_plays_from_any_byte(world: World) -> None:
    fall = world.device.fall()
    sealed = world.device.clip(fall, CLIP)
    path = f"/api/evidence/uploads/{sealed.sha256}"
    async with world.client() as box:
        box.headers["Authorization"] = f"Bearer {world.device.token(sealed.sha256, clock.utc_now())}"
        assert (await box.head(path)).status_code == 404, "nothing was announced yet"
        await world.send(fall, sealed)
        assert (await box.head(path)).headers["Upload-Offset"] == "0"
        half = len(CLIP) // 2
        first = await box.patch(path, content=CLIP[:half], headers={"Upload-Offset": "0"})
        assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
        again = await box.patch(path, content=CLIP[:half], headers={"Upload-Offset": "0"})
        assert (again.status_code, again.headers["Upload-Offset"]) == (409, str(half))
        assert (await box.head(path)).headers["Upload-Offset"] == str(half)
        rest = await box.patch(path, content=CLIP[half:], headers={"Upload-Offset": str(half)})
        assert (rest.status_code, rest.headers["Upload-Offset"]) == (204, str(len(CLIP)))
        assert (await box.head(path)).headers["Upload-Offset"] == str(len(CLIP))
    async with world.logged_in("desk") as desk:
        (alert,) = (await desk.get("/api/desk")).json()["open"]
        assert alert["clip"] == "verified"
        clip = (await desk.get(f"/api/alerts/{alert['id']}")).json()["clip_detail"]
        assert (clip["hash_matches"], clip["signature_valid"], clip["signed_by"]) == (True, True, "box-a")
        await desk.post(f"/api/alerts/{alert['id']}/acknowledge", json={})
        whole = await desk.get(clip["url"])
        assert hashlib.sha256(whole.content).hexdigest() == sealed.sha256
        part = await desk.get(clip["url"], headers={"Range": "bytes=1000-1999"})
        assert (part.status_code, part.content) == (206, CLIP[1000:2000])
        assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(CLIP)}"
        tail = await desk.get(clip["url"], headers={"Range": "bytes=-5"})
        assert tail.content == CLIP[-5:]
        beyond = await desk.get(clip["url"], headers={"Range": f"bytes={len(CLIP)}-"})
        assert beyond.status_code == 416


async def test_what_arrived_before_the_line_broke_is_kept(world: World) -> None:
    fall = world.device.fall()
    sealed = world.device.clip(fall, CLIP)
    await world.send(fall, sealed)
    path = f"/api/evidence/uploads/{sealed.sha256}"
    token = world.device.token(sealed.sha256, clock.utc_now())
    _, writer = await asyncio.open_connection("127.0.0.1", int(world.url.rpartition(":")[2]))
    head = f"PATCH {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nUpload-Offset: 0\r\n"
    writer.write(f"{head}Content-Length: {len(CLIP)}\r\n\r\n".encode() + CLIP[:300_000])
    await writer.drain()
    async with world.client() as box, asyncio.timeout(20):
        box.headers["Authorization"] = f"Bearer {token}"
        await _begun(box, path)
        busy = await box.patch(path, content=CLIP, headers={"Upload-Offset": "0"})
        assert busy.status_code == 409, "one upload of a clip at a time"
        writer.close()
        await writer.wait_closed()
        answer = busy
        while answer.status_code != 204:
            offset = int(answer.headers["Upload-Offset"])
            assert offset > 0
            answer = await box.patch(path, content=CLIP[offset:], headers={"Upload-Offset": str(offset)})
        assert answer.headers["Upload-Offset"] == str(len(CLIP))
    (stored,) = world.evidence.rglob("*.mp4")
    assert stored.read_bytes() == CLIP


async def _begun(box: httpx.AsyncClient, path: str) -> None:
    while True:
        if (await box.head(path)).headers["Upload-Offset"] != "0":
            return
        await asyncio.sleep(0.05)


async def test_bytes_with_another_digest_are_thrown_away(world: World) -> None:
    fall = world.device.fall()
    sealed = world.device.clip(fall, CLIP)
    await world.send(fall, sealed)
    path = f"/api/evidence/uploads/{sealed.sha256}"
    async with world.client() as box:
        box.headers["Authorization"] = f"Bearer {world.device.token(sealed.sha256, clock.utc_now())}"
        forged = CLIP[:-1] + b"!"
        answer = await box.patch(path, content=forged, headers={"Upload-Offset": "0"})
        assert answer.status_code == 422
        assert (await box.head(path)).headers["Upload-Offset"] == "0"
        longer = await box.patch(path, content=CLIP + b"more", headers={"Upload-Offset": "0"})
        assert longer.status_code == 413
    assert not list(world.evidence.rglob("*.mp4"))


async def test_nobody_uploads_for_another_device(world: World) -> None:
    fall = world.device.fall()
    sealed = world.device.clip(fall, CLIP)
    await world.send(fall, sealed)
    other = Device(agent="other-box", credentials=world.authority.issue("other-box"))
    as_first = Device(agent="box-a", credentials=world.authority.issue("other-box"))
    now = clock.utc_now()
    stale = world.device.token(sealed.sha256, now, iat=now.timestamp() - 3600, exp=now.timestamp() - 3590)
    tokens = {
        "another device": (other.token(sealed.sha256, now), 404),
        "another's name": (as_first.token(sealed.sha256, now), 401),
        "another clip": (world.device.token("0" * 64, now), 401),
        "too old": (stale, 401),
        "too long a life": (world.device.token(sealed.sha256, now, exp=now.timestamp() + 600), 401),
        "nonsense": ("a.b.c", 401),
    }
    async with world.client() as box:
        for what, (token, expected) in tokens.items():
            answer = await box.head(
                f"/api/evidence/uploads/{sealed.sha256}", headers={"Authorization": f"Bearer {token}"}
            )
            assert (what, answer.status_code) == (what, expected)
        bare = await box.patch(f"/api/evidence/uploads/{sealed.sha256}", headers={"Upload-Offset": "0"})
        assert bare.status_code == 401
