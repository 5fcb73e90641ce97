"""Who gets in, and where to."""

import re

from playwright.async_api import expect

from tests.browser.conftest import Visitor
from tests.browser.world import PASSWORD

HOMES = {"desk": "檐哨 值班台", "maintenance": "檐哨 设备维修", "bureau": "檐哨 覆盖监管"}


async def test_each_role_lands_on_its_page_and_is_refused_the_others(visitor: Visitor) -> None:
    for role, title in HOMES.items():
        page = await visitor.log_in(role)
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        for other in HOMES.keys() - {role}:
            answer = await page.goto(f"{visitor.base_url}/{other}")
            assert answer is not None
            assert answer.status == 403
            await expect(page.get_by_test_id("forbidden")).to_contain_text("这一页不归您看")
            refused = await page.request.get(f"{visitor.base_url}/api/{other}")
            assert refused.status == 403
            assert refused.headers["content-type"].startswith("application/problem+json")
    visitor.forgive(403)


async def test_a_wrong_password_is_refused_in_words_and_the_right_one_leads_back(visitor: Visitor) -> None:
    page = visitor.page
    await page.goto(f"{visitor.base_url}/maintenance")
    await page.wait_for_url(re.compile(r"/login\?next=/maintenance$"))
    await page.get_by_label("用户名").fill("maintenance")
    await page.get_by_label("密码").fill("not the password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("login-trouble")).to_contain_text("用户名或密码不对")
    await page.get_by_label("密码").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/maintenance")
    visitor.forgive(401)


async def test_who_logs_out_is_out(visitor: Visitor) -> None:
    page = await visitor.log_in("desk")
    await page.get_by_test_id("logout").click()
    await page.wait_for_url(re.compile(r"/login\?"))
    answer = await page.request.get(f"{visitor.base_url}/api/desk")
    assert answer.status == 401
