"""The commands that administer evidence: its keys, and whether it is all there."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloud.commandline import CONFIG, finished, means, settings
from cloud.config import EvidenceSettings

if TYPE_CHECKING:
    from cloud.evidence.checking import Report
    from cloud.evidence.keeper import Means
    from cloud.evidence.keys import Masters


DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def evidence() -> None:
    """Keys of the evidence, and whether it is all there."""


@evidence.command()
@click.option("--renew", type=click.Choice(["log", "master"]), help="Make a new one beside the last.")
@CONFIG
def keys(renew: str | None, config_file: Path | None) -> None:
    """Make the keys that are missing in `evidence.keys`: one signs the log, one wraps the estates' keys."""
    from cloud.evidence import keys as found  # noqa: PLC0415 - `--help` needs no library

    folder = _folder(settings(config_file).evidence)
    try:
        made = found.make(folder)
        if renew == "log":
            click.echo(f"the last key goes on being trusted: {found.renew_log_key(folder)}")
        if renew == "master":
            found.renew_master(folder)
            click.echo("a new master key; then: fallwatch cloud evidence rewrap")
        found.load(folder)
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for path in made:
        click.echo(f"made {path}")
    click.echo(f"{folder / found.LOG_PUBLIC} is what others check the log's heads with: give it to them")


