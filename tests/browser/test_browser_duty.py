"""值班与通知: who is on call, who was told, and what became of it."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from playwright.async_api import Page, expect

from cloud import clock
from cloud.core import wording
from cloud.core.delivery import Refused, Taken, Unknown
from cloud.core.on_call import Override, Rotation, Shift
from cloud.store import changes, duty, escalations, notifications, pool
from tests.browser.conftest import Visitor
from tests.browser.world import PASSWORD, World

SHOTS = os.environ.get("FALLWATCH_SHOTS")


async def _told(world: World) -> None:
    """A desk that is on call with a hole tomorrow, and notifications of several outcomes."""
    now = clock.utc_now()
    async with pool.transaction(world.pool) as conn:
        for kind, address in (("wecom", "k3y-of-the-robot"), ("email", "night@example.org")):
            channel = {"owner": "desk", "estate": None, "kind": kind, "name": kind, "secret": ""}
            await duty.add_channel(conn, channel | {"address": address})
        turns = Rotation(shifts=(Shift(people=("desk",), anchor=now.date() - timedelta(days=7)),))
        await duty.set_rotation(conn, "jinxiu", "desk", turns, by="desk", at=now)
        away = Override(None, now + timedelta(days=1), now + timedelta(days=1, hours=8))
        await duty.add_override(conn, "jinxiu", "desk", away, by="desk", at=now)
    outcomes = (Taken(), Refused("code 93000 invalid webhook url", lasting=True))
    for outcome in outcomes:
        await world.fall()
        await _advance(world, outcome)
    await world.fault("agent_sick", severity="critical")


async def _advance(world: World, outcome: Taken | Refused | Unknown) -> None:
    now = clock.utc_now()
    async with pool.transaction(world.pool) as conn:
        changed = await escalations.advance(conn, now)
        claimed = await notifications.claim(conn, now)
        assert claimed is not None
        changed += await notifications.settle(conn, claimed.id, claimed.attempts, outcome, now)
        await changes.record(conn, changed, now)


async def _shot(page: Page, name: str) -> None:
    if SHOTS:
        await page.screenshot(path=str(Path(SHOTS) / name), full_page=True)


async def _open(visitor: Visitor) -> Page:
    page = await visitor.log_in("desk")
    await page.get_by_role("link", name="值班与通知").click()
    await expect(page.locator("[data-role=desk] .people")).to_have_text("夜班 值班员")
    return page


async def test_the_page_says_who_is_on_call_and_what_became_of_what_was_sent(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await _told(world)
    page = await _open(visitor)
    await expect(page.locator("[data-role=maintenance]")).to_contain_text("无人排班")
    await expect(page.locator("[data-role=desk] .ahead .gap")).to_contain_text("无人排班")
    await expect(page.locator("[data-state=sent]").first).to_contain_text("已送达")
    await expect(page.locator("[data-state=waiting]").first).to_contain_text("93000")
    await expect(page.locator(".policy")).to_contain_text("值班台当班的人")
    await _shot(page, "duty-1440.png")
    await world.fall()
    await _advance(world, Taken())
    await expect(page.locator("[data-notification]")).to_have_count(3)


async def test_a_messages_link_leads_through_the_login_to_its_alert(world: World, visitor: Visitor) -> None:
    await world.fall(ago_s=60)
    async with pool.transaction(world.pool) as conn:
        row = await (await conn.execute("SELECT id FROM alert")).fetchone()
    assert row is not None
    await world.fall()
    page = visitor.page
    await page.goto(wording.link(world.base_url, "alert", row[0]))
    await page.get_by_label("用户名").fill("desk")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await expect(page.locator(f".stage[data-alert='{row[0]}']")).to_be_visible()
    await page.goto(wording.link(world.base_url, "alert", uuid4()))
    await expect(page.locator(".stage[data-alert]")).to_be_visible()
    visitor.forgive(404)


async def test_the_page_fits_a_phone_in_both_languages(world: World, phone: Visitor) -> None:
    await world.all_well()
    await _told(world)
    page = await _open(phone)
    for _ in range(2):
        wide: int = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide == 0
        await _shot(page, f"duty-390-{await page.evaluate('document.documentElement.lang')}.png")
        await page.get_by_test_id("language").click()
