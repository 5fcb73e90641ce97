"""Answers of maintenance: devices, faults, work orders, and what is wanted of boxes."""

from collections.abc import Sequence
from typing import Any, Literal

from typing_extensions import TypedDict

from cloud.api.answers.base import Grounds, Instant, Line, Name, Named, People
from cloud.api.answers.coverage import Doubted
from cloud.core import alarm, liveness, work_order
from cloud.core.coverage import CameraNow
from cloud.core.fault import SubjectKind
from cloud.store.photos import Stage
from contracts.devices import DesiredCamera, Severity

Span = tuple[int, int]
"""Numbers from the first to the last."""
Point = tuple[float, float]
Outcome = Literal["applied", "refused", "rolled_back", "confirmed"]


class Firmware(TypedDict):
    """A firmware that a device ran, and since when."""

    version: str
    since: Instant


class Record(TypedDict):
    """What a device said of itself."""

    maker: str
    model: str
    serial: str
    firmware: str
    profile: str
    profile_version: str
    wanted_firmware: str
    firmwares: list[Firmware]


class Standing(TypedDict):
    """Where a box stands with what is wanted of it; outcome: null before it has answered."""

    wanted: int
    outcome: Outcome | None
    reason: str
    now: int | None


class Agent(Named):
    """A box. missing: messages that have not come and are not in its outbox."""

    record: Record | None
    estate: Named
    state: liveness.State
    since: Instant | None
    outbox_depth: int
    outbox_oldest_s: float
    missing: int
    lost: int
    software: str
    desired: Standing | None


class Camera(Named):
    """A camera with its facades."""

    record: Record | None
    estate: Named
    agent: Named
    state: CameraNow
    since: Instant | None
    reason: str
    frames_per_s: float | None
    facades: list[Named]


class Sensor(Named):
    """A sensor with its newest value."""

    record: Record | None
    agent: Named
    quantity: str
    unit: str
    value: float | None
    observed_at: Instant | None
    state: Literal["reporting", "silent", "unknown"]


class Subject(TypedDict):
    """What is at fault."""

    type: SubjectKind
    id: str
    name: Name


class Fault(TypedDict):
    """A fault with the facades that it may leave unwatched."""

    id: str
    kind: str
    subject: Subject
    estate: Named
    state: alarm.State
    severity: Severity
    of_picture: bool
    blinding: bool
    reason: str
    value: float | None
    baseline: float | None
    threshold: float | None
    unit: str
    what: Name | None
    advice: Name | None
    thumbnail: str | None
    since: Instant
    cleared_at: Instant | None
    close_reason: str | None
    acknowledged_by: str | None
    shelved_until: Instant | None
    shelve_reason: str | None
    suppressed_by: str | None
    beneath: int
    announced_at: Instant | None
    facades: list[Named]
    work_order: str | None


class FaultMoved(TypedDict):
    """A fault that was set aside or taken up again."""

    id: str
    shelved_until: Instant | None


class DevicePhoto(TypedDict):
    """What a device saw."""

    stage: Stage
    url: str


class Photo(DevicePhoto):
    """A photograph of a work order."""

    by: str
    at: Instant


class WorkOrder(TypedDict):
    """A work order with its photographs."""

    id: str
    number: str
    state: work_order.State
    source: work_order.Source
    severity: Severity
    kind: str | None
    title: str
    detail: str
    reference: str
    fault: str | None
    estate: Named
    building: str | None
    facade: Named | None
    floor: int | None
    bay: int | None
    subject: Subject | None
    opened_by: str
    opened_at: Instant
    due_at: Instant
    overdue_at: Instant | None
    responsible: str | None
    taken_by: str | None
    taken_at: Instant | None
    finished_by: str | None
    finished_at: Instant | None
    measure: str | None
    verified_by: str | None
    reason: str | None
    closed_at: Instant | None
    reopened: int
    reopened_at: Instant | None
    photos: list[Photo | DevicePhoto]


class WorkOrderDetail(WorkOrder):
    """The same with its history."""

    history: list[Line]


class WorkOrders(TypedDict):
    """A page of work orders, the newest first; next: `before` of the next page."""

    now: Instant
    change: int
    people: People
    orders: list[WorkOrder]
    next: int | None


class Maintenance(TypedDict):
    """What maintenance sees at one moment."""

    now: Instant
    change: int
    people: People
    agents: list[Agent]
    cameras: list[Camera]
    sensors: list[Sensor]
    faults: list[Fault]
    work_orders: list[WorkOrder]
    technicians: list[str]
    places: list[Grounds]
    doubts: list[Doubted]


class Wanted(TypedDict):
    """What is wanted of a box."""

    version: int
    issued_at: Instant
    issued_by: str
    cameras: list[DesiredCamera]
    thresholds: dict[str, float]
    profiles: dict[str, str]


class Version(TypedDict):
    """A version of it, and what became of it."""

    version: int
    issued_at: Instant
    issued_by: str
    published_at: Instant | None
    outcome: Outcome | None
    now: int | None
    reason: str | None
    reported_at: Instant | None


class Desired(TypedDict):
    """What is wanted of a box, and what became of the last versions."""

    agent: str
    wanted: Wanted | None
    versions: list[Version]


class Issued(TypedDict):
    """The version that is wanted now."""

    agent: str
    version: int


class Boot(TypedDict):
    """Of a start of a box: how many numbers it has given out, and which have not come."""

    boot: str
    heard_at: Instant
    accepted: int
    stored: Sequence[Span]
    refused: Sequence[Span]
    lost: Sequence[Span]
    missing: Sequence[Span]


class Numbers(TypedDict):
    """What has not come of a box. losses: what it said of its own, as its messages have it."""

    agent: str
    boots: list[Boot]
    losses: list[dict[str, Any]]


class Proposal(TypedDict):
    """A region that may be ignored, in pixels of `picture` (width, height), and what it would hide."""

    key: str
    polygon: Sequence[Point]
    picture: tuple[int, int]
    share: float
    hides_false: dict[str, int]
    false_judged: int
    hides_real: int
    real_judged: int


class DeclinedRegion(TypedDict):
    """A region that was proposed and is not to be ignored."""

    polygon: Sequence[Point]
    picture: tuple[int, int]
    reason: str
    declined_by: str
    declined_at: Instant


class JudgedTrack(TypedDict):
    """Where something went, and whether it was a false alarm."""

    false: bool
    points: Sequence[Point]


class Proposals(TypedDict):
    """Regions that may be ignored, in pixels of `picture`, beside what is ignored and what is not to be."""

    camera: str
    agent: str
    people: People
    picture: tuple[int, int] | None
    image: str | None
    proposals: list[Proposal]
    wanted: list[Sequence[Point]]
    desired: Standing | None
    declined: list[DeclinedRegion]
    tracks: list[JudgedTrack]


class Certificate(TypedDict):
    """A device's certificate and its issuer's, PEM."""

    certificate: str
    authority: str
    ends_at: Instant
