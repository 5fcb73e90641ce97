"""Cutting clips never holds the search up, and what waits for it is bounded."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
import structlog

from contracts.base import Clock
from edge.camera import clips as clips_module
from edge.camera.clips import BEHIND, MAX_CUTTING, NICE, Clips, Owed
from edge.camera.inbox import Connection
from edge.camera.post import Post
from edge.camera.source import open_video
from edge.camera.telling import Seen, Sender
from edge.core import timebase
from edge.core.clip_window import Wanted
from edge.core.vision.frame import Fall, Track
from edge.evidence.clip import ClipError, Template
from edge.evidence.ring import Ring
from edge.evidence.seal import DeviceKey
from edge.outbox.store import Outbox
from fallwatch.local.pki import Authority
from models.synth.video import RenderedScene

Wait = Callable[[Callable[[], object], float, str], None]
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def connection(scene_video: RenderedScene) -> Connection:
    with open_video(str(scene_video.video)) as source:
        ring = Ring(float(source.info.time_base), 60, 10**8)
        template = Template(source.stream)
        for _ in source.frames(ring.push):
            pass
    return Connection(1, ring, template)


def owed(connection: Connection) -> Owed:
    track = Track(1, np.array([3.0, 3.1, 3.2]), np.zeros((3, 2), np.float32))
    base = timebase.observe(None, 0.0, NOW)
    seen = Seen(Fall(track, 0.9, 3.2), base, 1280, 720, None)
    return Owed(uuid4(), connection, Wanted(3, 3.2, 1, 1), seen, 0.0, Clock())


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def clips(outbox: Path, authority: Authority, tmp_path: Path) -> Iterator[Clips]:
    issued = authority.issue("clips-box")
    device, log = DeviceKey.load(issued.certificate, issued.key), structlog.get_logger()
    with contextlib.closing(Outbox.open(outbox)) as opened:
        post = Post(Sender("clips-box", UUID(int=1), "cam"), opened, lambda line: None, log)
        yield Clips(tmp_path / "clips", device, post, log)


def kinds(outbox: Path) -> list[str]:
    with sqlite3.connect(outbox) as reading:
        return [kind for (kind,) in reading.execute("SELECT kind FROM message ORDER BY id")]


def test_a_clip_that_takes_long_holds_nothing_up_and_is_announced_when_it_is_done(
    clips: Clips, connection: Connection, outbox: Path, monkeypatch: pytest.MonkeyPatch, wait_until: Wait
) -> None:
    go_on = threading.Event()
    really = clips_module.cut

    def slow(*args: object) -> object:
        assert go_on.wait(20)
        return really(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(clips_module, "cut", slow)
    clips.owe(owed(connection), NOW)
    clips.cut_ready(NOW)
    connection.ring.clear()
    clips.cut_ready(NOW)
    assert kinds(outbox) == []
    go_on.set()
    wait_until(lambda: clips.cut_ready(NOW) or clips.sealed, 20, "the clip")
    clips.finish(NOW)
    assert kinds(outbox) == ["clip_sealed"]
    assert clips.failed == 0


def test_more_clips_than_can_be_cut_are_told_as_lost_at_once(
    clips: Clips, connection: Connection, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(*_: object) -> object:
        assert go_on.wait(20)
        raise ClipError("the disk is full")

    monkeypatch.setattr(clips_module, "cut", slow)
    for _ in range(MAX_CUTTING + 2):
        clips.owe(owed(connection), NOW)
    clips.cut_ready(NOW)
    assert (kinds(outbox), clips.failed) == (["clip_failed"] * 2, 2)
    go_on.set()
    clips.finish(NOW)
    assert kinds(outbox) == ["clip_failed"] * (MAX_CUTTING + 2)
    with sqlite3.connect(outbox) as reading:
        bodies = [body for (body,) in reading.execute("SELECT body FROM message ORDER BY id")]
    assert [BEHIND in bytes(body).decode() for body in bodies] == [True] * 2 + [False] * MAX_CUTTING


def test_the_ring_of_a_connection_that_ended_is_let_go(clips: Clips, connection: Connection) -> None:
    clips.owe(owed(connection), NOW)
    clips.cut_ended(connection, NOW)
    assert (connection.ring.packets(), connection.ring.size_bytes) == ((), 0)
    clips.finish(NOW)
    assert clips.sealed == 1


def test_the_thread_that_cuts_gives_way_to_the_one_that_searches(clips: Clips) -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert clips._thread.submit(priority).result() >= NICE
    assert priority() < NICE
    clips.finish(NOW)
