"""What devices tell of themselves: their faults, what they are, and the warnings that they gave."""

from dataclasses import astuple, dataclass, fields
from datetime import datetime, timedelta
from typing import Final

from psycopg.rows import class_row

from cloud.core import fault as faults
from cloud.core.camera import supersedes
from cloud.core.device import MISMATCH, Device, Firmware, described, firmwares, mismatch
from cloud.store import maintenance
from cloud.store.changes import Change
from cloud.store.pool import Connection
from contracts.devices import DeviceFault, DeviceRecord, WarningGiven

AROUND: Final = timedelta(seconds=2)
"""The track of a fall may begin or end a little beside the time at which it was first suspected."""

_COLUMNS: Final = ", ".join(field.name for field in fields(Device))
_VALUES: Final = ", ".join("%s" for _ in fields(Device))


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A siren or lamp that was switched, or should have been."""

    device: str
    outcome: str
    suspected_at: datetime
    acted_at: datetime
    reason: str


async def report_fault(conn: Connection, message: DeviceFault, estate: str, at: datetime) -> list[Change]:
    """A device's word on one of its faults: the newest raises it, brings newer figures, or closes it."""
    if message.fault in faults.OWN:
        return []
    subject = faults.Subject(message.subject_type, message.subject)
    new = faults.Report(message.state, message.observed_at, message.boot, message.seq)
    key = (subject.type, subject.id, message.fault)
    rows = await conn.execute(
        "SELECT state, since, boot, seq FROM fault_report"
        " WHERE subject_type = %s AND subject = %s AND fault = %s FOR UPDATE",
        key,
    )
    row = await rows.fetchone()
    if not supersedes(new, None if row is None else faults.Report(*row)):
        return []
    await conn.execute(
        "INSERT INTO fault_report (subject_type, subject, fault, state, since, boot, seq)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (subject_type, subject, fault) DO UPDATE"
        " SET state = excluded.state, since = excluded.since, boot = excluded.boot, seq = excluded.seq",
        (*key, *astuple(new)),
    )
    # Whether a camera can be trusted hangs on its faults.
    changed = [Change("camera", subject.id, message.message_id)] if subject.type == "camera" else []
    if new.state == "cleared":
        return [*changed, *await maintenance.clear_fault(conn, subject, message.fault, new.since)]
    found = faults.finding(message)
    follow = await maintenance.raise_fault(
        conn, subject, message.fault, found, estate=estate, since=new.since, at=at
    )
    return [*changed, *follow]


async def report_device(conn: Connection, message: DeviceRecord, estate: str, at: datetime) -> list[Change]:
    """What a device is: the newest word counts, what differs is history, a firmware not wanted is a fault."""
    new = described(message)
    known = await _device(conn, new)
    if known is None or known.said != new.said:
        await conn.execute(
            f"INSERT INTO device_history ({_COLUMNS}) VALUES ({_VALUES}) ON CONFLICT DO NOTHING",  # noqa: S608 - own names
            astuple(new),
        )
    if not supersedes(new, known):
        return []
    await conn.execute("DELETE FROM device WHERE (subject_type, subject) = (%s, %s)", astuple(new)[:2])
    await conn.execute(f"INSERT INTO device ({_COLUMNS}) VALUES ({_VALUES})", astuple(new))  # noqa: S608 - own names
    subject, found = faults.Subject(new.subject_type, new.subject), mismatch(new)
    if found is None:
        follow = await maintenance.clear_fault(conn, subject, MISMATCH, new.since)
    else:
        follow = await maintenance.raise_fault(
            conn, subject, MISMATCH, found, estate=estate, since=new.since, at=at
        )
    return [Change(new.subject_type, new.subject, message.message_id), *follow]


async def _device(conn: Connection, like: Device) -> Device | None:
    async with conn.cursor(row_factory=class_row(Device)) as cursor:
        await cursor.execute(
            f"SELECT {_COLUMNS} FROM device WHERE subject_type = %s AND subject = %s FOR UPDATE",  # noqa: S608 - own names
            (like.subject_type, like.subject),
        )
        return await cursor.fetchone()


async def devices(conn: Connection) -> list[Device]:
    """What each device is, as it said last."""
    async with conn.cursor(row_factory=class_row(Device)) as cursor:
        await cursor.execute(f"SELECT {_COLUMNS} FROM device")  # noqa: S608 - own names
        return await cursor.fetchall()


async def firmware_history(conn: Connection) -> dict[faults.Subject, tuple[Firmware, ...]]:
    """The firmwares that each device ran, oldest first."""
    # Devices tell what they are at each start: only what differs from before comes out of the database.
    rows = await conn.execute(
        "SELECT subject_type, subject, firmware, since FROM (SELECT subject_type, subject, firmware, since,"
        " lag(firmware) OVER (PARTITION BY subject_type, subject ORDER BY since) AS before"
        " FROM device_history) told WHERE before IS DISTINCT FROM firmware"
    )
    told: dict[faults.Subject, list[Firmware]] = {}
    for kind, subject, firmware, since in await rows.fetchall():
        told.setdefault(faults.Subject(kind, subject), []).append(Firmware(firmware, since))
    return {subject: firmwares(found) for subject, found in told.items()}


async def warn(conn: Connection, message: WarningGiven) -> list[Change]:
    """A warning was given, or should have been; the alerts of the same fall, where there are any, show it."""
    await conn.execute(
        "INSERT INTO warning (agent, boot, seq, camera, device, outcome, first_visible_at, suspected_at,"
        " acted_at, reason) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (
            message.agent,
            message.boot,
            message.seq,
            message.camera,
            message.device,
            message.outcome,
            message.observed_at,
            message.suspected_at,
            message.acted_at,
            message.reason,
        ),
    )
    rows = await conn.execute(
        "SELECT id, message_id FROM alert WHERE camera = %s AND %s BETWEEN observed_at - %s AND"
        " last_visible_at + %s",
        (message.camera, message.suspected_at, AROUND, AROUND),
    )
    return [Change("alert", str(row[0]), row[1]) for row in await rows.fetchall()]


async def warnings(conn: Connection, camera: str, begin: datetime, end: datetime) -> list[WarningRow]:
    """What was switched for a fall that `camera` saw from `begin` to `end`."""
    async with conn.cursor(row_factory=class_row(WarningRow)) as cursor:
        await cursor.execute(
            "SELECT device, outcome, suspected_at, acted_at, reason FROM warning"
            " WHERE camera = %s AND suspected_at BETWEEN %s AND %s ORDER BY acted_at, device",
            (camera, begin - AROUND, end + AROUND),
        )
        return await cursor.fetchall()
