"""FADE's measures on boxes whose answers are known, and its layout on disk."""

import shutil
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bench import fade as command
from bench.measure import fade, voc
from bench.measure.fade import Counts

BOX = (10.0, 10.0, 20.0, 20.0)

boxes = st.dictionaries(
    st.integers(1, 30),
    st.lists(
        st.tuples(st.integers(0, 90), st.integers(0, 90), st.integers(3, 30), st.integers(3, 30)).map(
            lambda b: (float(b[0]), float(b[1]), float(b[0] + b[2]), float(b[1] + b[3]))
        ),
        max_size=3,
        unique=True,
    ),
    max_size=8,
)


@given(boxes)
def test_a_perfect_detector_has_every_measure_one(true):
    found = fade.counts(true, true)
    number = sum(map(len, true.values()))
    assert found == Counts(number, 0, number, 0)
    if number:
        assert found.f_measure == 1.0
        assert fade.time_range_overlap(fade.span(true), fade.span(true)) == 1.0


@given(boxes, boxes)
def test_every_box_is_counted_once(true, told):
    found = fade.counts(true, told)
    assert found.fitting + found.wrong == sum(map(len, told.values()))
    assert found.found + found.missed == sum(map(len, true.values()))
    assert found.fitting == found.found
    assert 0.0 <= found.f_measure <= 1.0


@given(boxes, boxes)
def test_with_one_box_a_frame_both_ways_to_count_agree(true, told):
    true, told = ({frame: some[:1] for frame, some in given.items()} for given in (true, told))
    assert fade.counts(true, told) == fade.pairs(true, told)


def test_the_authors_way_gives_a_perfect_detector_of_two_objects_half_the_precision():
    two = {1: [BOX, (50.0, 50.0, 60.0, 60.0)]}
    assert fade.counts(two, two).precision == 1.0
    assert fade.pairs(two, two).precision == 0.5


@pytest.mark.parametrize(("shift", "fits"), [(0, True), (5, True), (6, False), (30, False)])
def test_boxes_fit_from_an_overlap_of_three_tenths(shift, fits):
    moved = (BOX[0] + shift, BOX[1], BOX[2] + shift, BOX[3])
    assert (fade.overlap(BOX, moved) >= fade.MIN_OVERLAP) == fits
    assert fade.counts({3: [BOX]}, {3: [moved]}).found == fits


def test_boxes_in_frames_without_truth_are_wrong():
    found = fade.counts({1: [BOX]}, {1: [BOX], 2: [BOX], 9: [BOX]})
    assert (found.precision, found.recall) == (1 / 3, 1.0)
    assert found.f_measure == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("told", "share"),
    [((10, 19), 1.0), ((15, 24), 5 / 15), ((12, 14), 0.3), ((1, 40), 10 / 40), ((20, 30), 0.0), (None, 0.0)],
)
def test_the_ranges_of_frames_overlap_by_this_share(told, share):
    assert fade.time_range_overlap((10, 19), told) == pytest.approx(share)


def annotate(home: Path, number: int, box) -> None:
    (home / "Annotations").mkdir(parents=True, exist_ok=True)
    sides = "".join(
        f"<{side}>{value}</{side}>" for side, value in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
    )
    content = f"<annotation><object><name>x</name><bndbox>{sides}</bndbox></object></annotation>"
    (home / "Annotations" / f"frame{number}.xml").write_text(content)


def pictures(*, falling: bool, count: int = 80):
    """640 x 360 at 25 a second: a noisy wall, 13 px let go at (300, 40) after 1 s; with its place."""
    chance = np.random.default_rng(4)
    wall = np.kron(chance.integers(70, 150, (9, 16)), np.ones((40, 40))).astype(np.float32)
    for index in range(count):
        luma = wall + chance.normal(0, 1.2, wall.shape).astype(np.float32)
        since = index / 25 - 1
        y = round(40 + 150 * max(since, 0) ** 2)
        visible = falling and since >= 0 and y < 350
        if falling and y < 350:
            luma[y - 6 : y + 7, 294:307] += 80
        yield np.clip(luma, 0, 255).astype(np.uint8), ((294, y - 6, 307, y + 7) if visible else None)


@pytest.fixture(scope="module")
def once(tmp_path_factory) -> Path:
    """Recording "1", a video with a fall, and "2", pictures in which nothing falls but one is marked."""
    tmp_path = tmp_path_factory.mktemp("set")
    (tmp_path / "video").mkdir()
    with av.open(str(tmp_path / "video" / "1.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "18", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index, (luma, box) in enumerate(pictures(falling=True)):
            planes = np.full((540, 640), 128, np.uint8)
            planes[:360] = luma
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
            if box is not None:
                annotate(tmp_path / "1", index + 1, box)
        container.mux(stream.encode(None))
    (tmp_path / "2" / "JPEGImages").mkdir(parents=True)
    for index, (luma, _) in enumerate(pictures(falling=False, count=12)):
        cv2.imwrite(str(tmp_path / "2" / "JPEGImages" / f"frame{index + 1}.jpg"), luma)
    annotate(tmp_path / "2", 3, BOX)
    return tmp_path


@pytest.fixture
def made(once, tmp_path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(once, tmp_path / "set"))


def test_the_layout_is_read(made):
    video, stills = voc.recordings(made)
    assert (video.name, video.video, stills.video) == ("1", made / "video" / "1.mp4", None)
    assert [path.name for path in stills.pictures] == [f"frame{number}.jpg" for number in range(1, 13)]
    assert stills.boxes == {3: [BOX]}
    assert stills.true_span == (3, 3)
    assert video.true_span is not None
    assert video.true_span[0] == 26
    assert [frame.index for frame in voc.frames(stills, 20.0)] == list(range(12))
    assert [frame.pts_s for frame in voc.frames(stills, 20.0)][-1] == pytest.approx(11 / 20)


def test_start_txt_tells_the_range(made):
    (made / "start.txt").write_text("1,30,60\n\n2,4,5\n")
    assert [one.true_span for one in voc.recordings(made)] == [(30, 60), (4, 5)]
    (made / "start.txt").write_text("1,30\n")
    with pytest.raises(ValueError, match="line 1"):
        voc.recordings(made)


def test_what_is_not_in_the_layout_is_refused(made, tmp_path):
    (made / "2" / "Annotations" / "frame4.xml").write_text("<annotation><object><bndbox>")
    with pytest.raises(ValueError, match=r"frame4\.xml"):
        voc.recordings(made)
    empty = tmp_path / "empty"
    empty.mkdir()
    refused = CliRunner().invoke(command.main, [str(empty)])
    assert refused.exit_code == 1
    assert "not in VOC layout" in refused.output


def test_our_boxes_fit_the_falling_thing(made):
    video, stills = voc.recordings(made)
    told = command.ours(video, 25.0)
    found = fade.counts(video.boxes, told)
    assert found.precision > 0.6
    assert found.recall > 0.5
    assert fade.time_range_overlap(video.true_span, fade.span(told)) > 0.6
    assert command.ours(stills, 25.0) == {}


def test_the_command_prints_a_table_and_a_json_line(made):
    shown = CliRunner().invoke(command.main, [str(made), "--no-reference"])
    assert shown.exit_code == 0, shown.output
    assert "F-measure" in shown.output
    assert shown.output.splitlines()[-1].startswith('{"benchmark": "fade"')
