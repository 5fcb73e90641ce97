"""An estate as the registry has it, said as in an estate file; nothing of it has a place in space."""

from typing import Any, Final, LiteralString

from psycopg.rows import dict_row

from cloud.core.estate import Estate
from cloud.store.pool import Connection

_FACADES: Final = """
    SELECT id, building, name_zh, name_en, floors, bays, (
        SELECT jsonb_agg(jsonb_build_object('first_bay', first_bay, 'last_bay', last_bay, 'below', below)
            ORDER BY first_bay, below)
        FROM ground WHERE facade = facade.id
    ) AS below
    FROM facade WHERE estate = %(estate)s ORDER BY id
"""
_NODES: Final = """
    SELECT id, kind, name_zh, name_en,
        array(SELECT sensor FROM node_sensor WHERE node = node.id ORDER BY sensor) AS told_by,
        array(SELECT node FROM depends_on WHERE (subject_type, subject) = ('node', node.id) ORDER BY node)
            AS hangs_on
    FROM node WHERE estate = %(estate)s ORDER BY id
"""
_AGENTS: Final = """
    SELECT id, name_zh, name_en,
        array(SELECT node FROM depends_on WHERE (subject_type, subject) = ('agent', agent.id) ORDER BY node)
            AS hangs_on
    FROM agent WHERE estate = %(estate)s ORDER BY id
"""
_CAMERAS: Final = """
    SELECT camera.id, agent, camera.name_zh, camera.name_en,
        array(SELECT facade FROM camera_facade WHERE camera = camera.id ORDER BY facade) AS facades,
        array(SELECT node FROM depends_on WHERE (subject_type, subject) = ('camera', camera.id) ORDER BY node)
            AS hangs_on
    FROM camera JOIN agent ON agent.id = camera.agent WHERE agent.estate = %(estate)s ORDER BY camera.id
"""
_SENSORS: Final = """
    SELECT sensor.id, agent, sensor.name_zh, sensor.name_en, quantity, unit,
        array(SELECT node FROM depends_on WHERE (subject_type, subject) = ('sensor', sensor.id) ORDER BY node)
            AS hangs_on
    FROM sensor JOIN agent ON agent.id = sensor.agent WHERE agent.estate = %(estate)s ORDER BY sensor.id
"""


async def of_estate(conn: Connection, estate: str) -> Estate | None:
    """The estate; None where there is none of that id."""
    rows = await conn.execute("SELECT id, name_zh, name_en, zone FROM estate WHERE id = %s", (estate,))
    row = await rows.fetchone()
    if row is None:
        return None
    name, zh, en, zone = row
    facades, nodes, agents, cameras, sensors = [
        await _read(conn, query, estate) for query in (_FACADES, _NODES, _AGENTS, _CAMERAS, _SENSORS)
    ]
    for facade in facades:
        facade["below"] = _below(facade["below"], facade["bays"])
    boxes = {agent["id"]: agent | {"cameras": [], "sensors": []} for agent in agents}
    for kind, found in (("cameras", cameras), ("sensors", sensors)):
        for one in found:
            boxes[one.pop("agent")][kind].append(one)
    return Estate.model_validate(
        {
            "id": name,
            "name": {"zh": zh, "en": en},
            "zone": zone,
            "facades": facades,
            "nodes": nodes,
            "agents": list(boxes.values()),
        }
    )


async def devices(conn: Connection, estate: str) -> tuple[list[str], list[str]]:
    """The cameras and the agents of an estate, by id."""
    found = await conn.execute(
        "SELECT camera.id, agent.id FROM agent LEFT JOIN camera ON camera.agent = agent.id"
        " WHERE agent.estate = %s ORDER BY 1, 2",
        (estate,),
    )
    pairs = await found.fetchall()
    return [camera for camera, _ in pairs if camera is not None], sorted({agent for _, agent in pairs})


async def _read(conn: Connection, query: LiteralString, estate: str) -> list[dict[str, Any]]:
    """Rows, each with its name as an estate file has it."""
    async with conn.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, {"estate": estate})
        rows = await cursor.fetchall()
    for row in rows:
        row["name"] = {"zh": row.pop("name_zh"), "en": row.pop("name_en")}
    return rows


def _below(stretches: list[dict[str, Any]] | None, bays: int) -> object:
    first = stretches[0] if stretches and len(stretches) == 1 else {}
    everywhere = (first.get("first_bay"), first.get("last_bay")) == (1, bays)
    return first["below"] if everywhere else stretches
