"""A small estate whose devices say what a test wants, as the cloud itself takes messages and uploads."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cloud import clock
from cloud.api.app import create_app
from cloud.api.server import serve
from cloud.config import load
from cloud.core.estate import EstateFile
from cloud.evidence import verify
from cloud.ingest.handle import commit_batch, read
from cloud.store import accounts, changes, devices, pool, registry
from cloud.store.pool import Pool
from contracts.base import Clock, Durable
from contracts.devices import DeviceFault, DeviceRecord, WarningGiven
from contracts.messages import (
    AgentStatus,
    CameraMinute,
    CameraNow,
    CameraState,
    ClipManifest,
    ClipSealed,
    Estimate,
    FallEnded,
    FallingObject,
    Origin,
    Place,
    SensorReading,
    TrackPoint,
    canonical,
)
from fallwatch.local import ports, wait
from fallwatch.local.pki import Authority, Credentials
from tests.browser.film import BEFORE_S, CLIP_S, FALL_S, FRAME, RATE, film, path_at
from tests.fixtures.cloud import envelope
from tests.fixtures.passwords import hashed

AGENT = "box-a"
EAST, NORTH = "cam-east", "cam-north"
PASSWORD = "a long enough password"
ROLES = {
    "desk": ("夜班 值班员", "Night desk"),
    "maintenance": ("维修员 2", "Technician 2"),
    "bureau": ("房管局", "Housing bureau"),
}
CLOCK = Clock(offset_s=0.012, uncertainty_s=0.02)


def estates() -> dict[str, Any]:
    """The estate file: two facades, each with a camera on the same box, and a sensor."""
    return {
        "estates": [
            {
                "id": "jinxiu",
                "name": {"zh": "锦绣花园", "en": "Jinxiu Garden"},
                "facades": [
                    {
                        "id": "jinxiu-3-east",
                        "building": "3",
                        "name": {"zh": "3 栋 东立面", "en": "Building 3 east"},
                        "floors": 18,
                        "bays": 8,
                    },
                    {
                        "id": "jinxiu-3-north",
                        "building": "3",
                        "name": {"zh": "3 栋 北立面", "en": "Building 3 north"},
                        "floors": 18,
                        "bays": 12,
                    },
                ],
                "agents": [
                    {
                        "id": AGENT,
                        "name": {"zh": "边缘盒 A", "en": "Edge box A"},
                        "cameras": [
                            {
                                "id": EAST,
                                "name": {"zh": "3 栋 东 01", "en": "3 east 01"},
                                "facades": ["jinxiu-3-east"],
                            },
                            {
                                "id": NORTH,
                                "name": {"zh": "3 栋 北 07", "en": "3 north 07"},
                                "facades": ["jinxiu-3-north"],
                            },
                        ],
                        "sensors": [
                            {
                                "id": "cabinet-temp",
                                "name": {"zh": "机柜温度", "en": "Cabinet temperature"},
                                "quantity": "temperature",
                                "unit": "Cel",
                            }
                        ],
                    }
                ],
            }
        ]
    }


async def seed(database_url: str) -> None:
    """The estate, and one person of each role."""
    kept = hashed(PASSWORD)
    async with pool.opened(database_url, max_size=1) as opened, pool.transaction(opened) as conn:
        await registry.seed(conn, EstateFile.model_validate(estates()))
        for role, (zh, en) in ROLES.items():
            await accounts.put(conn, accounts.Account(role, zh, en, role, kept, every_estate=True))


def track_until(seen_s: float) -> tuple[TrackPoint, ...]:
    """A point for each frame."""
    times = [i / RATE for i in range(round(seen_s * RATE) + 1)]
    return tuple(TrackPoint(t_s=t, x_px=path_at(t)[0], y_px=path_at(t)[1]) for t in times)


class Api:
    """The API behind a port of its own, in the loop of the test: a process for each would import it anew."""

    def __init__(self, config: Path, database_url: str, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}"
        self._settings = load(config, {"DATABASE_URL": database_url})
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Until it takes connections."""
        serving = asyncio.create_task(serve(create_app(self._settings), self._settings.api))
        self._serving = serving

        def is_there() -> bool:
            return serving.done() or ports.answers(self._settings.api.port)

        await asyncio.to_thread(wait.until, is_there, 20, "the API")
        if serving.done():
            await serving

    async def stop(self) -> None:
        """Until it is gone, as at its end."""
        assert self._serving is not None
        self._serving.cancel()
        with suppress(asyncio.CancelledError):
            await self._serving


