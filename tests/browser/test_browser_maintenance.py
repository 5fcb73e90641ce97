"""Maintenance: a fault becomes a work order, and the order ends with the device back."""
# ruff: noqa: RUF001 - the pages speak Chinese

from playwright.async_api import expect

from tests.browser.conftest import Visitor
from tests.browser.world import AGENT, EAST, NORTH, World


async def test_a_lost_camera_is_a_fault_whose_order_closes_when_the_picture_is_back(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    page = await visitor.log_in("maintenance")
    await expect(page.get_by_text("设备都好")).to_be_visible()

    await world.camera(NORTH, "lost", "no packet for 8 s")
    await expect(page.get_by_test_id("fault")).to_contain_text("3 栋 北 07 · 断流")
    await expect(page.get_by_test_id("fault")).to_contain_text("no packet for 8 s")
    await expect(page.locator(".shout")).to_contain_text("3 栋 北立面")
    await expect(page.get_by_test_id("order-state")).to_have_text("待接单")

    await page.get_by_test_id("take").click()
    await expect(page.get_by_test_id("order-state")).to_have_text("维修员 2 处理中")
    await expect(page.get_by_text("我的 1 单")).to_be_visible()
    await page.get_by_test_id("measure").fill("换了网线")
    await page.get_by_test_id("finish").click()
    await expect(page.get_by_test_id("order-state")).to_have_text("已报完工，等画面回来")

    await world.camera(NORTH, "streaming")
    await expect(page.get_by_test_id("order-state")).to_have_text("已关单")
    await expect(page.get_by_test_id("order")).to_contain_text("系统自己关了单")
    await expect(page.locator(f"[data-camera={NORTH}]")).to_have_attribute("data-state", "streaming")
    await expect(page.get_by_text("没有故障", exact=True)).to_be_visible()


async def test_a_box_that_goes_folds_its_lost_cameras_under_one_line(world: World, visitor: Visitor) -> None:
    await world.all_well()
    page = await visitor.log_in("maintenance")
    await world.camera(EAST, "lost", "no packet for 8 s")
    await expect(page.locator(".fault-list .row")).to_have_count(1)
    await world.status(online=False)
    await expect(page.locator(".fault-list .row")).to_have_count(1)
    await expect(page.locator(".fault-list .row")).to_contain_text("边缘盒 A · 边缘盒离线")
    await expect(page.locator(".under")).to_contain_text("3 栋 东 01")
    await expect(page.locator(f"[data-camera={NORTH}]")).to_have_attribute("data-state", "unknown")


async def test_what_a_box_still_holds_and_what_is_missing_stand_beside_it(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    world.seq += 5
    await world.reading(31.4)
    await world.status(depth=3)
    page = await visitor.log_in("maintenance")
    box = page.locator(f"[data-agent={AGENT}]")
    await expect(box).to_contain_text("待发 3，最久 12 秒")
    await expect(box.get_by_test_id("missing")).to_contain_text("缺 2 号")
    await expect(page.locator("[data-sensor=cabinet-temp]")).to_contain_text("31.4 ℃")
    await world.status(depth=3, oldest_s=0.2)
    await expect(box).to_contain_text("待发 3 ")
    await expect(box.locator(".warn", has_text="待发")).to_have_count(0)


async def test_what_has_recovered_leaves_room_for_the_devices(world: World, visitor: Visitor) -> None:
    await world.all_well()
    for _ in range(5):
        await world.camera(NORTH, "lost", "no packet for 8 s")
        await world.camera(NORTH, "streaming")
    page = await visitor.log_in("maintenance")
    await expect(page.get_by_text("24 小时内恢复 5")).to_be_visible()
    rows = page.locator(".fault-list .row")
    await expect(rows.locator("visible=true")).to_have_count(3)
    await expect(page.locator("[data-sensor=cabinet-temp]")).to_be_in_viewport()
    await page.get_by_text("更早的 2 条").click()
    await expect(rows.locator("visible=true")).to_have_count(5)
    await rows.first.click()
    await expect(page.locator(".proof")).to_be_in_viewport(ratio=1)
