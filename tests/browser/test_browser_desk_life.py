"""The desk: what else is done with an alert, and how one shift hands over to the next."""
# ruff: noqa: RUF001 - the pages speak Chinese

import pytest_asyncio
from playwright.async_api import expect

from cloud.store import pool
from tests.browser.conftest import Visitor
from tests.browser.world import World


@pytest_asyncio.fixture(loop_scope="session")
async def shifts(world: World) -> World:
    """Two people at the desk, and a playground below the facade."""
    async with pool.transaction(world.pool) as conn:
        await conn.execute(
            "INSERT INTO account (username, display_zh, display_en, role, password_hash, every_estate)"
            " SELECT 'day', '白班 值班员', 'Day desk', role, password_hash, every_estate"
            " FROM account WHERE username = 'desk'"
        )
        await conn.execute("INSERT INTO ground VALUES ('jinxiu-3-east', 1, 8, 'playground')")
    await world.all_well()
    return world


async def test_an_alert_is_dealt_with_set_aside_given_away_and_opened_again_with_the_keyboard(
    shifts: World, visitor: Visitor
) -> None:
    await shifts.ended(await shifts.fall())
    page = await visitor.log_in("desk")
    why = "下方是儿童游乐场，从 12 层落下，0.4 公斤起可致命，宽约 0.32 米"
    await expect(page.locator(".card .why")).to_have_text(why)
    await expect(page.get_by_test_id("priority")).to_contain_text("1000 / 1000")
    card = page.locator(".card")
    for key in ("a", "c"):
        await page.keyboard.press(key)
        await expect(page.get_by_test_id("note" if key == "c" else "confirm")).to_be_visible()
    await expect(page.get_by_test_id("note")).to_be_focused()
    await page.get_by_test_id("note").fill("扫干净了")
    await page.keyboard.press("Enter")
    await expect(card).to_contain_text("夜班 值班员 已到场处置")

    await page.keyboard.press("s")
    await page.keyboard.press("2")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("note")).to_be_visible()
    await page.get_by_test_id("note").fill("等物业回话")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("shelf")).to_contain_text("等物业回话")
    await expect(card).to_contain_text("搁置到")
    await page.keyboard.press("s")
    await expect(page.get_by_test_id("shelf")).to_have_count(0)

    await page.keyboard.press("g")
    await page.get_by_test_id("day").click()
    await expect(card).to_contain_text("白班 值班员 已到场处置")
    await page.keyboard.press("f")
    await page.get_by_test_id("false_laundry").click()
    await expect(page.get_by_test_id("note")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator(".card.done")).to_contain_text("误报 · 晾晒")
    await page.keyboard.press("o")
    await page.get_by_test_id("note").fill("又找到一块")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("alert-state")).to_have_text("处理中")
    history = page.locator(".history")
    for told in ("到场处置了", "搁置到", "取消搁置", "交给 白班 值班员", "结案：误报 · 晾晒", "重新打开"):
        await expect(history).to_contain_text(told)


async def test_a_shift_is_handed_over_with_notes_and_accepted_on_the_other_side(
    shifts: World, visitor: Visitor, phone: Visitor
) -> None:
    await shifts.fall()
    page = await visitor.log_in("desk")
    await page.get_by_test_id("handover").click()
    form = page.get_by_test_id("handover-form")
    await form.locator("[name=note]").fill("3 栋电梯在修")
    await form.locator("li input").fill("户主十点回电")
    await page.get_by_test_id("handover-send").click()
    await expect(page.locator(".handovers")).to_contain_text("等 白班 值班员 接班")

    other = await phone.log_in("desk", "day")
    offer = other.get_by_test_id("handover-offer")
    await expect(offer).to_contain_text("夜班 值班员 交班给你")
    await expect(offer).to_contain_text("户主十点回电")
    await other.get_by_test_id("handover-accept").click()
    await expect(other.locator(".card")).to_contain_text("待确认 · 交给 白班 值班员")
    await expect(page.locator(".handovers")).to_contain_text("夜班 值班员 交班给 白班 值班员，1 件")
