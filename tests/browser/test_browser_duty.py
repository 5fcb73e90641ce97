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
from cloud.store import accounts, changes, duty, escalations, notifications, pool
from tests.browser.conftest import Visitor
from tests.browser.world import PASSWORD, World
from tests.fixtures.passwords import hashed

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


async def _fits_a_phone(page: Page, name: str) -> None:
    """The form that is open does, too."""
    before = page.viewport_size
    await page.set_viewport_size({"width": 390, "height": 844})
    assert (
        await page.evaluate(
            "(sheet => sheet.scrollWidth - sheet.clientWidth)(document.querySelector('dialog'))"
        )
        == 0
    )
    if SHOTS:
        await page.screenshot(path=str(Path(SHOTS) / name))
    assert before is not None
    await page.set_viewport_size(before)


async def _open(visitor: Visitor) -> Page:
    page = await visitor.log_in("desk")
    await page.get_by_role("link", name="值班与通知").click()
    await expect(page.locator("[data-role=desk] .names")).to_have_text("夜班 值班员")
    return page


async def test_the_page_says_who_is_on_call_and_what_became_of_what_was_sent(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await _told(world)
    page = await _open(visitor)
    await expect(page.locator("[data-role=maintenance]")).to_contain_text("无人排班")
    await expect(page.locator("[data-role=desk] .gaps")).to_be_visible()
    await expect(page.locator("[data-state=sent]").first).to_contain_text("已送达")
    await expect(page.locator("[data-state=waiting]").first).to_contain_text("93000")
    await expect(page.locator(".policy")).to_contain_text("值班台当班的人")
    await _shot(page, "duty-1440.png")
    await world.fall()
    await _advance(world, Taken())
    await expect(page.locator("[data-notification]")).to_have_count(3)


async def _manager(world: World) -> None:
    async with pool.transaction(world.pool) as conn:
        kept = hashed(PASSWORD)
        who = accounts.Account("manager", "陈经理", "Chen, manager", "manager", kept, every_estate=True)
        await accounts.put(conn, who)


async def _sent(world: World, outcome: Taken | Refused) -> None:
    """What is due is sent, as `notify` does it, with this outcome."""
    now = clock.utc_now()
    async with pool.transaction(world.pool) as conn:
        claimed = await notifications.claim(conn, now)
        assert claimed is not None
        changed = await notifications.settle(conn, claimed.id, claimed.attempts, outcome, now)
        await changes.record(conn, changed, now)


async def test_a_manager_arranges_turns_steps_and_channels_and_is_told_what_does_not_fit(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await _manager(world)
    page = await visitor.log_in("desk", "manager")
    await page.goto(f"{world.base_url}/duty")
    await _arranges_turns(page)
    await _arranges_steps(page)
    await _adds_a_channel(page, world)
    visitor.forgive(422)


async def _arranges_turns(page: Page) -> None:
    desk, sheet = page.locator("[data-role=desk]"), page.locator("dialog.sheet")
    await expect(desk).to_contain_text("没有排班")
    await desk.get_by_test_id("edit-rotation").click()
    await sheet.get_by_test_id("add-shift").click()
    await sheet.locator("[data-field=begins]").fill("20:00")
    await sheet.locator("[data-field=ends]").fill("08:00")
    await expect(sheet).to_contain_text("到第二天")
    await _fits_a_phone(page, "duty-rotation-390.png")
    await sheet.get_by_test_id("save").click()
    await expect(desk.locator(".ahead").first).to_contain_text("夜班 值班员")
    await expect(desk).to_contain_text("段无人值班")

    await desk.get_by_test_id("add-override").click()
    await sheet.get_by_test_id("instead").select_option(label="陈经理")
    ends = sheet.locator("[name=ends_at]")
    kept = await ends.input_value()
    await ends.fill("2020-01-01T00:00")
    await sheet.get_by_test_id("save").click()
    await expect(sheet.locator("[data-wrong=ends_at]")).to_contain_text("结束须晚于开始")
    await ends.fill(kept)
    await sheet.get_by_test_id("save").click()
    await expect(desk.locator("[data-override]")).to_contain_text("陈经理")


async def _arranges_steps(page: Page) -> None:
    sheet = page.locator("dialog.sheet")
    await page.get_by_test_id("edit-policy").click()
    alerts = sheet.locator("[data-part=alerts]")
    await alerts.locator("[data-step='1'] input").fill("10")
    await sheet.get_by_test_id("save").click()
    await expect(alerts.locator("[data-wrong=alerts]")).to_contain_text("不能早于上一步")
    await _fits_a_phone(page, "duty-policy-390.png")
    await alerts.locator("[data-step='1'] input").fill("3")
    await sheet.get_by_test_id("save").click()
    await expect(page.locator(".policy")).to_contain_text("陈经理 设于")


async def _adds_a_channel(page: Page, world: World) -> None:
    sheet = page.locator("dialog.sheet")
    await page.get_by_test_id("new-channel").click()
    await sheet.locator("[name=name]").fill("安保群")
    await sheet.locator("[name=address]").fill("https://oapi.dingtalk.com/robot/send?access_token=k")
    await sheet.get_by_role("button", name="添加").click()
    await expect(sheet.locator("[data-wrong=address]")).to_contain_text("不是企业微信机器人的地址")
    await _fits_a_phone(page, "duty-channel-390.png")
    await sheet.locator("[name=address]").fill(
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k3y-0-0001"
    )
    await page.keyboard.press("Enter")
    shared = page.locator("[data-channel]")
    await expect(shared).to_contain_text("…0001")
    await shared.get_by_test_id("test-channel").click()
    await expect(shared).to_contain_text("等待发送")
    await _sent(world, Refused("code 93000 invalid webhook url", lasting=True))
    await expect(shared).to_contain_text("没有送达")
    await expect(shared).to_contain_text("93000")
    await _shot(page, "duty-arranged-1440.png")


async def test_each_person_says_where_and_when_they_are_told(world: World, phone: Visitor) -> None:
    page = await phone.log_in("maintenance")
    await page.goto(f"{world.base_url}/me")
    telling = page.get_by_test_id("telling")
    await expect(telling).to_contain_text("通知不到您")
    await telling.get_by_test_id("new-channel").click()
    await telling.locator("[name=name]").fill("邮箱")
    await telling.locator("[name=address]").fill("li@example")
    await telling.locator("[name=kind]").select_option("webhook")
    await telling.locator("[name=address]").fill("http://plain.example.org/hook")
    await telling.get_by_role("button", name="添加", exact=True).click()
    await expect(telling.locator("[data-wrong=address]")).to_contain_text("必须以 https:// 开头")
    await telling.locator("[name=address]").fill("https://hook.example.org/k3y")
    await telling.get_by_role("button", name="添加", exact=True).click()
    await expect(telling.locator("[data-channel]")).to_contain_text("https://hook.example.org/…")
    await telling.get_by_test_id("test-channel").click()
    await expect(telling).to_contain_text("等待发送")
    await _sent(world, Taken())
    await expect(telling.locator("[data-test=sent]")).to_be_visible()
    hours = page.get_by_test_id("quiet-hours")
    await hours.locator("[name=begins]").fill("22:00")
    await hours.get_by_role("button", name="保存").click()
    await expect(hours.locator("[data-wrong=ends]")).to_contain_text("要么都填")
    await hours.locator("[name=ends]").fill("07:00")
    await hours.get_by_role("button", name="保存").click()
    await expect(hours.get_by_role("button", name="取消免打扰")).to_be_visible()
    await _shot(page, "me-390.png")
    phone.forgive(422)


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
