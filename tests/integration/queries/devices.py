"""What devices say of themselves, what is wanted of them, and who they are."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cloud.core.days import ZONE
from cloud.store import causes, desired, devices, equipment, identities, rollups, series
from cloud.store.identities import Shown
from contracts.devices import DesiredReport, DesiredState
from contracts.messages import AgentStatus
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import DEVICE, Case, later, refreshed

ONLINE = AgentStatus(agent="box-a", boot=DEVICE.boot, online=True, at=NOW, accepted_seq=12)
STREAMING, LOST = DEVICE.camera("streaming"), DEVICE.camera("lost", camera="cam-west", at=later(1))
DIRTY = DEVICE.fault("soiled", value=0.7, threshold=0.5, unit="1")
COVERED = DEVICE.fault("covered", observed_at=later(-30))
FREE = DEVICE.fault("covered", "cleared", observed_at=later(-20.4))
OLD, NEW = DEVICE.record("1.0"), DEVICE.record("1.1", observed_at=later(3), wanted_firmware="2.0")
WANTED = DesiredState(version=1, issued_at=NOW, issued_by="li")
TOLD = DesiredReport(
    message_id=UUID(int=31),
    agent="box-a",
    boot=DEVICE.boot,
    seq=95,
    observed_at=later(1),
    version=1,
    outcome="applied",
    now=1,
)
DAY = NOW.astimezone(ZONE).replace(hour=0, minute=0, second=0)
MONTH = DAY.replace(day=1)
SHOWN = Shown("box-a", 0x7B, later(1000))


CASES: Final[Mapping[str, Case]] = {
    "devices.hear": lambda at: devices.hear(at.conn, ONLINE, retained=False, at=NOW),
    "devices.report_camera": lambda at: devices.report_camera(at.conn, STREAMING, "garden"),
    "devices.report_camera (lost)": lambda at: devices.report_camera(at.conn, LOST, "garden"),
    "causes.settle": lambda at: causes.settle(at.conn, later(5)),
    "devices.agents": lambda at: devices.agents(at.conn),
    "equipment.report_fault": lambda at: equipment.report_fault(at.conn, DIRTY, "garden", later(2)),
    "equipment.report_fault (blinding)": lambda at: equipment.report_fault(
        at.conn, COVERED, "garden", later(2)
    ),
    "equipment.report_fault (over)": lambda at: equipment.report_fault(at.conn, FREE, "garden", later(2)),
    "equipment.report_device": lambda at: equipment.report_device(at.conn, OLD, "garden", later(2)),
    "equipment.report_device (newer)": lambda at: equipment.report_device(at.conn, NEW, "garden", later(3)),
    "equipment.devices": lambda at: equipment.devices(at.conn),
    "equipment.firmware_history": lambda at: equipment.firmware_history(at.conn),
    "series.recount_blind": lambda at: series.recount_blind(at.conn),
    "rollups.refresh (after a fault)": refreshed,
    "rollups.watched (days)": lambda at: rollups.watched(at.conn, "day", DAY, later(60)),
    "rollups.watched (months)": lambda at: rollups.watched(at.conn, "month", MONTH, later(60), "cam-east"),
    "devices.fall_silent": lambda at: devices.fall_silent(at.conn, later(10)),
    "desired.lock": lambda at: desired.lock(at.conn, "box-a"),
    "desired.issue": lambda at: desired.issue(at.conn, "box-a", WANTED),
    "desired.newest": lambda at: desired.newest(at.conn, "box-a"),
    "desired.to_publish": lambda at: desired.to_publish(at.conn, again=False),
    "desired.published": lambda at: desired.published(at.conn, "box-a", 1, later(1)),
    "desired.report": lambda at: desired.report(at.conn, TOLD),
    "desired.history": lambda at: desired.history(at.conn, "box-a"),
    "desired.standings": lambda at: desired.standings(at.conn),
    "desired.highest": lambda at: desired.highest(at.conn, "box-a"),
    "identities.add_token": lambda at: identities.add_token(at.conn, b"one", "box-a", NOW, later(9)),
    "identities.use_token": lambda at: identities.use_token(at.conn, b"one", later(1)),
    "identities.know": lambda at: identities.know(at.conn, SHOWN, NOW),
    "identities.cut_off": lambda at: identities.cut_off(at.conn, "box-a", "stolen", later(2)),
    "identities.revoked": lambda at: identities.revoked(at.conn),
    "identities.outcasts": lambda at: identities.outcasts(at.conn),
    "identities.enrol": lambda at: identities.enrol(at.conn, SHOWN, later(3)),
    "identities.counts": lambda at: identities.counts(at.conn, SHOWN),
}
