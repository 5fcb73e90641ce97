"""Makes the evidence file of an alert: gathers, draws, seals the export into the log, has it stamped, packs.

The export is an entry of the log before the file can exist: whoever has taken evidence out stands there, even
where the last step fails.
"""

import asyncio
import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from cloud import clock
from cloud.core.authority import Authority, revocations
from cloud.core.signature import SCHEME
from cloud.core.sketch import Scene, sketch
from cloud.evidence import heads, stamping
from cloud.evidence.blobs import Blobs
from cloud.evidence.bundle import collect, container, members, texts
from cloud.evidence.bundle.collect import CannotExport, Found
from cloud.evidence.bundle.drawing import Drawing
from cloud.evidence.bundle.facts import Export, Facts, Name
from cloud.evidence.bundle.page import page
from cloud.evidence.heads import Signer
from cloud.evidence.keeper import Means
from cloud.evidence.stamping import StampingAuthority
from cloud.store import identities, log
from cloud.store.audit import Act
from cloud.store.log import HeadRow, Leaf
from cloud.store.pool import Connection, Pool, transaction

DRAWING_S: Final = 300.0
"""A minute of 4K takes less on one core."""

Parts = dict[str, bytes | Path]


@dataclass(frozen=True, slots=True)
class Exporter:
    """With what an export is made.

    ca_pem: the certificate of the devices' authority. issuer: signs its list of revoked certificates; None
    where its key is not here, and the file goes out without a list.
    """

    pool: Pool
    blobs: Blobs
    signer: Signer
    authority: StampingAuthority
    ca_pem: bytes
    issuer: Authority | None = None


def exporter(given: Means, device_ca: Path | None, opened: Pool, issuer: Authority | None = None) -> Exporter:
    """What an export takes, out of what the settings give.

    Raises:
        CannotExport: They do not give all of it; names the keys that are missing.
        OSError: The authority's certificate cannot be read.
    """
    blobs = given.blobs(opened)
    if blobs is None or given.signer is None or given.authority is None or device_ca is None:
        raise CannotExport("set evidence.keys, evidence.time_stamp and device_ca in the settings")
    return Exporter(opened, blobs, given.signer, given.authority, device_ca.read_bytes(), issuer)


@dataclass(frozen=True, slots=True)
class Order:
    """Who takes what out, and why."""

    alert: UUID
    by: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """The log as the export found it. first: a stamped head under which the clip's announcement is."""

    lines: list[Leaf]
    announced: Leaf
    first: HeadRow
    first_stamped_at: datetime


async def export(using: Exporter, order: Order, folder: Path) -> Path:
    """The evidence file, in `folder`, which also takes what is made on the way.

    Raises:
        NoSuchAlert, CannotExport: There is nothing that could be proved, and why.
        AuthorityAway: No time stamp is to be had now.
        LogBroken: The log is not the one whose head was signed last.
        OtherBytes, KeyLost: The clip in the evidence store is damaged, or cannot be opened.
        DatabaseDown, StoreDown, OSError: Of the database, the evidence store, the disk.
    """
    async with transaction(using.pool, snapshot=True) as conn:
        found = await collect.find(conn, order.alert)
    clip = await _fetch(using.blobs, found, folder / "clip.mp4")
    sealed = await _sealed(using, found)
    drawn = await _draw(found, clip, folder)
    at = clock.utc_now()
    name = found.people.get(order.by) or Name(id=order.by, zh=order.by, en=order.by)
    facts = collect.facts(
        found,
        sealed.lines,
        Export(by=order.by, name=name, at=at, purpose=order.purpose),
        annotated=members.COPY in drawn,
        first_stamped_at=sealed.first_stamped_at,
    )
    made = {members.CLIP: clip, **drawn, **await _revoked(using, at)}
    parts = await asyncio.to_thread(_parts, using, found, sealed, facts, made)
    parts[members.INDEX] = index = members.text(await asyncio.to_thread(_index, parts))
    last, seal = await _seal(using, found, sealed, order, (index, at))
    parts |= seal
    parts[members.LAST_HEAD] = last.signed.document
    parts[members.LAST_STAMP], _ = await stamping.of_head(using.pool, using.authority, last, clock.utc_now())
    parts[members.SUMS] = sums = members.sums(await asyncio.to_thread(_digests, parts), members.ORDER)
    parts[members.SUMS_SIGNATURE] = using.signer.key.sign(sums, SCHEME)
    target = folder / f"evidence-{found.row.observed_at:%Y%m%d-%H%M%S}-{order.alert}.zip"
    await asyncio.to_thread(_pack, target, parts)
    return target


async def _fetch(blobs: Blobs, found: Found, target: Path) -> Path:
    """The clip out of the store, if it still is what its device signed."""
    clip = await blobs.find(found.clip.sha256)
    if clip is None:
        raise CannotExport("the clip is not in the evidence store any more")
    digest = hashlib.sha256()
    with target.open("wb") as file:
        async for chunk in clip.read(0, clip.size - 1):
            digest.update(chunk)
            await asyncio.to_thread(file.write, chunk)
    if digest.hexdigest() != found.clip.sha256:
        raise CannotExport(
            f"the bytes in the evidence store have SHA-256 {digest.hexdigest()}, the device signed"
            f" {found.clip.sha256}"
        )
    return target


async def _sealed(using: Exporter, found: Found) -> Sealed:
    now = clock.utc_now()
    async with transaction(using.pool) as conn:
        await log.seal_all(conn, now)
        lines = await collect.custody(conn, found)
        announced = next((leaf for leaf in lines if _announces(leaf)), None)
        if announced is None:
            raise CannotExport("the log does not know of this clip: it is older than the log")
        first = await heads.covering(conn, using.signer, announced.index, now)
    assert first is not None
    stamp, stamped_at = await stamping.of_head(using.pool, using.authority, first, now)
    return Sealed(lines, announced, replace(first, time_stamp=stamp), stamped_at)


