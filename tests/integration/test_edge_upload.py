"""Clips on their way to an HTTP server that breaks off, forgets, lies and comes back."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from prometheus_client import CollectorRegistry

from contracts.base import Durable
from contracts.messages import ClipFailed
from edge import logs, metrics
from edge.evidence.seal import DeviceKey
from edge.link.upload import CHUNK_BYTES, Store, Upload
from edge.outbox.store import Clip, Outbox
from fallwatch.local import wait
from fallwatch.local.pki import Authority

CONTENT = bytes(range(256)) * (CHUNK_BYTES // 256 * 3)
T0 = datetime(2026, 3, 1, tzinfo=UTC)
BOOT = UUID(int=1)


@dataclass
class Shelf:
    """What the server has, and how it misbehaves: one answer for each request until the list is empty."""

    received: bytearray = field(default_factory=bytearray)
    answers: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    patches: int = 0


class Handler(BaseHTTPRequestHandler):
    shelf: Shelf

    def do_HEAD(self) -> None:
        self.answer(b"")

    def do_PATCH(self) -> None:
        self.shelf.patches += 1
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, body: bytes) -> None:
        self.shelf.tokens.append(self.headers["Authorization"].removeprefix("Bearer "))
        how = self.shelf.answers.pop(0) if self.shelf.answers else "well"
        if how == "cut":  # half of it arrives, then the line breaks
            self.shelf.received += body[: len(body) // 2]
            self.close_connection = True
        elif how == "unknown":
            self.tell(404)
        elif how == "wrong":
            self.shelf.received.clear()
            self.tell(422)
        elif body and int(self.headers["Upload-Offset"]) != len(self.shelf.received):
            self.tell(409)
        else:
            self.shelf.received += body
            self.tell(204)

    def tell(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Upload-Offset", str(len(self.shelf.received)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def url(shelf: Shelf) -> Iterator[str]:
    handler = type("ShelfHandler", (Handler,), {"shelf": shelf})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    found = Outbox.open(tmp_path / "outbox.db")
    yield found
    found.close()


@pytest.fixture
def device(authority: Authority) -> DeviceKey:
    credentials = authority.issue("upload-box")
    return DeviceKey.load(credentials.certificate, credentials.key)


def add_clip(outbox: Outbox, folder: Path, content: bytes = CONTENT) -> Clip:
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{digest}.mp4"
    path.write_bytes(content)
    clip = Clip(digest, path, len(content), uuid4())

    def message(seq: int) -> Durable:
        return ClipFailed(
            message_id=uuid4(), agent="upload-box", boot=BOOT, seq=seq, observed_at=T0, camera="cam",
            event=clip.message_id, reason="stands for any message",
        )  # fmt: skip

    outbox.append(BOOT, T0, message, clip)
    return clip


@asynccontextmanager
async def uploading(
    url: str,
    outbox: Outbox,
    device: DeviceKey,
    keep_bytes: int = 10**9,
    registry: CollectorRegistry | None = None,
) -> AsyncIterator[Upload]:
    delivery = metrics.delivery(registry or CollectorRegistry())
    upload = Upload(Store(url, "upload-box", device), outbox, keep_bytes, delivery, logs.logger("test"))
    task = asyncio.ensure_future(upload.run())
    try:
        yield upload
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_done(outbox: Outbox) -> None:
    await asyncio.to_thread(wait.until, lambda: not outbox.clips_waiting(1), 20, "the upload")


async def test_a_clip_arrives_in_pieces_and_is_remembered(
    url: str, shelf: Shelf, outbox: Outbox, device: DeviceKey, tmp_path: Path
) -> None:
    add_clip(outbox, tmp_path)
    async with uploading(url, outbox, device):
        await until_done(outbox)
    assert bytes(shelf.received) == CONTENT
    assert shelf.patches == 3


async def test_after_a_broken_line_it_goes_on_where_it_was(
    url: str, shelf: Shelf, outbox: Outbox, device: DeviceKey, tmp_path: Path
) -> None:
    shelf.answers = ["well", "well", "cut"]
    add_clip(outbox, tmp_path)
    async with uploading(url, outbox, device):
        await until_done(outbox)
    assert bytes(shelf.received) == CONTENT


async def test_a_line_that_breaks_again_and_again_and_yet_brings_the_clip_further_is_tried_again_soon(
    url: str, shelf: Shelf, outbox: Outbox, device: DeviceKey, tmp_path: Path
) -> None:
    shelf.answers = ["well", "cut"] * 7
    add_clip(outbox, tmp_path)
    async with uploading(url, outbox, device):
        await until_done(outbox)  # pauses that grew each time would be a minute
    assert bytes(shelf.received) == CONTENT


async def test_a_new_agent_goes_on_where_the_old_one_was(
    url: str, shelf: Shelf, outbox: Outbox, device: DeviceKey, tmp_path: Path
) -> None:
    shelf.received += CONTENT[:CHUNK_BYTES]
    add_clip(outbox, tmp_path)
    async with uploading(url, outbox, device):
        await until_done(outbox)
    assert bytes(shelf.received) == CONTENT
    assert shelf.patches == 2


async def test_a_cloud_that_does_not_know_the_clip_yet_is_asked_again(
    url: str, shelf: Shelf, outbox: Outbox, device: DeviceKey, tmp_path: Path
) -> None:
    shelf.answers = ["unknown", "unknown"]
    add_clip(outbox, tmp_path)
    registry = CollectorRegistry()
    async with uploading(url, outbox, device, registry=registry):
        await until_done(outbox)
    assert bytes(shelf.received) == CONTENT

    def outcome(name: str) -> float | None:
        return registry.get_sample_value("fallwatch_uploads_total", {"outcome": name})

    assert (outcome("early"), outcome("failed"), outcome("ok")) == (2, None, 1), "an early clip is no failure"


async def test_a_clip_whose_bytes_are_never_right_is_given_up(
    url: str, shelf: Shelf, outbox: Outbox, device: DeviceKey, tmp_path: Path
) -> None:
    shelf.answers = ["well", "wrong"] * 3
    clip = add_clip(outbox, tmp_path)
    async with uploading(url, outbox, device):
        await until_done(outbox)
    assert not shelf.answers
    assert clip.path.exists()


async def test_a_clip_whose_file_is_gone_does_not_hold_the_others_up(
    url: str, shelf: Shelf, outbox: Outbox, device: DeviceKey, tmp_path: Path
) -> None:
    add_clip(outbox, tmp_path, b"another").path.unlink()
    add_clip(outbox, tmp_path)
    async with uploading(url, outbox, device):
        await until_done(outbox)
    assert bytes(shelf.received) == CONTENT


async def test_each_request_is_signed_by_the_device_for_this_clip(
    url: str, shelf: Shelf, outbox: Outbox, device: DeviceKey, tmp_path: Path
) -> None:
    clip = add_clip(outbox, tmp_path)
    async with uploading(url, outbox, device):
        await until_done(outbox)
    for token in shelf.tokens:
        (der,) = jwt.get_unverified_header(token)["x5c"]
        certificate = x509.load_der_x509_certificate(base64.b64decode(der))
        assert certificate.public_bytes(serialization.Encoding.PEM).decode() == device.certificate_pem
        key = certificate.public_key()
        claims = jwt.decode(token, key, ["ES256"], audience="fallwatch-evidence")  # type: ignore[arg-type]
        assert (claims["sub"], claims["sha256"]) == ("upload-box", clip.sha256)
        assert claims["exp"] - claims["iat"] <= 60


async def test_uploaded_clips_beyond_what_is_kept_are_deleted(
    url: str, outbox: Outbox, device: DeviceKey, tmp_path: Path
) -> None:
    clip = add_clip(outbox, tmp_path)
    async with uploading(url, outbox, device, keep_bytes=0):
        await asyncio.to_thread(wait.until, lambda: not clip.path.exists(), 20, "the deletion")
