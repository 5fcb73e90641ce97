"""Gathers what the database knows of an alert, for its evidence file."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cloud.evidence.bundle.facts import Export, Facade, Facts, Name
from cloud.evidence.bundle.steps import step
from cloud.store import accounts, alerts, audit, clips, equipment, log, registry
from cloud.store.alerts import AlertRow
from cloud.store.clips import SealedRow
from cloud.store.log import Leaf
from cloud.store.pool import Connection
from contracts.messages import ClipManifest, Origin, Place

OUTCOMES = {"on": "已触发", "failed": "触发失败", "held_back": "按限制未触发"}


class CannotExport(Exception):  # noqa: N818 - says what is so
    """There is nothing that could be proved. The message says why."""


class NoSuchAlert(CannotExport):
    """There is no such alert."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. message: of the fall, its track and origin those of its end."""

    row: AlertRow
    message: dict[str, Any]
    clip: SealedRow
    facade: Facade | None
    people: dict[str, Name]
    warnings: tuple[tuple[str, str, datetime], ...]

    @property
    def manifest(self) -> ClipManifest:
        """What the device signed."""
        return ClipManifest.model_validate_json(self.clip.manifest, extra="ignore")

    @property
    def origin(self) -> Origin | None:
        """Where in the picture it was released."""
        return None if self.message["origin"] is None else Origin.model_validate(self.message["origin"])

    @property
    def track(self) -> tuple[tuple[float, float, float], ...]:
        """(t_s, x_px, y_px) of each point."""
        return tuple((each["t_s"], each["x_px"], each["y_px"]) for each in self.message["track"])


async def find(conn: Connection, alert: UUID) -> Found:
    """An alert with its clip.

    Raises:
        NoSuchAlert: There is none.
        CannotExport: It has no clip that a device of ours has signed and sent.
    """
    found = await alerts.find(conn, alert)
    if found is None:
        raise NoSuchAlert(f"there is no alert {alert}")
    row, message = found
    clip = await clips.sealed(conn, row.message_id)
    if clip is None:
        raise CannotExport("no clip of this alert has been sealed by its device yet")
    if clip.state != "verified":
        raise CannotExport(
            f"the clip is {clip.state}, not verified: {clip.failed_reason or 'its bytes have not come'}"
        )
    names = await accounts.display_names(conn)
    given = await equipment.warnings(conn, row.camera, row.observed_at, row.last_visible_at)
    return Found(
        row,
        message,
        clip,
        await _facade(conn, row),
        {username: Name(id=username, zh=zh, en=en) for username, (zh, en) in names.items()},
        tuple((each.device, OUTCOMES.get(each.outcome, each.outcome), each.acted_at) for each in given),
    )


async def custody(conn: Connection, found: Found) -> list[Leaf]:
    """Every entry of the log about the alert, its clip, and what people did with them, in the log's order."""
    alert, event = str(found.row.id), str(found.row.message_id)
    subjects = [("alert", alert), ("clip", event), ("clip", found.clip.sha256)]
    numbers = [str(number) for number in await audit.numbers(conn, subjects)]
    leaves = [
        *await log.about(conn, "alert", [alert]),
        *await log.about(conn, "clip", [event]),
        *await log.about(conn, "audit", numbers),
    ]
    return sorted(leaves, key=lambda leaf: leaf.index)


def facts(
    found: Found, lines: list[Leaf], export: Export, *, annotated: bool, first_stamped_at: datetime
) -> Facts:
    """What the page tells."""
    row = found.row
    return Facts(
        alert=str(row.id),
        estate=Name(id=row.estate, zh=row.estate_zh, en=row.estate_en),
        facade=found.facade,
        camera=Name(id=row.camera, zh=row.camera_zh, en=row.camera_en),
        agent=row.agent,
        observed_at=row.observed_at,
        last_visible_at=row.last_visible_at,
        decided_at=row.decided_at,
        received_at=row.received_at,
        time_is=row.clock,
        score=row.score,
        state=row.state,
        close_reason=row.close_reason,
        place=None if row.place is None else Place.model_validate(row.place),
        origin=found.origin,
        track=found.track,
        frame=(found.message["frame_width"], found.message["frame_height"]),
        manifest=found.manifest,
        message=found.message,
        warnings=found.warnings,
        export=export,
        steps=tuple(map(step, lines)),
        people=found.people,
        annotated=annotated,
        first_stamped_at=first_stamped_at,
    )


async def _facade(conn: Connection, row: AlertRow) -> Facade | None:
    found = None if row.facade is None else await registry.facade(conn, row.facade)
    if found is None:
        return None
    name = Name(id=found.id, zh=found.name_zh, en=found.name_en)
    return Facade(name=name, building=found.building, floors=found.floors, bays=found.bays)
