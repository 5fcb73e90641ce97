"""What the bureau sees: how many facades are watched now, and how much of the last day each really was."""

from collections import Counter
from datetime import datetime
from typing import Any

from fastapi import APIRouter

from cloud import clock
from cloud.api import known, shapes
from cloud.api.answers import figures
from cloud.api.auth import Overseer
from cloud.api.bodies import SlugInPath
from cloud.api.services import Use
from cloud.core import coverage
from cloud.core.watched import Runs
from cloud.store import changes, registry, watched
from cloud.store.registry import CameraRow, FacadeRow

router = APIRouter(prefix="/api/bureau")


@router.get("")
async def overview(account: Overseer, services: Use) -> figures.Bureau:
    """Estates, and how many of their facades are watched as of now."""
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        estates = await registry.estates(conn)
        states = await registry.facades_now(conn)
    counted = Counter((estate, now) for estate, now in states.values())
    return {
        "now": shapes.instant(clock.utc_now()),
        "change": change,
        "estates": [
            {
                **shapes.thing(row.id, row.name_zh, row.name_en),
                "facades_total": sum(counted[row.id, now] for now in coverage.STATES),
                "facades_blind_now": counted[row.id, "blind"],
                "facades_unknown_now": counted[row.id, "unknown"],
            }
            for row in estates
        ],
    }


@router.get("/estates/{estate}")
async def of_estate(estate: SlugInPath, account: Overseer, services: Use) -> figures.BureauEstate:
    """An estate's facades, as of now and over the last day."""
    now = clock.utc_now()
    begin, end = coverage.window(now)
    async with services.reading(account) as conn:
        change = await changes.newest(conn)
        await known.estate(conn, estate)
        facades = await registry.facades(conn, estate)
        seen_by: dict[str, list[str]] = {row.id: [] for row in facades}
        for camera, facade in await registry.coverage(conn):
            if facade in seen_by:
                seen_by[facade].append(camera)
        seeing = sorted({camera for cameras in seen_by.values() for camera in cameras})
        cameras = {camera.id: camera for camera in await registry.cameras(conn, seeing)}
        recorded = await watched.spans(conn, min(begin, coverage.strip_begin(end)), end, seeing)
    return {
        "now": shapes.instant(now),
        "change": change,
        "window": {"from": shapes.instant(begin), "to": shapes.instant(end)},
        "facades": [
            _facade(row, [cameras[camera] for camera in seen_by[row.id]], recorded, (begin, end))
            for row in facades
        ],
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