@evidence.command()
@click.argument("estate")
@CONFIG
def rotate(estate: str, config_file: Path | None) -> None:
    """Seal the clips of ESTATE from now on with a new key; older ones keep theirs."""
    from cloud import clock  # noqa: PLC0415
    from cloud.evidence import keys  # noqa: PLC0415
    from cloud.store import pool  # noqa: PLC0415

    found = settings(config_file)
    masters = _masters(found.evidence)

    async def work() -> int:
        async with pool.opened(found.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
            return (await keys.rotate(conn, masters, estate, clock.utc_now())).version

    click.echo(f"{estate} seals with version {finished(work())} of its key from now on")


@evidence.command()
@CONFIG
def rewrap(config_file: Path | None) -> None:
    """Wrap every estate's key with the newest master key. Then the others may be taken out of the file."""
    from cloud.evidence import keys  # noqa: PLC0415
    from cloud.store import pool  # noqa: PLC0415

    found = settings(config_file)
    masters = _masters(found.evidence)

    async def work() -> int:
        async with pool.opened(found.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
            return await keys.rewrap(conn, masters)

    try:
        click.echo(f"{finished(work())} keys are wrapped anew, all by master key {masters.newest}")
    except keys.KeyLost as error:
        raise click.ClickException(str(error)) from error


@evidence.command("destroy-keys")
@click.argument("estate")
@click.option("--reason", required=True, help="Kept in the audit log.")
@click.option("--yes", is_flag=True, help="Without it, nothing is done.")
@CONFIG
def destroy_keys(estate: str, reason: str, config_file: Path | None, *, yes: bool) -> None:
    """Make every sealed clip of ESTATE unreadable for ever, by forgetting its keys."""
    from cloud import clock  # noqa: PLC0415
    from cloud.store import audit, estate_keys, pool  # noqa: PLC0415

    found = settings(config_file)
    if not yes:
        raise click.ClickException(
            f"every sealed clip of {estate} would be lost for ever: add --yes to mean it"
        )

    async def work() -> int:
        async with pool.opened(found.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
            await estate_keys.lock(conn)
            now = clock.utc_now()
            count = await estate_keys.destroy(conn, estate, now)
            act = audit.Act("system", "destroyed_keys", "estate", estate, estate, reason, {"keys": count})
            await audit.enter(conn, act, now)
            return count

    count = finished(work())
    click.echo(f"{count} keys of {estate} are forgotten; backups of the database still hold them, wrapped")


@evidence.command("seal")
@CONFIG
def seal_plain(config_file: Path | None) -> None:
    """Seal the clips that lie there as they are, from before `evidence.keys` was set."""
    from cloud.evidence import resealing  # noqa: PLC0415
    from cloud.evidence.blobs import KeyLost, OtherBytes, StoreDown  # noqa: PLC0415
    from cloud.store import pool  # noqa: PLC0415

    found = settings(config_file)
    kept_with = _kept_with(found.evidence)

    async def work() -> int:
        async with pool.opened(found.database_url, max_size=2) as opened:
            blobs = kept_with.blobs(opened)
            assert blobs is not None
            assert found.evidence is not None
            return await resealing.seal_plain(opened, blobs, found.evidence.staging_dir)

    try:
        click.echo(f"{finished(work())} clips were sealed")
    except (KeyLost, OtherBytes, StoreDown) as error:
        raise click.ClickException(str(error)) from error


@evidence.command()
@click.option("--share", default=1, show_default=True, help="Read one clip in so many, by its digest.")
@CONFIG
def check(share: int, config_file: Path | None) -> None:
    """Read the clips and the log: what is missing, rotten or unknown. The last line is one JSON object."""
    from cloud import clock  # noqa: PLC0415
    from cloud.evidence import checking  # noqa: PLC0415
    from cloud.evidence.objects import StoreDown  # noqa: PLC0415
    from cloud.store import evidence_checks, pool  # noqa: PLC0415

    found = settings(config_file)
    kept_with = _kept_with(found.evidence)

    async def work(began: datetime) -> "Report":
        async with pool.opened(found.database_url, max_size=2) as opened:
            blobs = kept_with.blobs(opened)
            assert blobs is not None
            report = await checking.check(
                opened, blobs, kept_with.signer, began, lambda sha256: int(sha256[:8], 16) % share == 0
            )
            if share == 1:
                async with pool.transaction(opened) as conn:
                    await evidence_checks.note(conn, began, clock.utc_now(), report.as_object())
            return report

    try:
        report = finished(work(clock.utc_now()))
    except StoreDown as error:
        raise click.ClickException(str(error)) from error
    _print(report)
    raise SystemExit(0 if report.is_well else 1)


@evidence.command()
@click.argument("estate")
@click.option("--begin", required=True, type=DAY, help="The first day, by China's clocks.")
@click.option("--end", type=DAY, help="The last one; without it the first alone.")
@CONFIG
def days(estate: str, begin: datetime, end: datetime | None, config_file: Path | None) -> None:
    """Hold the rows of ESTATE's days against the log: each day, and each difference with table and camera.

    The last line is one JSON object. Exit 1 where anything differs, or a day has no digest.
    """
    from cloud import clock  # noqa: PLC0415 - `--help` needs no library
    from cloud.core.merkle import Unproved  # noqa: PLC0415
    from cloud.evidence import closing  # noqa: PLC0415
    from cloud.store import pool  # noqa: PLC0415

    found = settings(config_file)
    wanted = begin.date(), (end or begin).date()

    async def work() -> "list[closing.Examined]":
        async with pool.opened(found.database_url, max_size=1) as opened:
            return await closing.audit(opened, estate, *wanted, clock.utc_now())

    try:
        told = finished(work())
    except Unproved as error:
        raise click.ClickException(f"the log is broken: {error}; fallwatch cloud evidence check") from error
    for day in told:
        click.echo(f"{day.day}  {day.state}" + (f", {day.late} lines came late" if day.late else ""))
        for words in day.differences:
            click.echo(f"  {words.zh}\n  {words.en}")
    differing = [day.day.isoformat() for day in told if day.differences]
    unclosed = [day.day.isoformat() for day in told if not day.entries and not day.differences]
    click.echo(
        json.dumps(
            {"estate": estate, "days": len(told), "differing": differing, "unclosed": unclosed},
            ensure_ascii=False,
        )
    )
    raise SystemExit(1 if differing or unclosed else 0)


def _print(report: "Report") -> None:
    rows = [
        ("clips", f"{report.clips}, of which {report.read} were read, {report.read_bytes / 1e6:.1f} MB"),
        ("log", f"{report.entries} entries, {report.heads} heads"),
        *((damage.kind, f"{damage.sha256}  {damage.detail}") for damage in report.damaged),
        *(("unknown", path) for path in report.unknown),
        *(("log broken", what) for what in report.log),
        ("days", f"{report.days} closed ones were looked at"),
        *(("day differs", what) for what in report.days_differ),
    ]
    for kind, what in rows:
        click.echo(f"{kind:<12}{what}")
    click.echo(json.dumps({"check": "evidence", "well": report.is_well, **report.as_object()}))


def _folder(found: EvidenceSettings | None) -> Path:
    if found is None or found.keys is None:
        raise click.ClickException("set evidence.keys in the settings: the folder where the keys lie")
    return found.keys


def _kept_with(found: EvidenceSettings | None) -> "Means":
    if found is None:
        raise click.ClickException("no evidence store: set evidence in the settings")
    return means(found)


def _masters(found: EvidenceSettings | None) -> "Masters":
    _folder(found)
    masters = means(found).masters
    assert masters is not None
    return masters
