"""How often each camera was wrong and why; regions that are proposed to be ignored, applied by a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from pydantic import Field

from cloud import clock
from cloud.api import known, shapes, upkeep_shapes
from cloud.api.answers import upkeep
from cloud.api.answers.alerts import Feedback
from cloud.api.auth import Maintenance
from cloud.api.bodies import Body, SlugInPath, Why
from cloud.api.problems import Problem
from cloud.api.routes import desired as wanted
from cloud.api.services import Use
from cloud.core import feedback
from cloud.core.alert import is_false
from cloud.core.feedback import Judged
from cloud.core.mask_proposal import Declined, Point, Proposal, Seen, is_declined, proposals
from cloud.store import accounts, audit, changes, desired, faults, registry
from cloud.store import feedback as rows
from cloud.store.audit import Act
from cloud.store.feedback import DeclinedRow
from cloud.store.pool import Connection
from contracts.devices import DesiredCamera, DesiredState

router = APIRouter(prefix="/api")

SPAN: Final = timedelta(weeks=12)
LATELY: Final = timedelta(days=30)
DRAWN: Final = 60
"""So many of the newest tracks are shown: more hide each other."""


class Accepted(Body):
    """key: of the proposal as it was seen. replaces_own: the regions of the box's own file may go."""

    key: str = Field(pattern=r"^[0-9a-f]{16}$")
    replaces_own: bool = False


class NotWanted(Body):
    """key: of the proposal as it was seen. reason: why it is not to be ignored."""

    key: str = Field(pattern=r"^[0-9a-f]{16}$")
    reason: Why


@dataclass(frozen=True, slots=True)
class _Read:
    """What there is to say of a camera's regions. newest: what is wanted of its box."""

    camera: str
    judged: Sequence[Judged]
    declined: Sequence[DeclinedRow]
    newest: DesiredState | None

    @property
    def frame(self) -> tuple[int, int] | None:
        """A picture of another shape than the last was another view."""
        return self.judged[-1].frame if self.judged else None

    def wanted(self) -> list[list[Point]]:
        """What is ignored already, in pixels of `frame`."""
        return [] if self.frame is None else _wanted(self.newest, self.camera, self.frame)

    def proposals(self) -> list[Proposal]:
        """What is neither ignored nor declined already."""
        if self.frame is None:
            return []
        found = proposals([_seen(one) for one in self.judged if one.frame == self.frame], self.frame)
        no, has = [row.region for row in self.declined], self.wanted()
        return [one for one in found if not is_declined(one, no) and not _is_among(one.polygon, has)]

    def proposal(self, key: str) -> Proposal:
        """That which somebody answers.

        Raises:
            Problem: 409, it is not proposed any more.
        """
        found = next((one for one in self.proposals() if one.key == key), None)
        if found is None:
            raise Problem(HTTPStatus.CONFLICT, "this region is not proposed any more")
        return found


@router.get("/feedback")
async def figures(account: Maintenance, services: Use) -> Feedback:
    """How alerts were judged: of 30 days by camera, of 12 weeks by camera and week, each by reason."""
    now = clock.utc_now()
    async with services.reading(account) as conn:
        cameras = {row.id: row for row in await registry.cameras(conn)}
        counted = feedback.weeks(await rows.counts(conn, now - SPAN))
        lately = feedback.totals(await rows.counts(conn, now - LATELY))
    return {
        "now": shapes.instant(now),
        "cameras": [
            {
                "camera": shapes.thing(row.camera, cameras[row.camera].name_zh, cameras[row.camera].name_en),
                "real": row.real,
                "falling_part": row.part,
                "false": dict(row.false),
                "share_false": round(row.share_false, 4),
            }
            for row in lately
            if row.camera in cameras
        ],
        "weeks": [
            {
                "camera": shapes.thing(row.camera, cameras[row.camera].name_zh, cameras[row.camera].name_en),
                "week": row.week.isoformat(),
                "real": row.real,
                "false": dict(row.false),
                "precision": row.precision,
            }
            for row in counted
            if row.camera in cameras
        ],
    }


@router.get("/cameras/{camera}/ignore-proposals")
async def proposed(camera: SlugInPath, account: Maintenance, services: Use) -> upkeep.Proposals:
    """Where false alarms of 12 weeks cluster in a camera's picture, and what ignoring it would hide."""
    async with services.reading(account) as conn:
        agent = (await known.camera(conn, camera)).agent
        return await _shown(conn, agent, camera)


