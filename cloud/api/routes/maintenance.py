"""What maintenance sees at one moment, and what it does with work orders."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final, Literal
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from cloud import clock
from cloud.api import coverage_shapes, shapes, upkeep_shapes
from cloud.api.answers import upkeep
from cloud.api.answers.base import Name, Named
from cloud.api.auth import Maintenance
from cloud.api.problems import Problem
from cloud.api.services import Use
from cloud.core.access import HOLDERS
from cloud.core.fault import AGENT_OFFLINE, Subject
from cloud.store import (
    accounts,
    audit,
    changes,
    desired,
    devices,
    doubts,
    equipment,
    events,
    faults,
    photos,
    registry,
    series,
    topology,
    work_order_lists,
)
from cloud.store.audit import Act
from cloud.store.desired import Standing
from cloud.store.devices import AgentRow
from cloud.store.events import Unseen
from cloud.store.faults import FaultRow
from cloud.store.pool import Connection
from cloud.store.registry import CameraRow, EstateRow, FacadeRow
from cloud.store.series import SensorRow
from contracts.devices import SubjectType

router = APIRouter(prefix="/api")

HISTORY_SPAN: Final = timedelta(hours=24)
SensorNow = Literal["reporting", "silent", "unknown"]
SENSOR_SILENCE: Final = timedelta(minutes=1)

PICTURE_CACHE: Final = "private, max-age=86400"
"""The address of a picture changes with it (`?v=`), so that a browser may keep what it has."""


class _Known(Named):
    """What is told of every device."""

    record: upkeep.Record | None


class View:
    """Rows of one moment, and how they become what the page reads."""

    def __init__(
        self,
        estates: list[EstateRow],
        facades: list[FacadeRow],
        coverage: list[tuple[str, str]],
        records: Mapping[Subject, upkeep.Record],
    ) -> None:
        self.estates = {row.id: shapes.thing(row.id, row.name_zh, row.name_en) for row in estates}
        self.facades = {row.id: shapes.thing(row.id, row.name_zh, row.name_en) for row in facades}
        self.coverage: dict[str, list[Named]] = {}
        for camera, facade in coverage:
            self.coverage.setdefault(camera, []).append(self.facades[facade])
        self.records = records
        self.things: dict[Subject, Named] = {
            Subject("estate", estate): found for estate, found in self.estates.items()
        }
        self.cameras_of: dict[str, list[str]] = {}

    def _known(self, kind: SubjectType, row: AgentRow | CameraRow | SensorRow) -> _Known:
        """A device with its name and what it said of itself."""
        subject = Subject(kind, row.id)
        self.things[subject] = shapes.thing(row.id, row.name_zh, row.name_en)
        return {**self.things[subject], "record": self.records.get(subject)}

    def name_nodes(self, names: Mapping[str, tuple[str, str]]) -> None:
        """Nodes of power and network are no devices, but can be at fault."""
        for node, (zh, en) in names.items():
            self.things[Subject("node", node)] = shapes.thing(node, zh, en)

    @property
    def names(self) -> dict[Subject, Name]:
        """Device → its name."""
        return {subject: found["name"] for subject, found in self.things.items()}

    def agent(self, row: AgentRow, unseen: Unseen, standing: Standing | None) -> upkeep.Agent:
        """An agent. What its outbox still holds is late, not missing."""
        return {
            **self._known("agent", row),
            "estate": self.estates[row.estate],
            "state": row.state,
            "since": shapes.maybe(row.since),
            "outbox_depth": row.outbox_depth,
            "outbox_oldest_s": row.outbox_oldest_s,
            "missing": max(0, unseen.missing - row.outbox_depth),
            "lost": unseen.lost,
            "software": row.software,
            "desired": None if standing is None else upkeep_shapes.standing(standing),
        }

    def camera(self, row: CameraRow, frames_per_s: float | None) -> upkeep.Camera:
        """A camera with its facades."""
        self.cameras_of.setdefault(row.agent, []).append(row.id)
        state = row.now
        return {
            **self._known("camera", row),
            "estate": self.estates[row.estate],
            "agent": self.things[Subject("agent", row.agent)],
            "state": state,
            "since": shapes.maybe(row.agent_since if state == "unknown" else row.since),
            "reason": row.reason or "",
            "frames_per_s": frames_per_s if state == "streaming" else None,
            "facades": self.coverage.get(row.id, []),
        }

    def sensor(self, row: SensorRow, now: datetime) -> upkeep.Sensor:
        """A sensor with its newest value."""
        state: SensorNow = "unknown"
        if row.observed_at is not None:
            state = "silent" if row.silent_since or now - row.observed_at > SENSOR_SILENCE else "reporting"
        return {
            **self._known("sensor", row),
            "agent": self.things[Subject("agent", row.agent)],
            "quantity": row.quantity,
            "unit": row.unit,
            "value": row.value,
            "observed_at": shapes.maybe(row.observed_at),
            "state": state,
        }

    def fault(self, row: FaultRow) -> upkeep.Fault:
        """A fault with the facades that it may leave unwatched."""
        cameras = [row.subject] if row.subject_type == "camera" else []
        if row.kind == AGENT_OFFLINE:
            cameras = self.cameras_of.get(row.subject, [])
        facades = {found["id"]: found for camera in cameras for found in self.coverage.get(camera, [])}
        return upkeep_shapes.fault(row, self.names, self.estates[row.estate], list(facades.values()))


@router.get("/maintenance")
async def overview(account: Maintenance, services: Use) -> upkeep.Maintenance:
    """Devices with their state, faults, work orders."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        estates, facades = await registry.estates(conn), await registry.facades(conn)
        view = View(estates, facades, await registry.coverage(conn), await _records(conn))
        agents = await devices.agents(conn)
        unseen = await events.unseen(conn)
        standings = await desired.standings(conn)
        cameras = await registry.cameras(conn)
        sensors = await series.sensors(conn)
        names = await accounts.display_names(conn)
        known = await faults.since(conn, now - HISTORY_SPAN)
        orders = await work_order_lists.since(conn, now - HISTORY_SPAN)
        pictures = await photos.of(conn, [row.id for row in orders])
        view.name_nodes(await topology.names(conn))
        doubted = await doubts.standing(conn)
        technicians = list(await accounts.names_of(conn, HOLDERS["maintenance"]))
    # A status is up to 10 s older than the state: a camera that has just come back has no rate yet.
    told = [now_ for agent in agents for now_ in agent.cameras if now_["state"] == "streaming"]
    rates = {now_["camera"]: now_["frames_per_s"] for now_ in told}
    return {
        "now": shapes.instant(now),
        "change": change,
        "people": shapes.people(names),
        "agents": [view.agent(row, unseen.get(row.id, Unseen()), standings.get(row.id)) for row in agents],
        "cameras": [view.camera(row, rates.get(row.id)) for row in cameras],
        "sensors": [view.sensor(row, now) for row in sensors],
        "faults": [view.fault(row) for row in known],
        "work_orders": [upkeep_shapes.work_order(row, pictures.get(row.id, ()), seen=True) for row in orders],
        "technicians": technicians,
        "places": shapes.places(estates, facades),
        "doubts": coverage_shapes.doubted(doubted, cameras),
    }


async def _records(conn: Connection) -> dict[Subject, upkeep.Record]:
    history = await equipment.firmware_history(conn)
    told = {Subject(device.subject_type, device.subject): device for device in await equipment.devices(conn)}
    return {
        subject: upkeep_shapes.record(device, history.get(subject, ())) for subject, device in told.items()
    }


@router.get("/faults/{fault}/thumbnail", response_class=Response)
async def thumbnail(fault: UUID, account: Maintenance, services: Use) -> Response:
    """What a fault looked like when it was told last."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        picture = await faults.thumbnail(conn, fault)
        if picture is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there is no picture of such a fault")
        await audit.enter(conn, Act(account.username, "viewed", "fault", str(fault)), now)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": PICTURE_CACHE})
