"""A real camera over a bad network, read by the decoder's thread: what breaks is mended."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from edge.camera.inbox import Captured, Inbox, Trouble
from edge.camera.reader import Reader
from edge.config.settings import EvidenceSettings
from edge.core.clip_window import Wanted
from edge.evidence.clip import Label, cut
from fallwatch.local import rtsp, wait
from fallwatch.local.rtsp import RtspCamera
from tests.fixtures.moving import moving
from tests.fixtures.proxy import Proxy, proxied

EVIDENCE = EvidenceSettings(url="http://127.0.0.1:9")
SILENCE_S = 4.0
DEADLINE_S = 30
RECOVERED_S = 10
SMALL, LARGE = (320, 240), (480, 360)


@dataclass
class Seen:
    """What came out of the decoder's thread."""

    inbox: Inbox
    frames: list[Captured] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def come(self, count: int, timeout_s: float = DEADLINE_S) -> None:
        """Waits for so many more frames."""
        wanted = len(self.frames) + count
        wait.until(lambda: self._take() or len(self.frames) >= wanted, timeout_s, f"{count} frames")

    def trouble(self, timeout_s: float = DEADLINE_S) -> str:
        """The reason of the next trouble."""
        count = len(self.troubles)
        wait.until(lambda: self._take() or len(self.troubles) > count, timeout_s, "trouble")
        return self.troubles[-1].reason

    def drained(self) -> None:
        """Forgets what waits."""
        while self.inbox.take(0)[0] is not None:
            pass

    def _take(self) -> None:
        item, _ = self.inbox.take(0.1)
        if isinstance(item, Captured):
            self.frames.append(item)
        elif isinstance(item, Trouble):
            self.troubles.append(item)


@dataclass
class Sight:
    camera: RtspCamera
    proxy: Proxy
    reader: Reader
    seen: Seen


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("videos")


@pytest.fixture
def sight(videos: Path, tmp_path: Path) -> Iterator[Sight]:
    """A reader that sees a camera through a network of ours."""
    with ExitStack() as stack:
        camera = stack.enter_context(rtsp.running(moving(videos, SMALL), log=tmp_path / "rtsp.log"))
        proxy = stack.enter_context(proxied(camera.port))
        inbox = Inbox()
        url = camera.url.replace(f":{camera.port}/", f":{proxy.port}/")
        reader = Reader(url, SILENCE_S, EVIDENCE, inbox)
        stack.callback(reader.stop, 5)
        reader.start()
        seen = Seen(inbox)
        seen.come(10)
        yield Sight(camera, proxy, reader, seen)


def test_a_reset_and_rubbish_are_over_ten_seconds_after_their_cause(sight: Sight) -> None:
    sight.proxy.reset()
    sight.seen.trouble()
    sight.seen.come(10, RECOVERED_S)
    sight.proxy.weather.rubbish = True
    sight.seen.trouble()
    sight.proxy.weather.rubbish = False
    sight.seen.come(10, RECOVERED_S)


def test_silence_without_an_end_is_noticed_and_over_ten_seconds_after_its_cause(sight: Sight) -> None:
    sight.proxy.weather.stalled = True
    sight.seen.drained()
    sight.seen.trouble(SILENCE_S + 3)
    sight.proxy.weather.stalled = False
    sight.seen.come(10, RECOVERED_S)


def test_another_size_and_another_codec_begin_a_new_connection(sight: Sight, videos: Path) -> None:
    sight.camera.show(moving(videos, LARGE))
    assert "changed the size" in sight.seen.trouble()
    sight.seen.come(10, RECOVERED_S)
    assert sight.seen.frames[-1].frame.luma.shape == LARGE[::-1]
    sight.camera.video = moving(videos, SMALL, codec="libx265")
    sight.camera.restart()
    sight.seen.trouble()
    sight.seen.come(10, RECOVERED_S)
    assert sight.seen.frames[-1].connection.template.codec == "hevc"


