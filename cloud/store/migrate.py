"""Brings a database to the newest schema: plain SQL files, forward only, each once and whole."""

import hashlib
from dataclasses import dataclass
from importlib import resources

import psycopg

from cloud.store import rights
from cloud.store.pool import Connection, DatabaseDown

LOCK = 0x46616C6C  # "Fall": any number, the same for every program that migrates
TIMESCALEDB = "timescaledb"
PLAIN = "plain postgresql"
RIGHTS = "rights.py"
"""Under this name the database remembers to which rights it was brought."""


class MigrationError(RuntimeError):
    """The database and the files tell different stories; somebody must look."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    name: str
    sql: str
    requires: str | None

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did."""

    applied: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    """(file, what it requires)."""


def migrations() -> tuple[Migration, ...]:
    """All files in the order of their names."""
    folder = resources.files("cloud.store") / "migrations"
    texts = {
        item.name: item.read_text(encoding="utf-8") for item in folder.iterdir() if item.name.endswith(".sql")
    }
    return tuple(Migration(name, texts[name], _requires(texts[name])) for name in sorted(texts))


def _requires(sql: str) -> str | None:
    first = sql.partition("\n")[0]
    return first.removeprefix("-- requires:").strip() if first.startswith("-- requires:") else None


async def migrate(url: str) -> Outcome:
    """Apply what is missing. Two programs at once: the second waits and finds nothing to do.

    Raises:
        MigrationError: A file that was applied has changed or is gone, or a file fails.
        DatabaseDown: The database cannot be reached.
    """
    try:
        conn = await psycopg.AsyncConnection.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseDown(str(error).strip()) from error
    async with conn:
        await conn.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        try:
            return await _catch_up(conn)
        finally:
            await conn.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


async def _catch_up(conn: Connection) -> Outcome:
    await conn.execute(
        "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, checksum text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())"
    )
    known: dict[str, str] = dict(
        await (await conn.execute("SELECT name, checksum FROM migration")).fetchall()
    )
    files = migrations()
    brought = known.pop(RIGHTS, None)
    _compare(known, files)
    offered = TIMESCALEDB if await _has_timescaledb(conn) else PLAIN
    applied: list[str] = []
    skipped: list[tuple[str, str]] = []
    for file in files:
        if file.requires not in {None, offered}:
            skipped.append((file.name, str(file.requires)))
        elif file.name not in known:
            if not applied:
                await rights.withdraw(conn)
            await _apply(conn, file)
            applied.append(file.name)
    if applied or brought != rights.checksum():
        await _bring_rights(conn)
    return Outcome(tuple(applied), tuple(skipped))


def _compare(known: dict[str, str], files: tuple[Migration, ...]) -> None:
    by_name = {file.name: file for file in files}
    for name, checksum in known.items():
        if name not in by_name:
            raise MigrationError(
                f"{name} was applied to this database and is unknown here: it is newer than we are"
            )
        if by_name[name].checksum != checksum:
            raise MigrationError(
                f"{name} was applied to this database and has changed since: write a new file"
            )


async def _apply(conn: Connection, file: Migration) -> None:
    try:
        async with conn.transaction():
            await conn.execute(file.sql.encode())
            await conn.execute(
                "INSERT INTO migration (name, checksum) VALUES (%s, %s)", (file.name, file.checksum)
            )
    except psycopg.Error as error:
        raise MigrationError(f"{file.name}: {str(error).strip()}") from error


async def _bring_rights(conn: Connection) -> None:
    try:
        async with conn.transaction():
            await rights.bring(conn)
            await conn.execute(
                "INSERT INTO migration (name, checksum) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE"
                " SET checksum = excluded.checksum, applied_at = now()",
                (RIGHTS, rights.checksum()),
            )
    except psycopg.Error as error:
        raise MigrationError(f"{RIGHTS}: {str(error).strip()}") from error


async def _has_timescaledb(conn: Connection) -> bool:
    """Whether hypertables can be made; creates the extension where it is offered."""
    offered = await (
        await conn.execute("SELECT 1 FROM pg_available_extensions WHERE name = %s", (TIMESCALEDB,))
    ).fetchone()
    if offered is None:
        return False
    await conn.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    return True


async def is_current(conn: Connection) -> bool:
    """Whether every file that can apply here has been applied."""
    found = await (await conn.execute("SELECT to_regclass('migration')")).fetchone()
    if found is None or found[0] is None:
        return False
    rows = await conn.execute("SELECT name, checksum FROM migration")
    known: dict[str, str] = dict(await rows.fetchall())
    files = all(file.name in known for file in migrations() if file.requires is None)
    return files and known.get(RIGHTS) == rights.checksum()
