"""Makes the pictures of the pages in docs/images anew, from a running demo with a real alert on it."""

import argparse
import json
import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as NotInTime

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SIZES = {1440: 900, 390: 844}
ALERT_MS, FAULT_MS, PAGE_MS = 180_000, 150_000, 20_000
WITHOUT_VIDEO = "视频"
"""A card says something about its video only while there is none to play."""
HAS_PICTURE = """video => video.readyState >= 2 || new Promise(done => {
    video.addEventListener("loadeddata", done, { once: true });
})"""
MIDDLE_OF_FALL = """video => new Promise(done => {
    const line = document.querySelector(".timeline");
    const share = name => parseFloat(line.style.getPropertyValue(name)) / 100;
    video.pause();
    const drawn = () => requestAnimationFrame(() => requestAnimationFrame(done));
    video.addEventListener("seeked", drawn, { once: true });
    video.currentTime = (0.35 * share("--from") + 0.65 * share("--to")) * video.duration;
})"""


def main() -> int:
    """Exit 0 when all pictures were made."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--base-url", required=True, help="where the demo's pages are, http://127.0.0.1:8080")
    given.add_argument("--users", type=Path, default=ROOT / "var" / "demo-users.json", help="name → password")
    given.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    wanted = given.parse_args()
    users = json.loads(wanted.users.read_text(encoding="utf-8"))
    wanted.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            for width in SIZES:
                for username in SHOWN:
                    password = users[username]
                    page = logged_in(browser, wanted.base_url, (username, password), width)
                    name = page.url.rpartition("/")[2]
                    SHOOTS[name](page)
                    file = wanted.out / f"{name}-{width}.png"
                    page.screenshot(path=file)
                    page.context.close()
                    print(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file, flush=True)
        except NotInTime as error:
            print(f"The demo did not show what is wanted in time: {error.message}", file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


def logged_in(browser: Browser, base_url: str, user: tuple[str, str], width: int) -> Page:
    """A fresh page of that width, where the login led this (name, password), with its live line standing."""
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        device_scale_factor=2 if width < 500 else 1,
    )
    page = context.new_page()
    page.set_default_timeout(PAGE_MS)
    page.goto(f"{base_url}/login")
    page.get_by_label("用户名").fill(user[0])
    page.get_by_label("密码").fill(user[1])
    page.keyboard.press("Enter")
    page.locator("[data-line=open]").wait_for()
    return page


def desk(page: Page) -> None:
    """An alert whose video is here, in the middle of its fall."""
    cards = page.locator(".card")
    with_video = cards.filter(has_not_text=WITHOUT_VIDEO).first
    with_video.wait_for(timeout=ALERT_MS)
    with_video.click()
    asked = page.get_by_test_id("why-handling")
    video = page.get_by_test_id("clip")
    asked.or_(video).wait_for()
    if asked.is_visible():
        asked.click()
    video.wait_for()
    page.locator(".clip-time").wait_for()
    page.get_by_test_id("evidence").wait_for()
    video.evaluate(HAS_PICTURE)
    video.evaluate(MIDDLE_OF_FALL)
    page.evaluate("scrollTo(0, 0)")


def maintenance(page: Page) -> None:
    """A fault that is open, or the last one if none comes."""
    try:
        page.locator(".fault-list .row:not(.done)").first.wait_for(timeout=FAULT_MS)
    except NotInTime:
        page.locator(".fault-list .row").first.click()
    page.get_by_test_id("order").wait_for()


def bureau(page: Page) -> None:
    """The estate that is worst off."""
    page.locator(".cells [data-cell]").first.wait_for()


SHOWN = ("desk", "repair", "bureau")
"""Whose first page is each of the three."""
SHOOTS = {"desk": desk, "maintenance": maintenance, "bureau": bureau}

if __name__ == "__main__":
    sys.exit(main())