@router.post("/cameras/{camera}/ignore-proposals")
async def accept(camera: SlugInPath, body: Accepted, account: Maintenance, services: Use) -> upkeep.Issued:
    """Want a proposed region ignored. 409: it is not proposed any more, or would replace the box's own."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        agent = (await known.camera(conn, camera)).agent
        await desired.lock(conn, agent)
        at = await _read(conn, agent, camera)
        found, before = at.proposal(body.key), wanted.of_camera(at.newest, camera)
        if before.ignore is None and not body.replaces_own:
            why = "what the box's own file ignores would count no more: replaces_own"
            raise Problem(HTTPStatus.CONFLICT, why, replaces_own=True)
        after = _with_region(before, found)
        version, changed = await wanted.issue_of_camera(conn, agent, after, account.username, now)
        content: dict[str, Any] = {"version": version, "region": _shape(found)}
        await audit.enter(
            conn, Act(account.username, "accepted_region", "camera", camera, content=content), now
        )
        await changes.record(conn, changed, now)
    services.log.info("ignore_accepted", camera=camera, version=version, by=account.username)
    return {"agent": agent, "version": version}


@router.post("/cameras/{camera}/ignore-proposals/decline")
async def decline(
    camera: SlugInPath, body: NotWanted, account: Maintenance, services: Use
) -> upkeep.Proposals:
    """Do not ignore a proposed region. It is proposed again once it would hide twice as many false alarms."""
    now = clock.utc_now()
    async with services.acting(account) as conn:
        agent = (await known.camera(conn, camera)).agent
        found = (await _read(conn, agent, camera)).proposal(body.key)
        region = Declined(found.polygon, found.frame, sum(found.hides.values()))
        await rows.decline(conn, camera, DeclinedRow(region, body.reason, account.username, now))
        content: dict[str, Any] = {"region": _shape(found), "reason": body.reason}
        await audit.enter(
            conn, Act(account.username, "declined_region", "camera", camera, content=content), now
        )
        return await _shown(conn, agent, camera)


async def _read(conn: Connection, agent: str, camera: str) -> _Read:
    judged = await rows.judged(conn, clock.utc_now() - SPAN, camera)
    return _Read(camera, judged, await rows.declined(conn, camera), await desired.newest(conn, agent))


async def _shown(conn: Connection, agent: str, camera: str) -> upkeep.Proposals:
    at = await _read(conn, agent, camera)
    standing = (await desired.standings(conn)).get(agent)
    picture = await faults.newest_picture(conn, camera)
    return {
        "camera": camera,
        "agent": agent,
        "people": shapes.people(await accounts.display_names(conn)),
        "picture": at.frame,
        "image": None if picture is None else upkeep_shapes.thumbnail(*picture),
        "proposals": [_shape(one) for one in at.proposals()],
        "wanted": [*at.wanted()],
        "desired": None if standing is None else upkeep_shapes.standing(standing),
        "declined": [
            {
                "polygon": row.region.polygon,
                "picture": row.region.frame,
                "reason": row.reason,
                "declined_by": row.declined_by,
                "declined_at": shapes.instant(row.declined_at),
            }
            for row in at.declined
        ],
        "tracks": [
            {"false": is_false(one.reason), "points": _seen(one).points}
            for one in at.judged[-DRAWN:]
            if one.frame == at.frame
        ],
    }


def _wanted(state: DesiredState | None, camera: str, frame: tuple[int, int]) -> list[list[Point]]:
    """What the newest version has ignored already, in pixels of `frame`."""
    found = wanted.of_camera(state, camera)
    if not found.ignore:
        return []
    width, height = found.picture or frame
    across, down = frame[0] / width, frame[1] / height
    return [[(x * across, y * down) for x, y in region] for region in found.ignore]


def _with_region(before: DesiredCamera, proposal: Proposal) -> DesiredCamera:
    """The region beside those that are ignored already, in the picture in which they are measured."""
    width, height = before.picture or proposal.frame
    across, down = width / proposal.frame[0], height / proposal.frame[1]
    region = tuple((x * across, y * down) for x, y in proposal.polygon)
    ignore = (*(before.ignore or ()), region)
    return before.model_copy(update={"picture": (width, height), "ignore": ignore})


def _is_among(polygon: Sequence[Point], regions: Sequence[Sequence[Point]]) -> bool:
    """Whether it is ignored already, to a pixel."""
    return any(
        len(region) == len(polygon)
        and all(abs(x - u) <= 1 and abs(y - v) <= 1 for (x, y), (u, v) in zip(polygon, region, strict=True))
        for region in regions
    )


def _seen(one: Judged) -> Seen:
    points = [(point["x_px"], point["y_px"]) for point in one.track]
    return Seen(points, one.reason if is_false(one.reason) else None)


def _shape(proposal: Proposal) -> upkeep.Proposal:
    return {
        "key": proposal.key,
        "polygon": list(proposal.polygon),
        "picture": proposal.frame,
        "share": round(proposal.share, 4),
        "hides_false": dict(proposal.hides),
        "false_judged": proposal.of,
        "hides_real": 0,
        "real_judged": proposal.real_near,
    }
