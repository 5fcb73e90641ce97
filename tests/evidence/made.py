"""A real evidence file: a film cut and sealed as a box does it, taken in, watched, closed and exported."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import av
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from cloud import clock
from cloud.core import alarm as machine
from cloud.core.estate import EstateFile
from cloud.core.signature import public_pem
from cloud.evidence import authority as devices
from cloud.evidence import heads, stamping, verify
from cloud.evidence.blobs import Blobs
from cloud.evidence.bundle import anchors, container
from cloud.evidence.bundle.export import Exporter, Order, export
from cloud.evidence.heads import Signer
from cloud.ingest.handle import Envelope, commit_batch, read
from cloud.store import accounts, alerts, audit, clips, desk, log, pool, registry
from cloud.store.audit import Act
from contracts import topics
from contracts.base import Clock
from contracts.messages import (
    ClipManifest,
    ClipSealed,
    Estimate,
    FallingObject,
    Origin,
    Place,
    encode,
)
from edge.core.clip_window import Wanted
from edge.evidence.clip import CutClip, Label, Template, cut
from edge.evidence.ring import EncodedPacket
from edge.evidence.seal import DeviceKey, seal
from fallwatch.local.pki import Authority
from tests.browser.film import BEFORE_S, FALL_S, FRAME, film
from tests.browser.world import AGENT, EAST, estates, track_until
from tests.fixtures.time_stamps import TimeStampAuthority

AGO = timedelta(seconds=40)
CLOCK = Clock(offset_s=0.012, uncertainty_s=0.02)
PURPOSE = "配合派出所调查，案号 2026-1187"


@dataclass(frozen=True)
class Made:
    """An evidence file with everything around it. entries: of the whole log, in its order."""

    path: Path
    anchors: Path
    authority: Authority
    stamps: TimeStampAuthority
    signer: Signer
    entries: Sequence[bytes]

    def members(self) -> dict[str, bytes]:
        """The members by name, in the container's order."""
        with self.path.open("rb") as file:
            return {
                member.name: container.content(file, member, 1 << 30) for member in container.listed(file)
            }


async def made(
    database_url: str, folder: Path, authority: Authority, stamps: TimeStampAuthority, clip_s: float = 3.6
) -> Made:
    """The file, of a clip of about that length."""
    signer = Signer(ec.generate_private_key(ec.SECP256R1()))
    stamper = stamping.authority(stamps.url, stamps.ca_path)
    ca = verify.authority(authority.ca_path)
    issuer = devices.load(authority.ca_path, authority.folder / "ca.key", 90)
    blobs = Blobs.at(f"file://{folder}/evidence")
    fall, clip, sealed = _seen(folder, authority, clip_s)
    async with pool.opened(database_url, max_size=3) as opened:
        await _take_in(opened, ca, [fall, sealed])
        await blobs.put(clip.sha256, clip.path, "jinxiu")
        alert = await _handled(opened, signer, fall, clip.sha256)
        await stamping.catch_up(opened, stamper, clock.utc_now())
        using = Exporter(opened, blobs, signer, stamper, authority.ca_path.read_bytes(), issuer)
        out = folder / "export"
        out.mkdir()
        path = await export(using, Order(alert, "desk", PURPOSE), out)
        async with pool.transaction(opened) as conn:
            entries = [leaf.entry for leaf in await log.leaves(conn, 1, await log.size(conn))]
    trusted = anchors_of(folder / "anchors", authority, signer, stamps)
    return Made(path, trusted, authority, stamps, signer, entries)


def anchors_of(folder: Path, authority: Authority, signer: Signer, stamps: TimeStampAuthority) -> Path:
    """The trust anchors as files."""
    folder.mkdir(exist_ok=True)
    (folder / f"{anchors.DEVICE_CA}.pem").write_bytes(authority.ca_path.read_bytes())
    (folder / f"{anchors.LOG_KEY}.pem").write_bytes(public_pem(signer.key.public_key()))
    (folder / f"{anchors.TSA_ROOT}.pem").write_bytes(stamps.ca_path.read_bytes())
    return folder


