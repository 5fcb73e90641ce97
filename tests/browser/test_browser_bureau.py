"""The bureau: which facade is watched, which is blind, and since when."""

from playwright.async_api import expect

from tests.browser.conftest import Visitor
from tests.browser.world import NORTH, World

NORTH_FACADE = "[data-facade=jinxiu-3-north]"


async def test_a_facade_goes_blind_and_is_watched_again_before_ones_eyes(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    page = await visitor.log_in("bureau")
    await expect(page.locator(NORTH_FACADE)).to_have_attribute("data-now", "watched")

    await world.camera(NORTH, "lost", "no packet for 8 s")
    await expect(page.locator(NORTH_FACADE)).to_have_attribute("data-now", "blind")
    await expect(page.locator(f"{NORTH_FACADE} .facade-now")).to_contain_text("无人看")
    await expect(page.locator("[data-facade]").first).to_have_attribute("data-facade", "jinxiu-3-north")
    await expect(page.locator("[data-ranked=jinxiu]")).to_contain_text("1 / 2")

    await world.camera(NORTH, "streaming")
    await expect(page.locator(NORTH_FACADE)).to_have_attribute("data-now", "watched")


async def test_a_facade_of_a_box_that_is_gone_is_unknown_not_blind(world: World, visitor: Visitor) -> None:
    await world.all_well()
    page = await visitor.log_in("bureau")
    await world.status(online=False)
    await expect(page.locator(NORTH_FACADE)).to_have_attribute("data-now", "unknown")
    await expect(page.locator(f"{NORTH_FACADE} .facade-now")).to_contain_text("未知")


async def test_a_day_has_96_quarters_and_the_number_says_how_it_is_made(
    world: World, visitor: Visitor
) -> None:
    await world.minutes(NORTH, 90)
    await world.all_well()
    page = await visitor.log_in("bureau")
    await expect(page.locator(f"{NORTH_FACADE} .strip g")).to_have_count(96)
    await expect(page.locator(f"{NORTH_FACADE} .quarter.full").first).to_be_visible()
    await expect(page.get_by_text("这个数怎么来的")).to_be_visible()
