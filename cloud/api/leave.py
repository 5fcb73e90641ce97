"""Pictures of people: whose role has no right to them needs leave, of an alert or an estate, for a time."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from cloud.api.problems import Problem
from cloud.core.access import NEED_LEAVE
from cloud.store import grants
from cloud.store.accounts import Account
from cloud.store.pool import Connection


async def expect_for_alert(conn: Connection, account: Account, alert: UUID, at: datetime) -> None:
    """Go on only if somebody may see the pictures of an alert.

    Raises:
        Problem: 403.
    """
    if account.role in NEED_LEAVE and not await grants.covers_alert(conn, account.username, alert, at):
        raise _refused()


async def expect_for_clip(conn: Connection, account: Account, sha256: str, at: datetime) -> None:
    """Go on only if somebody may see a clip.

    Raises:
        Problem: 403.
    """
    if account.role in NEED_LEAVE and not await grants.covers_clip(conn, account.username, sha256, at):
        raise _refused()


def _refused() -> Problem:
    return Problem(HTTPStatus.FORBIDDEN, "pictures of people need leave, which the property manager gives")
