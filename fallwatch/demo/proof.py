"""Proves the walk of one fall, station by station, from outside, as `make demo ONCE=1` promises."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

import aiomqtt
import httpx

from cloud import clock
from contracts.messages import FallingObject
from fallwatch.demo import browser, evidence, letterbox, tap
from fallwatch.demo.browser import Json
from fallwatch.demo.evidence import EvidenceError
from fallwatch.demo.layout import AGENT, CAMERA_EAST, CAMERA_WEST
from fallwatch.demo.progress import Progress
from fallwatch.demo.stack import Stack
from fallwatch.demo.tap import Tap

LIMIT_S = 120
POLL_S = 0.1
TAP_S = 2
"""The same message comes to us by the broker and, as an alert, by the database: either may be first."""


class ProofError(Exception):
    """The walk ended early. The message says at which station."""


@dataclass
class Station:
    """Where the walk has got to; what a failure names."""

    name: str = "the pages: nobody could log in"


@dataclass(frozen=True)
class Raised:
    """An alert that the desk was told of."""

    detail: Json
    seen_at: datetime
    fall: FallingObject


async def prove(stack: Stack, progress: Progress) -> Json:
    """The result that is printed.

    Raises:
        ProofError: A station was not reached within 120 s, or what it showed is wrong.
    """
    station = Station()
    try:
        async with asyncio.timeout(LIMIT_S):
            return await _walk(stack, station, progress)
    except TimeoutError as error:
        raise ProofError(f"not within {LIMIT_S} s: {station.name}") from error
    except (httpx.HTTPError, aiomqtt.MqttError, EvidenceError) as error:
        raise ProofError(f"{station.name}: {str(error) or type(error).__name__}") from error


async def _walk(stack: Stack, station: Station, progress: Progress) -> Json:
    url = stack.addresses.page_url
    async with AsyncExitStack() as open_:
        desk = await open_.enter_async_context(browser.logged_in(url, "desk", stack.passwords["desk"]))
        repair = await open_.enter_async_context(browser.logged_in(url, "repair", stack.passwords["repair"]))
        passing = await open_.enter_async_context(tap.listening(stack.cloud_broker, AGENT))
        since = int((await browser.read(desk, "/api/desk"))["change"])
        hearing = asyncio.ensure_future(first_alert(desk, since, passing))
        open_.callback(hearing.cancel)
        began_at = clock.utc_now()

        station.name = "station 1, camera: cam-east does not stream"
        await _until(lambda: _streams(repair))
        progress.say("camera 1 streams")
        station.name = "stations 2 to 7, detector to broker: no fall has come from cam-east"
        await _until(lambda: _now(bool(passing.falls(CAMERA_EAST))))
        progress.say("a fall has been sent")
        station.name = "stations 8 and 10, ingest to page: the desk was told of no alert"
        raised = await hearing
        fall = raised.fall
        progress.say("the desk has its alert")
        station.name = "station 8, effects: nobody was told of the alert"
        await _until(lambda: _now(bool(letterbox.told(stack.letters, raised.detail["id"]))))
        progress.say("the person on call has the message")
        station.name = "station 9, confirmation: the cloud did not confirm the fall"
        await _until(lambda: _now((fall.boot, fall.seq) in passing.confirmed_at))
        station.name = "station 3, evidence: the clip has not been announced, or not arrived, or not verified"
        await _until(lambda: _verified(desk, raised))
        station.name = "station 3, evidence: the clip is not what its manifest says"
        clip_sha256 = await _check_clip(stack, desk, raised, progress)
        station.name = "the fault of cam-west has not been raised"
        fault_id = await _fault(repair, began_at)
        progress.say("maintenance has its fault")
        await _settled(passing)
        confirmed_at = passing.confirmed_at[fall.boot, fall.seq]
        return {
            "alert_id": raised.detail["id"],
            "message_id": raised.detail["message_id"],
            "clip_sha256": clip_sha256,
            "verified": True,
            "events_sent": len(passing.sent),
            "events_confirmed": passing.confirmed_count,
            "fault_id": fault_id,
            "told": letterbox.told(stack.letters, raised.detail["id"]),
            "latency_s": {
                "last_visible_to_confirmed": _between(fall.last_visible_at, confirmed_at),
                "last_visible_to_page": _between(fall.last_visible_at, raised.seen_at),
            },
        }


async def first_alert(desk: httpx.AsyncClient, since: int, passing: Tap) -> Raised:
    """The first alert of a fall of cam-east that passed the broker, when the live line tells of it.

    What an earlier run left behind, such as the end of its last fall or its clip, changes alerts of that run:
    those are passed over.
    """
    while True:
        async for change in browser.changes(desk, since):
            if change["topic"] != "alert":
                continue
            seen_at = clock.utc_now()
            detail = await browser.read(desk, f"/api/alerts/{change['id']}")
            if detail["camera"]["id"] != CAMERA_EAST:
                continue
            fall = await _passed(passing, detail["message_id"])
            if fall is not None:
                return Raised(detail, seen_at, fall)


async def _passed(passing: Tap, message_id: str) -> FallingObject | None:
    """The fall of that message, if it passed the broker."""
    found: list[FallingObject] = []

    async def has_come() -> bool:
        found.extend(fall for fall in passing.falls(CAMERA_EAST) if str(fall.message_id) == message_id)
        return bool(found)

    try:
        async with asyncio.timeout(TAP_S):
            await _until(has_come)
    except TimeoutError:
        return None
    return found[0]


async def _streams(repair: httpx.AsyncClient) -> bool:
    cameras = (await browser.read(repair, "/api/maintenance"))["cameras"]
    return any(camera["id"] == CAMERA_EAST and camera["state"] == "streaming" for camera in cameras)


async def _verified(desk: httpx.AsyncClient, raised: Raised) -> bool:
    detail = await browser.read(desk, f"/api/alerts/{raised.detail['id']}")
    if detail["clip"] == "failed":
        raise EvidenceError(str((detail["clip_detail"] or {}).get("failed_reason")))
    return bool(detail["clip"] == "verified")


async def _check_clip(stack: Stack, desk: httpx.AsyncClient, raised: Raised, progress: Progress) -> str:
    found = await evidence.announced(stack.database_url, raised.detail["message_id"])
    if found is None:
        raise EvidenceError("the database has no alert with a clip for this message")
    why = {"purpose": "other", "note": "proof of the demo"}
    asked = await desk.post(f"/api/alerts/{raised.detail['id']}/viewings", json=why)
    asked.raise_for_status()
    answer = await desk.get(f"/api/evidence/clips/{found.sha256}")
    answer.raise_for_status()
    count = await asyncio.to_thread(evidence.verify, found, answer.content, stack.device_ca)
    progress.say(f"the clip's digest and signature verify, and its {count} frames play")
    return found.sha256


async def _fault(repair: httpx.AsyncClient, began_at: datetime) -> str:
    """The id of the fault that cam-west's outage raised since the start."""
    while True:
        for fault in (await browser.read(repair, "/api/maintenance"))["faults"]:
            of_west = fault["subject"]["type"] == "camera" and fault["subject"]["id"] == CAMERA_WEST
            if of_west and fault["kind"] == "camera_lost" and _instant(fault["since"]) >= began_at:
                return str(fault["id"])
        await asyncio.sleep(POLL_S)


async def _settled(passing: Tap) -> None:
    """A moment for what is still on its way; what then is unconfirmed is told as such."""
    try:
        async with asyncio.timeout(10):
            await _until(lambda: _now(passing.confirmed_count == len(passing.sent)))
    except TimeoutError:
        return


async def _now(value: bool) -> bool:  # noqa: FBT001 - a value as an awaitable
    return value


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    while not await condition():  # noqa: ASYNC110 - asks other processes, which can set no event here
        await asyncio.sleep(POLL_S)


def _between(earlier: datetime, later: datetime) -> float:
    return round((later - earlier).total_seconds(), 3)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
