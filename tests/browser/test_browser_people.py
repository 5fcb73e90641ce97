"""Accounts, leave, the audit log and one's own login, before a real browser."""

import re

import pyotp
from playwright.async_api import Page, expect

from cloud import clock
from cloud.core.access import Role
from cloud.store import accounts, pool
from tests.browser.conftest import Visitor, comes_true
from tests.browser.world import PASSWORD, World
from tests.fixtures.passwords import hashed

PEOPLE: tuple[tuple[Role, str, str], ...] = (
    ("manager", "陈经理", "Chen, manager"),
    ("auditor", "审计 小周", "Zhou, auditor"),
    ("administrator", "系统管理员", "Administrator"),
)


async def _people(world: World) -> None:
    kept = hashed(PASSWORD)
    async with pool.transaction(world.pool) as conn:
        for role, zh, en in PEOPLE:
            await accounts.put(conn, accounts.Account(role, zh, en, role, kept, every_estate=True))


async def _log_in(visitor: Visitor, name: str, home: str, password: str = PASSWORD) -> Page:
    page = visitor.page
    await visitor.leave()
    await page.goto(f"{visitor.base_url}/login")
    await page.get_by_label("用户名").fill(name)
    await page.get_by_label("密码").fill(password)
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.wait_for_url(f"**/{home}")
    return page


async def test_an_administrator_adds_somebody_who_comes_in_with_a_second_factor(
    world: World, visitor: Visitor
) -> None:
    await _people(world)
    page = await _log_in(visitor, "administrator", "accounts")
    await expect(page.get_by_test_id("account")).to_have_count(6)
    await page.get_by_test_id("add-account").click()
    sheet = page.locator("dialog.sheet")
    await sheet.get_by_label("用户名").fill("wang")
    await sheet.get_by_label("密码").fill("seven paper boats at noon")
    await sheet.get_by_label("中文姓名").fill("王主任")
    await sheet.get_by_label("英文姓名").fill("Wang")
    await sheet.get_by_label("岗位").select_option("bureau")
    await sheet.get_by_label("锦绣花园").check()
    await sheet.get_by_role("button", name="保存").click()
    await expect(page.locator("[data-account=wang]")).to_contain_text("锦绣花园")

    await _log_in(visitor, "wang", "bureau", "seven paper boats at noon")
    await page.goto(f"{visitor.base_url}/me")
    await page.get_by_test_id("factor-begin").click()
    address = await page.locator(".qr img").get_attribute("alt")
    await comes_true(page, "document.querySelector('.qr img').naturalWidth > 0")
    otp = pyotp.parse_uri(address or "")
    assert isinstance(otp, pyotp.TOTP)
    await page.get_by_label("验证码").fill(otp.at(int(clock.utc_now().timestamp()) - 30))
    await page.get_by_role("button", name="确认").click()
    await expect(page.get_by_test_id("recovery-codes").locator("li")).to_have_count(10)

    await visitor.leave()
    await page.goto(f"{visitor.base_url}/login")
    await page.get_by_label("用户名").fill("wang")
    await page.get_by_label("密码").fill("seven paper boats at noon")
    await page.keyboard.press("Enter")
    await page.get_by_label("验证码").fill(otp.now())
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/bureau")
    visitor.forgive(401)


async def test_a_manager_gives_leave_and_an_auditor_reads_of_it(world: World, visitor: Visitor) -> None:
    await _people(world)
    page = await _log_in(visitor, "manager", "desk")
    await page.get_by_role("link", name="影像授权").click()
    await page.get_by_label("事由").fill("街道复核第 7 号投诉")
    await page.get_by_role("button", name="新增授权").click()
    await expect(page.get_by_test_id("leave")).to_contain_text("有效")
    page = await _log_in(visitor, "auditor", "audit")
    await expect(page.get_by_test_id("entry").filter(has_text="授权查看影像")).to_contain_text(
        "街道复核第 7 号投诉"
    )
    await page.get_by_test_id("language").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Audit log"))
    await page.get_by_test_id("language").click()
