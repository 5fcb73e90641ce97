"""Estates and what stands in them: written from the estate file, read by everyone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from psycopg.rows import class_row

from cloud.core.coverage import CameraNow, FacadeNow, camera_now, facade_now
from cloud.core.estate import Agent, Camera, Estate, EstateFile, Facade
from cloud.core.fault import OF_PICTURE
from cloud.core.priority import Ground
from cloud.core.refused import Refused, objection
from cloud.store import topology
from cloud.store.pool import Connection, Later


@dataclass(frozen=True, slots=True)
class EstateRow:
    """An estate."""

    id: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class FacadeRow:
    """A facade."""

    id: str
    estate: str
    building: str
    name_zh: str
    name_en: str
    floors: int
    bays: int


@dataclass(frozen=True, slots=True)
class CameraRow:
    """A camera with what is known of it now. `agent_state` is online, offline or unknown.

    told_before: its state was told by an earlier boot of the agent than the one that was heard last.
    blinded_since: since when a fault of its picture is open, other than a mere warning.
    """

    id: str
    name_zh: str
    name_en: str
    agent: str
    estate: str
    first_seen_at: datetime | None
    state: str | None
    since: datetime | None
    reason: str | None
    agent_state: str | None
    agent_since: datetime | None
    told_before: bool
    blinded_since: datetime | None

    @property
    def now(self) -> CameraNow:
        """Its state as far as it can be known."""
        return camera_now(self.state, self.agent_state, told_before=self.told_before)

    @property
    def is_blinded(self) -> bool:
        """Whether it streams a picture on which nobody can rely."""
        return self.now == "streaming" and self.blinded_since is not None


@dataclass(frozen=True, slots=True)
class CameraName:
    """A camera, and whose it is."""

    id: str
    estate: str
    name_zh: str
    name_en: str


FACADE: Final = (
    " LEFT JOIN LATERAL (SELECT facade.* FROM facade LEFT JOIN camera_facade seen"
    " ON seen.facade = facade.id AND seen.camera = camera.id WHERE facade.estate = estate.id"
    " AND (seen.camera IS NOT NULL OR facade.id = alert.payload #>> '{place,facade}')"
    " ORDER BY facade.id IS DISTINCT FROM alert.payload #>> '{place,facade}', facade.id LIMIT 1)"
    " facade ON true"
)
"""SQL: beside an `alert`, its `camera` and `estate`: the facade that its box tells, else the first of those
that the camera sees."""


@dataclass(frozen=True, slots=True)
class Owned:
    """What some agents may speak for."""

    agents: frozenset[str]
    cameras: dict[str, str]
    """Camera → agent."""
    sensors: dict[str, str]
    """Sensor → agent."""


async def seed(conn: Connection, file: EstateFile) -> None:
    """Bring the tables to what the file says. What is not in the file stays, because history refers to it."""
    for estate in file.estates:
        await conn.execute(
            "INSERT INTO estate (id, name_zh, name_en, zone) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO"
            " UPDATE SET name_zh = excluded.name_zh, name_en = excluded.name_en, zone = excluded.zone",
            (estate.id, estate.name.zh, estate.name.en, estate.zone),
        )
        for facade in estate.facades:
            await _seed_facade(conn, estate.id, facade)
        for agent in estate.agents:
            await _seed_agent(conn, estate.id, agent)
        await topology.seed(conn, estate)


async def draw(conn: Connection, estate: Estate, before: Estate) -> None:
    """Bring facades, boxes and cameras to a plan that was drawn. What is on it no more stays, as with a file.

    before: the plan that it follows; what is as there is not touched.

    Raises:
        Refused: An id is another estate's.
    """
    facades = {facade.id: facade for facade in before.facades}
    boxes = {agent.id: agent for agent in before.agents}
    for facade in estate.facades:
        if facade != facades.get(facade.id):
            await _claim(conn, "facade", facade.id, estate.id, estate.id)
            await _seed_facade(conn, estate.id, facade)
    for agent in estate.agents:
        if agent != (old := boxes.get(agent.id)):
            await _claim(conn, "agent", agent.id, estate.id, estate.id)
            await _seed_box(conn, estate.id, agent)
            known = {} if old is None else {camera.id: camera for camera in old.cameras}
            for camera in agent.cameras:
                if camera != known.get(camera.id):
                    await _claim(conn, "camera", camera.id, agent.id, estate.id)
                    await _seed_camera(conn, agent.id, camera)


_CLAIM: Final[Mapping[str, tuple[str, str]]] = {
    "facade": (
        (
            "INSERT INTO facade (id, estate, building, name_zh, name_en, floors, bays)"
            " VALUES (%(id)s, %(of)s, '', '', '', 1, 1) ON CONFLICT (id) DO NOTHING"
        ),
        "SELECT 1 FROM facade WHERE id = %(id)s AND estate = %(estate)s",
    ),
    "agent": (
        (
            "INSERT INTO agent (id, estate, name_zh, name_en) VALUES (%(id)s, %(of)s, '', '')"
            " ON CONFLICT (id) DO NOTHING"
        ),
        "SELECT 1 FROM agent WHERE id = %(id)s AND estate = %(estate)s",
    ),
    "camera": (
        (
            "INSERT INTO camera (id, agent, name_zh, name_en) VALUES (%(id)s, %(of)s, '', '')"
            " ON CONFLICT (id) DO NOTHING"
        ),
        (
            "SELECT 1 FROM camera JOIN agent ON agent.id = camera.agent"
            " WHERE camera.id = %(id)s AND agent.estate = %(estate)s"
        ),
    ),
}
"""Takes an id if nobody has it; says whether it is one's own then. Others' rows are not seen, only met."""


async def _claim(
    conn: Connection,
    kind: Literal["facade", "agent", "camera"],
    id: str,  # noqa: A002
    of: str,
    estate: str,
) -> None:
    values = {"id": id, "of": of, "estate": estate}
    take, is_own = _CLAIM[kind]
    await conn.execute(take.encode(), values)
    if await (await conn.execute(is_own.encode(), values)).fetchone() is None:
        raise Refused(objection("id_elsewhere", "the id {id} is used elsewhere: choose another", id=id))


async def _seed_facade(conn: Connection, estate: str, facade: Facade) -> None:
    await conn.execute(
        "INSERT INTO facade (id, estate, building, name_zh, name_en, floors, bays)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET estate = excluded.estate,"
        " building = excluded.building, name_zh = excluded.name_zh, name_en = excluded.name_en,"
        " floors = excluded.floors, bays = excluded.bays",
        (
            facade.id,
            estate,
            facade.building,
            facade.name.zh,
            facade.name.en,
            facade.floors,
            facade.bays,
        ),
    )
    await conn.execute("DELETE FROM ground WHERE facade = %s", (facade.id,))
    for ground in facade.grounds():
        await conn.execute(
            "INSERT INTO ground VALUES (%s, %s, %s, %s)",
            (facade.id, ground.first_bay, ground.last_bay, ground.below),
        )


async def _seed_agent(conn: Connection, estate: str, agent: Agent) -> None:
    await _seed_box(conn, estate, agent)
    for camera in agent.cameras:
        await _seed_camera(conn, agent.id, camera)
    for sensor in agent.sensors:
        await conn.execute(
            "INSERT INTO sensor (id, agent, name_zh, name_en, quantity, unit) VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET agent = excluded.agent, name_zh = excluded.name_zh,"
            " name_en = excluded.name_en, quantity = excluded.quantity, unit = excluded.unit",
            (sensor.id, agent.id, sensor.name.zh, sensor.name.en, sensor.quantity, sensor.unit),
        )


async def _seed_box(conn: Connection, estate: str, agent: Agent) -> None:
    await conn.execute(
        "INSERT INTO agent (id, estate, name_zh, name_en) VALUES (%s, %s, %s, %s) ON CONFLICT (id) DO UPDATE"
        " SET estate = excluded.estate, name_zh = excluded.name_zh, name_en = excluded.name_en",
        (agent.id, estate, agent.name.zh, agent.name.en),
    )


async def _seed_camera(conn: Connection, agent: str, camera: Camera) -> None:
    await conn.execute(
        "INSERT INTO camera (id, agent, name_zh, name_en) VALUES (%s, %s, %s, %s) ON"
        " CONFLICT (id) DO UPDATE"
        " SET agent = excluded.agent, name_zh = excluded.name_zh, name_en = excluded.name_en",
        (camera.id, agent, camera.name.zh, camera.name.en),
    )
    await conn.execute("DELETE FROM camera_facade WHERE camera = %s", (camera.id,))
    for facade in camera.facades:
        await conn.execute("INSERT INTO camera_facade VALUES (%s, %s)", (camera.id, facade))


async def owned(conn: Connection, agents: Collection[str]) -> Owned:
    """What `agents` may speak for. One that was cut off is none."""
    return await (await ask_owned(conn, agents))


async def ask_owned(conn: Connection, agents: Collection[str]) -> Later[Owned]:
    """The same, to be read later."""
    names = list(agents)
    known = await conn.execute(
        "SELECT id FROM agent WHERE id = ANY(%s)"
        " AND NOT EXISTS (SELECT 1 FROM agent_cut_off WHERE agent = agent.id AND ended_at IS NULL)",
        (names,),
    )
    cameras = await conn.execute("SELECT id, agent FROM camera WHERE agent = ANY(%s)", (names,))
    sensors = await conn.execute("SELECT id, agent FROM sensor WHERE agent = ANY(%s)", (names,))

    async def read() -> Owned:
        return Owned(
            frozenset([row[0] for row in await known.fetchall()]),
            dict(await cameras.fetchall()),
            dict(await sensors.fetchall()),
        )

    return Later(read)


async def is_known(conn: Connection, agent: str) -> bool:
    """Whether an agent stands in an estate, cut off or not."""
    row = await (await conn.execute("SELECT 1 FROM agent WHERE id = %s", (agent,))).fetchone()
    return row is not None


async def estates(conn: Connection) -> list[EstateRow]:
    """All estates by name."""
    async with conn.cursor(row_factory=class_row(EstateRow)) as cursor:
        return await (await cursor.execute("SELECT id, name_zh, name_en FROM estate ORDER BY id")).fetchall()


_BLINDING: Final = (
    "subject_type = 'camera' AND fault.state <> 'closed' AND severity <> 'warning'"
    " AND kind = ANY(%(of_picture)s)"
)
"""SQL: whether an open `fault` means that nobody can rely on its camera's picture."""
_FACADES: Final = "SELECT id, estate, building, name_zh, name_en, floors, bays FROM facade"


