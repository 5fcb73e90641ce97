"""What the bureau sees: which facade is watched now, and how much of the last day each really was."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter

from cloud import clock
from cloud.api import shapes
from cloud.api.answers import figures
from cloud.api.answers.base import Named
from cloud.api.auth import Bureau
from cloud.api.services import Use
from cloud.core import coverage
from cloud.core.watched import Runs
from cloud.store import changes, registry, watched
from cloud.store.registry import CameraRow, FacadeRow

router = APIRouter(prefix="/api/bureau")


@router.get("")
async def overview(account: Bureau, services: Use) -> figures.Bureau:
    """Estates with their facades, as of now and over the last day."""
    now = clock.utc_now()
    begin, end = coverage.window(now)
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        estates = await registry.estates(conn)
        facades = await registry.facades(conn)
        cameras = {camera.id: camera for camera in await registry.cameras(conn)}
        seen_by = await registry.coverage(conn)
        recorded = await watched.spans(conn, min(begin, coverage.strip_begin(end)), end)
    shown: dict[str, list[figures.Facade]] = {}
    for facade in facades:
        watchers = [cameras[camera] for camera, seen in seen_by if seen == facade.id]
        shown.setdefault(facade.estate, []).append(_facade(facade, watchers, recorded, (begin, end)))
    return {
        "now": shapes.instant(now),
        "change": change,
        "window": {"from": shapes.instant(begin), "to": shapes.instant(end)},
        "estates": [
            _estate(shapes.thing(row.id, row.name_zh, row.name_en), shown.get(row.id, [])) for row in estates
        ],
    }


def _estate(estate: Named, facades: list[figures.Facade]) -> figures.Estate:
    shares = [facade["watched_share"] for facade in facades if facade["watched_share"] is not None]
    return {
        **estate,
        "watched_share": sum(shares) / len(shares) if shares else None,
        "facades_total": len(facades),
        "facades_blind_now": sum(facade["now"] == "blind" for facade in facades),
        "facades": facades,
    }


def _facade(
    facade: FacadeRow,
    cameras: list[CameraRow],
    recorded: dict[str, Runs],
    span: tuple[datetime, datetime],
) -> figures.Facade:
    states = {camera.id: camera.now for camera in cameras}
    now = coverage.facade_now("lost" if camera.is_blinded else camera.now for camera in cameras)
    first_seen = [camera.first_seen_at for camera in cameras if camera.first_seen_at is not None]
    share = coverage.share(states, recorded, min(first_seen, default=None), span)
    return {
        **shapes.thing(facade.id, facade.name_zh, facade.name_en),
        "building": facade.building,
        "floors": facade.floors,
        "bays": facade.bays,
        "now": now,
        "since": shapes.maybe(_since(now, cameras, states)),
        "watched_share": share.watched_share,
        "unknown_share": share.unknown_share,
        "counted_s": share.counted_s,
        "cameras": [
            {**shapes.thing(camera.id, camera.name_zh, camera.name_en), "state": states[camera.id]}
            for camera in cameras
        ],
        "strip": [
            {"at": shapes.instant(part.at), "watched_share": part.watched_share} for part in share.strip
        ],
    }


def _since(now: str, cameras: list[CameraRow], states: dict[str, Any]) -> datetime | None:
    """Watched since a camera sees, blind since the last ceased to, unknown since the agent left."""
    if now == "watched":
        seeing = (camera for camera in cameras if states[camera.id] == "streaming" and not camera.is_blinded)
        return min((camera.since for camera in seeing if camera.since), default=None)
    if now == "blind":
        ends = (camera.blinded_since if camera.is_blinded else camera.since for camera in cameras)
        return max((end for end in ends if end), default=None)
    return max((c.agent_since for c in cameras if states[c.id] == "unknown" and c.agent_since), default=None)
