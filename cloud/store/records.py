"""一机一档: the record of each camera and sensor, from its file, its own word, and what was entered."""

from dataclasses import astuple, fields
from datetime import datetime
from typing import Any, Final

from psycopg.rows import kwargs_row

from cloud.core.equipment_record import Item, Kind, Paper
from cloud.store.pool import Connection

_PAPER: Final = ", ".join(field.name for field in fields(Paper))
_NEW: Final = ", ".join(f"excluded.{name}" for name in (*_PAPER.split(", "), "entered_at", "entered_by"))
_TOLD: Final = (
    " coalesce(device.maker, '') AS maker, coalesce(device.model, '') AS model,"
    " coalesce(device.serial, '') AS serial, coalesce(device.firmware, '') AS firmware,"
    " coalesce(device.wanted_firmware, '') AS wanted_firmware, coalesce(device.profile, '') AS profile,"
    " coalesce(heard.software, '') AS software, CASE WHEN paper.subject IS NOT NULL THEN to_jsonb(paper) END"
    " AS paper"
)
_JOINED: Final = (
    " LEFT JOIN device ON device.subject_type = '{kind}' AND device.subject = {kind}.id"
    " LEFT JOIN equipment_paper paper ON paper.subject_type = '{kind}' AND paper.subject = {kind}.id"
    " LEFT JOIN agent_status heard ON heard.agent = {kind}.agent"
    " WHERE (%(estate)s::text IS NULL OR agent.estate = %(estate)s)"
    " AND (%(id)s::text IS NULL OR {kind}.id = %(id)s) ORDER BY agent.estate, {kind}.id"
)
_CAMERAS: Final = (
    "WITH plan AS (SELECT DISTINCT ON (estate) estate, content FROM estate_plan"  # noqa: S608 - own words
    " WHERE (%(estate)s::text IS NULL OR estate = %(estate)s) AND (%(id)s::text IS NULL OR estate ="
    " (SELECT agent.estate FROM camera JOIN agent ON agent.id = camera.agent WHERE camera.id = %(id)s))"
    " ORDER BY estate, version DESC), placed AS (SELECT camera ->> 'id' AS id,"
    " (content #>> '{{origin,lon_deg}}')::float8 AS lon_deg,"
    " (content #>> '{{origin,lat_deg}}')::float8 AS lat_deg,"
    " (camera #>> '{{mount,z_m}}')::float8 AS height_m, (camera #>> '{{resolution,0}}')::int AS width_px,"
    " (camera #>> '{{resolution,1}}')::int AS height_px FROM plan,"
    " jsonb_array_elements(content -> 'agents') each, jsonb_array_elements(each -> 'cameras') camera)"
    " SELECT 'camera' AS kind, camera.id, agent.estate, camera.name_zh, camera.name_en, camera.agent,"
    " ARRAY(SELECT facade FROM camera_facade WHERE camera = camera.id ORDER BY facade) AS facades,"
    " placed.lon_deg, placed.lat_deg, placed.height_m, placed.width_px, placed.height_px,"
    " camera.first_seen_at, CASE WHEN camera.first_seen_at IS NOT NULL THEN"
    " coalesce(heard.state = 'online' AND now.state = 'streaming', false) END AS networked,"
    f"{_TOLD} FROM camera JOIN agent ON agent.id = camera.agent LEFT JOIN placed ON placed.id = camera.id"
    " LEFT JOIN camera_state now ON now.camera = camera.id" + _JOINED
).format(kind="camera")
_SENSORS: Final = (
    "SELECT 'sensor' AS kind, sensor.id, agent.estate, sensor.name_zh, sensor.name_en, sensor.agent,"  # noqa: S608 - own words
    " sensor.quantity, sensor.unit, sensor.observed_at AS first_seen_at,"
    " CASE WHEN sensor.observed_at IS NOT NULL"
    " THEN coalesce(heard.state = 'online', false) AND sensor.silent_since IS NULL END AS networked,"
    f"{_TOLD} FROM sensor JOIN agent ON agent.id = sensor.agent" + _JOINED
).format(kind="sensor")


_QUERIES: Final[dict[Kind, str]] = {"camera": _CAMERAS, "sensor": _SENSORS}


async def items(conn: Connection, estate: str | None = None) -> list[Item]:
    """Every camera, then every sensor, of an estate or of all."""
    return [item for kind in _QUERIES for item in await _items(conn, kind, {"estate": estate, "id": None})]


async def item(conn: Connection, kind: Kind, identity: str) -> Item | None:
    """One camera or sensor."""
    return next(iter(await _items(conn, kind, {"estate": None, "id": identity})), None)


async def _items(conn: Connection, kind: Kind, values: dict[str, str | None]) -> list[Item]:
    async with conn.cursor(row_factory=kwargs_row(_item)) as cursor:
        await cursor.execute(_QUERIES[kind].encode(), values)
        return await cursor.fetchall()


async def enter(  # noqa: PLR0917 - each is one thing
    conn: Connection, kind: Kind, subject: str, paper: Paper, by: str, at: datetime
) -> bool:
    """Keep what somebody says of a device in place of what was said; whether there is such a device."""
    row = await conn.execute(
        f"INSERT INTO equipment_paper (subject_type, subject, {_PAPER}, entered_at, entered_by)"  # noqa: S608 - own names
        f" SELECT %s, id{', %s' * len(fields(Paper))}, %s, %s FROM {kind} WHERE id = %s"
        f" ON CONFLICT (subject_type, subject) DO UPDATE SET ({_PAPER}, entered_at, entered_by) = ({_NEW})",
        (kind, *astuple(paper), at, by, subject),
    )
    return row.rowcount == 1


def _item(*, paper: dict[str, Any] | None, facades: list[str] | None = None, **more: Any) -> Item:
    return Item(facades=tuple(facades or ()), paper=_paper(paper or {}), **more)


def _paper(told: dict[str, Any]) -> Paper:
    known = {field.name: told[field.name] for field in fields(Paper) if field.name in told}
    for name in ("installed_on", "warranty_until"):
        if known.get(name):
            known[name] = datetime.fromisoformat(known[name]).date()
    return Paper(**known)
