"""Sends sealed clips to the evidence store: resumable, each request signed with the device's key."""

import asyncio
import random
import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import httpx
from structlog.typing import FilteringBoundLogger

from edge import clock
from edge.clock import steady_now, utc_now
from edge.config.settings import EvidenceSettings
from edge.core import restart
from edge.evidence.seal import Signer
from edge.link.dates import watch_dates
from edge.link.token import bearer
from edge.metrics import DeliveryMetrics
from edge.outbox.store import Clip, DiskFull, Outbox

AUDIENCE: Final = "fallwatch-evidence"
CHUNK_BYTES: Final = 1024**2
RETRY: Final = restart.Policy(base_s=0.5, cap_s=60.0, jitter=0.5, healthy_s=0.0)
LOOK_EVERY_S: Final = 1.0
BATCH: Final = 16
MAX_CONFLICTS: Final = 5
MAX_WRONG: Final = 3
"""So often may the cloud find another hash than ours before the clip is given up."""


class UploadError(Exception):
    """This clip did not get through now. The message says why."""


class TooEarly(UploadError):  # noqa: N818 - says what happened
    """The clip overtook its announcement, which travels by the broker: nothing is wrong."""


class WrongHash(UploadError):  # noqa: N818 - says what happened
    """The cloud received other bytes than were announced; it has thrown them away."""


@dataclass(frozen=True, slots=True)
class Store:
    """Where clips go, and who sends them. tls: None for plain HTTP."""

    url: str
    agent: str
    device: Signer
    tls: ssl.SSLContext | None = None


def endpoint_tls(evidence: EvidenceSettings) -> ssl.SSLContext | None:
    """How the cloud's HTTPS certificate is verified; None for plain HTTP."""
    if urlsplit(evidence.url).scheme != "https":
        return None
    known = ssl.create_default_context(cafile=evidence.ca) if evidence.ca else httpx.create_ssl_context()
    return watch_dates(known)