async def facades(conn: Connection, estate: str | None = None) -> list[FacadeRow]:
    """All facades, or those of an estate."""
    async with conn.cursor(row_factory=class_row(FacadeRow)) as cursor:
        await cursor.execute(
            f"{_FACADES} WHERE %(estate)s::text IS NULL OR estate = %(estate)s ORDER BY id",
            {"estate": estate},
        )
        return await cursor.fetchall()


async def facade(conn: Connection, identity: str) -> FacadeRow | None:
    """One facade."""
    async with conn.cursor(row_factory=class_row(FacadeRow)) as cursor:
        await cursor.execute(f"{_FACADES} WHERE id = %s", (identity,))
        return await cursor.fetchone()


async def facades_now(conn: Connection) -> dict[str, tuple[str, FacadeNow]]:
    """Facade → its estate, and whether one of the cameras that look at it sees now."""
    rows = await conn.execute(
        f"WITH blinded AS (SELECT DISTINCT subject FROM fault WHERE {_BLINDING})"  # noqa: S608 - own words
        " SELECT facade.id, facade.estate, seen.camera IS NOT NULL, now.state, heard.state,"
        " coalesce(now.boot <> heard.boot, false), blinded.subject IS NOT NULL FROM facade"
        " LEFT JOIN (camera_facade seen JOIN camera ON camera.id = seen.camera) ON seen.facade = facade.id"
        " LEFT JOIN camera_state now ON now.camera = camera.id"
        " LEFT JOIN agent_status heard ON heard.agent = camera.agent"
        " LEFT JOIN blinded ON blinded.subject = camera.id ORDER BY facade.id",
        {"of_picture": list(OF_PICTURE)},
    )
    found: dict[str, tuple[str, list[CameraNow]]] = {}
    for facade, estate, has_camera, state, agent_state, told_before, is_blinded in await rows.fetchall():
        cameras = found.setdefault(facade, (estate, []))[1]
        if has_camera:
            now = camera_now(state, agent_state, told_before=told_before)
            cameras.append("lost" if is_blinded and now == "streaming" else now)
    return {facade: (estate, facade_now(cameras)) for facade, (estate, cameras) in found.items()}


