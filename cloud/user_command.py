"""Commands for people who may log in: added, listed, shut out, given other rights, another password.

What each changes is entered in the audit log, as `system`, with the name of who was logged in on the machine.
"""

import getpass
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cloud.commandline import CONFIG, finished, settings
from cloud.core.access import ROLES

if TYPE_CHECKING:
    from cloud.store.accounts import Account
    from cloud.store.pool import Connection

Result = TypeVar("Result")
NAME = click.argument("name")
ESTATES = click.option(
    "--estate", "estates", multiple=True, help="An estate that they may see; again for more."
)
EVERY = click.option("--every-estate", is_flag=True, help="They may see every estate, also those to come.")
HEAD = ("name", "role", "estates", "second factor", "state")


@click.group()
def user() -> None:
    """People who may log in."""


@user.command()
@NAME
@click.option("--role", type=click.Choice(ROLES), required=True)
@ESTATES
@EVERY
@click.option("--display-zh", required=True, help="Name in Chinese.")
@click.option("--display-en", required=True, help="Name in English.")
@CONFIG
def add(  # noqa: PLR0917 - click calls by name
    name: str,
    role: Any,
    estates: tuple[str, ...],
    every_estate: bool,  # noqa: FBT001
    display_zh: str,
    display_en: str,
    config_file: Path | None,
) -> None:
    """Add NAME, or change it. The password comes from FALLWATCH_PASSWORD or from standard input."""
    from cloud.store import accounts  # noqa: PLC0415 - `--help` needs no database driver

    kept = _asked(name)
    if every_estate == bool(estates):
        raise click.ClickException("say which estates they may see: --estate ID, or --every-estate")
    new = accounts.Account(name, display_zh, display_en, role, kept, frozenset(estates), every_estate)

    async def work(conn: "Connection") -> None:
        known = await accounts.find(conn, name)
        await accounts.put(conn, new)
        if known is None:
            await _enter(conn, "account_added", new)
        else:
            await _enter(conn, "account_changed", replace(new, is_disabled=known.is_disabled))

    _done(config_file, work)
    click.echo(f"{name} may log in as {role}")


