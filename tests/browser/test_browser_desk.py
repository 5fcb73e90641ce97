"""The desk: alerts come, are seen, and are decided."""
# ruff: noqa: RUF001 - the pages speak Chinese

import asyncio

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Visitor, comes_true
from tests.browser.world import BEFORE_S, EAST, FALL_S, NORTH, World

COLOURED = """canvas => {
    const { width, height } = canvas;
    const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    let coloured = 0;
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 0) coloured++;
    return coloured;
}"""


async def test_an_alert_appears_without_a_reload_and_its_video_follows(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    page = await visitor.log_in("desk")
    await expect(page.get_by_text("现在一切平静")).to_be_visible()
    await expect(page.get_by_test_id("trusted")).to_have_text("摄像机 2 / 2 可信")
    await page.evaluate("window.sameDocument = true")

    event = await world.fall()
    await expect(page.get_by_test_id("alert-title")).to_have_text("3 栋 东立面")
    await expect(page.get_by_test_id("clip-pending")).to_contain_text("视频上传中")
    await expect(page.locator("[aria-live=assertive]")).to_contain_text("新警情：3 栋 东立面，紧急")
    await expect(page).to_have_title("(1) 檐哨 值班台")
    assert await page.get_by_test_id("overlay").evaluate(COLOURED) > 100, (
        "the track is drawn before the video is here"
    )

    await world.clip(event)
    await expect(page.get_by_test_id("ask-why")).to_contain_text("请先说明为什么看")
    await page.keyboard.press("v")
    await expect(page.get_by_test_id("clip")).to_be_visible()
    await expect(page.get_by_test_id("evidence")).to_contain_text("一致")
    await expect(page.get_by_test_id("evidence")).to_contain_text("有效 · box-a")
    assert await page.evaluate("window.sameDocument"), "nothing was loaded anew"


async def test_a_fall_that_goes_on_gets_its_whole_track_and_its_floor_when_it_has_ended(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    event = await world.fall(seen_s=0.6)
    page = await visitor.log_in("desk")
    await expect(page.locator(".when")).to_contain_text("可见 0.60 秒")
    await expect(page.get_by_text("未知 · 摄像机未标定")).to_be_visible()

    await world.ended(event)
    await expect(page.get_by_test_id("place")).to_have_text("12 层 ± 1 · B 户")
    await expect(page.get_by_test_id("alert-title")).to_have_text("3 栋 东立面 · 12 层 ± 1 · B 户")
    await expect(page.locator(".when")).to_contain_text("可见 1.60 秒")
    await expect(page.locator(".facts")).to_contain_text("最后可见前 0.7 秒")
    await expect(page.locator(".facts")).to_contain_text("34.3 米（32.9 至 35.8）")
    await expect(page.locator(".facts")).to_contain_text("每公斤 196 焦（143 至 267）")
    lower = COLOURED.replace("(0, 0, width, height)", "(0, height / 2, width, height / 2)")
    assert await page.get_by_test_id("overlay").evaluate(lower) > 100, "its first 0.6 s end in the upper half"


async def test_the_clip_plays_with_the_track_drawn_over_it_and_steps_by_frames(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await world.clip(await world.fall())
    page = await visitor.log_in("desk")
    await page.get_by_test_id("why-handling").click()
    await comes_true(
        page, "begin => document.querySelector('video')?.currentTime > begin", arg=BEFORE_S + 0.5
    )
    begin, end = BEFORE_S, BEFORE_S + FALL_S
    assert await page.get_by_test_id("overlay").evaluate(COLOURED) > 100

    await page.keyboard.press("Space")
    await comes_true(page, "document.querySelector('video').paused")
    await page.locator(".timeline input").fill(str((begin + end) / 2))
    await comes_true(
        page,
        "middle => Math.abs(document.querySelector('video').currentTime - middle) < 0.1",
        arg=(begin + end) / 2,
    )
    before = await page.evaluate("document.querySelector('video').currentTime")
    await page.keyboard.press("ArrowRight")
    await comes_true(page, "before => document.querySelector('video').currentTime > before", arg=before)
    after = await page.evaluate("document.querySelector('video').currentTime")
    assert 0.02 < after - before < 0.09, "one frame of 40 ms"
    assert await page.get_by_test_id("loupe").evaluate(COLOURED) > 100, "the loupe shows the picture"


async def test_a_video_is_shown_for_a_purpose_and_the_chain_of_custody_says_so(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await world.clip(await world.fall())
    page = await visitor.log_in("desk")
    await expect(page.get_by_test_id("custody")).to_contain_text("还没有人看过或取走")
    await page.get_by_test_id("why-police").click()
    await expect(page.get_by_test_id("why-note")).to_be_focused()
    await page.get_by_test_id("why-note").fill("案号 2026-117 v")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("clip")).to_be_visible()
    links = page.get_by_test_id("custody").locator("li")
    await expect(links.nth(1)).to_contain_text("收齐并核对")
    await expect(links.nth(2)).to_contain_text("夜班 值班员 申请观看")
    await expect(links.nth(3)).to_contain_text("夜班 值班员 观看录像")
    await expect(links.nth(3)).to_contain_text("警方调取 · 案号 2026-117 v")
    await expect(links).to_have_count(4)


async def test_who_takes_an_alert_in_hand_sees_its_video_without_being_asked(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await world.clip(await world.fall())
    page = await visitor.log_in("desk")
    await expect(page.get_by_test_id("ask-why")).to_be_visible()
    await page.keyboard.press("a")
    await expect(page.get_by_test_id("clip")).to_be_visible()
    await expect(page.get_by_test_id("custody")).to_contain_text("研判此警")


async def test_an_alert_is_acknowledged_and_closed_with_the_keyboard_alone(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await world.fall()
    page = await visitor.log_in("desk")
    await expect(page.get_by_test_id("alert-state")).to_have_text("待确认")
    await expect(page.get_by_test_id("real_throw")).to_be_disabled()

    await page.keyboard.press("a")
    await expect(page.get_by_test_id("alert-state")).to_have_text("处理中")
    await expect(page.locator(".card")).to_contain_text("夜班 值班员 处理中")
    await page.keyboard.press("f")
    await page.keyboard.press("1")
    await page.get_by_test_id("note").press_sequentially("鸽子 a r f")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("alert-state")).to_have_text("已结案")
    await expect(page.get_by_text("结案：误报 · 飞鸟")).to_be_visible()
    await expect(page.get_by_text("鸽子 a r f")).to_be_visible()
    await expect(page.locator(".card.done")).to_have_count(1)
    await expect(page.get_by_text("没有待处理的警情")).to_be_visible()


async def test_an_alert_in_hand_is_not_taken_away_by_a_newer_one(world: World, visitor: Visitor) -> None:
    await world.all_well()
    await world.fall(EAST)
    page = await visitor.log_in("desk")
    await page.keyboard.press("a")
    await expect(page.get_by_test_id("alert-state")).to_have_text("处理中")
    await world.fall(NORTH)
    await expect(page.locator(".card.raised")).to_have_count(1)
    await expect(page.get_by_test_id("alert-title")).to_have_text("3 栋 东立面")


async def test_what_another_desk_does_is_seen_here(world: World, visitor: Visitor) -> None:
    await world.all_well()
    await world.fall()
    page = await visitor.log_in("desk")
    await page.get_by_test_id("acknowledge").wait_for()
    await _acknowledge_elsewhere(page, visitor.base_url)
    await expect(page.get_by_test_id("alert-state")).to_have_text("处理中")


async def test_a_decision_that_comes_too_late_is_refused_in_words(world: World, visitor: Visitor) -> None:
    await world.all_well()
    await world.fall()
    page = await visitor.log_in("desk")
    await page.get_by_test_id("acknowledge").wait_for()
    release = asyncio.Event()

    async def held_back(route: Route) -> None:
        await release.wait()
        await route.continue_()

    await page.route("**/api/desk", held_back)
    await _acknowledge_elsewhere(page, visitor.base_url)
    await page.keyboard.press("a")
    await expect(page.locator(".toast")).to_contain_text("状态已变")
    release.set()
    await expect(page.get_by_test_id("alert-state")).to_have_text("处理中")
    await page.unroute_all(behavior="wait")
    visitor.forgive(409)


async def _acknowledge_elsewhere(page: Page, base_url: str) -> None:
    alert = await page.locator("[data-alert]").first.get_attribute("data-alert")
    answer = await page.request.post(
        f"{base_url}/api/alerts/{alert}/acknowledge", data={}, headers={"X-Fallwatch": "1"}
    )
    assert answer.ok


async def test_the_header_names_the_camera_that_cannot_be_trusted(world: World, visitor: Visitor) -> None:
    await world.all_well()
    page = await visitor.log_in("desk")
    await world.camera(NORTH, "lost", "no packet for 8 s")
    await expect(page.get_by_test_id("lost")).to_have_text("断流：3 栋 北 07")
    await expect(page.get_by_test_id("trusted")).to_have_text("摄像机 1 / 2 可信")
    await expect(page.get_by_text("但 1 路摄像机现在不可信")).to_be_visible()
    await world.fault("frozen", severity="critical")
    await expect(page.get_by_test_id("faulty")).to_have_text("画面有问题：3 栋 东 01")
    await expect(page.get_by_test_id("trusted")).to_have_text("摄像机 0 / 2 可信")


async def test_an_alert_says_that_the_siren_warned_before_the_fall_was_last_seen(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    page = await visitor.log_in("desk")
    fall = await world.fall()
    await expect(page.get_by_test_id("alert-title")).to_have_text("3 栋 东立面")
    await world.warning(fall, before_s=1.2)
    await expect(page.locator("dd", has=page.get_by_test_id("warned"))).to_contain_text("最后可见前 1.2 秒")
