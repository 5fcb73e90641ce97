"""Connections, transactions and savepoints, and the three ways in which a database can say no."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import psycopg
import psycopg_pool
from psycopg import AsyncConnection
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.types.json import Jsonb

Connection = AsyncConnection[tuple[Any, ...]]
Pool = psycopg_pool.AsyncConnectionPool[Connection]
Answer = TypeVar("Answer")

API_ROLE: Final = "fallwatch_api"
"""The database's role without any right of its own to see everything (`rights.py`)."""

__all__ = [
    "API_ROLE",
    "Connection",
    "DatabaseDown",
    "Jsonb",
    "Later",
    "Pool",
    "Principal",
    "RowRefused",
    "opened",
    "pipelined",
    "savepoint",
    "transaction",
]


@dataclass(frozen=True, slots=True)
class Principal:
    """For whom a transaction is: the database shows and changes only what belongs to these estates."""

    username: str
    estates: frozenset[str]
    every_estate: bool = False
    """Also what belongs to no estate in particular."""


class DatabaseDown(ConnectionError):  # noqa: N818 - named for what is so
    """The database cannot be reached or went away; try again later."""


class RowRefused(ValueError):  # noqa: N818 - named for what is so
    """The database will never take these values, however often they are tried."""


@asynccontextmanager
async def opened(url: str, *, max_size: int = 8) -> AsyncIterator[Pool]:
    """A pool of at most `max_size` connections; it opens them when they are first needed."""
    pool: Pool = psycopg_pool.AsyncConnectionPool(
        url,
        min_size=1,
        max_size=max_size,
        open=False,
        timeout=10,
        max_waiting=1_000,
        kwargs={"options": "-c timezone=UTC", "application_name": "fallwatch"},
        check=psycopg_pool.AsyncConnectionPool.check_connection,
    )
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def transaction(
    pool: Pool, *, snapshot: bool = False, as_: Principal | None = None
) -> AsyncIterator[Connection]:
    """A connection in a transaction, which its first statement begins, committed at the end.

    Args:
        pool: Where the connection comes from.
        snapshot: All reads see one moment (repeatable read, read only).
        as_: Whose rights count until the end; without, the tables' owner's, who sees everything.

    Raises:
        DatabaseDown: No connection, or it was lost.
        RowRefused: Values that the database will never take.
    """
    with _translated():
        async with pool.connection() as conn:
            if snapshot:
                await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if as_ is not None:
                await _bind(conn, as_)
            yield conn


async def _bind(conn: Connection, to: Principal) -> None:
    """From here to the end of the transaction the rights of `to` count; its role comes last."""
    await conn.execute(
        "SELECT set_config('fallwatch.account', %s, true), set_config('fallwatch.estates', %s::text[]::text,"
        " true), set_config('fallwatch.every_estate', %s, true),"
        " set_config('search_path', 'own, public', true), set_config('role', %s, true)",
        (to.username, sorted(to.estates), "yes" if to.every_estate else "no", API_ROLE),
    )


@asynccontextmanager
async def savepoint(conn: Connection) -> AsyncIterator[None]:
    """Part of a transaction that can fail alone.

    Raises:
        RowRefused: Values that the database will never take; the part is rolled back, the transaction lives.
    """
    with _translated():
        if conn.info.transaction_status == TransactionStatus.IDLE:
            # Begins the transaction: otherwise the savepoint would be one of its own.
            await conn.execute("SELECT")
        async with conn.transaction():
            yield


@asynccontextmanager
async def pipelined(conn: Connection) -> AsyncIterator[None]:
    """Statements sent together: one wait at the end instead of one for each.

    Neither rows nor their number (`rowcount`) are known in here: an answer is `Later`. What was refused shows
    at the end.

    Raises:
        RowRefused: Values that the database will never take.
    """
    if conn.pgconn.pipeline_status != PipelineStatus.OFF:
        yield  # Part of a longer one, at whose end all is waited for.
        return
    with _translated():
        async with conn.pipeline():
            yield


@dataclass(frozen=True, slots=True)
class Later(Generic[Answer]):
    """An answer that is asked for now and read with `await` once the statements have been sent."""

    read: Callable[[], Awaitable[Answer]]

    def __await__(self) -> Generator[Any, None, Answer]:
        """The answer."""
        return self.read().__await__()


class _translated:  # noqa: N801 - reads as a word at the with
    """The driver's errors as ours."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, psycopg.DataError | psycopg.IntegrityError) or _is_beyond_limits(error):
            raise RowRefused(str(error).strip()) from error
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            raise DatabaseDown(str(error).strip()) from error


def _is_beyond_limits(error: BaseException | None) -> bool:
    """SQLSTATE class 54: too deep, wide, long. The driver calls it operational; trying again is no use."""
    return isinstance(error, psycopg.OperationalError) and (error.sqlstate or "").startswith("54")
