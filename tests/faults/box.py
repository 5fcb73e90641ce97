"""A box under test: its agent as a process, its outbox, and what the database has of it."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from subprocess import Popen
from typing import Any
from uuid import UUID

import psutil
import psycopg

from edge.core.outbox import Key
from fallwatch.local import wait
from fallwatch.local.pki import Credentials
from tests.faults.counted import BYTES
from tests.faults.table import Row
from tests.fixtures.programs import program

DEADLINE_S = 90.0
DRAINS = 5
OWN = ("clock_set", "desired_report", "device_fault", "device_record", "loss")
"""Kinds that an agent tells of itself."""
TOLD = "SELECT payload FROM event WHERE agent = %s AND kind = 'loss'"


@dataclass(frozen=True)
class Arrived:
    """A message in the database."""

    key: Key
    kind: str
    observed_at: datetime
    received_at: datetime


@dataclass
class Box:
    """folder: its settings, logs and data."""

    name: str
    folder: Path
    credentials: Credentials
    database_url: str
    starts: int = 0
    first_boot: UUID | None = None

    @classmethod
    def make(
        cls, folder: Path, settings: dict[str, Any], credentials: Credentials, database_url: str
    ) -> "Box":
        """A box with these settings, and quiet ones without its sensors."""
        folder.mkdir()
        (folder / "busy.yaml").write_text(json.dumps(settings))
        (folder / "quiet.yaml").write_text(json.dumps(settings | {"sensors": [], "cameras": []}))
        (folder / "tape").write_bytes(bytes(BYTES))
        return cls(str(settings["agent"]), folder, credentials, database_url)

    @contextmanager
    def running(
        self, *, quiet: bool = False, environ: Mapping[str, str] | None = None
    ) -> Iterator["Popen[bytes]"]:
        """Its agent, until the block ends. quiet: it offers nothing and only sends what waits."""
        self.starts += 1
        config = self.folder / ("quiet.yaml" if quiet else "busy.yaml")
        command = ["tests.faults.counted", str(config), str(self.folder / "tape")]
        with program(command, self.log, environ) as agent:
            wait.until(lambda: self.boot() is not None, DEADLINE_S, f"the start of {self.name}")
            self.first_boot = self.first_boot or self.boot()
            yield agent

    def with_cameras(self, cameras: list[dict[str, Any]]) -> None:
        """From its next start it watches these."""
        path = self.folder / "busy.yaml"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"cameras": cameras}))

    def drain(self) -> None:
        """Lets everything that waits go up, also what a start had to tell of itself as it was ended."""
        for _ in range(DRAINS):
            with self.running(quiet=True):
                wait.until(lambda: self.waiting() == 0, 10 * DEADLINE_S, f"the empty outbox of {self.name}")
            if self.waiting() == 0:
                return

    @property
    def data(self) -> Path:
        return self.folder / "edge"

    @property
    def outbox(self) -> Path:
        return self.data / "outbox.db"

    @property
    def log(self) -> Path:
        """Of the newest start."""
        return self.folder / f"agent-{self.starts}.log"

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Whole lines of the newest start; SIGKILL may have cut the last, workers write in between."""
        text = self.log.read_text() if self.log.exists() else ""
        found = []
        for line in text.splitlines():
            with suppress(json.JSONDecodeError):
                found.append(json.loads(line))
        return [line for line in found if isinstance(line, dict) and line.get("event") == event]

    def boot(self) -> UUID | None:
        """Of the newest start."""
        found = self.logged("agent_started")
        return UUID(str(found[0]["boot"])) if found else None

    def offered(self) -> int:
        """How many values its sensors have handed out."""
        return int.from_bytes((self.folder / "tape").read_bytes(), "little")

    def counters(self) -> dict[UUID, int]:
        """The last number that each start has given out."""
        return {UUID(boot): seq for boot, seq in self.ask("SELECT boot, seq FROM counter")}

    def accepted(self) -> int:
        """How many messages the outbox has numbered."""
        return sum(self.counters().values())

    def waiting(self) -> int:
        """How many are not confirmed."""
        rows = self.ask("SELECT messages FROM depth")
        return int(rows[0][0]) if rows else 0

    def kept(self) -> set[Key]:
        """What is not confirmed."""
        return {Key(UUID(boot), seq) for boot, seq in self.ask("SELECT boot, seq FROM message")}

    def ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """A question to the outbox; nothing while it is not there. The file stays as it is."""
        if not self.outbox.exists():
            return []
        name = f"file:{self.outbox}?mode=ro"
        with closing(sqlite3.connect(name, timeout=30, uri=True)) as connection:
            try:
                return connection.execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    def arrived(self) -> list[Arrived]:
        """What the database has of it."""
        with psycopg.connect(self.database_url) as connection:
            rows = connection.execute(
                "SELECT boot, seq, kind, observed_at, received_at FROM event WHERE agent = %s", (self.name,)
            ).fetchall()
        return [Arrived(Key(boot, seq), *rest) for boot, seq, *rest in rows]

    def losses(self) -> list[dict[str, Any]]:
        """What the box has told as lost, as the database has it."""
        with psycopg.connect(self.database_url) as connection:
            return [row[0] for row in connection.execute(TOLD, (self.name,)).fetchall()]

    def row(self, fault: str, injected: int, accepted: dict[UUID, int], recovered_s: float) -> Row:
        """The row: what was accepted against what is there or was told.

        injected: what the sources offered; what the agent itself had to tell comes on top.
        """
        arrived = self.arrived()
        stored = {found.key for found in arrived}
        numbers = {Key(boot, seq) for boot, last in accepted.items() for seq in range(1, last + 1)}
        numbers -= self.kept()  # an agent that only sends may have learnt the time, and told it, as it ended
        missing = numbers - stored
        parts = [part for loss in self.losses() for part in loss["ranges"]]
        lost = {key for key in missing if not any(_holds(part, key) for part in parts)}
        return Row(
            fault,
            injected + sum(found.kind in OWN for found in arrived),
            len(numbers),
            len(numbers - missing),
            len(lost),
            len(arrived) - len(stored),
            round(recovered_s, 2),
        )


def worker_of(agent_pid: int, camera: str) -> int | None:
    """The process in which an agent has a camera watched."""
    for child in psutil.Process(agent_pid).children():
        with suppress(psutil.Error):  # it ends while we look
            if camera in child.cmdline():
                return child.pid
    return None


def _holds(part: dict[str, Any], key: Key) -> bool:
    return UUID(part["boot"]) == key.boot and part["first"] <= key.seq <= part["last"]
