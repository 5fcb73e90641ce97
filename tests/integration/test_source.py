"""Reading real files made with the real codec."""

import socket
import threading
from itertools import pairwise

import av
import numpy as np
import pytest

from edge.camera.source import VideoError, luma_of, open_video, redacted

GREY = [40 + 10 * index for index in range(20)]


def write(path, *, fps=25, size=(96, 64), codec="libx264", pixels="yuv420p", stamps=None, turned=0):
    """Twenty plain pictures, each a little brighter than the one before."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        if turned:
            stream.set_display_rotation(turned)
        for index, level in enumerate(GREY):
            picture = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
            picture[: size[1]] = level
            picture[: size[1] // 2, : size[0] // 2] = 16
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = index if stamps is None else stamps[index]
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return str(path)


def test_luma_and_times_are_those_of_the_file(tmp_path):
    with open_video(write(tmp_path / "a.mp4")) as source:
        frames = [
            (f.pts_s, f.index, float(f.luma[-1, -1]), f.luma.shape, f.arrived_at) for f in source.frames()
        ]
        assert (source.info.width, source.info.height, source.info.codec) == (96, 64, "h264")
        assert source.info.average_rate == 25
        assert not source.info.is_live
        assert source.damaged == 0
    assert [f[1] for f in frames] == list(range(20))
    assert np.allclose([f[0] for f in frames], np.arange(20) / 25)
    assert np.allclose([f[2] for f in frames], GREY, atol=2)
    assert {f[3] for f in frames} == {(64, 96)}
    assert {f[4] for f in frames} == {None}


def test_the_luma_plane_is_no_copy_even_where_lines_are_padded(tmp_path):
    with open_video(write(tmp_path / "a.mp4", size=(98, 66))) as source:
        for _frame, picture in source.pictures():
            luma = luma_of(picture)
            assert luma.shape == (66, 98)
            assert not luma.flags.owndata
            assert luma.strides[0] == picture.planes[0].line_size


def test_other_pixel_formats_become_grey(tmp_path):
    with open_video(write(tmp_path / "a.mp4", pixels="yuv420p10le")) as source:
        levels = [float(f.luma[-1, -1]) for f in source.frames()]
    assert np.allclose(levels, GREY, atol=3)


def test_a_turned_video_is_set_upright(tmp_path):
    with open_video(write(tmp_path / "a.mp4", turned=90)) as source:
        shapes = {(f.luma.shape, f.luma.dtype.name) for f in source.frames()}
        assert shapes == {((96, 64), "uint8")}
        assert (source.info.width, source.info.height) == (64, 96)


def test_every_packet_is_shown_before_it_is_decoded(tmp_path):
    packets = []
    with open_video(write(tmp_path / "a.mp4")) as source:
        frames = list(source.frames(packets.append))
        assert {p.stream.index for p in packets} == {source.stream.index}
    assert len(packets) == len(frames) == 20
    assert packets[0].is_keyframe


def test_times_increase_where_stamps_stand_still(tmp_path):
    stamps = [0, 1, 2, 3, 50, *range(51, 66)]
    with open_video(write(tmp_path / "a.mkv", stamps=stamps)) as source:
        times = [f.pts_s for f in source.frames()]
    assert all(later > earlier for earlier, later in pairwise(times))
    assert times[4] == pytest.approx(2.0, abs=0.01)


def test_a_truncated_file_is_used_up_to_its_end(tmp_path):
    path = tmp_path / "a.mkv"
    write(path, size=(320, 240))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with open_video(str(path)) as source:
        assert 3 < len(list(source.frames())) < 20


def test_damaged_bytes_are_stepped_over_and_counted(tmp_path):
    path = tmp_path / "a.ts"
    write(path, size=(320, 240), codec="mpeg2video")
    content = bytearray(path.read_bytes())
    chance = np.random.default_rng(1)
    for place in chance.integers(len(content) // 4, len(content), 60):
        content[place] ^= 0xFF
    path.write_bytes(content)
    with open_video(str(path)) as source:
        assert list(source.frames())
        assert source.damaged > 0


@pytest.mark.parametrize("name", ["notes.txt", "clip.mp4", "empty.mp4"])
def test_what_is_no_video_is_refused_in_one_sentence(tmp_path, name):
    path = tmp_path / name
    path.write_text("" if "empty" in name else "To whom it may concern.\n" * 50)
    with pytest.raises(VideoError, match=r"no video") as refused:
        open_video(str(path))
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_a_missing_file_a_folder_and_a_sound_are_refused(tmp_path):
    with pytest.raises(VideoError, match="no such file"):
        open_video(str(tmp_path / "missing.mp4"))
    with pytest.raises(VideoError, match="folder"):
        open_video(str(tmp_path))
    with pytest.raises(VideoError, match="empty"):
        open_video("")
    sound = tmp_path / "a.wav"
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        tone = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        tone.sample_rate = 8000
        container.mux(stream.encode(tone))
    with pytest.raises(VideoError, match="no video"):
        open_video(str(sound))


def test_a_server_that_is_no_camera_is_told_as_such():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"220 mail.example ready\r\n\r\n")

        answering = threading.Thread(target=answer)
        answering.start()
        with pytest.raises(VideoError, match="answers, but not as a camera"):
            open_video(f"rtsp://127.0.0.1:{server.getsockname()[1]}/x", open_timeout_s=5)
        answering.join()


def test_a_camera_that_does_not_answer_is_told_without_its_password():
    with pytest.raises(VideoError) as refused:
        open_video("rtsp://guard:s3cret@127.0.0.1:9/stream", open_timeout_s=2)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert "guard" in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://a:b@host/x", "rtsp://a:***@host/x"),
        ("rtsp://a:b@c@host/x", "rtsp://a:***@host/x"),
        ("rtsp://token@host/x", "rtsp://***@host/x"),
        ("rtsp://host/x", "rtsp://host/x"),
        ("http://host/x?user=a&password=b&n=1", "http://host/x?user=a&password=***&n=1"),
        ("/videos/a@b:c.mp4", "/videos/a@b:c.mp4"),
    ],
)
def test_addresses_are_shown_without_secrets(url, shown):
    assert redacted(url) == shown
