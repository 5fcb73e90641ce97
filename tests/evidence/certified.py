"""A real certificate: of two hours in which a camera is covered, and another loses a minute.

Their day is closed, and a minute of it is delivered later.
"""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from cloud import clock
from cloud.core import alarm as machine
from cloud.core import work_order
from cloud.core.camera_duty import LEAST_S
from cloud.core.day_digest.facts import CLOSES_AFTER, day_of, window
from cloud.evidence import closing, stamping, verify
from cloud.evidence.bundle import container
from cloud.evidence.certificate.collect import Wanted
from cloud.evidence.certificate.issue import Issuer, issue
from cloud.evidence.heads import Signer
from cloud.ingest.handle import commit_batch, read
from cloud.store import accounts, alerts, desk, faults, log, maintenance, plans, pool, registry
from cloud.store.work_orders import New, Place
from contracts.base import Durable
from fallwatch.local.pki import Authority
from tests.evidence.made import anchors_of
from tests.fixtures.cloud import Device, envelope
from tests.fixtures.coverage import modelled
from tests.fixtures.time_stamps import TimeStampAuthority

PURPOSE = "法院调取，（2026）粤0305民初1187号"
LASTS = timedelta(hours=2)
MINUTE = timedelta(minutes=1)
LOST_AFTER = timedelta(minutes=40)
"""A minute in which the right camera recorded too little."""
DAYS: Final = 2
"""That are over: that of the certificate, and the next."""
COVERED_AFTER, COVERED = timedelta(minutes=60), timedelta(minutes=15)


@dataclass(frozen=True)
class Certified:
    """A certificate's file with everything around it. entries: of the whole log, in its order."""

    path: Path
    anchors: Path
    stamps: TimeStampAuthority
    signer: Signer
    entries: Sequence[bytes]
    begin: datetime
    database_url: str
    wanted: Wanted

    def issuer(self, opened: pool.Pool) -> Issuer:
        """With what it was issued."""
        return Issuer(opened, self.signer, stamping.authority(self.stamps.url, self.stamps.ca_path), LEAST_S)

    def members(self) -> dict[str, bytes]:
        """The members by name, in the container's order."""
        with self.path.open("rb") as file:
            return {
                member.name: container.content(file, member, 1 << 30) for member in container.listed(file)
            }


async def certified(
    database_url: str, folder: Path, authority: Authority, stamps: TimeStampAuthority
) -> Certified:
    """Of the east facade of the garden."""
    over = day_of(clock.utc_now() - CLOSES_AFTER) - timedelta(days=DAYS)
    begin = window(over)[0] + timedelta(hours=10)
    signer = Signer(ec.generate_private_key(ec.SECP256R1()))
    async with pool.opened(database_url, max_size=3) as opened:
        async with pool.transaction(opened) as conn:
            for name in ("manager", "desk"):
                await accounts.put(
                    conn, accounts.Account(name, "林经理", "Manager Lin", "manager", "x", every_estate=True)
                )
        await watched(opened, authority, begin)
        assert (await closing.close_due(opened, clock.utc_now())).closed == DAYS
        late = Device(at=begin).minute(begin - 30 * MINUTE, 60, camera="cam-west")
        await _taken_in(opened, authority, [late])
        assert await closing.close_due(opened, clock.utc_now()) == closing.Closed(0, 1)
        using = Issuer(opened, signer, stamping.authority(stamps.url, stamps.ca_path), LEAST_S)
        out = folder / "certificate"
        out.mkdir()
        wanted = Wanted("garden", None, begin, begin + LASTS, "manager", PURPOSE)
        path = await issue(using, wanted, out)
        async with pool.transaction(opened) as conn:
            entries = [leaf.entry for leaf in await log.leaves(conn, 1, await log.size(conn))]
    trusted = anchors_of(folder / "anchors", authority, signer, stamps)
    return Certified(path, trusted, stamps, signer, entries, begin, database_url, wanted)


async def watched(opened: pool.Pool, authority: Authority, begin: datetime) -> None:
    """Two hours from `begin` on: a camera covered for a quarter of one, an alert, a patrol."""
    async with pool.transaction(opened) as conn:
        estates = modelled()
        await registry.seed(conn, estates)
        await plans.enter(conn, estates.estates[0], "manager", begin, holds_from=begin - LASTS)
    device = Device(at=begin - MINUTE)
    covered = begin + COVERED_AFTER
    messages: list[Durable] = [device.camera("streaming", camera=name) for name in ("cam-east", "cam-west")]
    for number in range(-1, LASTS // MINUTE + 2):
        at = begin + number * MINUTE
        messages.append(device.minute(at, 60, camera="cam-east"))
        messages.append(device.minute(at, 20 if at == begin + LOST_AFTER else 60, camera="cam-west"))
    messages.append(device.fault("covered", observed_at=covered))
    await _taken_in(opened, authority, messages)
    async with pool.transaction(opened) as conn:
        (fault,) = await faults.since(conn, begin)
        held = await faults.hold(conn, fault.id)
        assert held is not None
        await maintenance.step_fault(conn, held, machine.Acknowledge("desk"), covered + MINUTE)
    messages = [device.fault("covered", "cleared", observed_at=covered + COVERED)]
    device.at = begin + 90 * MINUTE
    fall = device.fall()
    messages.append(fall)
    await _taken_in(opened, authority, messages)
    async with pool.transaction(opened) as conn:
        (alert,) = await alerts.open_alerts(conn)
        at = alert.observed_at + MINUTE
        for given in (machine.Acknowledge("desk"), machine.Close("desk", "real_throw", "花盆，未伤人")):
            await desk.apply(conn, alert.id, given, at)
        patrol = New("patrol", "warning", Place("garden", "3"), "外墙巡查", "", "", "desk")
        order, _ = await maintenance.open_order(conn, patrol, begin + 5 * MINUTE)
        await maintenance.apply(conn, order, work_order.Take("desk"), begin + 25 * MINUTE)


async def _taken_in(opened: pool.Pool, authority: Authority, messages: Sequence[Durable]) -> None:
    ca, batch = verify.authority(authority.ca_path), read([envelope(message) for message in messages])
    outcome = await commit_batch(opened, ca, batch, clock.utc_now())
    assert outcome.refused == []
