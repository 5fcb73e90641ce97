"""A whole installation in a folder, each part of which can be killed and started again."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import psutil
import psycopg

from cloud import clock
from cloud.core.estate import EstateFile
from cloud.store import migrate, plans, pool, registry
from fallwatch.local import mosquitto, ports, postgres, wait
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from fallwatch.local.postgres import PostgresServer
from tests.faults.box import Box
from tests.fixtures.programs import identity, program

DEADLINE_S = 90.0
DATABASE = "faults"
NAME = {"zh": "名", "en": "name"}
CAMERA = "cam"

Running = TypeVar("Running")
Program = subprocess.Popen[bytes]


class Part(Generic[Running]):
    """Something that runs, and can be ended without a warning."""

    def __init__(
        self, make: Callable[[], AbstractContextManager[Running]], kill: Callable[[Running], None]
    ) -> None:
        self._make = make
        self._kill = kill
        self._stack = ExitStack()
        self._running: Running | None = None

    @property
    def now(self) -> Running:
        """What runs now."""
        assert self._running is not None, "it does not run"
        return self._running

    def start(self) -> None:
        """Starts it, if it does not run."""
        if self._running is None:
            self._running = self._stack.enter_context(self._make())

    def kill(self) -> None:
        """SIGKILL."""
        self._kill(self.now)
        self.stop()

    def stop(self) -> None:
        """In order, if it runs."""
        self._running = None
        self._stack.close()


class Place:
    """PostgreSQL, mosquitto, ingest and the interface, and as many boxes as are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority.open(folder / "pki")
        self.broker_port, self.api_port, self._postgres_port = (ports.any_free() for _ in range(3))
        cloud = folder / "cloud.yaml"
        self.postgres = Part(self._make_postgres, _kill_server)
        self.broker: Part[Broker] = Part(
            lambda: mosquitto.running(folder / "broker", self.authority, self.broker_port),
            lambda broker: broker.child.kill(),
        )
        self.ingest = self._program(["cloud", "ingest", "--config", str(cloud)], "ingest")
        self.api = self._program(["cloud", "api", "--config", str(cloud)], "api")

    @classmethod
    @contextmanager
    def running(cls, folder: Path) -> Iterator["Place"]:
        """Everything runs and is set up; ended afterwards."""
        place = cls(folder)
        try:
            place.postgres.start()
            with psycopg.connect(place.postgres.now.url("postgres"), autocommit=True) as connection:
                connection.execute(b"CREATE DATABASE " + DATABASE.encode())
            _in_a_thread(lambda: asyncio.run(migrate.migrate(place.database_url)))
            place._write_settings()
            place.heal()
            yield place
        finally:
            for part in (place.api, place.ingest, place.broker, place.postgres):
                part.stop()

    @property
    def database_url(self) -> str:
        """The cloud's database."""
        return self.postgres.now.url(DATABASE)

    def heal(self) -> None:
        """Starts whatever does not run."""
        for part in (self.postgres, self.broker, self.ingest, self.api):
            part.start()
        wait.until(lambda: ports.answers(self.api_port), DEADLINE_S, "the interface's first answer")

    def know(self, estate: EstateFile) -> None:
        """Puts an estate into the database."""
        _in_a_thread(lambda: asyncio.run(_seed(self.database_url, estate)))

    def another_ingest(self, name: str) -> Part[Program]:
        """One more, which is not started yet; `name` is that of its log."""
        return self._program(["cloud", "ingest", "--config", str(self.folder / "cloud.yaml")], name)

    def timers(self) -> Part[Program]:
        """What is due though nobody asks; not started yet."""
        return self._program(["cloud", "timers", "--config", str(self.folder / "cloud.yaml")], "timers")

    def box(
        self,
        name: str,
        *,
        sensors: int = 0,
        period_s: float = 1.0,
        cameras: Sequence[str] = (CAMERA,),
        **settings: Any,
    ) -> Box:
        """A box that the cloud knows, with a camera of which nothing is heard unless something stands for it.

        settings: sections of its settings that differ from those of a test.
        """
        names = [f"{name}-{number}" for number in range(sensors)]
        agent = {
            "id": name,
            "name": NAME,
            "cameras": [{"id": f"{name}-{camera}", "name": NAME, "facades": []} for camera in cameras],
            "sensors": [{"id": one, "name": NAME, "quantity": "temperature", "unit": "Cel"} for one in names],
        }
        estate = {"estates": [{"id": f"estate-{name}", "name": NAME, "facades": [], "agents": [agent]}]}
        self.know(EstateFile.model_validate(estate))
        device = self.authority.issue(name)
        key = identity(device)
        found: dict[str, Any] = {
            "agent": name,
            "data_dir": "edge",
            "broker": {"url": f"mqtts://127.0.0.1:{self.broker_port}", "ca": str(self.authority.ca_path)}
            | key,
            "evidence": {"url": f"http://127.0.0.1:{self.api_port}"},
            "device": key,
            "metrics": {"port": 0},
            "outbox": {"resend_after_s": 1, "keep_free_bytes": 0},
            "sensors": [
                {
                    "id": one,
                    "kind": "simulated",
                    "quantity": "temperature",
                    "unit": "Cel",
                    "period_s": period_s,
                }
                for one in names
            ],
        }
        merged = {
            key: {**found.get(key, {}), **value} if isinstance(value, dict) else value
            for key, value in settings.items()
        }
        return Box.make(self.folder / name, found | merged, device, self.database_url)

    def _make_postgres(self) -> AbstractContextManager[PostgresServer]:
        return postgres.running(self.folder / "postgres", self._postgres_port, postgres.THROW_AWAY)

    def _program(self, command: list[str], name: str) -> Part[Program]:
        def kill(child: Program) -> None:
            child.send_signal(signal.SIGKILL)
            child.wait()

        return Part(lambda: program(command, self.folder / f"{name}.log"), kill)

    def _write_settings(self) -> None:
        cloud = self.authority.issue("cloud")
        settings = {
            "database_url": self.database_url,
            "broker": {"url": f"mqtts://127.0.0.1:{self.broker_port}", "ca": str(self.authority.ca_path)}
            | identity(cloud),
            "device_ca": str(self.authority.ca_path),
            "metrics": {"port": 0},
            "evidence": {
                "url": f"file://{self.folder}/evidence",
                "staging_dir": str(self.folder / "staging"),
            },
            "api": {"port": self.api_port, "secure_cookies": False},
        }
        path = self.folder / "cloud.yaml"
        path.write_text(json.dumps(settings))
        path.chmod(0o600)


def _kill_server(server: PostgresServer) -> None:
    """PostgreSQL with all its processes at once, as the kernel does when memory runs out."""
    leader = psutil.Process(int((server.cluster / "postmaster.pid").read_text().splitlines()[0]))
    everyone = [leader, *leader.children(recursive=True)]
    for one in everyone:
        os.kill(one.pid, signal.SIGKILL)
    wait.until(lambda: not any(map(_lives, everyone)), DEADLINE_S, "PostgreSQL's end")


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _in_a_thread(work: Callable[[], object]) -> None:
    """A thread of its own: whoever calls may hold an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(work).result()


async def _seed(database_url: str, estate: EstateFile) -> None:
    async with pool.opened(database_url, max_size=1) as opened, pool.transaction(opened) as conn:
        await registry.seed(conn, estate)
        for one in estate.estates:
            await plans.seed(conn, one, clock.utc_now())
