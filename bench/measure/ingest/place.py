"""Real PostgreSQL that keeps its word on the disk, real mosquitto, real ingest programs, and the fleet."""

import asyncio
import json
import subprocess
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psutil
import psycopg

from cloud.store import migrate, partitions, pool, registry
from edge.clock import utc_now
from fallwatch.local import mosquitto, postgres, wait
from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority, Credentials
from fallwatch.local.postgres import PostgresServer
from tests.fixtures import fleet
from tests.fixtures.fleet import Said
from tests.fixtures.plain_client import Door
from tests.fixtures.programs import identity, program

SERVER: Final = {
    **postgres.DURABLE,
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    # The time of each commit is what is measured; it costs eight bytes a transaction.
    "track_commit_timestamp": "on",
}
DATABASE: Final = "bench"
START_S: Final = 60.0
INBOX: Final = 200_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is measured. folder: settings, logs and results."""

    folder: Path
    server: PostgresServer
    broker: Broker
    cloud: Credentials
    ca: Path

    @property
    def database_url(self) -> str:
        """The database that ingest fills."""
        return self.server.url(DATABASE)

    @property
    def door(self) -> Door:
        """How the fleet and the bare subscriber reach the broker."""
        return Door.of(self.broker, self.ca, self.cloud)


@contextmanager
def running(folder: Path, boxes: Sequence[str]) -> Iterator[Place]:
    """Everything but ingest, with an estate of these boxes."""
    authority = Authority.open(folder / "pki")
    cloud = authority.issue("cloud")
    with (
        postgres.running(folder / "postgres", settings=SERVER) as server,
        mosquitto.running(folder / "broker", authority) as broker,
    ):
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(b"CREATE DATABASE " + DATABASE.encode())
        place = Place(folder, server, broker, cloud, authority.ca_path)
        asyncio.run(_prepared(place.database_url, boxes))
        yield place


async def _prepared(url: str, boxes: Sequence[str]) -> None:
    await migrate.migrate(url)
    async with pool.opened(url, max_size=1) as opened, pool.transaction(opened) as conn:
        await partitions.ensure(conn, utc_now())
        await registry.seed(conn, fleet.estate(boxes))


@contextmanager
def ingesting(place: Place, workers: int, profile: Path | None = None) -> Iterator[list[psutil.Process]]:
    """So many ingest programs, subscribed. profile: where cProfile writes what the first of them did."""
    settings = place.folder / "cloud.yaml"
    found = {
        "database_url": place.database_url,
        "broker": {"url": place.broker.url, "ca": str(place.ca)} | identity(place.cloud),
        "device_ca": str(place.ca),
        "metrics": {"port": 0},
        # The fleet does not wait for confirmations, as boxes do after a few hundred messages each.
        "ingest": {"inbox_messages": INBOX},
    }
    settings.write_text(json.dumps(found))
    settings.chmod(0o600)
    plain = ["cloud", "ingest", "--config", str(settings)]
    measured = ["bench.measure.ingest.profiled", str(profile), str(settings)]
    logs = [place.folder / f"ingest-{number}.log" for number in range(workers)]
    with ExitStack() as stack:
        processes = []
        for log in logs:
            command = measured if profile and log is logs[0] else plain
            processes.append(psutil.Process(stack.enter_context(program(command, log)).pid))
        wait.until(lambda: all(map(_subscribed, logs)), START_S, "the ingests' subscriptions")
        yield processes


def _subscribed(log: Path) -> bool:
    return "broker_connected" in log.read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Published:
    """When the messages of a round were published: seconds since 1970, in their order."""

    at_s: "array[float]"


@contextmanager
def publishing(place: Place, said: list[Said], per_s: float, *, confirmed: bool) -> Iterator[Published]:
    """The fleet as a program; the block's end waits for its last message. at_s is filled only then."""
    lines = place.folder / "messages"
    lines.write_bytes(b"\n".join(each.topic.encode() + b" " + each.payload for each in said))
    times = place.folder / "times"
    settings = {
        "door": asdict(place.door),
        "messages": str(lines),
        "times": str(times),
        "per_s": per_s,
        "confirmed": confirmed,
    }
    published = Published(array("d"))
    with _measured(place, "publisher", settings) as child:
        yield published
        if child.wait():
            raise RuntimeError(f"the fleet failed: {(place.folder / 'publisher.log').read_text()}")
    published.at_s.frombytes(times.read_bytes())


