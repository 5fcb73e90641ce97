"""The plan: a camera is turned and its facade goes blind; clicks in its picture bring it back."""

from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
from playwright.async_api import expect

from cloud import clock
from cloud.api.passwords import hashed
from cloud.core.geometry.pose import on_wall
from cloud.core.modelled import site
from cloud.store import accounts, pool
from tests.browser.conftest import Visitor
from tests.browser.world import PASSWORD, World
from tests.fixtures.coverage import furnish_example

CAMERA, FACADE = "cam-1n-5s", "yunting-5-south"
CROSSINGS = ((8, 1), (8, 10), (22, 1), (22, 10), (15, 5))
STILL = (960, 540)


async def test_a_camera_is_turned_and_found_again_from_its_picture(
    world: World, visitor: Visitor, tmp_path: Path
) -> None:
    estate = await furnish_example(world.pool, clock.utc_now() - timedelta(days=1))
    kept = hashed(PASSWORD)
    async with pool.transaction(world.pool) as conn:
        who = accounts.Account("manager", "陈经理", "Chen, manager", "manager", kept, every_estate=True)
        await accounts.put(conn, who)
    page = await visitor.log_in("desk", "manager")
    await page.goto(f"{visitor.base_url}/plan?estate=yunting")
    blind = page.locator(f"[data-blind-of={FACADE}]")
    await expect(blind).to_contain_text("152 / 363")

    camera = page.locator(f"[data-camera={CAMERA}]")
    await camera.focus()
    for _ in range(9):
        await page.keyboard.press("Shift+Period")
    await expect(page.get_by_label("朝向")).to_have_value("88.7")
    await page.get_by_label("为什么改").fill("转向东侧")
    await page.get_by_role("button", name="保存为新一版").click()
    await expect(page.get_by_role("status")).to_contain_text("已保存")
    await expect(blind).to_contain_text("152 →")

    await page.get_by_role("button", name="按画面定位").click()
    still = tmp_path / "still.png"
    cv2.imwrite(str(still), np.full((STILL[1], STILL[0], 3), 90, np.uint8))
    await page.get_by_label("画面截图").set_input_files(still)
    picture = page.locator(".still")
    await expect(picture.locator("img")).to_be_visible()
    standing = site(estate)
    hung = standing.cameras[CAMERA]
    for number, (line, edge) in enumerate(CROSSINGS):
        place = on_wall(standing.facades[FACADE], line, edge, (0, 0)).place_m
        drawn = hung.lens.draw(*((np.array([place]) - hung.place_m) @ hung.axes.T).T)
        assert drawn.drawn.all()
        box = await picture.bounding_box()
        assert box is not None
        x, y = drawn.u_px[0] / 3840 * box["width"], drawn.v_px[0] / 2160 * box["height"]
        await picture.click(position={"x": float(x), "y": float(y)})
        row = page.locator(".clicks li").nth(number)
        await row.get_by_label("立面").select_option(FACADE)
        await row.get_by_label("楼层线").fill(str(line))
        await row.get_by_label("开间线").fill(str(edge))
    await page.get_by_role("button", name="计算").click()
    found = page.get_by_test_id("pose-found")
    await expect(found).to_contain_text("重投影误差")
    await found.get_by_label("为什么改").fill("按截图定位")
    await found.get_by_role("button", name="采用这个位置").click()
    await expect(page.locator("dialog")).to_have_count(0)
    await expect(page.locator(".summary")).to_contain_text("第 3 版")
    await expect(blind).to_contain_text("274 → 15")
    await page.set_viewport_size({"width": 390, "height": 844})
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