def _seen(folder: Path, authority: Authority, clip_s: float) -> tuple[FallingObject, CutClip, ClipSealed]:
    """What the box has seen, cut and signed."""
    observed_at = clock.utc_now() - AGO
    fall = _fall(observed_at)
    clip = _cut(folder, fall, clip_s)
    manifest = ClipManifest(
        event=fall.message_id,
        agent=AGENT,
        camera=EAST,
        sha256=clip.sha256,
        size_bytes=clip.size_bytes,
        codec=clip.codec,
        frame_width=clip.width,
        frame_height=clip.height,
        started_at=observed_at - timedelta(seconds=BEFORE_S - clip.first_pts_s),
        duration_s=clip.duration_s,
        event_offset_s=BEFORE_S - clip.first_pts_s,
        complete=clip.complete,
        sealed_at=observed_at + timedelta(seconds=9),
        clock=CLOCK,
    )
    credentials = authority.issue(AGENT)
    signed = seal(manifest, DeviceKey.load(credentials.certificate, credentials.key))
    sealed = ClipSealed(
        message_id=uuid4(),
        agent=AGENT,
        boot=fall.boot,
        seq=2,
        observed_at=manifest.sealed_at,
        clock=CLOCK,
        camera=EAST,
        event=fall.message_id,
        sha256=clip.sha256,
        size_bytes=clip.size_bytes,
        manifest=signed.manifest,
        signature=signed.signature,
        certificate=signed.certificate_pem,
    )
    return fall, clip, sealed


def _fall(observed_at: datetime) -> FallingObject:
    return FallingObject(
        message_id=uuid4(),
        agent=AGENT,
        boot=uuid4(),
        seq=1,
        observed_at=observed_at,
        clock=CLOCK,
        camera=EAST,
        frame_width=FRAME[0],
        frame_height=FRAME[1],
        track=track_until(FALL_S),
        last_visible_at=observed_at + timedelta(seconds=FALL_S),
        decided_at=observed_at + timedelta(seconds=FALL_S + 0.3),
        score=0.93,
        origin=Origin(x_px=430, y_px=60, uncertainty_px=9),
        place=Place(
            from_above=False,
            floor=12,
            floor_low=11,
            floor_high=13,
            floor_probability=0.83,
            bay=3,
            flat="1203",
            flat_probability=0.97,
            height_m=Estimate(value=34.2, low=31.5, high=37.0),
            speed_m_s=Estimate(value=24.1, low=22.0, high=25.9),
            energy_j_per_kg=Estimate(value=290, low=242, high=335),
        ),
    )


def _cut(folder: Path, fall: FallingObject, clip_s: float) -> CutClip:
    source = folder / "film.mp4"
    source.write_bytes(film(BEFORE_S + clip_s))
    with av.open(str(source), "r") as container_:
        stream = container_.streams.video[0]
        template, tick_s = Template(stream), float(stream.time_base or 0)
        packets = [
            EncodedPacket(
                bytes(packet),
                packet.pts,
                packet.dts,
                packet.duration or 0,
                packet.pts * tick_s,
                packet.dts * tick_s,
                packet.is_keyframe,
            )
            for packet in container_.demux(stream)
            if packet.pts is not None and packet.dts is not None
        ]
    wanted = Wanted(BEFORE_S, BEFORE_S + FALL_S, 1, clip_s - FALL_S - 1)
    return cut(packets, template, wanted, folder / "box", Label(AGENT, EAST, fall.message_id))


async def _take_in(
    opened: pool.Pool, ca: x509.Certificate, messages: list[FallingObject | ClipSealed]
) -> None:
    async with pool.transaction(opened) as conn:
        await registry.seed(conn, EstateFile.model_validate(estates()))
        await accounts.put(
            conn, accounts.Account("desk", "夜班值班员", "Night desk", "desk", "x", every_estate=True)
        )
    batch = [Envelope(topics.event(AGENT), encode(message)) for message in messages]
    outcome = await commit_batch(opened, ca, read(batch), clock.utc_now())
    assert outcome.refused == []


async def _handled(opened: pool.Pool, signer: Signer, fall: FallingObject, sha256: str) -> UUID:
    """The clip comes, the hour's head is signed, somebody looks, answers and closes; the alert."""
    now = clock.utc_now()
    async with pool.transaction(opened) as conn:
        await clips.store(conn, sha256, AGENT, now)
        await heads.sign(conn, signer, now)
        (found,) = [row for row in await alerts.open_alerts(conn) if row.message_id == fall.message_id]
        for given in (
            machine.Acknowledge("desk"),
            machine.Close("desk", "real_throw", "花盆，未伤人，已通知物业"),
        ):
            await desk.apply(conn, found.id, given, now)
        for subject_type, subject, action in (("alert", str(found.id), "viewed"), ("clip", sha256, "played")):
            await audit.enter(conn, Act("desk", action, subject_type, subject, found.estate, "值班核实"), now)
        await audit.enter(conn, Act("desk", "viewed", "alert", "another", found.estate, "值班核实"), now)
    return found.id
