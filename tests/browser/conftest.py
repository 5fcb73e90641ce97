"""A real Chromium before the real API on a real PostgreSQL."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml
from cryptography.fernet import Fernet
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from fallwatch.local import ports
from fallwatch.local.pki import Authority
from fallwatch.local.postgres import PostgresServer
from tests.browser.world import AGENT, PASSWORD, Api, World, seed
from tests.fixtures.databases import fresh

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DESKTOP = {"width": 1440, "height": 900}

expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of this folder share the loop in which the one Chromium is driven."""
    for item in items:
        if item.path.is_relative_to(HERE) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def seeded(postgres_server: PostgresServer, _template: str) -> Iterator[str]:
    """The name of a database with an estate and one person of each role in it."""
    with fresh(postgres_server, _template) as url, ThreadPoolExecutor(1) as thread:
        # A thread of its own: pytest-asyncio may hold an event loop in this one.
        thread.submit(asyncio.run, seed(url)).result()
        yield url.rpartition("/")[2]


@pytest.fixture
def evidence_more() -> dict[str, Any]:
    """What else the settings say of the evidence."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def world(
    postgres_server: PostgresServer,
    seeded: str,
    authority: Authority,
    tmp_path: Path,
    evidence_more: dict[str, Any],
) -> AsyncIterator[World]:
    """The API on its own port, with a hand that sends what devices send."""
    port = ports.any_free()
    config = tmp_path / "cloud.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "evidence": {
                    "url": f"file://{tmp_path / 'evidence'}",
                    "staging_dir": "staging",
                    **evidence_more,
                },
                "device_ca": str(authority.ca_path),
                "api": {"host": "127.0.0.1", "port": port, "secure_cookies": False},
                "access": {
                    "second_factor_keys": [Fernet.generate_key().decode()],
                    "second_factor_for": [],
                },
            }
        ),
        encoding="utf-8",
    )
    with fresh(postgres_server, seeded) as url:
        api = Api(config, url, port)
        await api.start()
        async with World.opened(url, api, authority, authority.issue(AGENT)) as found:
            yield found
        await api.stop()


async def comes_true(page: Page, expression: str, arg: object = None, timeout_s: float = 20) -> None:
    """Waits for an expression; Playwright's own wait evaluates in the page, which our policy forbids."""
    async with asyncio.timeout(timeout_s):
        while not await page.evaluate(expression, arg):  # noqa: ASYNC110 - the page tells of nothing
            await asyncio.sleep(0.05)


class Visitor:
    """Somebody before a browser; every complaint of the page is kept."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self._failed)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _failed(self, request: Request) -> None:
        # Leaving a page ends its live line and its video; that is no fault of theirs.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")

    def forgive(self, status: int) -> None:
        """The browser itself complains of every refusal; this one was wanted."""
        wanted = f"the server responded with a status of {status}"
        self.complaints = [complaint for complaint in self.complaints if wanted not in complaint]

    async def leave(self) -> None:
        """As with a new browser. A page that hears that its session is gone goes to the login by itself."""
        await self.page.goto("about:blank")
        await self.page.context.clear_cookies()

    async def log_in(self, role: str, username: str | None = None) -> Page:
        """To the page of one's role, through the login page, until the live line stands.

        username: where it is not the role's name.
        """
        await self.leave()
        await self.page.goto(f"{self.base_url}/login")
        await self.page.get_by_label("用户名").fill(username or role)
        await self.page.get_by_label("密码").fill(PASSWORD)
        await self.page.get_by_role("button", name="登录").click()
        await self.page.wait_for_url(f"**/{role}")
        await expect(self.page.locator("[data-line=open]")).to_be_visible()
        return self.page


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window, for the whole session: each visitor has a profile of its own in it."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        await running.close()


@asynccontextmanager
async def visiting(browser: Browser, world: World, width: int, height: int) -> AsyncIterator[Visitor]:
    """A visitor with a screen of that size, whose page must not have complained at the end."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    visitor = Visitor(await context.new_page(), world.base_url)
    yield visitor
    await context.close()
    assert visitor.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(browser: Browser, world: World) -> AsyncIterator[Visitor]:
    """Somebody at a desktop screen."""
    async with visiting(browser, world, DESKTOP["width"], DESKTOP["height"]) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, world: World) -> AsyncIterator[Visitor]:
    """Somebody with a phone."""
    async with visiting(browser, world, 390, 844) as found:
        yield found
