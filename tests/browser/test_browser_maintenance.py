"""Maintenance: a fault becomes a work order, and the order ends with the device back."""
# ruff: noqa: RUF001 - the pages speak Chinese

import re

from playwright.async_api import expect

from cloud import clock, timers
from cloud.store import pool
from tests.browser.conftest import Visitor, comes_true
from tests.browser.film import film, seen
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


async def test_a_box_or_a_switch_that_goes_folds_its_lost_cameras_under_one_line(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    page = await visitor.log_in("maintenance")
    await world.camera(EAST, "lost", "no packet for 8 s")
    await expect(page.locator(".fault-list .row")).to_have_count(1)
    await world.status(online=False)
    await expect(page.locator(".fault-list .row")).to_have_count(1)
    await expect(page.locator(".fault-list .row")).to_contain_text("边缘盒 A · 边缘盒离线")
    await expect(page.locator(".under")).to_contain_text("3 栋 东 01")
    await expect(page.locator(f"[data-camera={NORTH}]")).to_have_attribute("data-state", "unknown")

    await world.status()
    await world.camera(EAST, "streaming")
    async with pool.transaction(world.pool) as conn:
        await conn.execute("INSERT INTO node VALUES ('switch', 'jinxiu', 'switch', '3 栋交换机', 'Switch 3')")
        await conn.execute("INSERT INTO depends_on SELECT 'camera', id, 'switch' FROM camera")
    for camera in (EAST, NORTH):
        await world.camera(camera, "lost", "no packet for 8 s")
    await timers.run_once(world.pool, timers.causes, clock.utc_now())
    await expect(page.locator(".fault-list .row:not(.done)")).to_have_count(1)
    await expect(page.locator(".fault-list .row").first).to_contain_text("3 栋交换机 · 供电或网络中断")
    await expect(page.locator(".fault-list .row").first).to_contain_text("等待查明原因")
    await expect(page.locator(".under")).to_have_count(2)

    await page.locator(".fault-list .row").first.click()
    await page.get_by_test_id("shelve").click()
    await page.get_by_test_id("shelve-reason").fill("等电工")
    await page.get_by_test_id("shelve-send").click()
    await expect(page.get_by_test_id("shelf")).to_contain_text("等电工")
    await page.get_by_test_id("unshelve").click()
    await expect(page.get_by_test_id("shelve")).to_be_visible()


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
    for kind in ("dark", "frozen", "moved", "noisy", "soiled"):
        await world.fault(kind, ago_s=60)
        await world.fault(kind, "cleared")
    page = await visitor.log_in("maintenance")
    await expect(page.get_by_text("24 小时内恢复 5")).to_be_visible()
    rows = page.locator(".fault-list .row")
    await expect(rows.locator("visible=true")).to_have_count(3)
    await expect(page.locator("[data-sensor=cabinet-temp]")).to_be_in_viewport()
    await page.get_by_text("更早的 2 条").click()
    await expect(rows.locator("visible=true")).to_have_count(5)
    await rows.first.click()
    await expect(page.locator(".proof")).to_be_in_viewport(ratio=1)


WORDS = {"zh": "机柜 41.2 ℃，风扇可能停了", "en": "Cabinet at 41.2 ℃, the fan may have stopped"}
ADVICE = {"zh": "看机柜风扇转不转，滤网堵没堵。", "en": "Does the cabinet's fan turn, is its filter clogged?"}


async def test_a_fault_of_the_picture_is_shown_with_figures_and_the_picture_as_proof(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    page = await visitor.log_in("maintenance")
    figures = {"value": 2.1, "baseline": 11.5, "threshold": 5.8, "unit": "1"}
    await world.fault("defocused", severity="serious", **figures, thumbnail=seen(film()), ago_s=120)
    card = page.get_by_test_id("fault")
    await expect(card).to_contain_text("3 栋 东 01 · 画面失焦")
    await expect(card).to_contain_text("严重")
    await expect(card.locator("dl").first).to_contain_text("3 栋 东立面")
    await expect(page.get_by_test_id("figures")).to_have_text(
        re.compile(r"清晰度\s*2.1\s*平时\s*11.5\s*阈值\s*5.8")
    )
    await expect(card).to_contain_text("重新对焦")
    await expect(page.locator(".shout")).to_contain_text("3 栋 东立面")
    await expect(page.get_by_text("摄像机 1 / 2 画面正常")).to_be_visible()
    leaf = page.locator(f"[data-camera={EAST}]")
    await expect(leaf).to_contain_text("画面失焦")
    await expect(leaf.locator(".sign.good")).to_have_count(0)
    await comes_true(page, "document.querySelector('.seen img').naturalWidth === 320")
    await expect(card.get_by_test_id("large")).to_be_hidden()
    await card.get_by_test_id("thumbnail").click()
    await expect(card.get_by_test_id("large")).to_be_visible()
    await card.get_by_test_id("large").click()
    await expect(card.get_by_test_id("large")).to_be_hidden()
    await world.fault("defocused", "cleared")
    await expect(page.get_by_text("没有故障", exact=True)).to_be_visible()
    await expect(page.get_by_text("摄像机 2 / 2 画面正常")).to_be_visible()


async def test_the_gravest_fault_stands_first_and_a_lost_camera_folds_its_picture_faults(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await world.fault("soiled", severity="warning", ago_s=900)
    await world.fault("camera_clock_off", severity="warning", subject=NORTH, ago_s=800)
    disk = {"value": 1.4e9, "threshold": 2e9, "unit": "By"}
    await world.fault("disk_full", severity="critical", subject_type="agent", subject=AGENT, ago_s=60, **disk)
    page = await visitor.log_in("maintenance")
    rows = page.locator(".fault-list .row")
    await expect(rows).to_have_text(
        [re.compile("磁盘快满"), re.compile("镜头脏污"), re.compile("摄像机时钟不准")]
    )
    await expect(page.get_by_test_id("figures")).to_have_text(re.compile(r"剩余空间\s*1.4 GB\s*阈值\s*2 GB"))
    await world.camera(EAST, "lost", "no packet for 8 s")
    await expect(rows).to_have_text(
        [re.compile("磁盘快满"), re.compile("东 01 · 断流"), re.compile("摄像机时钟不准")]
    )
    await expect(page.locator(".under")).to_contain_text("镜头脏污")
    await world.fault("wrong_password", severity="critical")
    await expect(rows.nth(1)).to_contain_text("3 栋 东 01 · 密码不对")
    await expect(page.locator(".under")).to_have_text([re.compile("断流"), re.compile("镜头脏污")])
    await page.locator(".under").nth(1).click()
    await expect(page.get_by_test_id("fault")).to_contain_text("3 栋 东 01 · 镜头脏污")


async def test_a_fault_that_only_its_profile_knows_speaks_in_the_devices_words_and_the_chosen_language(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await world.reading(41.2)
    sensor = {"subject_type": "sensor", "subject": "cabinet-temp"}
    await world.fault(
        "cabinet_hot", **sensor, value=41.2, threshold=40, unit="Cel", what=WORDS, advice=ADVICE
    )
    page = await visitor.log_in("maintenance")
    card = page.get_by_test_id("fault")
    await expect(card).to_contain_text(f"机柜温度 · {WORDS['zh']}")
    await expect(card).to_contain_text(ADVICE["zh"])
    await expect(page.get_by_test_id("figures")).to_contain_text("41.2 ℃")
    await expect(card).not_to_contain_text(WORDS["en"])
    await expect(page.locator("[data-sensor=cabinet-temp]")).to_contain_text(WORDS["zh"])
    await expect(page.get_by_test_id("order")).to_contain_text(f"处理：{WORDS['zh']}")
    await page.get_by_test_id("language").click()
    await expect(card).to_contain_text(ADVICE["en"])
    await world.fault("door_open", **sensor)
    await page.locator(".fault-list .row", has_text="door open").click()
    await expect(card).to_contain_text("Cabinet temperature · door open")


async def test_a_firmware_that_is_not_wanted_is_an_item_with_what_ran_before(
    world: World, visitor: Visitor
) -> None:
    await world.all_well()
    await world.record(NORTH, "5.6.0", ago_s=3 * 86400, profile="example", profile_version="2")
    await world.record(
        NORTH, "5.7.1", ago_s=86400, profile="example", profile_version="2", wanted_firmware="5.7.3"
    )
    page = await visitor.log_in("maintenance")
    card = page.get_by_test_id("fault")
    await expect(card).to_contain_text("3 栋 北 07 · 固件版本不符")
    await expect(card).to_contain_text("固件 5.7.1 应为 5.7.3")
    await expect(card).to_contain_text("之前 5.6.0")
    await expect(page.locator(".shout")).to_have_count(0)
    await expect(page.locator(f"[data-camera={NORTH}]").get_by_test_id("record")).to_contain_text(
        "固件 5.7.1，应为 5.7.3"
    )
    await world.record(NORTH, "5.7.3", wanted_firmware="5.7.3")
    await expect(page.get_by_text("没有故障", exact=True)).to_be_visible()