class Upload:
    """Uploads what waits, oldest first; a clip that fails lets others pass. `wake`: there is a new clip."""

    def __init__(
        self,
        store: Store,
        outbox: Outbox,
        keep_bytes: int,
        metrics: DeliveryMetrics,
        log: FilteringBoundLogger,
    ) -> None:
        self.wake = asyncio.Event()
        self._store = store
        self._outbox = outbox
        self._keep_bytes = keep_bytes
        self._metrics = metrics
        self._log = log
        self._tries: dict[str, restart.Restart] = {}
        self._wrong: dict[str, int] = {}
        self._reached: dict[str, int] = {}
        self._luck = random.Random()  # noqa: S311 - spreads retries, guards nothing

    async def run(self) -> None:
        """Uploads for ever."""
        async with httpx.AsyncClient(
            timeout=httpx.Timeout(30, connect=10), verify=self._store.tls or True
        ) as client:
            known = clock.anchor().uncertainty_s is not None
            while True:
                self.wake.clear()
                if not known and (known := clock.anchor().uncertainty_s is not None):
                    self._tries.clear()  # no token was in time before
                for clip in await asyncio.to_thread(self._outbox.clips_waiting, BATCH):
                    await self._try(client, clip)
                await self._tidy()
                try:
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self.wake.wait()
                except TimeoutError:
                    continue

    async def _try(self, client: httpx.AsyncClient, clip: Clip) -> None:
        """One attempt, if one is due."""
        before = self._tries.get(clip.sha256, restart.Restart())
        _, effects = restart.step(RETRY, before, restart.TimePassed(), steady_now())
        if not effects:
            return
        was = self._reached.get(clip.sha256, 0)
        try:
            await self._send(client, clip)
            await asyncio.to_thread(self._outbox.clip_uploaded, clip.sha256, utc_now())
        except (UploadError, httpx.HTTPError, OSError, DiskFull) as error:
            # A line that breaks off and yet brings the clip further is no reason to wait longer each time.
            further = self._reached.get(clip.sha256, 0) > was
            self._tries[clip.sha256] = self._failed(1 if further else before.failures + 1, clip, error)
            await self._perhaps_give_up(clip, error)
            return
        self._forget(clip)
        self._metrics.uploads.labels("ok").inc()
        self._log.info(
            "clip_uploaded", message_id=str(clip.message_id), sha256=clip.sha256, size_bytes=clip.size_bytes
        )

    def _failed(self, failures: int, clip: Clip, error: Exception) -> restart.Restart:
        reason = str(error) or type(error).__name__
        wait_s = restart.delay_s(RETRY, failures, self._luck.random())
        early = isinstance(error, TooEarly)
        self._metrics.uploads.labels("early" if early else "failed").inc()
        (self._log.info if early else self._log.warning)(
            "clip_upload_early" if early else "clip_upload_failed",
            message_id=str(clip.message_id),
            sha256=clip.sha256,
            reason=reason,
            wait_s=round(wait_s, 1),
        )
        return restart.Restart("waiting", failures, steady_now() + timedelta(seconds=wait_s))

    async def _perhaps_give_up(self, clip: Clip, error: Exception) -> None:
        reason = ""
        if isinstance(error, FileNotFoundError):
            reason = "the clip's file is gone"
        elif isinstance(error, WrongHash):
            self._wrong[clip.sha256] = self._wrong.get(clip.sha256, 0) + 1
            if self._wrong[clip.sha256] >= MAX_WRONG:
                reason = "its bytes are not those that were sealed"
        if reason:
            await asyncio.to_thread(self._outbox.clip_given_up, clip.sha256, reason)
            self._forget(clip)
            self._metrics.uploads.labels("given_up").inc()
            self._log.error(
                "clip_given_up", message_id=str(clip.message_id), sha256=clip.sha256, reason=reason
            )

    def _forget(self, clip: Clip) -> None:
        self._tries.pop(clip.sha256, None)
        self._wrong.pop(clip.sha256, None)
        self._reached.pop(clip.sha256, None)

    async def _send(self, client: httpx.AsyncClient, clip: Clip) -> None:
        """Asks how much is there, and sends the rest."""
        url = f"{self._store.url.rstrip('/')}/api/evidence/uploads/{clip.sha256}"
        offset = _offset(await client.head(url, headers=self._headers(clip)))
        conflicts = 0
        while offset < clip.size_bytes:
            self._reached[clip.sha256] = offset
            chunk = await asyncio.to_thread(_read, clip.path, offset)
            if not chunk:
                raise WrongHash("the clip's file is shorter than when it was sealed")
            headers = self._headers(clip) | {
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
            }
            reply = await client.patch(url, content=chunk, headers=headers)
            now = _offset(reply)
            if reply.is_success and now != offset + len(chunk):
                raise UploadError(f"the cloud says {now} bytes after {offset} + {len(chunk)}")
            conflicts += reply.status_code == httpx.codes.CONFLICT
            if conflicts > MAX_CONFLICTS:
                raise UploadError("the cloud and we do not agree how much it has")
            self._metrics.uploaded_bytes.inc(max(now - offset, 0))
            offset = now
        if offset > clip.size_bytes:
            raise UploadError(f"the cloud holds {offset} bytes of a clip of {clip.size_bytes}")

    def _headers(self, clip: Clip) -> dict[str, str]:
        return bearer(self._store.device, self._store.agent, AUDIENCE, clip.sha256, utc_now())

    async def _tidy(self) -> None:
        """Deletes the oldest uploaded clips beyond what is kept."""
        for clip in await asyncio.to_thread(self._outbox.clips_beyond, self._keep_bytes):
            await asyncio.to_thread(clip.path.unlink, missing_ok=True)
            await asyncio.to_thread(self._outbox.clip_deleted, clip.sha256)
            self._log.info("clip_deleted", message_id=str(clip.message_id), sha256=clip.sha256)


def _offset(reply: httpx.Response) -> int:
    """How many bytes the cloud has, from its answer; a conflict (409) tells the right offset too."""
    if reply.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        raise WrongHash("the cloud found another hash")
    if reply.status_code == httpx.codes.NOT_FOUND:
        raise TooEarly("the cloud does not know the clip yet")
    if not reply.is_success and reply.status_code != httpx.codes.CONFLICT:
        raise UploadError(f"the cloud answered {reply.status_code} {reply.text[:200]}")
    text = reply.headers.get("Upload-Offset", "")
    if not text.isdigit():
        raise UploadError(f"the cloud answered {reply.status_code} without Upload-Offset")
    return int(text)


def _read(path: Path, offset: int) -> bytes:
    with path.open("rb") as clip:
        clip.seek(offset)
        return clip.read(CHUNK_BYTES)
