"""Rows as the JSON that pages read. Instants are ISO 8601 in UTC with Z, names are {zh, en}."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from cloud.api.answers import alerts
from cloud.api.answers import people as of_people
from cloud.api.answers.base import Grounds, Line, Name, Named, People
from cloud.core import access
from cloud.store.accounts import NO_PASSWORD, Account
from cloud.store.alerts import AlertRow, HistoryRow
from cloud.store.audit import Entry
from cloud.store.clips import ClipRow
from cloud.store.equipment import WarningRow
from cloud.store.grants import GrantRow
from cloud.store.handovers import HandoverRow
from cloud.store.registry import EstateRow, FacadeRow
from cloud.store.sessions import SessionRow
from cloud.store.work_order_lists import LineRow, WorkOrderRow


def instant(at: datetime) -> str:
    """An instant as text."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def maybe(at: datetime | None) -> str | None:
    """An instant as text, or None."""
    return None if at is None else instant(at)


def name(zh: str, en: str) -> Name:
    """A name in both languages."""
    return {"zh": zh, "en": en}


def thing(identity: str, zh: str, en: str) -> Named:
    """Something with an id and a name."""
    return {"id": identity, "name": name(zh, en)}


def user(account: Account) -> of_people.User:
    """Somebody who is logged in."""
    return {
        "username": account.username,
        "display_name": name(account.display_zh, account.display_en),
        "role": account.role,
        "pages": list(access.pages(account.role)),
    }


def account(found: Account, open_sessions: int) -> of_people.Account:
    """Somebody who may log in, as the administrator sees them."""
    return {
        "username": found.username,
        "display_name": name(found.display_zh, found.display_en),
        "role": found.role,
        "estates": None if found.every_estate else sorted(found.estates),
        "every_estate": found.every_estate,
        "disabled": found.is_disabled,
        "second_factor": found.has_second_factor,
        "by_provider": found.password_hash == NO_PASSWORD,
        "sessions": open_sessions,
    }


def session(row: SessionRow, *, is_this: bool) -> of_people.Session:
    """One of somebody's sessions."""
    return {
        "id": str(row.id),
        "this": is_this,
        "begun_at": instant(row.created_at),
        "used_at": instant(row.used_at),
        "ends_at": instant(row.expires_at),
        "by": row.by,
        "address": row.address,
        "browser": row.browser,
    }


def grant(row: GrantRow, now: datetime) -> of_people.Grant:
    """Leave to see pictures."""
    return {
        "id": str(row.id),
        "username": row.username,
        "estate": row.estate,
        "alert": None if row.alert is None else str(row.alert),
        "reason": row.reason,
        "given_by": row.granted_by,
        "given_at": instant(row.granted_at),
        "ends_at": instant(row.ends_at),
        "taken_back_by": row.revoked_by,
        "taken_back_at": maybe(row.revoked_at),
        "counts": row.revoked_at is None and row.ends_at > now,
    }


def entry(row: Entry) -> of_people.Entry:
    """A line of the audit log."""
    return {
        "number": row.id,
        "at": instant(row.at),
        "by": row.by,
        "action": row.action,
        "subject": {"type": row.subject_type, "id": row.subject},
        "estate": row.estate,
        "purpose": row.purpose,
        "content": row.content,
    }


def people(names: Mapping[str, tuple[str, str]]) -> People:
    """Username → name, for the lines that say who did something."""
    return {username: name(zh, en) for username, (zh, en) in names.items()}


def alert(row: AlertRow) -> alerts.Alert:
    """An alert as lists show it."""
    return {
        "id": str(row.id),
        "state": row.state,
        "severity": row.severity,
        "priority": row.priority,
        "priority_reasons": cast("list[alerts.PriorityReason]", row.priority_reasons),
        "raised_at": instant(row.raised_at),
        "observed_at": instant(row.observed_at),
        "time_is": row.clock,
        "estate": thing(row.estate, row.estate_zh, row.estate_en),
        "camera": thing(row.camera, row.camera_zh, row.camera_en),
        "facade": facade_of(row),
        "score": row.score,
        "place": cast("alerts.Place | None", row.place),
        "pose_doubted": row.pose_doubted,
        "acknowledged_by": row.acknowledged_by,
        "acknowledged_at": maybe(row.acknowledged_at),
        "confirmed_by": row.confirmed_by,
        "confirmed_at": maybe(row.confirmed_at),
        "assigned_to": row.assigned_to,
        "shelved_by": row.shelved_by,
        "shelved_until": maybe(row.shelved_until),
        "shelve_reason": row.shelve_reason,
        "closed_by": row.closed_by,
        "closed_at": maybe(row.closed_at),
        "close_reason": row.close_reason,
        "clip": cast("alerts.ClipState", row.clip_state or "pending"),
        "held": row.is_held,
    }


