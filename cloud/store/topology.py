"""What hangs on what: nodes of power and network, written from the estate file, read to find causes."""

from datetime import timedelta

from cloud.core.cause import CAUSE_WAIT, Topology, follows
from cloud.core.estate import Estate
from cloud.core.fault import Subject
from cloud.store.pool import Connection


async def seed(conn: Connection, estate: Estate) -> None:
    """Bring the tables to what the file says of an estate's nodes; the estate's devices are there already."""
    for node in estate.nodes:
        await conn.execute(
            "INSERT INTO node (id, estate, kind, name_zh, name_en) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET estate = excluded.estate, kind = excluded.kind,"
            " name_zh = excluded.name_zh, name_en = excluded.name_en",
            (node.id, estate.id, node.kind, node.name.zh, node.name.en),
        )
        await conn.execute("DELETE FROM node_sensor WHERE node = %s", (node.id,))
    for node in estate.nodes:
        for sensor in node.told_by:
            await conn.execute(
                "INSERT INTO node_sensor VALUES (%s, %s)"
                " ON CONFLICT (sensor) DO UPDATE SET node = excluded.node",
                (sensor, node.id),
            )
        await _hang(conn, Subject("node", node.id), node.hangs_on)
    for agent in estate.agents:
        await _hang(conn, Subject("agent", agent.id), agent.hangs_on)
        for camera in agent.cameras:
            await _hang(conn, Subject("camera", camera.id), camera.hangs_on)
        for sensor_ in agent.sensors:
            await _hang(conn, Subject("sensor", sensor_.id), sensor_.hangs_on)


async def _hang(conn: Connection, subject: Subject, nodes: tuple[str, ...]) -> None:
    await conn.execute(
        "DELETE FROM depends_on WHERE subject_type = %s AND subject = %s", (subject.type, subject.id)
    )
    for node in nodes:
        await conn.execute("INSERT INTO depends_on VALUES (%s, %s, %s)", (subject.type, subject.id, node))


async def of_estate(conn: Connection, estate: str) -> Topology:
    """What hangs on what in an estate. A camera hangs on its agent, too."""
    hangs_on: dict[Subject, list[Subject]] = {}
    rows = await conn.execute(
        "SELECT 'camera', camera.id, 'agent', camera.agent FROM camera JOIN agent ON agent.id = camera.agent"
        " WHERE agent.estate = %(estate)s UNION ALL"
        " SELECT depends_on.subject_type, depends_on.subject, 'node', node.id"
        " FROM depends_on JOIN node ON node.id = depends_on.node WHERE node.estate = %(estate)s",
        {"estate": estate},
    )
    for kind, thing, above_kind, above in await rows.fetchall():
        hangs_on.setdefault(Subject(kind, thing), []).append(Subject(above_kind, above))
    rows = await conn.execute(
        "SELECT sensor, node FROM node_sensor JOIN node ON node.id = node_sensor.node WHERE estate = %s",
        (estate,),
    )
    return Topology(hangs_on, {sensor: Subject("node", node) for sensor, node in await rows.fetchall()})


async def wait_for_cause(conn: Connection, subject: Subject, kind: str) -> timedelta:
    """How long the cause of such a fault may take to show; none where it hangs on nothing that can tell."""
    if not follows(kind):
        return timedelta(0)
    row = await (
        await conn.execute(
            "SELECT 1 FROM depends_on WHERE (subject_type, subject) = (%(type)s, %(id)s)"
            " OR (%(type)s = 'sensor' AND subject_type = 'node'"
            " AND subject = (SELECT node FROM node_sensor WHERE sensor = %(id)s)) LIMIT 1",
            {"type": subject.type, "id": subject.id},
        )
    ).fetchone()
    return timedelta(0) if row is None else CAUSE_WAIT


async def names(conn: Connection) -> dict[str, tuple[str, str]]:
    """Node → (Chinese, English) name."""
    rows = await conn.execute("SELECT id, name_zh, name_en FROM node ORDER BY id")
    return {identity: (zh, en) for identity, zh, en in await rows.fetchall()}
