"""Keeps the evidence: seals rows into the log, signs and stamps heads, closes days, reads clips each night.

Each job runs for itself: an authority that hangs delays no seal, and a store that is away no head.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from structlog.typing import FilteringBoundLogger

from cloud import clock
from cloud.config import EvidenceSettings, SettingsError
from cloud.core import night
from cloud.core.merkle import Unproved
from cloud.evidence import checking, closing, heads, keys, stamping
from cloud.evidence.blobs import Blobs
from cloud.evidence.heads import LogBroken, Signer
from cloud.evidence.keys import EstateKeys, Masters
from cloud.evidence.objects import Objects, StoreDown
from cloud.evidence.stamping import AuthorityAway, StampingAuthority
from cloud.metrics import EvidenceMetrics
from cloud.store import closed_days, evidence_checks, log, pool
from cloud.store.pool import DatabaseDown, Pool

SEAL_EVERY_S: Final = 1.0
LOOK_EVERY_S: Final = 60.0
"""Whether a head, a stamp or a day is due, and whether a night has begun."""


@dataclass(frozen=True, slots=True)
class Means:
    """What the settings give: keys, an authority, a store; None where they do not."""

    signer: Signer | None = None
    masters: Masters | None = None
    authority: StampingAuthority | None = None
    objects: Objects | None = None
    head_every: timedelta = timedelta(hours=1)
    check_nights: int = 30

    def blobs(self, opened: Pool) -> Blobs | None:
        """The clips, with the keys of the database."""
        if self.objects is None:
            return None
        return Blobs(self.objects, None if self.masters is None else EstateKeys(opened, self.masters))


def means(settings: EvidenceSettings | None) -> Means:
    """What can be done with these settings.

    Raises:
        SettingsError: Something that they name cannot be used.
    """
    if settings is None:
        return Means()
    try:
        objects = Objects.at(settings.url)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    try:
        found = None if settings.keys is None else keys.load(settings.keys)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"evidence.keys cannot be used: {error}; fallwatch cloud evidence keys"
        ) from error
    stamps = settings.time_stamp
    try:
        asked = None if stamps is None else stamping.authority(stamps.url, stamps.ca)
    except (OSError, ValueError) as error:
        raise SettingsError(f"evidence.time_stamp.ca cannot be used: {error}") from error
    return Means(
        None if found is None else found.signer,
        None if found is None else found.masters,
        asked,
        objects,
        timedelta(seconds=settings.head_every_s),
        settings.check_nights,
    )


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who does it, with what, and where it is told."""

    opened: Pool
    means: Means
    metrics: EvidenceMetrics
    log: FilteringBoundLogger

    async def run(self) -> None:
        """Work until cancelled."""
        self._say_what_is_missing()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._repeat(SEAL_EVERY_S, self.seal))
            group.create_task(self._repeat(LOOK_EVERY_S, self.sign))
            group.create_task(self._repeat(LOOK_EVERY_S, self.stamp))
            group.create_task(self._repeat(LOOK_EVERY_S, self.look))
            group.create_task(self._repeat(LOOK_EVERY_S, self.close))

    async def seal(self, at: datetime) -> None:
        """Give what waits its place."""
        async with pool.transaction(self.opened) as conn:
            await log.seal_all(conn, at)
            self.metrics.log_entries.set(await log.size(conn))
            self.metrics.log_waiting.set(await log.waiting(conn))

    async def sign(self, at: datetime) -> None:
        """Sign a head when the last is old enough."""
        async with pool.transaction(self.opened) as conn:
            last = await log.newest_head(conn)
        if last is None or at - last.at >= self.means.head_every:
            await self._sign(at)

    async def stamp(self, at: datetime) -> None:
        """Have heads stamped that are not."""
        if self.means.authority is None:
            return
        try:
            done = await stamping.catch_up(self.opened, self.means.authority, at)
        except AuthorityAway as error:
            self.log.warning("time_stamp_postponed", reason=str(error))
        else:
            if done:
                self.log.info("heads_stamped", count=done)
        async with pool.transaction(self.opened) as conn:
            self.metrics.heads_unstamped.set(len(await log.unstamped(conn, stamping.AT_ONCE)))

    async def look(self, at: datetime) -> None:
        """Read this night's share of the clips, and follow the log."""
        blobs = self.means.blobs(self.opened)
        if blobs is None:
            return
        async with pool.transaction(self.opened) as conn:
            is_due = night.is_due(await evidence_checks.last(conn), at)
            await self._show_damage(conn)
        if not is_due:
            return
        turn = partial(night.is_turn, of=night.night(at), nights=self.means.check_nights)
        report = await checking.check(self.opened, blobs, self.means.signer, at, turn)
        self.metrics.checked_bytes.inc(report.read_bytes)
        self.metrics.log_broken.labels("check").set(bool(report.log))
        async with pool.transaction(self.opened) as conn:
            await evidence_checks.note(conn, at, clock.utc_now(), report.as_object())
            await self._show_damage(conn)
        tell = self.log.info if report.is_well else self.log.error
        tell("evidence_checked", **report.as_object())

    async def close(self, at: datetime) -> None:
        """Close the days that are over."""
        done = await closing.close_due(self.opened, at)
        async with pool.transaction(self.opened) as conn:
            self.metrics.day_waits_s.set(await closing.waits_s(conn, at))
            self.metrics.days_differing.set(await closed_days.differing(conn))
        if done.closed or done.late:
            self.log.info("days_closed", days=done.closed, late=done.late)

    async def finish(self, at: datetime) -> None:
        """Before an orderly end: a head of what has come since the last."""
        try:
            await self.seal(at)
            async with pool.transaction(self.opened) as conn:
                size, last = await log.size(conn), await log.newest_head(conn)
            if size > (0 if last is None else last.size):
                await self._sign(at)
        except (DatabaseDown, Unproved) as error:
            self.log.warning("last_head_not_signed", reason=str(error))

    async def _sign(self, at: datetime) -> None:
        if self.means.signer is None:
            return
        try:
            async with pool.transaction(self.opened) as conn:
                head = await heads.sign(conn, self.means.signer, at)
        except LogBroken as error:
            self._tell_broken(error)
            return
        self.metrics.log_broken.labels("signing").set(0)
        if head is not None:
            self.metrics.log_heads.inc()
            self.log.info("head_signed", number=head.number, size=head.size)

    def _tell_broken(self, error: LogBroken | Unproved) -> None:
        self.metrics.log_broken.labels("signing").set(1)
        self.log.error("log_broken", reason=str(error))

    async def _show_damage(self, conn: pool.Connection) -> None:
        found = await evidence_checks.damaged(conn)
        for kind in evidence_checks.KINDS:
            self.metrics.damaged.labels(kind).set(sum(damage.kind == kind for damage in found))

    def _say_what_is_missing(self) -> None:
        if self.means.signer is None:
            self.log.warning("log_unsigned", what="evidence.keys is not set: heads of the log are not signed")
        if self.means.authority is None:
            self.log.warning(
                "log_unstamped", what="evidence.time_stamp is not set: no authority vouches for times"
            )

    async def _repeat(self, period_s: float, job: Callable[[datetime], Awaitable[None]]) -> None:
        while True:
            try:
                await job(clock.utc_now())
            except (DatabaseDown, StoreDown) as error:
                self.log.warning("keeping_postponed", job=job.__name__, reason=str(error))
            except Unproved as error:
                self._tell_broken(error)
            await asyncio.sleep(period_s)