async def cameras(conn: Connection, of: Collection[str] | None = None) -> list[CameraRow]:
    """All cameras, or those that are named, with what is known of them and of their agents now."""
    async with conn.cursor(row_factory=class_row(CameraRow)) as cursor:
        await cursor.execute(
            "SELECT camera.id, camera.name_zh, camera.name_en, camera.agent, agent.estate,"  # noqa: S608 - own words
            " camera.first_seen_at,"
            " now.state, now.since, now.reason, heard.state AS agent_state, heard.since AS agent_since,"
            " coalesce(now.boot <> heard.boot, false) AS told_before,"
            f" (SELECT min(fault.since) FROM fault WHERE {_BLINDING} AND subject = camera.id)"
            " AS blinded_since"
            " FROM camera JOIN agent ON agent.id = camera.agent"
            " LEFT JOIN camera_state now ON now.camera = camera.id"
            " LEFT JOIN agent_status heard ON heard.agent = camera.agent"
            " WHERE %(of)s::text[] IS NULL OR camera.id = ANY(%(of)s) ORDER BY camera.id",
            {"of_picture": list(OF_PICTURE), "of": None if of is None else list(of)},
        )
        return await cursor.fetchall()


async def camera_names(conn: Connection) -> list[CameraName]:
    """All cameras by id: no more than how they are called."""
    async with conn.cursor(row_factory=class_row(CameraName)) as cursor:
        await cursor.execute(
            "SELECT camera.id, agent.estate, camera.name_zh, camera.name_en FROM camera"
            " JOIN agent ON agent.id = camera.agent ORDER BY camera.id"
        )
        return await cursor.fetchall()


