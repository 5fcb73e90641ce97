"""误报与屏蔽: figures by camera, and regions that a person takes over or declines."""

import os
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Page, expect

from cloud import clock
from cloud.core import alarm
from cloud.store import desired, desk, pool
from tests.browser.conftest import Visitor
from tests.browser.world import AGENT, World

SHOTS = os.environ.get("FALLWATCH_SHOTS")


async def _judged(world: World, *reasons: str) -> None:
    """Alerts at one place of the east camera's picture, closed with these reasons."""
    for reason in reasons:
        message = await world.fall(ago_s=90)
        now = clock.utc_now() - timedelta(seconds=1)
        async with pool.transaction(world.pool) as conn:
            found = await conn.execute("SELECT id FROM alert WHERE message_id = %s", (message.message_id,))
            row = await found.fetchone()
            assert row is not None
            await desk.apply(conn, row[0], alarm.Acknowledge("desk"), now)
            await desk.apply(conn, row[0], alarm.Close("desk", reason), now)


async def _shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=str(Path(SHOTS) / name), full_page=True)


async def test_a_region_is_declined_with_a_reason_or_taken_over_as_what_is_wanted_of_the_box(
    world: World, visitor: Visitor
) -> None:
    await _judged(world, "false_laundry", "false_laundry", "false_bird", "false_laundry")
    page = await visitor.log_in("maintenance")
    await page.get_by_role("link", name="误报与屏蔽").click()
    row, regions = page.locator("[data-camera=cam-east]"), page.get_by_test_id("regions")
    await expect(row).to_contain_text("晾晒衣物 3")
    await expect(row).to_contain_text("100%")
    await expect(regions.locator("polygon.proposed")).to_have_count(1)
    await _shot(page, "feedback-1440.png")
    await regions.get_by_test_id("decline").click()
    await regions.get_by_label("不采用的理由").fill("那里是儿童活动区")
    await page.keyboard.press("Enter")
    await expect(regions).to_contain_text("那里是儿童活动区")
    await expect(regions.locator("polygon.proposed")).to_have_count(0)

    await _judged(world, *["false_laundry"] * 4)
    await page.reload()
    await regions.get_by_test_id("accept").click()
    await expect(regions).to_contain_text("文件里的不再有效")
    await regions.get_by_test_id("accept").click()
    await expect(regions.get_by_test_id("standing")).to_contain_text("配置 v1 已下发")
    await expect(regions.locator("polygon.wanted")).to_have_count(1)
    async with pool.transaction(world.pool) as conn:
        state = await desired.newest(conn, AGENT)
    assert state is not None
    assert state.cameras[0].ignore is not None
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.get_by_test_id("language").click()
    assert (
        await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        == 0
    )
    await _shot(page, "feedback-390.png")
    visitor.forgive(409)
