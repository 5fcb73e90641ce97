"""What holds on every page: both languages, small screens, the truth about the line."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.world import NORTH, World

TITLES = {"desk": "Fallwatch Desk", "maintenance": "Fallwatch Maintenance", "bureau": "Fallwatch Coverage"}


async def _something_on(world: World) -> None:
    await world.all_well()
    await world.clip(await world.fall())
    await world.camera(NORTH, "lost", "no packet for 8 s", ago_s=600)
    await world.minutes(NORTH, 30)


async def _overflow(page: Page) -> int:
    width: int = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


async def test_every_page_speaks_english_when_told_and_remembers_it(world: World, visitor: Visitor) -> None:
    await _something_on(world)
    for role, title in TITLES.items():
        page = await visitor.log_in(role)
        await page.get_by_test_id("language").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        await page.reload()
        await expect(page.locator("main h2").first).to_be_visible()
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        shown = (await page.locator("body").inner_text()).replace("中文", "")
        assert [line for line in shown.splitlines() if re.search(r"[\u4e00-\u9fff]", line)] == []
        await page.get_by_test_id("language").click()


async def test_nothing_sticks_out_of_a_phone(world: World, phone: Visitor) -> None:
    await _something_on(world)
    for role in TITLES:
        page = await phone.log_in(role)
        await expect(page.locator("main h2").first).to_be_visible()
        assert await _overflow(page) == 0
        await page.get_by_test_id("language").click()
        assert await _overflow(page) == 0
        await page.get_by_test_id("language").click()


async def test_a_line_that_breaks_is_told_and_mends_itself_without_losing_an_alert(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    page = await visitor.log_in("desk")
    await world.api.stop()
    await expect(page.locator("[data-line=lost]")).to_contain_text("连接中断")
    await world.fall()
    await world.api.start()
    await expect(page.locator("[data-line=open]")).to_be_visible()
    await expect(page.get_by_test_id("alert-title")).to_have_text("3 栋 东立面")
    visitor.complaints.clear()  # what the browser says of a server that is away
