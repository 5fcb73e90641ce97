"""An alert is held for a court at the desk, is marked and listed, and is released with a reason."""

from playwright.async_api import expect

from cloud.store import pool
from tests.browser.conftest import Visitor
from tests.browser.world import World


async def test_an_alert_is_held_found_again_long_after_it_was_closed_and_released(
    world: World, visitor: Visitor
) -> None:
    event = await world.fall()
    await world.ended(event)
    await world.clip(event)
    page = await visitor.log_in("desk")
    await page.get_by_test_id("hold-reason").fill("法院 (2026) 12 号来函")
    await page.get_by_test_id("hold-until").fill("2099-12-31")
    await page.get_by_test_id("hold").click()
    await expect(page.get_by_test_id("holds")).to_contain_text("法院 (2026) 12 号来函")
    await expect(page.get_by_test_id("holds")).to_contain_text("2099")
    await expect(page.locator(".card").get_by_test_id("held")).to_have_text("依法保留")
    await expect(page.get_by_test_id("custody")).to_contain_text("依法保留")

    async with pool.transaction(world.pool) as conn:
        await conn.execute(
            "UPDATE alert SET state = 'closed', closed_by = 'desk', closed_at = now() - interval '40 days',"
            " acknowledged_by = 'desk', acknowledged_at = now() - interval '40 days',"
            " close_reason = 'real_throw'"
        )
    await page.reload()
    await expect(page.locator(".card")).to_have_count(0)
    await page.get_by_test_id("held-list").locator("summary").click()
    await page.locator(".held-list .card").click()
    await page.get_by_test_id("release").click()
    await expect(page.get_by_test_id("release-reason")).to_be_focused()
    await page.get_by_test_id("release-reason").fill("案件已结")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("hold-reason")).to_be_visible()
    await expect(page.locator(".held-list .card")).to_have_count(0)
    await expect(page.get_by_test_id("held")).to_have_count(0)
    async with pool.transaction(world.pool) as conn:
        row = await (await conn.execute("SELECT lifted_by, lift_reason, reason FROM legal_hold")).fetchone()
    assert row == ("desk", "案件已结", "法院 (2026) 12 号来函")
