"""A real stream that freezes and goes on: the fault comes into the outbox, with its picture."""

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import av
import cv2
import numpy as np
import pytest
import structlog
import structlog.testing
from numpy.typing import NDArray

from contracts.devices import DeviceFault
from edge.camera.clips import Clips
from edge.camera.inbox import Inbox
from edge.camera.picture import MAX_JPEG_BYTES, PictureWatch, kept_usual
from edge.camera.post import Post
from edge.camera.reader import Reader
from edge.camera.telling import Sender
from edge.camera.worker import Task, Worker
from edge.clock import steady_now
from edge.config.settings import EvidenceSettings
from edge.config.sight import SightSettings
from edge.core.picture_health.faults import FAULTS, Fault
from edge.core.vision.settings import DetectorSettings
from edge.evidence.identity import DeviceFiles
from edge.known_time import Followed
from edge.outbox.store import Outbox
from fallwatch.local.pki import Authority
from fallwatch.local.rtsp import RtspCamera
from tests.unit.edge.picture_scene import facade, noise

Wait = Callable[[Callable[[], object], float, str], None]
FPS = 12
LOOK_EVERY_S = 0.2
EVIDENCE = EvidenceSettings(url="http://127.0.0.1:9")
QUICK: dict[str, Fault] = {
    name: replace(fault, policy=replace(fault.policy, on_delay_s=0.3, off_delay_s=0.6))
    for name, fault in FAULTS.items()
}


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """8 s of a facade, then 8 s of one picture of it, again and again."""
    path = tmp_path_factory.mktemp("picture") / "harmed.mp4"
    well = [noise(facade(), 2, seed) for seed in range(8 * FPS)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "20", "bf": "0", "g": "12"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for luma in [*well, *([well[-1]] * (8 * FPS))]:
            container.mux(stream.encode(in_colour(luma)))
        container.mux(stream.encode())
    return path


def in_colour(luma: NDArray[np.uint8]) -> av.VideoFrame:
    chroma = np.full((90, 640), 120, np.uint8)
    return av.VideoFrame.from_ndarray(np.vstack([luma, chroma, 255 - chroma]), format="yuv420p")


@contextmanager
def watching(camera: RtspCamera, authority: Authority, folder: Path) -> Iterator[Outbox]:
    """The camera's worker as `edge camera` puts it together, with shorter delays."""
    credentials = authority.issue("picture-box")
    log = structlog.get_logger()
    outbox = Outbox.open(folder / "outbox.db")
    post = Post(Sender("picture-box", uuid4(), "cam"), outbox, lambda _: None, log)
    clips = Clips(folder / "clips", DeviceFiles(credentials.certificate, credentials.key), post, log)
    inbox = Inbox()
    reader = Reader(camera.url, 8, EVIDENCE, inbox)
    reference = folder / "picture" / "cam.npz"
    picture = PictureWatch(post, QUICK, reference, steady_now(), look_every_s=LOOK_EVERY_S)
    task = Task(8, 5, 5, DetectorSettings(), SightSettings())
    stop = threading.Event()
    worker = threading.Thread(
        target=Worker(task, reader, inbox, post, clips, picture=picture, time=Followed(folder)).run,
        args=(stop,),
    )
    worker.start()
    try:
        yield outbox
    finally:
        stop.set()
        worker.join(20)
        outbox.close()


def faults(outbox: Outbox) -> list[DeviceFault]:
    stored = outbox.fetch([waiting.key for waiting in outbox.waiting(1000)])
    return [DeviceFault.model_validate_json(each.body) for each in stored if each.kind == "device_fault"]


def named(outbox: Outbox, fault: str, state: str) -> list[DeviceFault]:
    return [message for message in faults(outbox) if (message.fault, message.state) == (fault, state)]


def test_a_frozen_stream_is_told_with_figures_words_and_a_picture_and_its_going_on_too(
    video: Path,
    rtsp_camera: Callable[[Path], RtspCamera],
    authority: Authority,
    tmp_path: Path,
    wait_until: Wait,
) -> None:
    with watching(rtsp_camera(video), authority, tmp_path) as outbox:
        wait_until(lambda: named(outbox, "frozen", "raised"), 60, "word of the frozen picture")
        wait_until(lambda: named(outbox, "frozen", "cleared"), 60, "word that it goes on")
        message = named(outbox, "frozen", "raised")[0]
    assert (message.subject_type, message.subject, message.severity) == ("camera", "cam", "critical")
    assert message.value is not None
    assert message.threshold == QUICK["frozen"].limit.raise_at
    assert message.what is not None
    assert "cam" in message.what.en
    assert "cam" in message.what.zh
    assert message.advice is not None
    assert message.thumbnail is not None
    content = base64.b64decode(message.thumbnail)
    assert len(content) <= MAX_JPEG_BYTES
    shown = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (180, 320, 3)
    reference = tmp_path / "picture" / "cam.npz"
    assert kept_usual(reference, "")
    assert not kept_usual(reference, "2026-03-01T00:00:00+00:00"), "somebody said that it looks elsewhere now"
    assert not list((tmp_path / "picture").glob("*.part"))


def test_a_reference_that_is_damaged_is_learnt_anew(tmp_path: Path) -> None:
    reference = tmp_path / "cam.npz"
    reference.write_bytes(b"PK\x03\x04 no archive")
    outbox = Outbox.open(tmp_path / "outbox.db")
    sender = Sender("picture-box", UUID(int=1), "cam")
    with structlog.testing.capture_logs() as lines:
        post = Post(sender, outbox, lambda _: None, structlog.get_logger())
        PictureWatch(post, QUICK, reference, steady_now())
    outbox.close()
    assert [line["event"] for line in lines] == ["picture_reference_unusable"]
