"""The decoder's thread: what it cannot open it tries again, what is our own fault it does not hide."""

from collections.abc import Callable
from pathlib import Path

import pytest

from edge.camera.inbox import Captured, Inbox, Trouble
from edge.camera.reader import Reader
from edge.config.settings import EvidenceSettings
from models.synth.video import RenderedScene

Wait = Callable[[Callable[[], object], float, str], None]
EVIDENCE = EvidenceSettings(url="http://127.0.0.1:9")


class BrokenInbox(Inbox):
    def put(self, frame: Captured) -> None:
        raise ZeroDivisionError(frame.frame.index)


def failed(reader: Reader) -> bool:
    try:
        reader.expect_running()
    except ZeroDivisionError:
        return True
    return False


def test_what_cannot_be_opened_is_told_and_tried_again(tmp_path: Path) -> None:
    inbox = Inbox()
    reader = Reader(str(tmp_path / "none.mp4"), 8, EVIDENCE, inbox)
    reader.start()
    items = [inbox.take(10)[0] for _ in range(2)]
    reader.stop(5)
    assert all(isinstance(item, Trouble) and "cannot be opened" in item.reason for item in items)
    reader.expect_running()


def test_a_fault_of_our_own_ends_the_worker(scene_video: RenderedScene, wait_until: Wait) -> None:
    reader = Reader(str(scene_video.video), 8, EVIDENCE, BrokenInbox())
    reader.start()
    wait_until(lambda: failed(reader), 10, "the failure")
    reader.stop(5)
    with pytest.raises(ZeroDivisionError):
        reader.expect_running()


def test_a_file_is_shown_as_fast_as_it_was_filmed(scene_video: RenderedScene) -> None:
    inbox = Inbox()
    reader = Reader(str(scene_video.video), 8, EVIDENCE, inbox)
    reader.start()
    frames = [item for item, _ in (inbox.take(10) for _ in range(26)) if isinstance(item, Captured)]
    reader.stop(5)
    passed_s = frames[-1].timebase.offset_s + frames[-1].frame.pts_s - frames[0].timebase.offset_s
    assert passed_s >= 0.9
    assert len({id(item.frame.luma) for item in frames}) == len(frames)