@dataclass
class World:
    """The devices of the estate, and the API before which they stand."""

    pool: Pool
    api: Api
    ca: x509.Certificate
    device: Credentials
    boot: UUID = field(default_factory=uuid4)
    seq: int = 0

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, database_url: str, api: Api, authority: Authority, device: Credentials
    ) -> AsyncIterator["World"]:
        """With connections to the database."""
        async with pool.opened(database_url, max_size=2) as opened:
            yield cls(opened, api, verify.authority(authority.ca_path), device)

    @property
    def base_url(self) -> str:
        """Where the pages are."""
        return self.api.base_url

    def _durable(self, observed_at: datetime) -> dict[str, Any]:
        self.seq += 1
        return {
            "message_id": uuid4(),
            "agent": AGENT,
            "boot": self.boot,
            "seq": self.seq,
            "observed_at": observed_at,
            "clock": CLOCK,
        }

    async def send(self, *messages: Durable) -> None:
        """What devices tell, of this estate or of another."""
        batch = [envelope(message) for message in messages]
        outcome = await commit_batch(self.pool, self.ca, read(batch), clock.utc_now())
        assert not outcome.refused, outcome.refused

    async def fall(
        self, camera: str = EAST, ago_s: float = 8, score: float = 0.93, seen_s: float = FALL_S
    ) -> FallingObject:
        """Something falls before a camera; the alert comes after `seen_s` of it, no video yet."""
        observed_at = clock.utc_now() - timedelta(seconds=ago_s)
        message = FallingObject(
            **self._durable(observed_at),
            camera=camera,
            frame_width=FRAME[0],
            frame_height=FRAME[1],
            track=track_until(seen_s),
            last_visible_at=observed_at + timedelta(seconds=seen_s),
            decided_at=observed_at + timedelta(seconds=seen_s + 0.3),
            score=score,
            origin=Origin(x_px=430, y_px=60, uncertainty_px=9),
        )
        await self.send(message)
        return message

    async def ended(self, event: FallingObject) -> None:
        """A fall that was told while it went on has ended, and is known to come from the twelfth floor."""
        place = Place(
            from_above=False,
            floor=12,
            floor_low=11,
            floor_high=13,
            floor_probability=0.83,
            bay=3,
            flat="B",
            flat_probability=0.97,
            height_m=Estimate(value=34.3, low=32.9, high=35.8),
            speed_m_s=Estimate(value=19.8, low=16.9, high=23.1),
            energy_j_per_kg=Estimate(value=196, low=142.8, high=266.8),
            size_m=Estimate(value=0.32, low=0.24, high=0.41),
        )
        await self.send(
            FallEnded(
                **self._durable(event.observed_at + timedelta(seconds=FALL_S)),
                camera=event.camera,
                event=event.message_id,
                track=track_until(FALL_S),
                origin=Origin(x_px=430, y_px=60, uncertainty_px=5),
                place=place,
            )
        )

    async def clip(self, event: FallingObject) -> None:
        """The clip of a fall is announced, signed, and uploaded as a device does it."""
        content = film()
        sha256 = hashlib.sha256(content).hexdigest()
        sealed_at = clock.utc_now()
        manifest = canonical(
            ClipManifest(
                event=event.message_id,
                agent=AGENT,
                camera=event.camera,
                sha256=sha256,
                size_bytes=len(content),
                codec="h264",
                frame_width=FRAME[0],
                frame_height=FRAME[1],
                started_at=event.observed_at - timedelta(seconds=BEFORE_S),
                duration_s=CLIP_S,
                event_offset_s=BEFORE_S,
                complete=True,
                sealed_at=sealed_at,
                clock=CLOCK,
            )
        )
        signature = self._key().sign(manifest.encode(), ec.ECDSA(hashes.SHA256()))
        await self.send(
            ClipSealed(
                **self._durable(sealed_at),
                camera=event.camera,
                event=event.message_id,
                sha256=sha256,
                size_bytes=len(content),
                manifest=manifest,
                signature=base64.b64encode(signature).decode(),
                certificate=self.device.certificate.read_text(),
            )
        )
        async with httpx.AsyncClient(base_url=self.base_url) as client:
            answer = await client.patch(
                f"/api/evidence/uploads/{sha256}",
                content=content,
                headers={"Authorization": f"Bearer {self._token(sha256)}", "Upload-Offset": "0"},
            )
        assert answer.status_code == 204, answer.text

    def _key(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.device.key.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key

    def _token(self, sha256: str) -> str:
        certificate = x509.load_pem_x509_certificate(self.device.certificate.read_bytes())
        der = certificate.public_bytes(serialization.Encoding.DER)
        now = clock.utc_now().timestamp()
        claims = {"sub": AGENT, "aud": "fallwatch-evidence", "sha256": sha256, "iat": now, "exp": now + 50}
        return jwt.encode(claims, self._key(), "ES256", headers={"x5c": [base64.b64encode(der).decode()]})

    async def camera(self, camera: str, state: str, reason: str = "", ago_s: float = 0) -> None:
        """A camera began to stream, or was lost."""
        observed_at = clock.utc_now() - timedelta(seconds=ago_s)
        await self.send(
            CameraState.model_validate(
                {**self._durable(observed_at), "camera": camera, "state": state, "reason": reason}
            )
        )

    async def minutes(self, camera: str, count: int, watched_s: float = 60) -> None:
        """A camera tells of its last `count` minutes."""
        begin = clock.utc_now().replace(second=0, microsecond=0) - timedelta(minutes=count)
        await self.send(
            *[
                CameraMinute(
                    **self._durable(begin + timedelta(minutes=i)),
                    camera=camera,
                    watched_s=watched_s,
                    frames=round(watched_s * RATE),
                    dropped=0,
                )
                for i in range(count)
            ]
        )

    async def reading(self, value: float) -> None:
        """The cabinet tells its temperature."""
        await self.send(
            SensorReading(
                **self._durable(clock.utc_now()),
                sensor="cabinet-temp",
                quantity="temperature",
                value=value,
                unit="Cel",
            )
        )

    async def fault(self, fault: str, state: str = "raised", *, ago_s: float = 0, **more: Any) -> None:
        """Something about a device went wrong, or is right again; the east camera unless `more` says else."""
        head = {**self._durable(clock.utc_now() - timedelta(seconds=ago_s)), "fault": fault, "state": state}
        device = {"subject_type": "camera", "subject": EAST}
        await self.send(DeviceFault.model_validate(head | device | more))

    async def record(self, camera: str, firmware: str, *, ago_s: float = 0, **more: Any) -> None:
        """A camera tells what it is."""
        head = {**self._durable(clock.utc_now() - timedelta(seconds=ago_s)), "firmware": firmware}
        device = {"subject_type": "camera", "subject": camera, "maker": "Example", "model": "E-4K"}
        await self.send(DeviceRecord.model_validate(head | device | more))

    async def warning(self, event: FallingObject, before_s: float) -> None:
        """The siren was switched, so long before the fall was last seen."""
        acted_at = event.last_visible_at - timedelta(seconds=before_s)
        more = {"camera": event.camera, "device": "siren-east", "outcome": "on"}
        times = {"suspected_at": acted_at, "acted_at": acted_at}
        await self.send(WarningGiven.model_validate({**self._durable(event.observed_at), **more, **times}))

    async def status(self, *, online: bool = True, depth: int = 0, oldest_s: float = 12) -> None:
        """The box says how it is, or the broker says that it is gone."""
        at = clock.utc_now()
        seen = tuple(
            CameraNow(camera=one, state="streaming", since=at, frames_per_s=RATE) for one in (EAST, NORTH)
        )
        status = AgentStatus(
            agent=AGENT,
            boot=self.boot,
            online=online,
            at=at,
            software="fallwatch 0.1.0",
            accepted_seq=self.seq,
            outbox_depth=depth,
            outbox_oldest_s=oldest_s if depth else 0,
            cameras=seen,
        )
        async with pool.transaction(self.pool) as conn:
            await changes.record(conn, await devices.hear(conn, status, retained=False, at=at), at)

    async def all_well(self) -> None:
        """Box online, both cameras streaming and watching, a temperature."""
        await self.status()
        await self.camera(EAST, "streaming", ago_s=3600)
        await self.camera(NORTH, "streaming", ago_s=3600)
        await self.reading(31.2)
