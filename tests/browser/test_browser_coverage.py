"""The bureau's map of cells: a real estate of twelve towers whose cameras fail and come back."""

from datetime import timedelta

from playwright.async_api import expect

from cloud import clock
from tests.browser.conftest import Visitor
from tests.browser.world import World
from tests.fixtures.cloud import Device
from tests.fixtures.coverage import furnish_example

CAMERA, FACADE = "cam-1n-5s", "yunting-5-south"


async def _furnish(world: World) -> Device:
    """The example estate with all its cameras at work since yesterday."""
    now = clock.utc_now()
    estate = await furnish_example(world.pool, now - timedelta(days=1))
    (agent,) = (one for one in estate.agents if CAMERA in {camera.id for camera in one.cameras})
    for one in estate.agents:
        device = Device(one.id, at=now)
        await world.send(*(device.camera("streaming", camera=camera.id) for camera in one.cameras))
    return Device(agent.id, at=now)


async def test_cells_of_a_camera_that_fails_are_blind_on_the_map_until_it_is_well(
    world: World, visitor: Visitor
) -> None:
    device = await _furnish(world)
    page = await visitor.log_in("bureau")
    await page.locator("[data-ranked=yunting] a").click()
    await page.locator(f"[data-cells-of={FACADE}]").click()
    title = page.get_by_test_id("coverage-title")
    await expect(title).to_have_attribute("data-facade", FACADE)
    await expect(title).to_have_attribute("data-lost", "0")
    await expect(page.locator(".cells [data-tone=lost]")).to_have_count(0)

    await world.send(device.fault("covered", subject=CAMERA, severity="serious"))
    lost = page.locator(".cells [data-tone=lost]")
    await expect(lost).not_to_have_count(0)
    await expect(page.locator(".cells-said")).to_contain_text("遮挡")
    await lost.first.click()
    await expect(page.get_by_test_id("cell-facts")).to_contain_text("现在不行")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".cells [aria-selected=true]")).to_be_focused()

    await world.send(device.fault("covered", "cleared", subject=CAMERA))
    await expect(lost).to_have_count(0)

    await world.send(device.fault("moved", subject=CAMERA, severity="serious"))
    await world.send(device.fault("moved", "cleared", subject=CAMERA))
    await expect(page.get_by_test_id("doubts")).to_contain_text("1 栋北墙")
    await expect(lost).not_to_have_count(0)
    page = await visitor.log_in("maintenance")
    doubt = page.locator(f"[data-doubt={CAMERA}]")
    await doubt.get_by_role("button", name="确认朝向没变").click()
    await doubt.get_by_role("textbox").fill("画面与基准图一致")
    await doubt.get_by_role("button", name="确认", exact=True).click()
    await expect(page.get_by_test_id("doubts")).to_have_count(0)