def facade_of(row: AlertRow | WorkOrderRow) -> Named | None:
    """The facade of an alert or a work order, where it has one."""
    return None if row.facade is None else thing(row.facade, row.facade_zh or "", row.facade_en or "")


def history(lines: Sequence[HistoryRow] | Sequence[LineRow]) -> list[Line]:
    """What happened to an alert or a work order."""
    return [{"at": instant(line.at), "what": line.what, "by": line.by, "note": line.note} for line in lines]


def alert_detail(
    row: AlertRow,
    message: Mapping[str, Any],
    found: ClipRow | None,
    lines: list[HistoryRow],
    warnings: list[WarningRow],
) -> alerts.AlertSeen:
    """An alert with all that is known of it."""
    return {
        **alert(row),
        "message_id": str(row.message_id),
        "last_visible_at": instant(row.last_visible_at),
        "decided_at": instant(row.decided_at),
        "received_at": instant(row.received_at),
        "frame": {"width": message["frame_width"], "height": message["frame_height"]},
        "track": [(point["t_s"], point["x_px"], point["y_px"]) for point in message["track"]],
        "origin": message["origin"],
        "clock": message["clock"],
        "clip_detail": None if found is None else clip(found),
        "warnings": [warning(given) for given in warnings],
        "history": history(lines),
    }


def handover(row: HandoverRow) -> alerts.Handover:
    """A handover with what went along."""
    return {
        "id": str(row.id),
        "from": row.giver,
        "to": row.receiver,
        "state": row.state,
        "note": row.note,
        "offered_at": instant(row.offered_at),
        "ended_at": maybe(row.ended_at),
        "items": cast("list[alerts.HandedItem]", row.items),
    }


def clip(row: ClipRow) -> alerts.Clip:
    """A clip with what its manifest says. What cannot be read in a manifest that nobody believes is None."""
    manifest = _manifest(row.manifest)
    started = manifest.get("started_at")
    stored = row.state in {"stored", "verified"}
    return {
        "url": f"/api/evidence/clips/{row.sha256}" if stored else None,
        "sha256": row.sha256,
        "size_bytes": row.size_bytes,
        "started_at": started if isinstance(started, str) else None,
        "duration_s": _number(manifest.get("duration_s")),
        "event_offset_s": _number(manifest.get("event_offset_s")),
        "complete": manifest.get("complete") is True,
        "hash_matches": row.hash_matches,
        "signature_valid": row.signature_valid,
        "signed_by": row.signed_by,
        "failed_reason": row.failed_reason,
    }


def _number(found: object) -> float | None:
    """A number that can be sent; a manifest that nobody believes may hold anything in its place."""
    return float(found) if isinstance(found, int | float) and math.isfinite(found) else None


def _manifest(text: str | None) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def places(estates: Sequence[EstateRow], facades: Sequence[FacadeRow]) -> list[Grounds]:
    """Estates with their facades: where something can be."""
    return [
        {
            **thing(estate.id, estate.name_zh, estate.name_en),
            "facades": [
                {
                    **thing(facade.id, facade.name_zh, facade.name_en),
                    "building": facade.building,
                    "floors": facade.floors,
                    "bays": facade.bays,
                }
                for facade in facades
                if facade.estate == estate.id
            ],
        }
        for estate in estates
    ]


def warning(row: WarningRow) -> alerts.Warned:
    """A siren or lamp that was switched, or should have been."""
    return {
        "device": row.device,
        "outcome": row.outcome,
        "acted_at": instant(row.acted_at),
        "reason": row.reason,
    }
