"""Issues a certificate: gathers, counts, sets it as PDF, seals the issue into the log, has it stamped, packs.

The issue is an entry of the log before the file can exist: who asked for which certificate stands there.
"""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cloud import clock
from cloud.core.certificate import counting
from cloud.core.certificate.content import Certificate, Content
from cloud.core.day_digest.attested import content as entry_content
from cloud.core.head import Head
from cloud.core.signature import SCHEME
from cloud.evidence import closing, heads, stamping
from cloud.evidence.bundle import container
from cloud.evidence.bundle import members as sealed
from cloud.evidence.bundle.members import Custody, Line, Listed, text
from cloud.evidence.certificate import attested, collect, members, paper
from cloud.evidence.certificate.collect import CannotCertify, Wanted
from cloud.evidence.certificate.members import Days
from cloud.evidence.certificate.paper import Chain, OfDay
from cloud.evidence.certificate.texts import README
from cloud.evidence.heads import Signer
from cloud.evidence.keeper import Means
from cloud.evidence.stamping import StampingAuthority
from cloud.store import log
from cloud.store.audit import Act
from cloud.store.log import HeadRow, Leaf
from cloud.store.pool import Pool, transaction

Parts = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Issuer:
    """With what certificates are issued. least_s: seconds from which on a minute counts as recorded."""

    pool: Pool
    signer: Signer
    authority: StampingAuthority
    least_s: float


def issuer(given: Means, least_s: float, opened: Pool) -> Issuer:
    """What it takes, out of what the settings give.

    Raises:
        CannotCertify: They do not give all of it; names the keys that are missing.
    """
    if given.signer is None or given.authority is None:
        raise CannotCertify("set evidence.keys and evidence.time_stamp in the settings")
    return Issuer(opened, given.signer, given.authority, least_s)


@dataclass(frozen=True, slots=True)
class Begun:
    """The log before the issue: a stamped head, and the entries about what the certificate tells.

    days: what it says of the certificate's.
    """

    lines: list[Leaf]
    days: Days
    first: HeadRow
    stamped_at: datetime


async def issue(using: Issuer, wanted: Wanted, folder: Path) -> Path:
    """The certificate's file, in `folder`.

    Raises:
        CannotCertify: There is nothing to certify, and why.
        AuthorityAway: No time stamp is to be had now.
        LogBroken: The log is not the one whose head was signed last.
        DatabaseDown, OSError: Of the database, the disk.
    """
    now = clock.utc_now()
    async with transaction(using.pool) as conn:
        # What was delivered late is no difference.
        await closing.take_late(conn, wanted.estate, now)
    async with transaction(using.pool, snapshot=True, as_=wanted.principal) as conn:
        content = await collect.content(conn, wanted, using.least_s, now)
    certificate = await asyncio.to_thread(_counted, content)
    begun = await _begun(using, content, now)
    parts = await _parts(certificate, begun)
    digests = await asyncio.to_thread(_digests, parts)
    index = {sealed.INDEX: text(_index(parts, digests))}
    digests |= _digests(index)
    last, seal = await _seal(using, wanted, content, digests, begun)
    seal[sealed.LAST_HEAD] = last.signed.document
    seal[sealed.LAST_STAMP], _ = await stamping.of_head(using.pool, using.authority, last, clock.utc_now())
    sums = sealed.sums(digests | _digests(seal), members.ORDER)
    parts |= index | seal
    parts |= {sealed.SUMS: sums, sealed.SUMS_SIGNATURE: using.signer.key.sign(sums, SCHEME)}
    target = folder / _named(wanted, now)
    await asyncio.to_thread(_pack, target, parts)
    return target


def _counted(content: Content) -> Certificate:
    return Certificate(content=content, figures=counting.figures(content))


