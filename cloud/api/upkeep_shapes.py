"""Work orders, faults and devices as the JSON that pages read."""

from collections.abc import Mapping, Sequence
from typing import Final, cast
from uuid import UUID

from cloud.api import shapes
from cloud.api.answers import upkeep
from cloud.api.answers.base import Name, Named
from cloud.core.device import Device, Firmware
from cloud.core.fault import OF_PICTURE, Subject, SubjectKind, is_blinding
from cloud.store.desired import Standing
from cloud.store.faults import FaultRow
from cloud.store.photos import PhotoRow
from cloud.store.work_order_lists import WorkOrderRow

FIRMWARES: Final = 5
"""So many firmwares of a device are told, the newest."""


def work_order(row: WorkOrderRow, pictures: Sequence[PhotoRow], *, seen: bool) -> upkeep.WorkOrder:
    """A work order with its photographs. seen: what its device saw is the first of those before the work."""
    shown = row.picture is not None and seen
    seen_by_device: upkeep.DevicePhoto = {"stage": "before", "url": thumbnail(row.fault, row.picture or "")}
    subject: upkeep.Subject | None = None
    if row.subject is not None and row.subject_type is not None:
        called = shapes.thing(row.subject, row.subject_zh or row.subject, row.subject_en or row.subject)
        subject = {"type": row.subject_type, **called}
    return {
        "id": str(row.id),
        "number": order_number(row),
        "state": row.state,
        "source": row.source,
        "severity": row.severity,
        "kind": row.kind,
        "title": row.title,
        "detail": row.detail,
        "reference": row.reference,
        "fault": None if row.fault is None else str(row.fault),
        "estate": shapes.thing(row.estate, row.estate_zh, row.estate_en),
        "building": row.building,
        "facade": shapes.facade_of(row),
        "floor": row.floor,
        "bay": row.bay,
        "subject": subject,
        "opened_by": row.opened_by,
        "opened_at": shapes.instant(row.opened_at),
        "due_at": shapes.instant(row.due_at),
        "overdue_at": shapes.maybe(row.overdue_at),
        "responsible": row.responsible,
        "taken_by": row.taken_by,
        "taken_at": shapes.maybe(row.taken_at),
        "finished_by": row.finished_by,
        "finished_at": shapes.maybe(row.finished_at),
        "measure": row.measure,
        "verified_by": row.verified_by,
        "reason": row.reason,
        "closed_at": shapes.maybe(row.closed_at),
        "reopened": row.reopened,
        "reopened_at": shapes.maybe(row.reopened_at),
        "photos": [*([seen_by_device] if shown else ()), *(photo(picture) for picture in pictures)],
    }


def order_number(row: WorkOrderRow) -> str:
    """What people call a work order."""
    return f"W-{row.number:05d}"


def photo(row: PhotoRow) -> upkeep.Photo:
    """A photograph of a work order."""
    return {
        "stage": row.stage,
        "url": f"/api/work-orders/photos/{row.id}",
        "by": row.by,
        "at": shapes.instant(row.at),
    }


def thumbnail(fault: UUID | None, picture: str) -> str:
    """Where the picture of a fault is. picture: names its content, so that a browser may keep it."""
    return f"/api/faults/{fault}/thumbnail?v={picture}"


def fault(row: FaultRow, names: Mapping[Subject, Name], estate: Named, facades: list[Named]) -> upkeep.Fault:
    """A fault with the facades that it may leave unwatched."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "subject": _subject(row.subject_type, row.subject, names),
        "estate": estate,
        "state": row.state,
        "severity": row.severity,
        "of_picture": row.kind in OF_PICTURE,
        "blinding": is_blinding(row.kind, row.severity),
        "reason": row.reason,
        "value": row.value,
        "baseline": row.baseline,
        "threshold": row.threshold,
        "unit": row.unit,
        "what": cast("Name | None", row.what),
        "advice": cast("Name | None", row.advice),
        "thumbnail": None if row.picture is None else thumbnail(row.id, row.picture),
        "since": shapes.instant(row.since),
        "cleared_at": shapes.maybe(row.cleared_at),
        "close_reason": row.close_reason,
        "acknowledged_by": row.acknowledged_by,
        "shelved_until": shapes.maybe(row.shelved_until),
        "shelve_reason": row.shelve_reason,
        "suppressed_by": None if row.suppressed_by is None else str(row.suppressed_by),
        "beneath": row.beneath,
        "announced_at": shapes.maybe(row.announced_at),
        "facades": facades,
        "work_order": None if row.work_order is None else str(row.work_order),
    }


def standing(found: Standing) -> upkeep.Standing:
    """Where an agent stands with what is wanted of it. outcome: None before it has reported `wanted`."""
    heard = found.reported == found.wanted
    return {
        "wanted": found.wanted,
        "outcome": cast("upkeep.Outcome | None", found.outcome) if heard else None,
        "reason": (found.reason or "") if heard else "",
        "now": found.now,
    }


def record(device: Device, history: Sequence[Firmware]) -> upkeep.Record:
    """What a device is, and the firmwares that it ran before, newest first."""
    return {
        "maker": device.maker,
        "model": device.model,
        "serial": device.serial,
        "firmware": device.firmware,
        "profile": device.profile,
        "profile_version": device.profile_version,
        "wanted_firmware": device.wanted_firmware,
        "firmwares": [
            {"version": firmware.version, "since": shapes.instant(firmware.since)}
            for firmware in reversed(history[-FIRMWARES:])
        ],
    }


def _subject(kind: SubjectKind, identity: str, names: Mapping[Subject, Name]) -> upkeep.Subject:
    called = names.get(Subject(kind, identity), shapes.name(identity, identity))
    return {"type": kind, "id": identity, "name": called}
