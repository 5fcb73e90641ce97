"""Orders of every source: from a finding, photographed, to a second person who looks; and the ledger."""
# ruff: noqa: RUF001 - the pages speak Chinese

import base64
import re
from datetime import timedelta

import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect

from cloud import clock
from cloud.store import accounts, pool
from tests.browser.conftest import Visitor, comes_true
from tests.browser.film import film, seen
from tests.browser.world import EAST, NORTH, PASSWORD, World
from tests.fixtures.passwords import hashed


def photograph(name: str) -> FilePayload:
    """A picture as a telephone would take it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": base64.b64decode(seen(film()))}


@pytest_asyncio.fixture(loop_scope="session")
async def colleague(world: World) -> str:
    """A second technician."""
    person = accounts.Account(
        "wang", "王师傅", "Wang", "maintenance", hashed(PASSWORD), frozenset({"jinxiu"})
    )
    async with pool.transaction(world.pool) as conn:
        await accounts.put(conn, person)
    return "wang"


async def _opened(page: Page) -> None:
    """A finding of a patrol, with a photograph."""
    await page.get_by_test_id("new-order").click()
    await page.get_by_test_id("new-title").fill("12 层外墙瓷砖松动")
    await page.get_by_test_id("new-place").select_option(label="锦绣花园 · 3 栋 东立面")
    await page.get_by_test_id("new-floor").fill("12")
    await page.get_by_test_id("new-severity").select_option("warning")
    await page.get_by_test_id("new-picture").set_input_files(photograph("before.jpg"))
    await page.get_by_test_id("save").click()
    await expect(page.get_by_test_id("finding")).to_contain_text("3 栋 东立面 · 12 层")


async def test_a_finding_of_a_patrol_lives_until_a_second_person_has_looked(
    world: World, visitor: Visitor, colleague: str
) -> None:
    await world.all_well()
    page = await visitor.log_in("maintenance")
    await _opened(page)
    state = page.get_by_test_id("order-state")
    await expect(page.get_by_test_id("order-due")).to_contain_text("还有 6 天")
    await comes_true(page, "document.querySelector('[data-stage=before] img')?.naturalWidth === 320")
    await page.get_by_test_id("take").click()
    await expect(state).to_have_text("维修员 2 处理中")
    await page.get_by_text("派单、等待、作废").click()
    await page.get_by_test_id("wait-reason").fill("等吊篮")
    await page.get_by_test_id("wait").click()
    await expect(state).to_have_text("等待中：等吊篮")
    await page.get_by_test_id("take").click()
    await page.get_by_test_id("photo").set_input_files(photograph("after.jpg"))
    await expect(page.locator("[data-stage=after] img").first).to_be_visible()
    await page.get_by_test_id("measure").fill("换了四块砖")
    await page.get_by_test_id("finish").click()
    await expect(page.get_by_test_id("verify-other")).to_be_visible()
    await expect(page.get_by_test_id("verify")).to_have_count(0)

    page = await visitor.log_in("maintenance", username=colleague)
    await page.locator("[data-order]", has_text="瓷砖松动").first.click()
    await page.get_by_test_id("reject-reason").fill("西边还有一块")
    await page.get_by_test_id("reject").click()
    await expect(state).to_have_text("维修员 2 处理中")
    await expect(page.get_by_test_id("order")).to_contain_text("退回：西边还有一块")
    await page.get_by_test_id("measure").fill("又换了一块")
    await page.get_by_test_id("finish").click()
    await expect(page.get_by_test_id("verify-other")).to_be_visible()

    page = await visitor.log_in("maintenance")
    await page.locator("[data-order]", has_text="瓷砖松动").first.click()
    await page.get_by_test_id("verify").click()
    await expect(state).to_have_text("已关单")
    await expect(page.get_by_test_id("order")).to_contain_text("维修员 2 复核通过")


async def test_the_ledger_shows_figures_with_what_counts_against_them(world: World, visitor: Visitor) -> None:
    await world.all_well()
    await world.camera(NORTH, "lost", "no packet for 8 s", ago_s=1800)
    await world.minutes(EAST, 50, watched_s=54)
    await world.fault("defocused", ago_s=900)
    page = await visitor.log_in("maintenance")
    await _opened(page)
    await page.goto(f"{world.base_url}/ledger")
    availability = page.locator("[data-figure=availability]")
    await expect(availability).to_contain_text(re.compile(r"7\d\.\d%"))
    await expect(availability).to_contain_text("目标 98%")
    await expect(availability).to_have_attribute("data-meets", "false")
    await availability.click()
    behind = page.get_by_test_id("behind")
    await expect(behind.locator("tbody tr").first).to_contain_text("3 栋 北 07")
    await behind.locator("tbody tr").first.get_by_role("button").click()
    await expect(behind).to_contain_text("no packet for 8 s")
    await page.locator("[data-figure=picture]").click()
    await behind.locator("tbody tr").first.get_by_role("button").click()
    await expect(behind).to_contain_text("画面失焦")
    await expect(page.locator("[data-figure=recording]")).to_contain_text("目标 95%")
    row = page.locator("[data-order]", has_text="瓷砖松动")
    await expect(row).to_contain_text("巡查发现")
    await page.get_by_test_id("filter-source").select_option("complaint")
    await expect(row).to_have_count(0)
    await page.get_by_test_id("filter-source").select_option("")
    await expect(row).to_be_visible()
    begins = clock.utc_now() + timedelta(days=2)
    await page.get_by_text("登记计划检修").click()
    await page.get_by_test_id("planned-begin").fill(f"{begins:%Y-%m-%dT%H:%M}")
    await page.get_by_test_id("planned-reason").fill("换镜头")
    await page.get_by_test_id("planned-save").click()
    await expect(page.get_by_test_id("planned")).to_contain_text("换镜头")
    async with page.expect_download() as arriving:
        await page.get_by_test_id("export").click()
    assert (await (await arriving.value).path()).stat().st_size > 1000
    await page.get_by_test_id("language").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Fallwatch Ledger")
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
