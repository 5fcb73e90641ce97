"""The cloud's commands: migrate, seed, plan, user, enrol, revoke, evidence, ingest, api, timers, notify."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cloud import config, ledger, logs
from cloud.backup_command import backup, restore
from cloud.commandline import CONFIG as _CONFIG
from cloud.commandline import finished as _finished
from cloud.commandline import issuer as _held
from cloud.commandline import means as _means
from cloud.commandline import settings as _settings
from cloud.commandline import until_terminated as _until_terminated
from cloud.commandline import until_told
from cloud.evidence_command import evidence
from cloud.plan_command import plan, undoes
from cloud.user_command import user

if TYPE_CHECKING:
    from cloud.core.authority import Authority

ENDING_S = 10.0
"""So long an ingest may take to commit and confirm what it holds; containers have 30 s."""


@click.group()
def main() -> None:
    """The service of record."""
    logs.configure()


main.add_command(evidence)
main.add_command(backup)
main.add_command(restore)
main.add_command(plan)
main.add_command(user)


@main.command()
@_CONFIG
def migrate(config_file: Path | None) -> None:
    """Bring the database to the newest schema, and the deadlines of work orders to what the settings say."""
    from cloud import clock  # noqa: PLC0415
    from cloud.store import migrate as migrations  # noqa: PLC0415
    from cloud.store import partitions, pool, work_orders  # noqa: PLC0415

    settings = _settings(config_file)

    async def work() -> migrations.Outcome:
        outcome = await migrations.migrate(settings.database_url)
        async with pool.opened(settings.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
            await partitions.ensure(conn, clock.utc_now())
            await work_orders.set_deadlines(conn, settings.work_orders.hours())
        return outcome

    outcome = _finished(work())
    for name in outcome.applied:
        click.echo(f"applied {name}")
    for name, requires in outcome.skipped:
        click.echo(f"skipped {name}: this database is not {requires}")
    if not outcome.applied:
        click.echo("nothing to apply")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"]),
    help="Since when cameras and facades stand so; without an offset UTC; else since now.",
)
@click.option(
    "--replaces",
    multiple=True,
    metavar="ESTATE=VERSION",
    callback=lambda _, __, said: dict(map(_version, said)),
    help="FILE follows from this version of a plan that was drawn on the page, and may replace it.",
)
@_CONFIG
def seed(file: Path, since: datetime | None, replaces: dict[str, int], config_file: Path | None) -> None:
    """Bring estates, facades, agents, cameras and sensors to what FILE says, and survey what cameras see.

    A plan that somebody has drawn on the page since is not replaced unasked.
    """
    from cloud import clock  # noqa: PLC0415
    from cloud.core.estate import EstateFile  # noqa: PLC0415
    from cloud.store import plans, pool, registry  # noqa: PLC0415
    from contracts import documents  # noqa: PLC0415

    settings = _settings(config_file)
    try:
        estates = documents.parse(file.read_text(encoding="utf-8"), EstateFile, str(file))
    except (documents.DocumentError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)

    async def work() -> list[str]:
        now, told = clock.utc_now(), []
        async with pool.opened(settings.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
            for estate in estates.estates:
                drawn = await plans.undone_by(conn, estate)
                if drawn is not None and replaces.get(estate.id) != drawn.version:
                    raise click.ClickException(undoes(file, drawn))
            await registry.seed(conn, estates)
            for estate in estates.estates:
                began = clock.monotonic_s()
                entered = await plans.seed(conn, estate, now, holds_from=since)
                if entered is not None:
                    told.append(
                        f"{estate.id}: plan {entered.version}, {entered.cameras} cameras surveyed in"
                        f" {clock.monotonic_s() - began:.1f} s"
                    )
        return told

    for line in (f"seeded {', '.join(estate.id for estate in estates.estates)}", *_finished(work())):
        click.echo(line)


def _version(said: str) -> tuple[str, int]:
    estate, _, version = said.partition("=")
    if not version.isdecimal():
        raise click.BadParameter(f"{said}: write ESTATE=VERSION, as in garden=3")
    return estate, int(version)


def _issuer(settings: config.Settings) -> "Authority":
    found = _held(settings.device_ca, settings.enrolment)
    if found is None:
        raise click.ClickException("set device_ca and enrolment.ca_key in the settings")
    return found


def _write_crl(settings: config.Settings) -> str:
    """Brings the list of revoked certificates to what the database says; a sentence about it."""
    from cloud import clock  # noqa: PLC0415
    from cloud.evidence import authority  # noqa: PLC0415
    from cloud.store import identities, pool  # noqa: PLC0415

    if settings.enrolment is None or settings.enrolment.crl is None:
        return "no list is written: enrolment.crl is not set, so the broker must be told otherwise"
    issuer, path = _issuer(settings), settings.enrolment.crl

    async def work() -> list[tuple[int, datetime]]:
        async with pool.opened(settings.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
            return await identities.revoked(conn)

    revoked = _finished(work())
    try:
        authority.write_list(path, issuer, revoked, clock.utc_now())
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error}; then: fallwatch cloud crl") from error
    return f"{path} names {len(revoked)} certificates; the broker must read it again (SIGHUP)"


@main.command()
@click.argument("agent")
@click.option("--hours", type=click.FloatRange(0.01, 24 * 30), default=24, help="How long the token counts.")
@_CONFIG
def enrol(agent: str, hours: float, config_file: Path | None) -> None:
    """Print a one-time token with which AGENT, a box of an estate, gets its certificate."""
    from cloud import clock  # noqa: PLC0415
    from cloud.store import identities, pool  # noqa: PLC0415

    settings = _settings(config_file)
    _issuer(settings)
    token, now = secrets.token_hex(24), clock.utc_now()
    digest = hashlib.sha256(token.encode()).digest()

    async def work() -> bool:
        async with pool.opened(settings.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
            return await identities.add_token(conn, digest, agent, now, now + timedelta(hours=hours))

    if not _finished(work()):
        raise click.ClickException(f"{agent} is in no estate: fallwatch cloud seed")
    click.echo(token)


@main.command()
@click.argument("agent")
@click.option("--reason", default="", help="Kept with it.")
@click.option(
    "--certificate",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A certificate of the agent that was not issued by the cloud and has not been seen there.",
)
@_CONFIG
def revoke(agent: str, reason: str, files: tuple[Path, ...], config_file: Path | None) -> None:
    """Cut AGENT off: the cloud refuses what it says at once, the broker throws it out."""
    from cloud import clock  # noqa: PLC0415
    from cloud.evidence import verify  # noqa: PLC0415
    from cloud.store import changes, identities, pool, registry  # noqa: PLC0415

    settings, now = _settings(config_file), clock.utc_now()
    try:
        given = [verify.authority(path) for path in files]
    except (OSError, ValueError) as error:
        raise click.ClickException(f"--certificate cannot be read: {error}") from error

    async def work() -> int | None:
        async with pool.opened(settings.database_url, max_size=1) as opened, pool.transaction(opened) as conn:
            if not await registry.is_known(conn, agent):
                return None
            for each in given:
                shown = identities.Shown(agent, each.serial_number, each.not_valid_after_utc)
                await identities.know(conn, shown, now)
            count, changed = await identities.cut_off(conn, agent, reason, now)
            await changes.record(conn, changed, now)
            return count

    count = _finished(work())
    if count is None:
        raise click.ClickException(f"{agent} is in no estate")
    click.echo(f"{agent} is cut off; {count} of its certificates are revoked")
    if count == 0:
        click.echo("none of its certificates is known here: name it with --certificate", err=True)
    click.echo(_write_crl(settings))


@main.command()
@_CONFIG
def crl(config_file: Path | None) -> None:
    """Write the list of revoked certificates for the broker anew."""
    click.echo(_write_crl(_settings(config_file)))


@main.command()
@_CONFIG
def ingest(config_file: Path | None) -> None:
    """Store what agents send, and confirm it."""
    from cloud.ingest.service import serve  # noqa: PLC0415

    settings = _settings(config_file)
    broker = settings.broker
    if broker is None:
        raise click.ClickException("no broker: set broker in the settings or MQTT_URL in the environment")
    until_told(
        lambda told: serve(
            settings.database_url,
            broker,
            settings.device_ca,
            settings.metrics,
            settings.ingest,
            stopping=told,
        ),
        ENDING_S,
    )


@main.command()
@_CONFIG
def timers(config_file: Path | None) -> None:
    """Do what is due: silent agents, escalations, expired sessions, partitions ahead."""
    from cloud.timers import serve  # noqa: PLC0415

    settings = _settings(config_file)
    kept_with = _means(settings.evidence)
    _until_terminated(
        lambda: serve(
            settings.database_url,
            settings.timer_metrics,
            kept_with,
            settings.retention.days(),
            public_url=settings.public_url,
            coverage=settings.coverage,
        )
    )


@main.command()
@_CONFIG
def notify(config_file: Path | None) -> None:
    """Send what people are to be told: e-mail, webhooks, chat robots."""
    from cloud.notify.seal import keys_of  # noqa: PLC0415
    from cloud.notify.service import serve  # noqa: PLC0415

    settings = _settings(config_file)
    try:
        keys = keys_of(settings.notify.channel_keys)
    except ValueError as error:
        raise click.ClickException(f"notify.channel_keys: {error}") from error
    _until_terminated(lambda: serve(settings.database_url, settings.notify, keys))


@main.command()
@_CONFIG
def api(config_file: Path | None) -> None:
    """Serve pages and the HTTP interface."""
    from cloud.api.app import create_app  # noqa: PLC0415
    from cloud.api.server import serve  # noqa: PLC0415

    settings = _settings(config_file)
    try:
        app = create_app(settings)
    except config.SettingsError as error:
        raise click.ClickException(str(error)) from error
    _until_terminated(lambda: serve(app, settings.api))


main.add_command(ledger.command)


if __name__ == "__main__":
    main()
