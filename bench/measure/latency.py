"""How long it takes until what is wrong with a camera stands on the maintenance page, in a real browser.

Three kinds of trouble: the camera dies (its connection is reset and no other is taken); it hangs (the
connection stands and nothing comes); a fault is put into the outbox, as a camera's worker does when its
picture is no good. The clock begins when the trouble does and ends when the fault's line is on the page.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from statistics import quantiles
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg
from playwright.sync_api import Locator, Page, sync_playwright
from rich.table import Table

from contracts.devices import DeviceFault
from edge.clock import utc_now
from edge.outbox.store import Outbox
from fallwatch.demo.layout import AGENT, CAMERA_WEST, Var
from fallwatch.demo.stack import Stack

CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
PATIENCE_MS: Final = 120_000
GOAL_S: Final = 15.0
USER: Final = "repair"


@dataclass(frozen=True, slots=True)
class Latency:
    """How long each time took, seconds, of one kind of trouble."""

    kind: str
    took_s: tuple[float, ...]

    def share_s(self, percent: int) -> float:
        """The time within which `percent` of all were seen; with one alone, that one."""
        if len(self.took_s) == 1:
            return self.took_s[0]
        return quantiles(self.took_s, n=100, method="inclusive")[percent - 1]

    def figures(self) -> dict[str, float]:
        """n, p50, p95 and max."""
        return {
            "n": len(self.took_s),
            "p50_s": round(self.share_s(50), 2),
            "p95_s": round(self.share_s(95), 2),
            "max_s": round(max(self.took_s), 2),
        }


def measured(running: Stack, var: Var, times: int) -> tuple[Latency, ...]:
    """Each kind of trouble so often, one after another on the same camera, until each is over."""
    camera = running.camera_west
    with closing(Outbox.open(var.root / "edge" / "outbox.db")) as outbox, page_of(*_user(running)) as page:
        _streaming(page)
        boot = _boot(running.database_url)

        def tell(state: str) -> None:
            outbox.append(boot, utc_now(), lambda seq: _frozen(boot, seq, state))

        tell("cleared")  # an earlier run may have been broken off
        _open_faults(page).wait_for(state="detached")
        troubles: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
            "camera died": (camera.kill, camera.restart),
            "camera hung": (camera.hang, camera.restart),
            "fault told by the agent": (lambda: tell("raised"), lambda: tell("cleared")),
        }
        return tuple(
            Latency(kind, tuple(_once(running, page, kind, ways) for _ in range(times)))
            for kind, ways in troubles.items()
        )


def _once(
    running: Stack, page: Page, kind: str, ways: tuple[Callable[[], None], Callable[[], None]]
) -> float:
    running.expect_running()
    begin, end = ways
    began_s = time.monotonic()
    begin()
    _open_faults(page).wait_for()
    took_s = time.monotonic() - began_s
    print(f"  {kind}: {took_s:.2f} s", flush=True)
    end()
    _open_faults(page).wait_for(state="detached")
    _streaming(page)
    return took_s


def _open_faults(page: Page) -> Locator:
    return page.locator(".fault-list .row:not(.done)")


def _streaming(page: Page) -> None:
    page.locator(f"[data-camera={CAMERA_WEST}][data-state=streaming]").wait_for()


@contextmanager
def page_of(url: str, username: str, password: str) -> Iterator[Page]:
    """Somebody's first page in Chromium, its live line standing."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            page = browser.new_page(locale="zh-CN")
            page.set_default_timeout(PATIENCE_MS)
            page.goto(f"{url}/login")
            page.get_by_label("用户名").fill(username)
            page.get_by_label("密码").fill(password)
            page.keyboard.press("Enter")
            page.locator("[data-line=open]").wait_for()
            yield page
        finally:
            browser.close()


def _user(running: Stack) -> tuple[str, str, str]:
    return running.addresses.page_url, USER, running.passwords[USER]


def _boot(database_url: str) -> UUID:
    """The agent's present start, as the cloud has heard it."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT boot FROM agent_status WHERE agent = %s", (AGENT,)).fetchone()
    assert row is not None
    return UUID(str(row[0]))


def _frozen(boot: UUID, seq: int, state: str) -> DeviceFault:
    at = utc_now()
    head = {"message_id": uuid4(), "agent": AGENT, "boot": boot, "seq": seq, "observed_at": at}
    what = {"subject_type": "camera", "subject": CAMERA_WEST, "fault": "frozen", "state": state}
    return DeviceFault.model_validate(head | what)


def table(found: Sequence[Latency]) -> Table:
    """One line for each kind, and the goal."""
    shown = Table(title=f"from the trouble to the page, goal: p95 < {GOAL_S:g} s", title_justify="left")
    for heading in ("", "n", "p50", "p95", "max"):
        shown.add_column(heading, justify="left" if not heading else "right")
    for one in (*found, of_streams(found)):
        figures = one.figures()
        times = [f"{figures[name]:.2f} s" for name in ("p50_s", "p95_s", "max_s")]
        shown.add_row(one.kind, str(figures["n"]), *times)
    return shown


def of_streams(found: Sequence[Latency]) -> Latency:
    """All ends of a stream, however it ended."""
    ends = [one for one in found if one.kind.startswith("camera")]
    return Latency("streams' ends together", tuple(took_s for one in ends for took_s in one.took_s))


def as_object(found: Sequence[Latency]) -> dict[str, Any]:
    """The figures of streams' ends, and those of each kind."""
    return {**of_streams(found).figures(), "kinds": {one.kind: one.figures() for one in found}}
