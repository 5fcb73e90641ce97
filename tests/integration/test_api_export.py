"""Evidence is taken out by the interface and by the command line, for a purpose, and verifies on its own."""

import asyncio
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from click.testing import CliRunner

from cloud import clock
from cloud.config import TimeStampSettings
from cloud.evidence import keys, offline
from cloud.evidence.bundle import anchors, container, members
from cloud.store import pool
from fallwatch.__main__ import main
from tests.evidence.certified import watched
from tests.fixtures.time_stamps import TimeStampAuthority
from tests.fixtures.world import World

HOUR = timedelta(hours=1)
CLIP = b"no film at all, so nothing can be drawn into it" * 100


@pytest.fixture
def evidence_more(tmp_path: Path, time_stamps: TimeStampAuthority) -> dict[str, Any]:
    """Keys, and an authority that stamps."""
    keys.make(tmp_path / "keys")
    stamps = TimeStampSettings(url=time_stamps.url, ca=time_stamps.ca_path)
    return {"keys": tmp_path / "keys", "time_stamp": stamps}


@pytest.fixture
def config(world: World, database_url: str, tmp_path: Path, time_stamps: TimeStampAuthority) -> Path:
    """The same settings as a file, for commands."""
    file = tmp_path / "cloud.yaml"
    evidence = {
        "url": f"file://{world.evidence}",
        "staging_dir": "staging",
        "keys": "keys",
        "time_stamp": {"url": time_stamps.url, "ca": str(time_stamps.ca_path)},
    }
    content = {
        "database_url": database_url,
        "device_ca": str(world.authority.ca_path),
        "evidence": evidence,
    }
    file.write_text(yaml.safe_dump(content))
    return file


async def arrived(world: World, desk: httpx.AsyncClient) -> str:
    """An alert whose clip has come."""
    fall = world.device.fall()
    await world.send(fall, world.device.clip(fall, CLIP))
    await world.upload(world.device, CLIP)
    (alert,) = (await desk.get("/api/desk")).json()["open"]
    return str(alert["id"])


async def entries(world: World, action: str = "exported") -> list[tuple[str, str, str]]:
    async with pool.transaction(world.pool) as conn:
        rows = await conn.execute(
            "SELECT by, action, purpose FROM audit WHERE action = %s ORDER BY id", (action,)
        )
        return await rows.fetchall()


async def fallwatch(*words: str, ends: int = 0) -> str:
    result = await asyncio.to_thread(CliRunner().invoke, main, list(words))
    assert result.exit_code == ends, result.output
    return result.output


async def test_what_is_taken_out_verifies_and_stands_in_the_log(
    world: World, config: Path, tmp_path: Path
) -> None:
    trust = tmp_path / "trust"
    await fallwatch("evidence", "anchors", str(trust), "--config", str(config))
    async with world.logged_in("desk") as desk:
        alert = await arrived(world, desk)
        aimless = await desk.post(f"/api/alerts/{alert}/export", json={"purpose": "  "})
        assert (aimless.status_code, await entries(world)) == (422, [])
        given = await desk.post(f"/api/alerts/{alert}/export", json={"purpose": "为派出所"})
    assert given.status_code == 200, given.text
    assert given.headers["content-type"] == "application/zip"
    report = offline.verify(io.BytesIO(given.content), anchors.load(trust))
    assert report.ok, report.table()
    found = {member.name: member for member in container.listed(io.BytesIO(given.content))}
    assert members.COPY not in found, "what cannot be decoded cannot be drawn into, and goes out all the same"
    page = container.content(io.BytesIO(given.content), found[members.PAGE], 1 << 20).decode()
    assert "没有制作标注副本" in page
    assert "<script" not in page
    assert list((tmp_path / "staging").iterdir()) == [], "nothing is left behind"

    made = await fallwatch(
        "evidence", "export", alert, "--by", "desk", "--purpose", "again", "--out", str(tmp_path / "out"),
        "--config", str(config),
    )  # fmt: skip
    told = await fallwatch("verify", made.strip(), "--anchors", str(trust))
    assert "全部核验通过" in told
    assert await entries(world) == [("desk", "exported", "为派出所"), ("desk", "exported", "again")]


