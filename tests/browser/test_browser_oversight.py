"""The bureau's months: estates ranked, what changed since the month before, records, a draw that is kept."""

from datetime import datetime, timedelta

from playwright.async_api import Page, expect

from cloud import clock
from cloud.core import months as calendar
from cloud.store import months, pool
from tests.browser.conftest import Visitor
from tests.browser.world import PASSWORD, World
from tests.fixtures.cloud import Device
from tests.fixtures.coverage import furnish_example

CAMERA, FACADE = "cam-1n-5s", "yunting-5-south"


async def _furnish(world: World) -> None:
    """The example estate since the month before; a camera of it was covered as this month began."""
    now = clock.utc_now()
    this = calendar.span_of(calendar.month_of(now))[0]
    since = calendar.span_of(calendar.preceding(calendar.month_of(now)))[0]
    estate = await furnish_example(world.pool, since)
    for one in estate.agents:
        device = Device(one.id, at=since)
        await world.send(*(device.camera("streaming", camera=camera.id, at=since) for camera in one.cameras))
        if CAMERA in {camera.id for camera in one.cameras}:
            await world.send(device.fault("covered", subject=CAMERA, severity="serious", observed_at=this))
    await _watched(world, since, now)
    async with pool.transaction(world.pool) as conn:
        await months.count_due(conn, now, 54)


async def _watched(world: World, since: datetime, now: datetime) -> None:
    """As if its boxes had told of every minute."""
    end = (now + timedelta(minutes=10)).replace(second=0, microsecond=0)
    async with pool.transaction(world.pool) as conn:
        await conn.execute(
            "INSERT INTO watched_span SELECT id, %s, %s, 60 FROM camera WHERE id LIKE 'cam-%%'"
            " AND first_seen_at IS NOT NULL",
            (since, end),
        )


async def _draw(page: Page) -> None:
    await page.locator("[data-view=draws]").click()
    await page.get_by_label("种子").fill("20261101")
    await page.get_by_label("抽几件").fill("3")
    await page.get_by_label("为哪次检查").fill("秋季检查")
    await page.get_by_role("button", name="抽签").click()
    picks = page.locator("[data-pick]")
    await expect(picks).to_have_count(3)
    await picks.first.get_by_label("查到什么").fill("镜头被树遮住")
    await picks.first.get_by_role("button", name="不合格").click()
    await expect(picks.first).to_contain_text("已开整改工单")


async def _down(page: Page) -> str:
    """From the estate to what stands behind a camera; the address of that."""
    await page.locator("[data-ranked=yunting] a").click()
    await page.locator("[data-level=building][data-ranked='5'] a").click()
    await page.locator(f"[data-ranked={FACADE}] a").click()
    await expect(page.get_by_test_id("coverage-title")).to_have_attribute("data-facade", FACADE)
    await page.locator(".cells [data-tone=lost]").first.click()
    camera = page.get_by_test_id("cell-facts").locator(f"[data-view-of={CAMERA}]")
    for said in ("px/m", "cm", "仰角", "距", "遮挡"):
        await expect(camera).to_contain_text(said)
    await camera.get_by_role("link").click()
    return page.url


async def _stands_behind(page: Page) -> None:
    proof = page.get_by_test_id("proof")
    await expect(proof).to_have_attribute("data-camera", CAMERA)
    await expect(proof.locator("[data-fault=covered]")).to_contain_text("还没有恢复")
    await expect(proof.locator("table")).to_contain_text("遮挡")
    await expect(proof.locator("[data-order]")).to_contain_text("W-")
    await expect(page.get_by_test_id("trail")).to_contain_text("5 栋")


async def test_the_way_from_the_estate_to_a_cameras_proof_is_sent_to_a_colleague_and_gone_back(
    world: World, visitor: Visitor
) -> None:
    await _furnish(world)
    page = await visitor.log_in("bureau")
    await page.locator("[data-by=availability]").click()
    await expect(page.locator("th[aria-sort=ascending]")).to_contain_text("在线")
    proof = await _down(page)
    await _stands_behind(page)
    for step in ("cell", "facade", "building"):
        await page.go_back()
        await expect(page.get_by_test_id("trail").locator("[aria-current=page]")).to_be_visible()
        await expect(page.get_by_test_id("trail").locator("li").last).to_have_attribute("data-step", step)
    async with page.expect_download() as download:
        await page.get_by_test_id("xlsx").click()
    assert "-by-availability" in (await download.value).suggested_filename
    await page.get_by_test_id("logout").click()
    await page.wait_for_url("**/login**")
    await page.goto(proof)
    await page.get_by_label("用户名").fill("bureau")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await _stands_behind(page)
    await page.get_by_test_id("trail").locator("[data-step=facade] a").click()
    await expect(page.get_by_test_id("certify")).to_be_visible()


async def test_the_bureau_reads_what_a_month_was_and_draws_what_it_inspects(
    world: World, visitor: Visitor
) -> None:
    await _furnish(world)
    page = await visitor.log_in("bureau")
    await expect(page.locator("[data-ranked=yunting]")).to_contain_text("%")
    await expect(page.locator("[data-total=watched] b")).to_contain_text("%")
    await expect(page.get_by_test_id("shifts")).to_contain_text("遮挡")
    await page.locator("[data-level=facade]").first.click()
    await expect(page.locator(f"tr[data-ranked={FACADE}]")).to_contain_text("%")

    await page.locator("[data-view=records]").click()
    await expect(page.locator(f"[data-device={CAMERA}]")).to_contain_text("缺")
    await _draw(page)