async def _begun(using: Issuer, content: Content, now: datetime) -> Begun:
    async with transaction(using.pool) as conn:
        await log.seal_all(conn, now)
        lines, asked = await collect.custody(conn, content), await attested.ask(conn, content)
        newest = await log.newest_head(conn)
        last = max(asked.last, lines[-1].index if lines else 0)
        covers = newest is not None and newest.size >= last
        first = newest if covers else await heads.sign(conn, using.signer, now)
        if first is None:
            raise CannotCertify("the log is empty: nothing has happened here yet that could be certified")
        days = await attested.days(conn, content, asked, Head.model_validate_json(first.content))
    stamp, stamped_at = await stamping.of_head(using.pool, using.authority, first, now)
    return Begun(lines, days, replace(first, time_stamp=stamp), stamped_at)


async def _parts(certificate: Certificate, begun: Begun) -> Parts:
    """Every member that the index lists."""
    custody = Custody(lines=tuple(map(_line, begun.lines)))
    chain = Chain(
        head=begun.first.number,
        size=begun.first.size,
        root=Head.model_validate_json(begun.first.content).root,
        at=begun.first.at,
        stamped_at=begun.stamped_at,
        lines=len(begun.lines),
        days=tuple(map(_day, begun.days.days)),
        contradictions=tuple(each.zh for each in begun.days.contradictions),
    )
    content = certificate.text()
    return {
        sealed.README: README.encode(),
        members.PAPER: await paper.printed(content, chain),
        sealed.CERTIFICATE: content,
        members.DAYS: text(begun.days),
        sealed.CUSTODY: text(custody),
        sealed.FIRST_HEAD: begun.first.signed.document,
        sealed.FIRST_STAMP: begun.first.time_stamp or b"",
    }


def _day(told: members.Day) -> OfDay:
    entries = tuple(each.line.index for each in told.entries)
    first = entry_content(told.entries[0].line.entry) if told.entries else None
    differences = tuple(each.zh for each in told.differences)
    return OfDay(
        estate=told.estate,
        day=told.day,
        within=told.within,
        state=told.state,
        late=told.late,
        closed_at=None if first is None else first.closed_at,
        entries=entries,
        differences=differences,
    )


def _index(parts: Parts, digests: Mapping[str, str]) -> members.Index:
    return members.Index(
        members=tuple(
            Listed(name=name, size_bytes=len(parts[name]), sha256=digests[name]) for name in members.INDEXED
        )
    )


async def _seal(
    using: Issuer, wanted: Wanted, content: Content, digests: Mapping[str, str], begun: Begun
) -> tuple[HeadRow, Parts]:
    """Enters the issue into the log under a new signed head; the head, and what proves what is under it."""
    issued = members.Issued(
        index_sha256=digests[sealed.INDEX],
        certificate_sha256=digests[sealed.CERTIFICATE],
        facades=content.asked_for,
        begin=content.begin,
        end=content.end,
        custody=tuple(leaf.index for leaf in begun.lines),
    )
    said = issued.model_dump(mode="json")
    act = Act(wanted.by, members.ACTION, "estate", wanted.estate, wanted.estate, wanted.purpose, said)
    async with transaction(using.pool) as conn:
        entry, last = await heads.entered(conn, using.signer, act, content.asked.at)
        proofs = members.Proofs.model_validate(
            {
                "lines": [await log.inclusion(conn, leaf.index, last.size) for leaf in begun.lines],
                "export": await log.inclusion(conn, entry.index, last.size),
                "grown": await log.consistency(conn, begun.first.size, last.size),
            }
        )
    return last, {sealed.EXPORT: text(_line(entry)), sealed.PROOFS: text(proofs)}


def _line(leaf: Leaf) -> Line:
    return Line(index=leaf.index, entry=leaf.entry.decode())


def _digests(parts: Parts) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}


def _named(wanted: Wanted, now: datetime) -> str:
    what = wanted.facades[0] if wanted.facades and len(wanted.facades) == 1 else wanted.estate
    return f"certificate-{what}-{wanted.begin:%Y%m%d}-{now:%Y%m%d%H%M%S}.zip"


def _pack(target: Path, parts: Parts) -> None:
    with target.open("wb") as file:
        container.write(file, [(name, parts[name]) for name in members.ORDER])
