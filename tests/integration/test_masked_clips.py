"""Privacy: what lies under a mask has no influence on anything that leaves the decoder's process."""

from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.camera.source import StreamLost, VideoError, open_video
from edge.core.clip_window import Wanted
from edge.core.vision.frame import F64
from edge.core.vision.masks import BLACK, COLOURLESS, Hidden, Mask, Masks, drawn
from edge.detect import command
from edge.evidence.clip import ClipError, CutClip, Label, Template, cut
from edge.evidence.ring import Ring

FPS, FRAMES = 10, 80
SIZE = (160, 96)
LABEL = Label("box", "cam", UUID(int=7))
RINGING_PX = 9
"""A block of 8 x 8 pixels that a mask's edge runs through is coded with errors; one of ours is beside it."""

corner = st.tuples(st.integers(-30, 190), st.integers(-30, 130))
polygons = st.lists(corner, min_size=3, max_size=6).map(lambda p: np.array(p, np.float64))


def film(path: Path, secret: int, hidden: "np.ndarray | None" = None, size: tuple[int, int] = SIZE) -> Path:
    """Eight seconds of coloured noise, coded without loss. hidden: where the noise is `secret`'s."""
    width, height = size
    public, private = np.random.default_rng(1), np.random.default_rng(secret)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"qp": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = FPS
        for index in range(FRAMES):
            shown = public.integers(40, 200, (height * 3 // 2, width), np.uint8)
            other = private.integers(40, 200, shown.shape, np.uint8)
            where = np.ones(shown.shape, np.bool_) if hidden is None else hidden
            picture = av.VideoFrame.from_ndarray(np.where(where, other, shown), format="yuv420p")
            picture.pts, picture.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def masks_for(polygons: tuple[F64, ...]) -> Masks:
    return lambda size: drawn(polygons, size)


def clipped(film: Path, folder: Path, masks: Masks | None, **homes: Any) -> CutClip:
    with open_video(str(film), masks=masks) as source:
        ring, template = Ring(float(source.info.time_base), 120, 10**9), Template(source.stream)
        for _ in source.frames(ring.push):
            pass
    return cut(ring.packets(), template, Wanted(3, 4, 2, 2), folder, LABEL, Hidden(masks, **homes))


def planes_under(mask: Mask) -> "np.ndarray":
    """Which bytes of a yuv420p picture lie under the mask."""
    chroma = (mask.chroma == 0).reshape(-1, mask.luma.shape[1])
    half = chroma.shape[0]
    return np.concatenate(
        [mask.luma == 0, np.concatenate([chroma, chroma]).reshape(2 * half, mask.luma.shape[1])]
    )


@given(st.lists(polygons, min_size=1, max_size=2).map(tuple))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_masks_two_scenes_that_differ_only_under_them_make_the_same_file(
    tmp_path: Path, many: tuple[F64, ...]
) -> None:
    hidden = planes_under(drawn(many, SIZE))
    clips = [
        clipped(film(tmp_path / f"{secret}.mp4", secret, hidden), tmp_path / str(secret), masks_for(many))
        for secret in (2, 3)
    ]
    assert clips[0].masked
    assert clips[0].sha256 == clips[1].sha256


@given(st.lists(polygons, min_size=1, max_size=2).map(tuple))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_masks_every_pixel_well_inside_is_the_fill_in_every_picture_of_a_clip(
    tmp_path: Path, many: tuple[F64, ...]
) -> None:
    clip = clipped(film(tmp_path / "a.mp4", 2), tmp_path, masks_for(many))
    mask = drawn(many, SIZE)
    inside = eroded(mask.luma == 0, RINGING_PX)
    colour = eroded(mask.chroma == 0, RINGING_PX)
    with av.open(str(clip.path)) as container:
        pictures = [picture.to_ndarray(format="yuv420p") for picture in container.decode(video=0)]
    assert len(pictures) > 4 * FPS
    width, height = SIZE
    for picture in pictures:
        assert np.abs(picture[:height][inside].astype(int) - BLACK).max(initial=0) <= 3
        for plane in picture[height:].reshape(2, height // 2, width // 2):
            assert np.abs(plane[colour].astype(int) - COLOURLESS).max(initial=0) <= 3


def eroded(hidden: "np.ndarray", by_px: int) -> "np.ndarray":
    padded = np.pad(hidden, by_px, constant_values=True)
    height, width = hidden.shape
    shifts = range(2 * by_px + 1)
    rows = np.logical_and.reduce([padded[i : i + height] for i in shifts])
    return np.logical_and.reduce([rows[:, i : i + width] for i in shifts])


LEFT = (np.array([[-1.0, -1.0], [40.0, -1.0], [40.0, 120.0], [-1.0, 120.0]]),)


def test_a_masked_clip_has_the_times_of_the_unmasked_one(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", 2)
    plain, masked = clipped(source, tmp_path / "p", None), clipped(source, tmp_path / "m", masks_for(LEFT))
    assert times(masked.path) == times(plain.path)
    assert (masked.first_pts_s, masked.duration_s) == (plain.first_pts_s, plain.duration_s)
    assert (plain.masked, masked.masked) == (False, True)
    assert masked.complete
    assert list((tmp_path / "m").iterdir()) == [masked.path]


FACADE = (np.array([[-1.0, -1.0], [200.0, -1.0], [200.0, 200.0], [-1.0, 200.0]]),)
WAY = np.array([[80.0, 30.0], [80.0, 40.0], [80.0, 60.0]])
"""Of a fall in the middle: to its left and right are homes."""


def detail(clip: Path) -> "np.ndarray":
    """How much neighbouring pixels of luma differ, by column."""
    with av.open(str(clip)) as container:
        pictures = [picture.to_ndarray(format="yuv420p") for picture in container.decode(video=0)]
    luma = np.array(pictures, np.float64)[:, : SIZE[1]]
    return np.asarray(np.abs(np.diff(luma, axis=1)).mean(axis=(0, 1)))


def test_homes_are_blurred_in_a_clip_but_not_along_the_way_of_the_fall(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4", 2)
    sharp = clipped(source, tmp_path / "p", None)
    clip = clipped(source, tmp_path / "h", None, homes=masks_for(FACADE), path=WAY)
    assert (clip.masked, clip.blurred, clip.codec) == (False, True, "h264")
    assert (sharp.masked, sharp.blurred) == (False, False)
    kept = detail(clip.path) / detail(sharp.path)
    assert kept[76:84].min() > 0.8
    assert kept[:55].max() < 0.15
    assert kept[105:].max() < 0.15


def test_what_is_under_a_mask_has_no_part_in_the_blur_of_homes(tmp_path: Path) -> None:
    hidden = planes_under(drawn(LEFT, SIZE))
    clips = [
        clipped(
            film(tmp_path / f"{secret}.mp4", secret, hidden),
            tmp_path / str(secret),
            masks_for(LEFT),
            homes=masks_for(FACADE),
            path=WAY,
        )
        for secret in (2, 3)
    ]
    assert (clips[0].masked, clips[0].blurred) == (True, True)
    assert clips[0].sha256 == clips[1].sha256


def times(clip: Path) -> list[float]:
    with av.open(str(clip)) as container:
        return [round(float(picture.time or 0), 3) for picture in container.decode(video=0)]


def test_what_a_mask_leaves_open_looks_as_it_did(tmp_path: Path) -> None:
    path = tmp_path / "smooth.mp4"
    ramp = np.full((SIZE[1] * 3 // 2, SIZE[0]), 128, np.uint8)
    ramp[: SIZE[1]] = np.linspace(30, 220, SIZE[0]).astype(np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.codec_context.gop_size = FPS
        for index in range(FRAMES):
            picture = av.VideoFrame.from_ndarray(ramp, format="yuv420p")
            picture.pts, picture.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    clip = clipped(path, tmp_path / "clips", masks_for(LEFT))
    with open_video(str(clip.path)) as source:
        for frame in source.frames():
            error = frame.luma[:, 60:].astype(int) - ramp[: SIZE[1], 60:]
            assert np.abs(error).mean() < 1.5


@pytest.mark.parametrize("size", [(98, 66), (160, 96)])
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_masks_lie_in_the_upright_picture_of_a_turned_camera(
    tmp_path: Path, size: tuple[int, int], turned: int
) -> None:
    path = tmp_path / "turned.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.gop_size = FPS
        if turned:
            stream.set_display_rotation(turned)
        for index in range(FRAMES):
            bright = np.full((size[1] * 3 // 2, size[0]), 200, np.uint8)
            picture = av.VideoFrame.from_ndarray(bright, format="yuv420p")
            picture.pts, picture.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    top = masks_for((np.array([[-5.0, -5.0], [500.0, -5.0], [500.0, 20.0], [-5.0, 20.0]]),))
    with open_video(str(path), masks=top) as source:
        for frame, picture in source.pictures():
            assert frame.luma[:20].max() == BLACK
            assert frame.luma[40:].min() > 150
            assert picture.to_ndarray(format="gray")[:20].max() <= 3
    clip = clipped(path, tmp_path / "clips", top)
    with open_video(str(clip.path)) as source:
        for frame in source.frames():
            assert frame.luma.shape == (clip.height, clip.width)
            assert frame.luma[:14].max() <= 3
            assert frame.luma[40:].min() > 150


def test_a_picture_that_the_masks_do_not_suit_is_not_shown(tmp_path: Path) -> None:
    def refuse(size: tuple[int, int]) -> Mask:
        raise ValueError(f"no mask for {size}")

    path = film(tmp_path / "a.mp4", 2)
    with open_video(str(path), masks=refuse) as source, pytest.raises(VideoError, match="cannot be masked"):
        next(source.frames())
    with open_video(str(path)) as source:
        ring, template = Ring(float(source.info.time_base), 120, 10**9), Template(source.stream)
        for _ in source.frames(ring.push):
            pass
    with pytest.raises(ClipError, match="no mask for"):
        cut(ring.packets(), template, Wanted(3, 4, 2, 2), tmp_path / "clips", LABEL, Hidden(refuse))
    assert list((tmp_path / "clips").iterdir()) == []


def test_a_masked_stream_that_changes_its_size_is_given_up(tmp_path: Path) -> None:
    raw = tmp_path / "changing.h264"
    raw.write_bytes(b"".join(bitstream(tmp_path, size) for size in (SIZE, (128, 128))))
    seen: list[tuple[int, ...]] = []
    with open_video(str(raw), masks=masks_for(LEFT)) as source, pytest.raises(StreamLost, match="size"):
        seen.extend(frame.luma.shape for frame in source.frames())
    assert set(seen) == {SIZE[::-1]}


def bitstream(folder: Path, size: tuple[int, int]) -> bytes:
    path = folder / "part.h264"
    with av.open(str(path), "w", format="h264") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for _ in range(20):
            grey = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="yuv420p")))
        container.mux(stream.encode())
    return path.read_bytes()


def test_a_drawn_copy_of_a_video_is_masked_too(tmp_path: Path) -> None:
    sight = tmp_path / "sight.yaml"
    sight.write_text("picture: [160, 96]\nmasks: [[[0, 0], [60, 0], [60, 96], [0, 96]]]\n")
    path, drawing = film(tmp_path / "a.mp4", 2), tmp_path / "drawn.mp4"
    args = [str(path), "--camera", str(sight), "--render", str(drawing), "--format", "jsonl"]
    result = CliRunner().invoke(command, args)
    assert result.exit_code == 0, result.output
    with open_video(str(drawing)) as source:
        for frame in source.frames():
            assert frame.luma[:, :50].max() <= 20