async def _revoked(using: Exporter, at: datetime) -> Parts:
    """The authority's list of revoked certificates as it is at the export."""
    if using.issuer is None:
        return {}
    async with transaction(using.pool) as conn:
        listed = await identities.revoked(conn)
    return {members.REVOKED: revocations(using.issuer, listed, at)}


def _announces(leaf: Leaf) -> bool:
    return leaf.kind == "clip" and b'"manifest": "' in leaf.entry


async def _draw(found: Found, clip: Path, folder: Path) -> Parts:
    """The annotated copy and its still, made by a program of its own; none where nothing can be decoded."""
    copy, still = folder / "copy.mp4", folder / "still.jpg"
    manifest, origin = found.manifest, found.origin
    drawing = Drawing(
        clip=str(clip),
        sha256=found.clip.sha256,
        copy_to=str(copy),
        still_to=str(still),
        started_at=manifest.started_at,
        event_offset_s=manifest.event_offset_s,
        track=found.track,
        origin=None if origin is None else (origin.x_px, origin.y_px, origin.uncertainty_px),
    )
    argv = (sys.executable, "-m", "cloud.evidence.bundle.annotate")
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stderr=asyncio.subprocess.DEVNULL)
    try:
        await asyncio.wait_for(program.communicate(drawing.model_dump_json().encode()), DRAWING_S)
    except TimeoutError:
        return {}
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    return {members.COPY: copy, members.STILL: still} if program.returncode == 0 else {}


def _parts(using: Exporter, found: Found, sealed: Sealed, facts: Facts, made: Parts) -> Parts:
    """Every member that the index lists."""
    facade = facts.facade
    scene = Scene(
        "" if facade is None else facade.name.zh,
        0 if facade is None else facade.floors,
        0 if facade is None else facade.bays,
        facts.place,
        facts.origin,
        facts.track,
        facts.frame,
    )
    drawn, still = sketch(scene), made.get(members.STILL)
    custody = members.Custody(lines=tuple(map(_line, sealed.lines)))
    parts: Parts = {
        **made,
        members.README: texts.README.encode(),
        members.MANIFEST: found.clip.manifest.encode(),
        members.SIGNATURE: f"{found.clip.signature}\n".encode(),
        members.FACTS: members.text(facts),
        members.TRACK_JSON: texts.track_json(facts),
        members.TRACK_CSV: texts.track_csv(facts),
        members.SKETCH: drawn.encode(),
        members.CUSTODY: members.text(custody),
        members.DEVICE: found.clip.certificate.encode(),
        members.DEVICE_CA: using.ca_pem,
        members.FIRST_HEAD: sealed.first.signed.document,
        members.FIRST_STAMP: sealed.first.time_stamp or b"",
    }
    picture = still.read_bytes() if isinstance(still, Path) else b""
    parts[members.PAGE] = page(facts, drawn, picture, _digests(parts)).encode()
    return parts


def _index(parts: Parts) -> members.Index:
    digests = _digests(parts)
    listed = tuple(
        members.Listed(name=name, size_bytes=_size(parts[name]), sha256=digests[name])
        for name in members.INDEXED
        if name in parts
    )
    clip = parts[members.CLIP]
    assert isinstance(clip, Path)
    pieces: list[str] = []
    with clip.open("rb") as file:
        while chunk := file.read(container.CHUNK_BYTES):
            pieces += members.pieces(chunk)
    return members.Index(members=listed, pieces=tuple(pieces))


async def _seal(
    using: Exporter, found: Found, sealed: Sealed, order: Order, index: tuple[bytes, datetime]
) -> tuple[HeadRow, Parts]:
    """Enters the export into the log under a new signed head; the head, and what proves what is under it."""
    content, at = index
    exported = members.Exported(
        index_sha256=hashlib.sha256(content).hexdigest(),
        clip_sha256=found.clip.sha256,
        custody=tuple(leaf.index for leaf in sealed.lines),
    )
    act = Act(
        order.by,
        members.ACTION,
        "alert",
        str(order.alert),
        found.row.estate,
        order.purpose,
        exported.model_dump(mode="json"),
    )
    async with transaction(using.pool) as conn:
        entry, last = await heads.entered(conn, using.signer, act, at)
        proofs = await _proofs(conn, sealed, entry, last)
    return last, {members.EXPORT: members.text(_line(entry)), members.PROOFS: members.text(proofs)}


async def _proofs(conn: Connection, sealed: Sealed, entry: Leaf, last: HeadRow) -> members.Proofs:
    first = sealed.first
    return members.Proofs.model_validate(
        {
            "lines": [await log.inclusion(conn, leaf.index, last.size) for leaf in sealed.lines],
            "export": await log.inclusion(conn, entry.index, last.size),
            "announced": await log.inclusion(conn, sealed.announced.index, first.size),
            "grown": await log.consistency(conn, first.size, last.size),
        }
    )


def _line(leaf: Leaf) -> members.Line:
    return members.Line(index=leaf.index, entry=leaf.entry.decode())


def _digests(parts: Mapping[str, bytes | Path]) -> dict[str, str]:
    return {name: _digest(content) for name, content in parts.items()}


def _digest(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _pack(target: Path, parts: Parts) -> None:
    with target.open("wb") as file:
        container.write(file, [(name, parts[name]) for name in members.ORDER if name in parts])
