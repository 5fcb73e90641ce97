"""The calibration page: clicks become points, the grid is drawn over the picture, and a file is written."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.async_api import Browser, Page, expect

from edge.calibration.answer import as_yaml
from edge.calibration.command import first_picture
from edge.calibration.server import Job, Server
from edge.camera.sight import sight_of
from edge.config.settings import load_sight
from edge.config.sight import SightSettings
from models.synth.backdrop import picture
from models.synth.presets import EAST_CAMERA, EAST_FACADE

Picture = NDArray[np.uint8]
CORNERS = ((4, 0), (4, 8), (13, 0), (13, 8))
SIZE = (EAST_CAMERA.width, EAST_CAMERA.height)


def crossing(line: int, edge: int) -> tuple[float, float]:
    """Where the renderer's camera sees a floor line and a bay edge cross."""
    place = [edge * EAST_FACADE.bay_m - EAST_FACADE.width_m / 2, (line - 1) * EAST_FACADE.floor_m, 0.0]
    ((x, y),), _ = EAST_CAMERA.project(np.array([place]))
    return float(x), float(y)


@dataclass(frozen=True)
class Opened:
    page: Page
    out: Path
    serving: "asyncio.Future[bool]"

    async def click(self, at: tuple[float, float]) -> None:
        box = await self.page.locator("#picture").bounding_box()
        assert box is not None
        x, y = (
            offset + value / side * length
            for offset, value, side, length in (
                (box["x"], at[0], SIZE[0] - 1, box["width"]),
                (box["y"], at[1], SIZE[1] - 1, box["height"]),
            )
        )
        await self.page.mouse.click(x, y)

    async def mark(self, line: int, edge: int, *, said_edge: int | None = None) -> None:
        """Clicks a crossing and says which it is, or says it wrongly."""
        row = self.page.locator("#points li")
        count = await row.count()
        await self.click(crossing(line, edge))
        await expect(row).to_have_count(count + 1)
        await row.nth(count).get_by_label("线 floor line").fill(str(line))
        await row.nth(count).get_by_label("边 bay edge").fill(str(edge if said_edge is None else said_edge))


@cache
def shown() -> Picture:
    """What the demo's first camera sees."""
    return picture(EAST_CAMERA, EAST_FACADE, np.random.default_rng(3))


@asynccontextmanager
async def opened(browser: Browser, folder: Path, width: int, height: int) -> AsyncIterator[Opened]:
    """The page on a screen of that size, before the demo's first camera."""
    still = folder / "still.png"
    cv2.imwrite(str(still), shown())
    out = folder / "calibration.yaml"

    def save(sight: SightSettings) -> str:
        out.write_text(as_yaml(sight), encoding="utf-8")
        return out.name

    jpeg = cv2.imencode(".jpg", first_picture(str(still)))[1].tobytes()
    server = Server(Job(jpeg, SIZE, {"facade": {"floors": 18, "bays": 8}}, save))
    stop = threading.Event()
    serving = asyncio.get_running_loop().run_in_executor(None, partial(server.until_saved, stop))
    context = await browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        await page.goto(server.url)
        yield Opened(page, out, serving)
    finally:
        await context.close()
        stop.set()
        await serving
    assert complaints == []


async def test_four_clicks_draw_the_grid_and_make_a_file(browser: Browser, tmp_path: Path) -> None:
    async with opened(browser, tmp_path, 1440, 900) as at:
        await expect(at.page.locator("#verdict")).to_contain_text("还差 4 个点")
        for line, edge in CORNERS:
            await at.mark(line, edge)
        await expect(at.page.locator("#verdict")).to_contain_text("已算出")
        await expect(at.page.locator(".floor-line")).to_have_count(19)
        await expect(at.page.locator("#numbers")).to_contain_text("仰角")
        await at.page.get_by_label("每开间的户名").fill("A, A, B, B, C, C, D, D")
        await expect(at.page.locator("#verdict")).to_contain_text("已算出")
        await at.page.get_by_role("button", name="保存并结束").click()
        await expect(at.page.locator("#verdict")).to_contain_text("已保存到 calibration.yaml")
        assert await asyncio.wait_for(at.serving, 10)
    (calibration,) = sight_of(load_sight(at.out), SIZE).calibrations
    assert calibration.plan.flat_of(4) == "B"
    assert calibration.pixels(np.array([[4 * 3.6, 24.0]]))[0] == pytest.approx(crossing(9, 4), abs=6)


async def test_a_click_near_a_drawn_crossing_is_that_crossing(browser: Browser, tmp_path: Path) -> None:
    async with opened(browser, tmp_path, 1440, 900) as at:
        for line, edge in CORNERS:
            await at.mark(line, edge)
        await expect(at.page.locator("#verdict")).to_contain_text("已算出")
        await at.click(crossing(8, 5))
        row = at.page.locator("#points li").nth(4)
        await expect(row.get_by_label("线 floor line")).to_have_value("8")
        await expect(row.get_by_label("边 bay edge")).to_have_value("5")


async def test_a_wrong_floor_is_said_and_cannot_be_saved(browser: Browser, tmp_path: Path) -> None:
    async with opened(browser, tmp_path, 390, 844) as at:
        for line, edge in CORNERS:
            await at.mark(line, edge, said_edge=8 - edge)
        await expect(at.page.locator("#verdict")).to_contain_text("mirrored")
        await expect(at.page.get_by_role("button", name="保存并结束")).to_be_disabled()
        assert not await at.page.evaluate("document.documentElement.scrollWidth > innerWidth")


async def test_a_region_is_drawn_and_saved(browser: Browser, tmp_path: Path) -> None:
    async with opened(browser, tmp_path, 1440, 900) as at:
        for line, edge in CORNERS:
            await at.mark(line, edge)
        await at.page.get_by_role("button", name="忽略区域").click()
        for corner in ((40, 400), (240, 400), (240, 700), (40, 400)):
            await at.click(corner)
        await expect(at.page.locator("polygon.ignored")).to_have_count(1)
        await expect(at.page.locator("#verdict")).to_contain_text("已算出")
        await at.page.get_by_role("button", name="保存并结束").click()
        await expect(at.page.locator("#verdict")).to_contain_text("已保存")
        assert await asyncio.wait_for(at.serving, 10)
    (region,) = sight_of(load_sight(at.out), SIZE).ignore
    assert region == pytest.approx(np.array([(40, 400), (240, 400), (240, 700)]), abs=2)