async def coverage(conn: Connection) -> list[tuple[str, str]]:
    """(camera, facade) for each facade that a camera sees."""
    rows = await conn.execute("SELECT camera, facade FROM camera_facade ORDER BY camera, facade")
    return [(row[0], row[1]) for row in await rows.fetchall()]


async def grounds(conn: Connection, camera: str, facade: str | None = None) -> list[Ground]:
    """What lies below a facade of a camera's estate, else below the first of those that the camera sees."""
    async with conn.cursor(row_factory=class_row(Ground)) as cursor:
        await cursor.execute(
            "SELECT first_bay, last_bay, below FROM ground WHERE facade = coalesce("
            "(SELECT facade.id FROM facade JOIN agent USING (estate) JOIN camera ON camera.agent = agent.id"
            " WHERE facade.id = %(facade)s AND camera.id = %(camera)s),"
            " (SELECT min(facade) FROM camera_facade WHERE camera = %(camera)s)) ORDER BY first_bay, below",
            {"camera": camera, "facade": facade},
        )
        return await cursor.fetchall()


async def estate_of_agent(conn: Connection, agent: str) -> str:
    """The estate in which an agent stands."""
    row = await (await conn.execute("SELECT estate FROM agent WHERE id = %s", (agent,))).fetchone()
    if row is None:
        raise KeyError(agent)
    return str(row[0])


async def mark_seen(conn: Connection, seen: Mapping[str, datetime]) -> None:
    """Cameras have reported: from its first report on, the facades of one count as commissioned.

    seen: camera → when.
    """
    if not seen:
        return
    await conn.execute(
        "UPDATE camera SET first_seen_at = least(first_seen_at, new.at)"
        " FROM unnest(%b::text[], %b::timestamptz[]) AS new (id, at) WHERE camera.id = new.id"
        " AND (first_seen_at IS NULL OR first_seen_at > new.at)",
        (list(seen), list(seen.values())),
    )
