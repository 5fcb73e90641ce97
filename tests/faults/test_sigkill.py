"""Agent or ingest is killed in the midst of its work, three times: nothing accepted is lost or doubled."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psycopg

from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from tests.fixtures.programs import program

Wait = Callable[[Callable[[], object], float, str], None]
ROOT = Path(__file__).resolve().parents[2]
AGENT = "fault-box"
EVENTS, KILLS = 1_000, 3
PERIOD_S = 0.005
DEADLINE_S = 90


@dataclass(frozen=True)
class Row:
    fault: str
    injected: int
    accepted: int
    in_the_database: int
    lost: int
    duplicated: int
    recovered_s: float


def test_every_accepted_event_is_in_the_database_exactly_once_though_the_agent_is_killed_thrice(
    database_url: str, broker: Broker, authority: Authority, tmp_path: Path, wait_until: Wait
) -> None:
    outbox = tmp_path / "edge" / "outbox.db"
    busy = write_edge_settings(tmp_path / "busy.yaml", broker, authority, period_s=PERIOD_S)
    quiet = write_edge_settings(tmp_path / "quiet.yaml", broker, authority, period_s=None)
    cloud = str(write_cloud_settings(tmp_path, broker, authority, database_url))
    subprocess.run(
        [sys.executable, "-m", "cloud", "seed", estate(tmp_path), "--config", cloud], cwd=ROOT, check=True
    )
    share = EVENTS // KILLS + 1
    killed: list[tuple[UUID, float]] = []

    with program(["cloud", "ingest", "--config", cloud], tmp_path / "ingest.log"):
        for turn in range(1, KILLS + 1):
            log = tmp_path / f"agent-{turn}.log"
            with program(["edge", "agent", str(busy)], log) as agent:
                wait_until(lambda: boot_of(log), DEADLINE_S, "the agent's start")  # noqa: B023 - called in this turn
                boot = boot_of(log)
                assert boot is not None
                if killed:
                    before, at_s = killed[-1]
                    wait_until(lambda: not still_owed(outbox, before), DEADLINE_S, "recovery")  # noqa: B023
                    killed[-1] = (before, time.monotonic() - at_s)
                wait_until(lambda: accepted(outbox).get(boot, 0) >= share, DEADLINE_S, "events")  # noqa: B023
                agent.send_signal(signal.SIGKILL)
                agent.wait()
                killed.append((boot, time.monotonic()))
        with program(["edge", "agent", str(quiet)], tmp_path / "agent-last.log"):
            before, at_s = killed[-1]
            wait_until(lambda: not still_owed(outbox, None), DEADLINE_S, "an empty outbox")
            killed[-1] = (before, time.monotonic() - at_s)

    taken, stored = accepted(outbox), in_database(database_url)
    rows = [
        row(
            f"SIGKILL of the agent, {turn} of {KILLS}", share, taken[boot], of_boot(stored, boot), recovered_s
        )
        for turn, (boot, recovered_s) in enumerate(killed, 1)
    ]
    rows.append(
        row("together", share * KILLS, sum(taken.values()), stored, max(seconds for _, seconds in killed))
    )
    print_table(rows)
    assert len(taken) == KILLS
    assert sum(taken.values()) >= EVENTS
    for found in rows:
        assert (found.in_the_database, found.lost, found.duplicated) == (found.accepted, 0, 0), found
    logged = [
        identity for turn in range(1, KILLS + 1) for identity in appended(tmp_path / f"agent-{turn}.log")
    ]
    assert len(logged) > EVENTS - 3 * KILLS
    assert set(logged) <= set(message_ids(database_url))


def test_every_accepted_event_is_in_the_database_exactly_once_though_ingest_is_killed_thrice(
    database_url: str, broker: Broker, authority: Authority, tmp_path: Path, wait_until: Wait
) -> None:
    outbox = tmp_path / "edge" / "outbox.db"
    busy = write_edge_settings(tmp_path / "busy.yaml", broker, authority, period_s=PERIOD_S)
    quiet = write_edge_settings(tmp_path / "quiet.yaml", broker, authority, period_s=None)
    cloud = str(write_cloud_settings(tmp_path, broker, authority, database_url))
    subprocess.run(
        [sys.executable, "-m", "cloud", "seed", estate(tmp_path), "--config", cloud], cwd=ROOT, check=True
    )
    share = EVENTS // KILLS + 1
    ingest = ["cloud", "ingest", "--config", cloud]
    with program(["edge", "agent", str(busy)], tmp_path / "agent.log"):
        for turn in range(1, KILLS + 1):
            with program(ingest, tmp_path / f"ingest-{turn}.log") as killed:
                wanted = share * turn
                wait_until(lambda: len(in_database(database_url)) >= wanted, DEADLINE_S, "events")  # noqa: B023 - used at once
                killed.send_signal(signal.SIGKILL)
                killed.wait()
    killed_at_s = time.monotonic()
    with (
        program(ingest, tmp_path / "ingest-last.log"),
        program(["edge", "agent", str(quiet)], tmp_path / "agent-last.log"),
    ):
        wait_until(lambda: not still_owed(outbox, None), DEADLINE_S, "an empty outbox")
    recovered_s = time.monotonic() - killed_at_s
    found = row(
        f"SIGKILL of ingest, {KILLS} times",
        share * KILLS,
        sum(accepted(outbox).values()),
        in_database(database_url),
        recovered_s,
    )
    print_table([found])
    assert found.accepted >= EVENTS
    assert (found.in_the_database, found.lost, found.duplicated) == (found.accepted, 0, 0), found


def row(fault: str, injected: int, taken: int, stored: Counter[tuple[UUID, int]], recovered_s: float) -> Row:
    return Row(
        fault,
        injected,
        taken,
        len(stored),
        taken - len(stored),
        stored.total() - len(stored),
        round(recovered_s, 2),
    )


def of_boot(stored: Counter[tuple[UUID, int]], boot: UUID) -> Counter[tuple[UUID, int]]:
    return Counter({key: count for key, count in stored.items() if key[0] == boot})


def print_table(rows: list[Row]) -> None:
    head = ("fault", "injected", "accepted", "in the database", "lost", "duplicated", "recovered_s")
    lines = [head, *(tuple(str(value) for value in vars(found).values()) for found in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    sys.stdout.write("\n")
    for line in lines:
        sys.stdout.write(
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + "\n"
        )


def boot_of(log: Path) -> UUID | None:
    found = [line for line in lines_of(log) if line.get("event") == "agent_started"]
    return UUID(str(found[0]["boot"])) if found else None


def appended(log: Path) -> list[UUID]:
    return [UUID(str(line["message_id"])) for line in lines_of(log) if line.get("event") == "outbox_appended"]


def lines_of(log: Path) -> list[dict[str, object]]:
    """The whole lines of a log; SIGKILL may have cut the last."""
    return [
        json.loads(line)
        for line in log.read_text().splitlines()
        if line.startswith("{") and line.endswith("}")
    ]


def query(outbox: Path, sql: str, *values: str) -> list[tuple[str, int]]:
    if not outbox.exists():
        return []
    with closing(sqlite3.connect(outbox, timeout=10)) as connection:
        rows: list[tuple[str, int]] = connection.execute(sql, values).fetchall()
        return rows


def accepted(outbox: Path) -> dict[UUID, int]:
    return {UUID(boot): seq for boot, seq in query(outbox, "SELECT boot, seq FROM counter")}


def still_owed(outbox: Path, boot: UUID | None) -> int:
    rows = query(outbox, "SELECT boot, count(*) FROM message GROUP BY boot")
    return sum(count for name, count in rows if boot is None or UUID(name) == boot)


def in_database(url: str) -> Counter[tuple[UUID, int]]:
    with psycopg.connect(url) as connection:
        return Counter(
            (boot, seq)
            for boot, seq in connection.execute(
                "SELECT boot, seq FROM event WHERE agent = %s", (AGENT,)
            ).fetchall()
        )


def message_ids(url: str) -> list[UUID]:
    with psycopg.connect(url) as connection:
        return [found for (found,) in connection.execute("SELECT message_id FROM event").fetchall()]


def write_edge_settings(path: Path, broker: Broker, authority: Authority, period_s: float | None) -> Path:
    device = authority.issue(AGENT)
    parts = {"quantity": "temperature", "unit": "Cel", "period_s": period_s}
    sensor = {"id": "fault-temp", "kind": "simulated"} | parts
    settings = {
        "agent": AGENT,
        "data_dir": "edge",
        "broker": {"url": broker.url, "ca": str(authority.ca_path)}
        | {"certificate": str(device.certificate), "key": str(device.key)},
        "evidence": {"url": "http://127.0.0.1:9"},
        "device": {"certificate": str(device.certificate), "key": str(device.key)},
        "metrics": {"port": 0},
        "outbox": {"resend_after_s": 2},
        "sensors": [sensor] if period_s is not None else [],
    }
    path.write_text(json.dumps(settings))
    return path


def write_cloud_settings(folder: Path, broker: Broker, authority: Authority, database_url: str) -> Path:
    cloud = authority.issue("cloud")
    settings = {
        "database_url": database_url,
        "broker": {"url": broker.url, "ca": str(authority.ca_path)}
        | {"certificate": str(cloud.certificate), "key": str(cloud.key)},
        "device_ca": str(authority.ca_path),
        "metrics": {"port": 0},
    }
    path = folder / "cloud.yaml"
    path.write_text(json.dumps(settings))
    path.chmod(0o600)
    return path


def estate(folder: Path) -> Path:
    name = {"zh": "名", "en": "name"}
    agent = {
        "id": AGENT,
        "name": name,
        "cameras": [],
        "sensors": [{"id": "fault-temp", "name": name, "quantity": "temperature", "unit": "Cel"}],
    }
    path = folder / "estate.yaml"
    path.write_text(
        json.dumps({"estates": [{"id": "garden", "name": name, "facades": [], "agents": [agent]}]})
    )
    return path
