"""What an address or a body names: it is there and may be seen, or the answer is 404."""

from http import HTTPStatus

from cloud.api.problems import Problem, objected
from cloud.core.refused import objection
from cloud.store import registry
from cloud.store.pool import Connection
from cloud.store.registry import CameraRow, EstateRow, FacadeRow


async def estate(conn: Connection, identity: str) -> EstateRow:
    """An estate. 404: there is none of that id."""
    row = next((row for row in await registry.estates(conn) if row.id == identity), None)
    if row is None:
        raise no_estate()
    return row


def no_estate() -> Problem:
    """Of an estate that was looked for otherwise."""
    return objected(HTTPStatus.NOT_FOUND, objection("no_such_estate", "there is no such estate"))


async def facade(conn: Connection, identity: str) -> FacadeRow:
    """A facade. 404: there is none of that id."""
    row = await registry.facade(conn, identity)
    if row is None:
        raise objected(HTTPStatus.NOT_FOUND, objection("no_such_facade", "there is no such facade"))
    return row


async def camera(conn: Connection, identity: str) -> CameraRow:
    """A camera. 404: there is none of that id."""
    row = next(iter(await registry.cameras(conn, [identity])), None)
    if row is None:
        raise objected(HTTPStatus.NOT_FOUND, objection("no_such_camera", "there is no such camera"))
    return row
