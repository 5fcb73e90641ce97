"""A real Chromium before the real API on a real PostgreSQL."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from cryptography.fernet import Fernet
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect
from psycopg import sql

from fallwatch.local import ports
from fallwatch.local.pki import Authority
from fallwatch.local.postgres import PostgresServer
from tests.browser.world import AGENT, PASSWORD, ROLES, Api, World, estates

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
SEEDED = "fallwatch_browser"
DESKTOP = {"width": 1440, "height": 900}

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def seeded(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database made by the cloud's own commands: migrated, with an estate and one person of each role."""
    folder = tmp_path_factory.mktemp("seed")
    estate = folder / "estates.yaml"
    estate.write_text(yaml.safe_dump(estates(), allow_unicode=True), encoding="utf-8")
    _execute(postgres_server, "CREATE DATABASE {}", SEEDED)
    environment = {**os.environ, "DATABASE_URL": postgres_server.url(SEEDED), "FALLWATCH_PASSWORD": PASSWORD}
    commands = [["migrate"], ["seed", str(estate)]]
    for role, (zh, en) in ROLES.items():
        commands.append(["user", "add", role, "--role", role, "--every-estate"])
        commands[-1] += ["--display-zh", zh, "--display-en", en]
    for command in commands:
        subprocess.run(
            [sys.executable, "-m", "cloud", *command], env=environment, check=True, capture_output=True
        )
    yield SEEDED
    _execute(postgres_server, "DROP DATABASE {} WITH (FORCE)", SEEDED)


def _execute(server: PostgresServer, statement: str, *names: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@pytest.fixture
def evidence_more() -> dict[str, Any]:
    """What else the settings say of the evidence."""
    return {}


@pytest.fixture
async def world(
    postgres_server: PostgresServer,
    seeded: str,
    authority: Authority,
    tmp_path: Path,
    evidence_more: dict[str, Any],
) -> AsyncIterator[World]:
    """The API on its own port, with a hand that sends what devices send."""
    name = f"browser_{tmp_path.name.replace('-', '_')}"[:60]
    _execute(postgres_server, "CREATE DATABASE {} TEMPLATE {}", name, seeded)
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
    api = Api(config, postgres_server.url(name), port)
    await api.start()
    device = authority.issue(AGENT)
    async with World.opened(postgres_server.url(name), api, authority, device) as found:
        yield found
    await api.stop()
    _execute(postgres_server, "DROP DATABASE {} WITH (FORCE)", name)


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


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
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


@pytest.fixture
async def visitor(browser: Browser, world: World) -> AsyncIterator[Visitor]:
    """Somebody at a desktop screen."""
    async with visiting(browser, world, DESKTOP["width"], DESKTOP["height"]) as found:
        yield found


@pytest.fixture
async def phone(browser: Browser, world: World) -> AsyncIterator[Visitor]:
    """Somebody with a phone."""
    async with visiting(browser, world, 390, 844) as found:
        yield found