@dataclass(frozen=True, slots=True)
class Measured:
    """messages a second from the first publish on; CPU time for each, in µs, by program."""

    per_s: float
    cpu_us: Mapping[str, float]


def received(place: Place, said: list[Said]) -> Measured:
    """A paho subscriber that stores nothing, until it has received all."""
    settings = {"door": asdict(place.door), "count": len(said)}
    with _measured(place, "bare", settings) as subscriber:
        assert subscriber.stdout is not None
        if subscriber.stdout.readline() != b"ready\n":
            raise RuntimeError(f"the subscriber failed: {(place.folder / 'bare.log').read_text()}")
        with publishing(place, said, 0, confirmed=False) as published:
            pass
        told = json.loads(subscriber.stdout.readline())
    per_message = 1e6 / len(said)
    return Measured(
        len(said) / (told["last_s"] - published.at_s[0]), {"bare subscriber": told["cpu_s"] * per_message}
    )


def committed(place: Place, said: list[Said], workers: int, profile: Path | None = None) -> Measured:
    """Ingest, until the last is committed; all are confirmed, too."""
    with ingesting(place, workers, profile) as processes:
        before = _cpu_s(place, processes)
        with publishing(place, said, 0, confirmed=True) as published:
            pass
        spent = {name: used - before[name] for name, used in _cpu_s(place, processes).items()}
        last_s = max(committed_s(place, said))
    per_message = 1e6 / len(said)
    return Measured(
        len(said) / (last_s - published.at_s[0]),
        {name: used * per_message for name, used in spent.items()},
    )


def waits_s(place: Place, said: list[Said], per_s: float, workers: int) -> list[float]:
    """From publish to commit of each message at an even rate."""
    with ingesting(place, workers):
        with publishing(place, said, per_s, confirmed=True) as published:
            pass
        done = committed_s(place, said)
    return [end - begin for end, begin in zip(done, published.at_s, strict=True)]


@contextmanager
def _measured(place: Place, name: str, settings: dict[str, Any]) -> Iterator["subprocess.Popen[bytes]"]:
    path = place.folder / f"{name}.json"
    path.write_text(json.dumps(settings))
    with (place.folder / f"{name}.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", f"bench.measure.ingest.{name}", str(path)],
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            yield child
            child.wait()
        finally:
            child.kill()
            child.wait()


def committed_s(place: Place, said: list[Said]) -> list[float]:
    """When each message was committed (seconds since 1970), by PostgreSQL's own record, in order.

    Raises KeyError where one is missing.
    """
    boots = list({each.boot for each in said})
    with psycopg.connect(place.database_url) as connection:
        rows = connection.execute(
            "SELECT boot, seq, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8"
            " FROM event WHERE boot = ANY(%s)",
            (boots,),
        ).fetchall()
    times: dict[tuple[UUID, int], float] = {(row[0], row[1]): row[2] for row in rows}
    if len(rows) != len(said):
        raise RuntimeError(f"{len(said)} messages were published, {len(rows)} rows are there")
    return [times[each.boot, each.seq] for each in said]


def _cpu_s(place: Place, ingests: Sequence[psutil.Process]) -> dict[str, float]:
    leader = psutil.Process(int((place.server.cluster / "postmaster.pid").read_text().splitlines()[0]))
    programs = {
        "ingest": ingests,
        "PostgreSQL": [leader, *leader.children(recursive=True)],
        "broker": [psutil.Process(place.broker.child.popen.pid)],
    }
    return {name: sum(map(_used_s, each)) for name, each in programs.items()}


def _used_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0  # Its children come and go.
    return times.user + times.system