async def test_a_certificate_is_issued_to_the_bureau_without_the_desks_notes_and_to_the_command_with_them(
    world: World, config: Path, tmp_path: Path
) -> None:
    trust, begin = tmp_path / "trust", clock.utc_now().replace(second=0, microsecond=0) - 3 * HOUR
    await fallwatch("evidence", "anchors", str(trust), "--config", str(config))
    await watched(world.pool, world.authority, begin)
    asked = {
        "estate": "garden",
        "facades": ["east"],
        "begin": begin.isoformat(),
        "end": (begin + 2 * HOUR).isoformat(),
        "purpose": "季度检查",
    }
    async with world.logged_in("bureau") as bureau:
        given = await bureau.post("/api/certificates", json=asked)
        nowhere = await bureau.post("/api/certificates", json=asked | {"facades": ["south"]})
        ahead = await bureau.post("/api/certificates", json=asked | {"begin": "2199-01-01T00:00:00Z"})
    assert given.status_code == 200, given.text
    assert (nowhere.status_code, ahead.status_code) == (404, 409)
    report = offline.verify(io.BytesIO(given.content), anchors.load(trust))
    assert report.ok, report.table()
    assert "花盆".encode() not in given.content, "what the desk wrote is not the bureau's to read"
    assert list((tmp_path / "staging").iterdir()) == [], "nothing is left behind"

    span = ("--begin", begin.isoformat(), "--end", (begin + 2 * HOUR).isoformat())
    made = await fallwatch(
        "certificate", "--estate", "garden", "--facade", "east", "--cell", "1", "1", *span,
        "--out", str(tmp_path / "out"), "--config", str(config),
    )  # fmt: skip
    told = await fallwatch("verify", made.strip(), "--anchors", str(trust))
    assert "全部核验通过" in told
    file = await asyncio.to_thread(Path(made.strip()).read_bytes)
    assert "花盆".encode() in file
    assert await entries(world, "certified") == [
        ("bureau", "certified", "季度检查"),
        ("system", "certified", "存档"),
    ]


async def test_why_nothing_can_be_taken_out_is_said(world: World, time_stamps: TimeStampAuthority) -> None:
    async with world.logged_in("desk") as desk:
        await world.send(world.device.fall())
        (alert,) = (await desk.get("/api/desk")).json()["open"]
        none = await desk.post(f"/api/alerts/{alert['id']}/export", json={"purpose": "police"})
        assert (none.status_code, await entries(world)) == (409, [])
        assert "no clip" in none.json()["detail"]


async def test_without_a_time_stamp_nothing_is_handed_out(
    world: World, time_stamps: TimeStampAuthority
) -> None:
    async with world.logged_in("desk") as desk:
        alert = await arrived(world, desk)
        time_stamps.mood = "failing"
        away = await desk.post(f"/api/alerts/{alert}/export", json={"purpose": "police"})
    assert (away.status_code, away.headers["retry-after"]) == (503, "60")


async def test_whoever_exports_by_command_is_told_of_a_clip_that_cannot_be_opened(
    world: World, config: Path, tmp_path: Path
) -> None:
    async with world.logged_in("desk") as desk:
        alert = await arrived(world, desk)
    settings = ("--config", str(config))
    await fallwatch("cloud", "evidence", "destroy-keys", "garden", "--reason", "asked", "--yes", *settings)
    out = ("--out", str(tmp_path / "out"))
    told = await fallwatch(
        "evidence", "export", alert, "--by", "desk", "--purpose", "police", *out, *settings, ends=1
    )
    assert told == "Error: version 1 of the key of garden was destroyed\n"
    assert list((tmp_path / "out").iterdir()) == []
