"""A whole installation with one camera before a tower, and the bureau's page that shows its cells."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any, Final

import httpx
import psutil
from playwright.sync_api import Page

from bench.measure import latency
from bench.measure.blind import films
from bench.measure.blind.films import Films
from cloud.api.passwords import hashed
from cloud.core.estate import EstateFile
from cloud.store import accounts, pool
from cloud.store.accounts import Account
from fallwatch.local import rtsp, wait
from fallwatch.local.rtsp import RtspCamera
from tests.faults.box import Box, worker_of
from tests.faults.place import Place
from tests.fixtures.coverage import LENS, TOWER, mount
from tests.fixtures.proxy import Proxy, proxied

BOX: Final = "blind"
CAMERA: Final = f"{BOX}-cam"
FACADE: Final = "tower-east"
USER, PASSWORD = "bench", "a bench of its own"
NAME: Final = {"zh": "量", "en": "bench"}
PATIENCE_S: Final = 300.0
WATCHED: Final = "document.querySelectorAll('.cells [data-watched=\"1\"]').length"


@dataclass
class Site:
    """The camera, its box and the way from there to the cloud; the page and the interface.

    cells: how many the camera watches while all is well.
    """

    place: Place
    box: Box
    camera: RtspCamera
    link: Proxy
    films: Films
    page: Page
    client: httpx.Client
    cells: int = 0
    _agent: ExitStack = field(default_factory=ExitStack)
    _program: "Popen[bytes] | None" = None

    def start(self) -> None:
        """The box has power."""
        if self._program is None:
            self._program = self._agent.enter_context(self.box.running())

    def stop(self) -> None:
        """The agent ends in order."""
        self._program = None
        self._agent.close()

    def cut_power(self) -> None:
        """All its programs end at once, and nobody on the network is told."""
        assert self._program is not None
        self.link.weather.stalled = True
        for child in psutil.Process(self._program.pid).children(recursive=True):
            child.kill()
        self._program.kill()
        self._program.wait()
        self.stop()

    def signal(self, number: signal.Signals) -> None:
        """The camera's program gets this signal, if it runs."""
        assert self._program is not None
        worker = worker_of(self._program.pid, CAMERA)
        if worker is not None:
            with suppress(ProcessLookupError):
                os.kill(worker, number)

    def shows(self, count: int) -> bool:
        """Whether the page shows so many cells as watched."""
        return bool(self.page.evaluate(WATCHED) == count)

    def await_cells(self, condition: str, what: str) -> None:
        """Wait until the page's watched cells `n` are as the condition says, in JavaScript."""
        try:
            self.page.wait_for_function(
                f"() => {{ const n = {WATCHED}; return {condition}; }}", timeout=PATIENCE_S * 1000
            )
        except Exception as error:
            raise TimeoutError(
                f"{what}: {self.page.evaluate(WATCHED)} of {self.cells} cells are watched, {self.whys()}"
            ) from error

    def facade(self) -> dict[str, Any]:
        """What the interface says of the facade."""
        answer = self.client.get(f"/api/coverage/facades/{FACADE}")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def whys(self) -> list[str]:
        """Why the camera does not watch."""
        return [why for camera in self.facade()["cameras"] for why in camera["whys"]]

    def confirm(self) -> None:
        """Somebody has seen that the camera looks as planned."""
        answer = self.client.post(f"/api/cameras/{CAMERA}/pose/confirm", json={"reason": "as before"})
        answer.raise_for_status()

    def mask(self, *polygons: list[list[int]]) -> None:
        """An operator wants these masks."""
        path = f"/api/agents/{BOX}/desired"
        wanted = self.client.get(path).json()["wanted"]
        masks = {"camera": CAMERA, "picture": films.SIZE, "masks": polygons}
        body = {
            "replaces": 0 if wanted is None else wanted["version"],
            "cameras": [masks] if polygons else [],
        }
        self.client.put(path, json=body).raise_for_status()


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    """Everything runs and the camera's cells are watched."""
    with ExitStack() as stack:
        place = stack.enter_context(Place.running(folder))
        timers = place.timers()
        stack.callback(timers.stop)
        timers.start()
        shown = films.made(folder)
        camera = stack.enter_context(rtsp.running(shown.well, log=folder / "camera.log"))
        link = stack.enter_context(proxied(place.broker_port, plain=True))
        box = place.box(BOX, cameras=("cam",), broker={"url": f"mqtts://127.0.0.1:{link.port}"})
        box.with_cameras([{"id": CAMERA, "url": camera.url}])
        place.know(_estate())
        asyncio.run(_user(place.database_url))
        url = f"http://127.0.0.1:{place.api_port}"
        client = stack.enter_context(httpx.Client(base_url=url, headers={"X-Fallwatch": "1"}, timeout=30))
        client.post("/api/session", json={"username": USER, "password": PASSWORD}).raise_for_status()
        page = stack.enter_context(latency.page_of(url, USER, PASSWORD))
        site = Site(place, box, camera, link, shown, page, client)
        stack.callback(site.stop)
        site.start()
        page.goto(f"{url}/bureau")
        site.cells = sum(site.facade()["within"])
        yield site


def settle(site: Site) -> None:
    """All is well since the agent's start, and what is usual of the picture is known."""
    known = site.box.data / "picture" / f"{CAMERA}.npz"
    wait.until(known.exists, PATIENCE_S, "what is usual of the picture")
    wait.until(lambda: site.box.logged("camera_state"), PATIENCE_S, "the camera's first picture")
    site.await_cells(f"n === {site.cells}", "the camera at work")


@contextmanager
def again(step: Callable[[], object], every_s: float) -> Iterator[None]:
    """Takes the step at once and again and again beside the block, with so many seconds after it."""
    ended = threading.Event()

    def run() -> None:
        step()
        while not ended.wait(every_s):
            step()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _estate() -> EstateFile:
    """One tower, and its camera some way before it."""
    camera = {
        "id": CAMERA,
        "name": NAME,
        "facades": [FACADE],
        "mount": mount(12.0),
        "lens": LENS,
        "resolution": [1920, 1080],
    }
    facade = {
        "id": FACADE,
        "building": "3",
        "name": NAME,
        "floors": 18,
        "bays": 8,
        "wall": {"building": "3", "edge": 2},
    }
    estate = {
        "id": f"estate-{BOX}",
        "name": NAME,
        "buildings": [TOWER],
        "facades": [facade],
        "agents": [{"id": BOX, "name": NAME, "cameras": [camera]}],
    }
    return EstateFile.model_validate({"estates": [estate]})


async def _user(database_url: str) -> None:
    async with pool.opened(database_url, max_size=1) as opened, pool.transaction(opened) as conn:
        password = hashed(PASSWORD)
        await accounts.put(conn, Account(USER, "量", "Bench", "manager", password, every_estate=True))