def test_stamps_that_leap_are_followed_and_stamps_that_stand_cost_neither_time_nor_evidence(
    sight: Sight, tmp_path: Path
) -> None:
    before = sight.seen.frames[-1]
    sight.proxy.weather.ahead_s = 100
    wait.until(
        lambda: sight.seen.come(1) or sight.seen.frames[-1].frame.pts_s > before.frame.pts_s + 99,
        10,
        "the leap",
    )
    assert sight.seen.frames[-1].timebase.discontinuities == 1
    sight.proxy.weather.standing = True
    sight.seen.come(125)
    first, last = sight.seen.frames[-50], sight.seen.frames[-1]
    assert first.connection is last.connection
    spans = last.frame.pts_s - first.frame.pts_s, last.frame.index - first.frame.index
    assert spans[0] == pytest.approx(spans[1] / 25, rel=0.2), "a frame lasts as long as it did"
    at_s = last.start_s + last.frame.pts_s - 1.5
    clip = cut(
        last.connection.ring.packets(),
        last.connection.template,
        Wanted(at_s, at_s + 0.5, 1.0, 0.5),
        tmp_path,
        Label("box", "cam", uuid4()),
    )
    assert clip.complete
    assert clip.duration_s >= 2
    sight.proxy.weather.standing = False
    sight.seen.come(50)
    assert not sight.seen.troubles


@pytest.mark.parametrize(("codec", "transport"), [("libx264", "udp"), ("libx265", "tcp"), ("libx265", "udp")])
def test_a_camera_that_wants_digest_authentication_is_seen(
    codec: str, transport: str, videos: Path, tmp_path: Path
) -> None:
    video = moving(videos, SMALL, codec=codec)
    with rtsp.running(video, log=tmp_path / "rtsp.log", password="right") as camera:
        seen = Seen(Inbox())
        reader = Reader(camera.url, SILENCE_S, EVIDENCE, seen.inbox, transport=transport)  # type: ignore[arg-type]
        reader.start()
        seen.come(25)
        reader.stop(5)
        assert not seen.troubles


def test_a_refused_password_is_tried_once_and_then_not_for_minutes(videos: Path, tmp_path: Path) -> None:
    with (
        rtsp.running(moving(videos, SMALL), log=tmp_path / "rtsp.log", password="right") as camera,
        proxied(camera.port) as proxy,
    ):
        seen = Seen(Inbox())
        url = camera.url.replace(f":{camera.port}/", f":{proxy.port}/").replace("right", "wrong")
        reader = Reader(url, SILENCE_S, EVIDENCE, seen.inbox)
        reader.start()
        assert "refuses our name and password" in seen.trouble()
        assert seen.troubles[-1].refused
        with pytest.raises(TimeoutError):
            seen.trouble(4)
        reader.stop(5)
        assert proxy.weather.logins == 1


def test_with_key_frames_ten_seconds_apart_a_clip_still_begins_with_one(videos: Path, tmp_path: Path) -> None:
    with rtsp.running(moving(videos, SMALL, gop=100, seconds=8), log=tmp_path / "rtsp.log") as camera:
        first, second = Seen(Inbox()), Seen(Inbox())
        readers = [Reader(camera.url, SILENCE_S, EVIDENCE, seen.inbox) for seen in (first, second)]
        readers[0].start()
        first.come(30)
        readers[1].start()  # it joins in the midst of a group of pictures
        second.come(130)
        for reader in readers:
            reader.stop(5)
        assert not second.troubles
        last = second.frames[-1]
        at_s = last.start_s + last.frame.pts_s - 1.0
        clip = cut(
            last.connection.ring.packets(),
            last.connection.template,
            Wanted(at_s, at_s + 0.2, 0.2, 0.2),
            tmp_path,
            Label("box", "cam", uuid4()),
        )
        assert clip.complete
