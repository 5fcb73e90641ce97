"""The plain MOG2 reference is no straw man: it finds an easy fall, once."""

import av
import cv2
import numpy as np
import pytest

from bench.measure import mog2
from bench.measure.mog2 import Track


def write(video, *, falling):
    """640 x 360, 3 s at 25 frames a second: a noisy wall, and a box let go at (300, 40) after 1.4 s."""
    chance = np.random.default_rng(4)
    wall = np.kron(chance.integers(70, 150, (9, 16)), np.ones((40, 40))).astype(np.float32)
    with av.open(str(video), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "20", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index in range(75):
            luma = wall + chance.normal(0, 1.0, wall.shape).astype(np.float32)
            y = round(40 + 150 * max(index / 25 - 1.4, 0) ** 2)
            if falling and y < 350:
                luma[y - 5 : y + 6, 295:306] += 90
            picture = np.full((540, 640), 128, np.uint8)
            picture[:360] = np.clip(luma, 0, 255)
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return video


def test_an_easy_fall_is_told_once_where_it_is(tmp_path):
    (told,) = mog2.events(str(write(tmp_path / "fall.mp4", falling=True)))
    errors = [abs(y - 40 - 150 * max(t - 1.4, 0) ** 2) for t, _, y in told["track"]]
    assert np.median(errors) < 6
    assert np.median([x for _, x, _ in told["track"]]) == pytest.approx(300, abs=3)
    assert told["decided_s"] >= told["end_s"]


def test_a_still_wall_gives_nothing(tmp_path):
    assert list(mog2.events(str(write(tmp_path / "wall.mp4", falling=False)))) == []


def test_each_centre_goes_to_the_nearest_track():
    tracks = [Track([(0.0, 100.0, 10.0)]), Track([(0.0, 140.0, 10.0)])]
    linked = mog2.linked(tracks, np.array([[138.0, 14.0], [103.0, 14.0], [400.0, 300.0]]), 0.04, 50.0)
    assert [track.sights[-1][1] for track in linked] == [103.0, 138.0, 400.0]
    assert [len(track.sights) for track in linked] == [2, 2, 1]


def test_specks_of_one_pixel_are_dropped_and_small_boxes_are_not():
    mask = np.zeros((100, 100), np.uint8)
    mask[10, 10] = 255
    cv2.rectangle(mask, (50, 50), (52, 52), 255, -1)
    centres = mog2.contours(mask)
    assert centres.shape == (1, 2)
    assert centres[0] == pytest.approx([51, 51], abs=1)


@pytest.mark.parametrize(
    ("dx", "dy", "falls"), [(0, 12, True), (12, 4, False), (0, -12, False), (0, 2, False), (4, 12, True)]
)
def test_what_moves_mostly_down_falls(dx, dy, falls):
    track = Track([(0.04 * step, 300.0 + dx * step, 40.0 + dy * step) for step in range(8)])
    assert mog2.falls(track, 720) == falls


def test_too_few_sights_are_no_fall():
    assert not mog2.falls(Track([(0.04 * step, 300.0, 40.0 * step) for step in range(5)]), 720)
