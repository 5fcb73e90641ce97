"""Prepares the demo's database: newest schema, the estate, people who may log in."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import psycopg

from cloud import clock
from cloud.api.passwords import hashed, matches
from cloud.core.access import Role
from cloud.core.estate import EstateFile
from cloud.store import accounts, duty, migrate, partitions, plans, pool, registry
from cloud.store.accounts import Account
from cloud.store.pool import Connection
from fallwatch.demo.layout import ESTATE

NAME = "fallwatch"
LETTERBOX = "演示收件箱"


@dataclass(frozen=True)
class Person:
    """A demo user."""

    username: str
    role: Role
    zh: str
    en: str


PEOPLE = (
    Person("desk", "desk", "值班员 小陈", "Chen, duty desk"),
    Person("repair", "maintenance", "维修员 老李", "Li, maintenance"),
    Person("bureau", "bureau", "监管员 王主任", "Wang, district bureau"),
    Person("manager", "manager", "物业经理 赵姐", "Zhao, property manager"),
)


def create(server_url: str) -> None:
    """Make the database of the demo if it is not there. `server_url` names the server's own database."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone()
        if found is None:
            connection.execute(f"CREATE DATABASE {NAME}".encode())


def passwords(path: Path) -> dict[str, str]:
    """Username to password, made at random at the first call; the file's mode is 0600."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = [person.username for person in PEOPLE if person.username not in known]
    if missing:
        known |= {username: secrets.token_urlsafe(9) for username in missing}
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known, file, indent=1)
        fresh.replace(path)
    return known


async def prepare(url: str, words: dict[str, str], letters_url: str) -> None:
    """Bring schema, estate and users to what the demo needs. letters_url: where they are told.

    Raises:
        DatabaseDown, MigrationError: Of the store.
    """
    await migrate.migrate(url)
    async with pool.opened(url, max_size=1) as opened, pool.transaction(opened) as conn:
        await partitions.ensure(conn, clock.utc_now())
        estates = EstateFile.model_validate(ESTATE)
        # What a visitor has drawn on the plan stays.
        fresh = [each for each in estates.estates if await plans.undone_by(conn, each) is None]
        await registry.seed(conn, EstateFile(estates=tuple(fresh)))
        for estate in fresh:
            await plans.seed(conn, estate, clock.utc_now())
        for person in PEOPLE:
            known = await accounts.find(conn, person.username)
            # To put an account anew would log its people out.
            if known is None or not matches(known.password_hash, words[person.username]):
                password_hash = hashed(words[person.username])
                await accounts.put(
                    conn,
                    Account(
                        person.username,
                        person.zh,
                        person.en,
                        person.role,
                        password_hash,
                        every_estate=True,
                    ),
                )
            await _reached(conn, person.username, letters_url)


async def _reached(conn: Connection, username: str, letters_url: str) -> None:
    """Where the demo's messages go may lie at another port each time."""
    for row in await duty.channels_of(conn, username):
        if row.name == LETTERBOX:
            await duty.drop_channel(conn, row.id, owner=username)
    new = {"owner": username, "estate": None, "kind": "webhook", "name": LETTERBOX, "secret": ""}
    await duty.add_channel(conn, new | {"address": f"{letters_url}/{username}"})