@user.command("list")
@CONFIG
def everybody(config_file: Path | None) -> None:
    """Everybody: name, role, estates, and whether they may log in now."""
    from cloud.store import accounts  # noqa: PLC0415 - `--help` needs no database driver

    found = _done(config_file, accounts.listed)
    rows = [HEAD, *(_row(account) for account in found)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


@user.command()
@NAME
@CONFIG
def disable(name: str, config_file: Path | None) -> None:
    """Let NAME in no more; it ends their sessions."""
    _allow(name, config_file, is_disabled=True)
    click.echo(f"{name} may not log in any more")


@user.command()
@NAME
@CONFIG
def enable(name: str, config_file: Path | None) -> None:
    """Let NAME in again."""
    _allow(name, config_file, is_disabled=False)
    click.echo(f"{name} may log in again")


@user.command()
@NAME
@click.option("--role", type=click.Choice(ROLES), help="Another role.")
@ESTATES
@EVERY
@CONFIG
def rights(
    name: str,
    role: Any,
    estates: tuple[str, ...],
    every_estate: bool,  # noqa: FBT001
    config_file: Path | None,
) -> None:
    """Give NAME another role, or other estates in the place of theirs; it ends their sessions."""
    from cloud.store import accounts  # noqa: PLC0415 - `--help` needs no database driver

    if every_estate and estates:
        raise click.ClickException("--estate or --every-estate, not both")
    if not (role or every_estate or estates):
        raise click.ClickException("say what changes: --role, --estate ID, --every-estate")

    async def work(conn: "Connection") -> "Account":
        known = await _known(conn, name)
        new = replace(known, role=role or known.role)
        if every_estate or estates:
            new = replace(new, every_estate=every_estate, estates=frozenset(estates))
        await accounts.put(conn, new)
        await _enter(conn, "account_changed", new)
        return new

    new = _done(config_file, work)
    click.echo(f"{name} may log in as {new.role}, for {_where(new)}")


@user.command()
@NAME
@CONFIG
def password(name: str, config_file: Path | None) -> None:
    """Give NAME another password, from FALLWATCH_PASSWORD or standard input; it ends their sessions."""
    from cloud.store import accounts  # noqa: PLC0415 - `--help` needs no database driver

    kept = _asked(name)

    async def work(conn: "Connection") -> None:
        known = await _known(conn, name)
        if known.password_hash == accounts.NO_PASSWORD:
            raise click.ClickException(
                f"{name} logs in by the organisation's provider and has no password here"
            )
        await accounts.set_password(conn, name, kept)
        await _enter(conn, "password_reset", known)

    _done(config_file, work)
    click.echo(f"{name} has another password")


@user.command("drop-factor")
@NAME
@CONFIG
def drop_factor(name: str, config_file: Path | None) -> None:
    """Forget the second factor of NAME, whose telephone is gone; it ends their sessions."""
    from cloud.store import second_factors, sessions  # noqa: PLC0415 - `--help` needs no database driver

    async def work(conn: "Connection") -> None:
        known = await _known(conn, name)
        if not await second_factors.remove(conn, name):
            raise click.ClickException(f"{name} has no second factor")
        await sessions.end_all(conn, name)
        await _enter(conn, "second_factor_reset", known)

    _done(config_file, work)
    click.echo(f"{name} logs in without a second factor until they set up another")


def _allow(name: str, config_file: Path | None, *, is_disabled: bool) -> None:
    from cloud import clock  # noqa: PLC0415 - `--help` needs no database driver
    from cloud.store import accounts  # noqa: PLC0415

    async def work(conn: "Connection") -> None:
        known = await _known(conn, name)
        await accounts.disable(conn, name, clock.utc_now() if is_disabled else None)
        await _enter(conn, "account_changed", replace(known, is_disabled=is_disabled))

    _done(config_file, work)


def _done(config_file: Path | None, work: Callable[["Connection"], Awaitable[Result]]) -> Result:
    """Do it in one transaction, with the rights of the tables' owner."""
    from cloud.store import pool  # noqa: PLC0415 - `--help` needs no database driver

    url = settings(config_file).database_url

    async def whole() -> Result:
        async with pool.opened(url, max_size=1) as opened, pool.transaction(opened) as conn:
            return await work(conn)

    return finished(whole())


async def _known(conn: "Connection", name: str) -> "Account":
    from cloud.store import accounts  # noqa: PLC0415 - `--help` needs no database driver

    found = await accounts.find(conn, name)
    if found is None:
        raise click.ClickException(f"there is no account {name}: fallwatch cloud user list")
    return found


async def _enter(conn: "Connection", action: str, account: "Account") -> None:
    from cloud import clock  # noqa: PLC0415 - `--help` needs no database driver
    from cloud.store import audit  # noqa: PLC0415

    told = {
        "role": account.role,
        "estates": sorted(account.estates),
        "every_estate": account.every_estate,
        "disabled": account.is_disabled,
        "at_the_machine": _who(),
    }
    act = audit.Act("system", action, "account", account.username, content=told)
    await audit.enter(conn, act, clock.utc_now())


def _who() -> str:
    """Who runs the command; a container's user may have a number and no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _asked(name: str) -> str:
    """The hash of the password that is given.

    Raises:
        ClickException: It may not be chosen.
    """
    from cloud.api.passwords import hashed  # noqa: PLC0415 - `--help` needs no library
    from cloud.core import password as passwords  # noqa: PLC0415

    given = os.environ.get("FALLWATCH_PASSWORD") or sys.stdin.readline().rstrip("\n")
    if reason := passwords.objection(given, name):
        raise click.ClickException(reason)
    return hashed(given)


def _row(account: "Account") -> tuple[str, ...]:
    factor = "yes" if account.has_second_factor else "no"
    return (
        account.username,
        account.role,
        _where(account),
        factor,
        "disabled" if account.is_disabled else "open",
    )


def _where(account: "Account") -> str:
    return "every estate" if account.every_estate else ", ".join(sorted(account.estates))
