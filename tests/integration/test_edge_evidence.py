"""Clips cut from real encoded video: they play, they hold what was wanted, and their seal verifies."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from uuid import UUID, uuid4

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from contracts.base import Clock
from contracts.messages import ClipManifest
from edge.camera.source import open_video
from edge.core.clip_window import Wanted
from edge.evidence.clip import ClipError, CutClip, Label, Template, cut
from edge.evidence.ring import ClockRestarted, Ring
from edge.evidence.seal import DeviceKey, KeyFileError, Seal, seal, verifies
from fallwatch.local.pki import Authority

FPS, GOP, SECONDS = 25, 30, 40
EVENT = UUID(int=7)
T0 = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module", params=["libx264", "libx264-b-frames"])
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty seconds whose frames carry their number as brightness: frame n is n mod 200 + 20."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.gop_size = GOP
        stream.codec_context.max_b_frames = 2 if "b-frames" in request.param else 0
        stream.options = {"crf": "10", "sc_threshold": "0"}
        for index in range(FPS * SECONDS):
            grey = np.full((72, 64), 128, np.uint8)
            grey[:48] = index % 200 + 20
            picture = av.VideoFrame.from_ndarray(grey, format="yuv420p")
            picture.pts, picture.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def filled(film: Path, max_s: float = 120, max_bytes: int = 10**8) -> tuple[Ring, Template]:
    with open_video(str(film)) as source:
        ring = Ring(float(source.info.time_base), max_s, max_bytes)
        template = Template(source.stream)
        for _ in source.frames(ring.push):
            pass
    return ring, template


def greys(clip: Path) -> list[tuple[float, int]]:
    """Time and brightness of every frame of a clip, as any player would show it."""
    with open_video(str(clip)) as source:
        return [(frame.pts_s, round(float(frame.luma.mean()))) for frame in source.frames()]


def made(film: Path, folder: Path, wanted: Wanted) -> CutClip:
    ring, template = filled(film)
    return cut(ring.packets(), template, wanted, folder, Label("box", "cam", EVENT))


def test_a_clip_plays_and_holds_five_seconds_before_and_after_the_fall(film: Path, tmp_path: Path) -> None:
    clip = made(film, tmp_path, Wanted(20, 22, 6, 6))
    shown = greys(clip.path)
    offset_s = 20 - clip.first_pts_s
    assert clip.complete
    assert shown[0][0] == 0
    assert offset_s >= 5
    assert shown[-1][0] >= offset_s + 2 + 5
    assert clip.duration_s == pytest.approx(shown[-1][0] + 1 / FPS, abs=0.09)
    for t_s, grey in shown:
        number = round((clip.first_pts_s + t_s) * FPS)
        assert abs(grey - (number % 200 + 20)) <= 2, (t_s, number)


def test_a_clip_is_named_by_the_hash_of_its_bytes_and_begins_with_its_index(
    film: Path, tmp_path: Path
) -> None:
    clip = made(film, tmp_path, Wanted(20, 22, 6, 6))
    content = clip.path.read_bytes()
    assert clip.path.stem == clip.sha256 == hashlib.sha256(content).hexdigest()
    assert clip.size_bytes == len(content)
    assert content.index(b"moov") < content.index(b"mdat")
    assert list(tmp_path.iterdir()) == [clip.path]


def test_a_clip_and_its_name_are_on_the_disk_before_anybody_is_told(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        really(descriptor)
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", fsync)
    clip = made(film, tmp_path, Wanted(20, 22, 6, 6))
    assert synced == [clip.path.stat().st_ino, tmp_path.stat().st_ino]


def test_the_same_pictures_make_another_file_for_another_event(film: Path, tmp_path: Path) -> None:
    ring, template = filled(film)
    wanted = Wanted(20, 22, 6, 6)
    both = {
        cut(ring.packets(), template, wanted, tmp_path, Label("box", "cam", uuid4())).sha256 for _ in range(2)
    }
    assert len(both) == 2


def test_a_stream_that_died_leaves_an_incomplete_clip(film: Path, tmp_path: Path) -> None:
    clip = made(film, tmp_path, Wanted(37, 38, 6, 6))
    assert not clip.complete
    assert greys(clip.path)


@pytest.mark.parametrize(("encoder", "tag"), [("libx265", "hvc1"), ("libsvtav1", "av01"), ("mjpeg", "mp4v")])
def test_other_codecs_are_cut_too(encoder: str, tag: str, tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    with av.open(str(film), "w") as container:
        stream = container.add_stream(encoder, rate=FPS)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = 128, 96
        stream.pix_fmt = "yuvj420p" if encoder == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = GOP
        for index in range(FPS * 16):
            grey = np.full((144, 128), 128, np.uint8)
            grey[:96] = index % 200 + 20
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="yuv420p")))
        container.mux(stream.encode())
    clip = made(film, tmp_path / "clips", Wanted(8, 9, 5, 5))
    assert clip.complete
    assert len(greys(clip.path)) >= 11 * FPS
    with av.open(str(clip.path)) as container:
        assert container.streams.video[0].codec_context.codec_tag == tag


def test_nothing_of_the_event_is_a_clip_error(film: Path, tmp_path: Path) -> None:
    with pytest.raises(ClipError, match="no key frame"):
        made(film, tmp_path, Wanted(60, 61, 6, 6))


def test_a_ring_is_bounded_in_seconds(film: Path) -> None:
    ring, _ = filled(film, max_s=10)
    packets = ring.packets()
    assert 9 < packets[-1].dts_s - packets[0].dts_s <= 10
    assert ring.cut_short == 0


def test_a_ring_is_bounded_in_bytes_and_counts_what_goes_early(film: Path) -> None:
    ring, _ = filled(film, max_bytes=5_000)
    assert ring.size_bytes == sum(len(packet.payload) for packet in ring.packets()) <= 5_000
    assert ring.cut_short > 0


def test_a_clock_that_falls_back_is_told(film: Path) -> None:
    ring, _ = filled(film)
    with open_video(str(film)) as source, pytest.raises(ClockRestarted):
        for _ in source.frames(ring.push):
            pass


def manifest(clip: CutClip) -> ClipManifest:
    return ClipManifest(
        event=EVENT,
        agent="box",
        camera="cam",
        sha256=clip.sha256,
        size_bytes=clip.size_bytes,
        codec="h264",
        frame_width=64,
        frame_height=48,
        started_at=T0,
        duration_s=clip.duration_s,
        event_offset_s=6,
        complete=clip.complete,
        sealed_at=T0,
        clock=Clock(),
    )


@pytest.fixture
def device(authority: Authority) -> DeviceKey:
    credentials = authority.issue("evidence-box")
    return DeviceKey.load(credentials.certificate, credentials.key)


def test_a_seal_verifies_and_a_changed_word_does_not(film: Path, tmp_path: Path, device: DeviceKey) -> None:
    sealed = seal(manifest(made(film, tmp_path, Wanted(20, 22, 6, 6))), device)
    assert verifies(sealed)
    changes: list[Callable[[Seal], Seal]] = [
        lambda found: Seal(found.manifest.replace("cam", "can"), found.signature, found.certificate_pem),
        lambda found: Seal(found.manifest + " ", found.signature, found.certificate_pem),
        lambda found: Seal(found.manifest, found.signature[:-8] + "AAAAAA==", found.certificate_pem),
    ]
    assert not any(verifies(change(sealed)) for change in changes)


def test_the_key_of_another_device_is_refused(authority: Authority) -> None:
    one, other = authority.issue("box-one"), authority.issue("box-other")
    with pytest.raises(KeyFileError, match="is not the key of"):
        DeviceKey.load(one.certificate, other.key)


def test_the_key_does_not_show_in_text(device: DeviceKey) -> None:
    assert repr(device) == "DeviceKey(…)"
