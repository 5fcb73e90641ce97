"""The plan: turned cameras, a pose from clicks, and an estate that is drawn where there was no plan."""

import json
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
from click.testing import CliRunner
from playwright.async_api import Page, expect

from cloud import clock
from cloud.core.geometry.pose import on_wall
from cloud.core.modelled import site
from cloud.store import accounts, pool
from fallwatch.coverage import command as coverage
from tests.browser.conftest import Visitor
from tests.browser.world import PASSWORD, World
from tests.fixtures.coverage import furnish_example
from tests.fixtures.passwords import hashed

CAMERA, FACADE = "cam-1n-5s", "yunting-5-south"
CROSSINGS = ((8, 1), (8, 10), (22, 1), (22, 10), (15, 5))
STILL = (960, 540)


async def manager_of(world: World, visitor: Visitor, estate: str) -> Page:
    """The plan of an estate, before a manager."""
    async with pool.transaction(world.pool) as conn:
        kept = hashed(PASSWORD)
        who = accounts.Account("manager", "陈经理", "Chen, manager", "manager", kept, every_estate=True)
        await accounts.put(conn, who)
    page = await visitor.log_in("desk", "manager")
    await page.goto(f"{visitor.base_url}/plan?estate={estate}")
    return page


async def click_at(page: Page, x_m: float, y_m: float) -> None:
    """Clicks a place of the plan."""
    x, y = await page.evaluate(
        """([x, y]) => {
            const matrix = document.querySelector("svg.plan").getScreenCTM();
            const { x: right, y: down } = new DOMPoint(x, -y).matrixTransform(matrix);
            return [right, down];
        }""",
        [x_m, y_m],
    )
    await page.mouse.click(x, y)


async def test_an_estate_is_drawn_where_there_was_no_plan(
    world: World, visitor: Visitor, tmp_path: Path
) -> None:
    page = await manager_of(world, visitor, "jinxiu")
    await expect(page.get_by_text("还没有布点图")).to_be_visible()
    await page.get_by_role("button", name="加楼").click()
    for corner in ((20, 60), (50, 60), (50, 75), (20, 75), (20, 60)):
        await click_at(page, *corner)
    walls = page.locator(".walls > li")
    await expect(walls).to_have_count(4)
    for edge in (2, 3):
        await walls.nth(edge - 1).get_by_label("边 ").select_option(label="不看护")
    await walls.nth(1).get_by_label("边 ").select_option(label="3 栋 东立面")
    await page.get_by_label("层数", exact=True).fill("12")
    await page.locator("[name=storey_height_m]").fill("2.9")

    await page.get_by_role("button", name="加摄像机").click()
    await click_at(page, 35, 20)
    await page.locator("[name=camera_id]").fill("cam-pole")
    await page.get_by_label("仰角").fill("200")
    await page.get_by_label("为什么改").fill("初次布点")
    await page.get_by_role("button", name="保存为新一版").click()
    await expect(page.get_by_role("alert")).to_contain_text("不能大于 90")
    visitor.forgive(422)
    await page.get_by_label("仰角").fill("20")
    await page.get_by_label("滚转").fill("90")
    await page.get_by_role("button", name="保存为新一版").click()
    await expect(page.get_by_role("status")).to_contain_text("已保存第一版")
    await expect(page.locator("[data-camera=cam-pole]")).to_have_class("thing camera planned")

    async with page.expect_download() as download:
        await page.get_by_role("link", name="导出文件").click()
    written = tmp_path / "jinxiu.yaml"
    await (await download.value).save_as(written)
    told = CliRunner().invoke(coverage, [str(written), "--json"])
    cells = json.loads(told.stdout)["estates"][0]["cells"]
    facades = {cell["facade"] for cell in cells}
    assert facades == {"jinxiu-1-south", "jinxiu-1-west", "jinxiu-3-east"}
    for facade in facades:
        flags = [cell["watched"] for cell in cells if cell["facade"] == facade]
        blind = f"{flags.count(False)} / {len(flags)}"
        await expect(page.locator(f"[data-blind-of={facade}] td")).to_have_text(blind)

    await world.status()
    await world.camera("cam-pole", "streaming")
    await page.goto(f"{visitor.base_url}/bureau?estate=jinxiu")
    await page.locator("[data-cells-of=jinxiu-1-south]").click()
    await expect(page.locator(".cells [data-tone=lost]")).to_have_count(0)
    await expect(page.locator("[data-cells-of=jinxiu-1-west]")).to_contain_text("96 格盲")
    await page.goto(f"{visitor.base_url}/plan?estate=jinxiu")
    await expect(page.locator("[data-camera=cam-pole]")).to_have_class("thing camera ")


async def test_a_camera_is_turned_and_found_again_from_its_picture(
    world: World, visitor: Visitor, tmp_path: Path
) -> None:
    estate = await furnish_example(world.pool, clock.utc_now() - timedelta(days=1))
    page = await manager_of(world, visitor, "yunting")
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
