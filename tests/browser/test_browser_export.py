"""Evidence and certificates are taken out: a purpose is asked for, and a file comes that verifies."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from cloud import clock
from cloud.core.estate import EstateFile
from cloud.evidence import keys, offline
from cloud.evidence.bundle import anchors
from cloud.store import plans, pool, registry
from fallwatch.local.pki import Authority
from tests.browser.conftest import Visitor
from tests.browser.world import World
from tests.evidence.made import anchors_of
from tests.fixtures.certificates import example
from tests.fixtures.time_stamps import TimeStampAuthority


@pytest.fixture
def evidence_more(tmp_path: Path, time_stamps: TimeStampAuthority) -> dict[str, Any]:
    """Keys, and an authority that stamps."""
    keys.make(tmp_path / "keys")
    return {"keys": "keys", "time_stamp": {"url": time_stamps.url, "ca": str(time_stamps.ca_path)}}


async def test_the_desk_takes_evidence_out_for_a_purpose(
    world: World, visitor: Visitor, authority: Authority, time_stamps: TimeStampAuthority, tmp_path: Path
) -> None:
    event = await world.fall()
    await world.ended(event)
    await world.clip(event)
    page = await visitor.log_in("desk")
    await expect(page.get_by_test_id("export")).to_be_visible()
    await page.get_by_test_id("purpose").fill("配合派出所调查")
    async with page.expect_download(timeout=60_000) as coming:
        await page.get_by_test_id("export").click()
    saved = tmp_path / (await coming.value).suggested_filename
    await (await coming.value).save_as(saved)
    await expect(page.get_by_test_id("export-told")).to_contain_text("已记入日志")
    trust = anchors_of(tmp_path / "trust", authority, keys.load(tmp_path / "keys").signer, time_stamps)
    with saved.open("rb") as file:
        report = offline.verify(file, anchors.load(trust))
    assert report.ok, report.table()
    assert (
        next(check for check in report.checks if check.name == "annotated").words[0].zh.startswith("标注副本")
    )

    time_stamps.mood = "failing"
    visitor.forgive(503)
    await page.get_by_test_id("purpose").fill("再来一份")
    await page.get_by_test_id("export").click()
    await expect(page.get_by_test_id("export-told")).to_contain_text("没有导出")
    visitor.forgive(503)


async def test_the_bureau_certifies_a_facade_for_a_purpose(
    world: World, visitor: Visitor, authority: Authority, time_stamps: TimeStampAuthority, tmp_path: Path
) -> None:
    estate, now = example(), clock.utc_now()
    async with pool.transaction(world.pool) as conn:
        await registry.seed(conn, EstateFile(estates=(estate,)))
        await plans.enter(conn, estate, "system", now, holds_from=now - timedelta(days=70))
    page = await visitor.log_in("bureau")
    await page.locator("[data-ranked=yunting] a").click()
    await page.get_by_test_id("certify").click()
    await page.get_by_test_id("certify-purpose").fill("季度检查")
    async with page.expect_download(timeout=60_000) as coming:
        await page.get_by_test_id("certify-issue").click()
    saved = tmp_path / (await coming.value).suggested_filename
    await (await coming.value).save_as(saved)
    await expect(page.get_by_test_id("certify-told")).to_contain_text("已记入日志")
    trust = anchors_of(tmp_path / "trust", authority, keys.load(tmp_path / "keys").signer, time_stamps)
    with saved.open("rb") as file:
        report = offline.verify(file, anchors.load(trust))
    assert report.ok, report.table()
