"""Migrations, their sum, and what timers do to a real database."""

import asyncio
import difflib
import os
import re
import subprocess
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

import psycopg
import pytest

from cloud import timers
from cloud.core import liveness, machine
from cloud.core.fault import Finding, Subject
from cloud.core.work_order import Finish, Take
from cloud.store import (
    changes,
    desired,
    devices,
    events,
    faults,
    maintenance,
    migrate,
    partitions,
    pool,
    registry,
    work_order_lists,
    work_orders,
)
from contracts.devices import DesiredState
from contracts.messages import AgentStatus
from fallwatch.local.postgres import PostgresServer
from tests.fixtures.cloud import NOW, Device, seed

EAST = Subject("camera", "cam-east")
HEADER = "-- The sum of the migrations on plain PostgreSQL; FALLWATCH_WRITE_SCHEMA=1 has its test write it.\n"
SCHEMA = Path(__file__).parents[2] / "cloud/store/schema.sql"


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[pool.Pool]:
    async with pool.opened(database_url, max_size=4) as found:
        await seed(found, "box-a")
        yield found


def dump(server: PostgresServer, url: str) -> str:
    """The schema of a database without what differs from server to server."""
    raw = subprocess.run(
        [server.bin_dir / "pg_dump", "--schema-only", "--no-owner", "--no-privileges", url],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    lines = [
        line for line in raw.splitlines() if line and not re.match(r"--|SET |SELECT pg_catalog|\\", line)
    ]
    text = "\n".join(lines) + "\n"
    # One line for each statement that only alters: a table's own definition is what people read.
    return HEADER + re.sub(
        r"^ALTER [^;]*;", lambda found: " ".join(found[0].split()), text, flags=re.MULTILINE
    )


async def test_the_migrations_add_up_to_the_schema(
    postgres_server: PostgresServer, database_url: str
) -> None:
    found = dump(postgres_server, database_url)
    if os.environ.get("FALLWATCH_WRITE_SCHEMA"):
        SCHEMA.write_text(found)
    wanted = SCHEMA.read_text()
    assert found == wanted, "\n".join(
        difflib.unified_diff(wanted.splitlines(), found.splitlines(), lineterm="")
    )


async def test_a_wish_from_before_profiles_were_named_can_still_be_read(opened: pool.Pool) -> None:
    state = DesiredState(version=1, issued_at=NOW, issued_by="op", thresholds={"moved": 2.0})
    migration = Path(migrate.__file__).parent / "migrations" / "0010_desired_profiles.sql"
    async with pool.transaction(opened) as conn:
        await desired.issue(conn, "box-a", state)
        await conn.execute(
            "UPDATE desired SET content = (content - 'profiles') || '{\"profile_version\": \"1\"}'"
        )
        await conn.execute(migration.read_bytes())
        assert await desired.newest(conn, "box-a") == state


async def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    first = await migrate.migrate(empty_database_url)
    assert first.applied == (
        "0001_core.sql",
        "0003_partitions.sql",
        "0004_fall_end.sql",
        "0005_equipment.sql",
        "0006_lost_ranges.sql",
        "0007_clock_set.sql",
        "0008_desired.sql",
        "0009_enrolment.sql",
        "0010_desired_profiles.sql",
        "0011_audit.sql",
        "0012_blind_minutes.sql",
        "0014_rollups.sql",
        "0015_retention.sql",
        "0016_alarms.sql",
        "0017_topology.sql",
        "0018_handover.sql",
        "0019_notification.sql",
        "0022_work_orders.sql",
        "0023_planned_maintenance.sql",
        "0024_log.sql",
        "0025_custody.sql",
        "0026_at_rest.sql",
        "0028_access.sql",
        "0029_accounts.sql",
        "0031_losses.sql",
        "0032_watched_spans.sql",
        "0033_faults_of_a_minute.sql",
        "0034_overdue_and_declined.sql",
        "0035_channels_sealed.sql",
        "0036_falls_of_a_camera.sql",
        "0037_holds.sql",
        "0038_evidence_damaged.sql",
        "0040_coverage.sql",
        "0041_blind_spots.sql",
        "0045_months.sql",
        "0046_inspections.sql",
        "0049_bureau.sql",
        "0050_closed_days.sql",
    )
    assert first.skipped == (("0002_hypertables.sql", "timescaledb"), ("0013_aggregates.sql", "timescaledb"))
    second = await migrate.migrate(empty_database_url)
    assert second.applied == ()


async def test_a_migration_that_was_changed_afterwards_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE migration SET checksum = 'other' WHERE name = '0001_core.sql'")
    with pytest.raises(migrate.MigrationError, match="has changed since"):
        await migrate.migrate(database_url)


async def test_a_database_that_is_newer_than_the_program_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO migration (name, checksum) VALUES ('9999_future.sql', 'x')")
    with pytest.raises(migrate.MigrationError, match="newer than we are"):
        await migrate.migrate(database_url)


async def test_partitions_are_made_ahead_and_take_the_rows_of_their_time(opened: pool.Pool) -> None:
    device = Device()
    row = events.EventRow("box-a", device.boot, 1, NOW, device.boot, "sensor_reading", "{}")
    async with pool.transaction(opened) as conn:
        await events.insert(conn, [row], NOW)
        made = await partitions.ensure(conn, NOW)
        assert {"event_2026_03", "event_2026_04", "event_2026_05"} <= set(made)
        assert await partitions.ensure(conn, NOW) == []
        home = await (await conn.execute("SELECT tableoid::regclass::text FROM event")).fetchall()
    assert home == [("event_2026_03",)]


async def test_an_agent_that_falls_silent_goes_offline_once(opened: pool.Pool) -> None:
    device = Device()
    status = AgentStatus(agent="box-a", boot=device.boot, online=True, at=NOW)
    async with pool.transaction(opened) as conn:
        await devices.hear(conn, status, retained=False, at=NOW)
    assert await timers.run_once(opened, timers.silent_agents, NOW + liveness.SILENCE / 2) == []
    later = NOW + liveness.SILENCE
    assert {change.topic for change in await timers.run_once(opened, timers.silent_agents, later)} == {
        "agent",
        "camera",
        "fault",
        "work_order",
    }
    assert await timers.run_once(opened, timers.silent_agents, later + timedelta(minutes=5)) == []
    async with pool.transaction(opened) as conn:
        (fault,) = await faults.since(conn, NOW)
    assert (fault.kind, fault.state) == ("agent_offline", "raised")


async def test_a_camera_is_unknown_from_its_agents_restart_until_its_first_report(opened: pool.Pool) -> None:
    before, after = Device(), Device()

    async def hear(boot: UUID) -> set[str]:
        status = AgentStatus(agent="box-a", boot=boot, online=True, at=NOW)
        async with pool.transaction(opened) as conn:
            return {change.topic for change in await devices.hear(conn, status, retained=False, at=NOW)}

    async def report(device: Device, state: Literal["streaming", "lost"]) -> None:
        async with pool.transaction(opened) as conn:
            await devices.report_camera(conn, device.camera(state), "garden")

    async def east() -> str:
        async with pool.transaction(opened) as conn:
            return next(row.now for row in await registry.cameras(conn) if row.id == "cam-east")

    await hear(before.boot)
    await report(before, "streaming")
    assert await east() == "streaming"
    assert "camera" in await hear(after.boot), "pages must be told although the agent was never away"
    assert await east() == "unknown"
    await report(after, "lost")
    assert await east() == "lost"


async def _raise(conn: pool.Connection, kind: str) -> list[changes.Change]:
    return await maintenance.raise_fault(conn, EAST, kind, Finding(), estate="garden", since=NOW, at=NOW)


async def test_two_writers_at_once_raise_one_fault_with_one_order(opened: pool.Pool) -> None:
    async def write() -> None:
        async with pool.transaction(opened) as conn:
            await _raise(conn, "frozen")

    await asyncio.gather(*(write() for _ in range(8)))
    async with pool.transaction(opened) as conn:
        (fault,) = await faults.since(conn, NOW)
        (order,) = await work_order_lists.since(conn, NOW)
    assert (fault.kind, fault.state, order.fault) == ("frozen", "raised", fault.id)


async def test_at_most_one_fault_of_a_kind_is_open_for_a_device(opened: pool.Pool) -> None:
    async with pool.transaction(opened) as conn:
        first = await _raise(conn, "camera_lost")
        again = await _raise(conn, "camera_lost")
    assert [change.topic for change in first] == ["fault", "work_order"]
    assert again == first[:1], "newer figures, no second order"
    with pytest.raises(pool.RowRefused, match="fault_one_open"):
        async with pool.transaction(opened) as conn:
            await conn.execute(
                "INSERT INTO fault (kind, subject_type, subject, estate, state, since, tell_at, reason)"
                " VALUES ('camera_lost', 'camera', 'cam-east', 'garden', 'raised', now(), now(), '')"
            )


async def test_a_taken_order_stays_with_its_technician_when_the_device_comes_back(opened: pool.Pool) -> None:
    async with pool.transaction(opened) as conn:
        await _raise(conn, "camera_lost")
        ((order,),) = await (await conn.execute("SELECT id FROM work_order")).fetchall()
        await maintenance.apply(conn, order, Take("li"), NOW)
        await maintenance.clear_fault(conn, EAST, "camera_lost", NOW)
        taken = await work_order_lists.find(conn, order)
        assert taken is not None
        assert taken.state == "taken"
        await maintenance.apply(conn, order, Finish("li", "tightened the plug"), NOW)
        closed = await work_order_lists.find(conn, order)
        assert closed is not None
        assert closed.state == "closed"
    with pytest.raises(machine.Forbidden):
        async with pool.transaction(opened) as conn:
            await maintenance.apply(conn, order, Take("wang"), NOW)


async def test_a_fault_that_is_back_within_a_week_opens_its_old_order_again(opened: pool.Pool) -> None:
    async def again(at: datetime) -> None:
        async with pool.transaction(opened) as conn:
            await maintenance.clear_fault(conn, EAST, "frozen", at)
            await maintenance.raise_fault(
                conn, EAST, "frozen", Finding(), estate="garden", since=at, at=at + timedelta(days=6)
            )

    async with pool.transaction(opened) as conn:
        await _raise(conn, "frozen")
        await _raise(conn, "soiled")
    await again(NOW)
    await again(NOW + timedelta(days=7))
    async with pool.transaction(opened) as conn:
        back, other = sorted(await work_order_lists.since(conn, NOW), key=lambda row: row.number)
        assert (other.kind, other.reopened) == ("soiled", 0), "another kind is another order"
        assert (back.state, back.reopened, back.faults) == ("open", 2, 3)
        assert back.due_at == NOW + timedelta(days=13 + 3)
        told = [line.what for line in await work_order_lists.history(conn, [back.id])]
        assert told == ["opened", "fault_cleared", "recurred", "fault_cleared", "recurred"]
        await maintenance.clear_fault(conn, EAST, "frozen", NOW + timedelta(days=20))
        late = NOW + timedelta(days=27, seconds=1)
        await maintenance.raise_fault(conn, EAST, "frozen", Finding(), estate="garden", since=late, at=late)
        assert len(await work_order_lists.since(conn, NOW)) == 3


async def test_what_is_late_is_marked_once_and_told(opened: pool.Pool) -> None:
    async with pool.transaction(opened) as conn:
        await work_orders.set_deadlines(conn, {("fault", "serious"): 2})
        await _raise(conn, "frozen")
    assert await timers.run_once(opened, timers.overdue_orders, NOW + timedelta(hours=1)) == []
    (told,) = await timers.run_once(opened, timers.overdue_orders, NOW + timedelta(hours=2))
    assert told.topic == "work_order"
    assert await timers.run_once(opened, timers.overdue_orders, NOW + timedelta(hours=3)) == []


async def test_changes_appear_in_the_order_of_their_ids(opened: pool.Pool) -> None:
    async with pool.transaction(opened) as first:
        await changes.record(first, [changes.Change("alert", "a")], NOW)

        async def impatient() -> None:
            async with pool.transaction(opened) as second:
                await second.execute("SET LOCAL lock_timeout = '200ms'")
                await changes.record(second, [changes.Change("alert", "b")], NOW)

        with pytest.raises(pool.DatabaseDown, match="lock timeout"):
            await impatient()


async def test_changes_that_are_old_are_forgotten_but_not_the_newest(opened: pool.Pool) -> None:
    async with pool.transaction(opened) as conn:
        await changes.record(conn, [changes.Change("alert", str(n)) for n in range(3)], NOW)
        newest = await changes.newest(conn)
    await timers.run_once(opened, timers.housekeeping, NOW + timedelta(days=3))
    async with pool.transaction(opened) as conn:
        assert await changes.newest(conn) == newest
        assert len(await changes.since(conn, 0, 10)) == 1
