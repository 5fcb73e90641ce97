"""`fallwatch detect` as a person calls it: its own process, real files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

CLIPS = Path(os.environ.get("FALLWATCH_CLIPS", Path(__file__).parents[2].parent / "shared" / "clips"))
CALL = [sys.executable, "-c", "from edge.detect import command; command()"]


def detect(*arguments):
    return subprocess.run(
        [*CALL, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )


def dropped(t_s):
    """Pixels from the top of something let go at 1 s."""
    return 40 + 150 * max(t_s - 1, 0) ** 2


def write(path, *, seconds=3.0, falling=dropped, wall=None):
    """640 x 360 at 25 frames a second: a wall with noise, a spot at x = 300 that moves as `falling` says."""
    chance = np.random.default_rng(4)
    if wall is None:
        wall = np.kron(chance.integers(70, 150, (9, 16)), np.ones((40, 40))).astype(np.float32)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "23", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index in range(round(seconds * 25)):
            luma = wall + chance.normal(0, 1.5, wall.shape).astype(np.float32)
            y = round(falling(index / 25)) if falling else 360
            if y < 350:
                luma[y - 4 : y + 5, 296:305] += 70
            picture = np.full((540, 640), 128, np.uint8)
            picture[:360] = np.clip(luma, 0, 255)
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def fall(tmp_path_factory):
    return write(tmp_path_factory.mktemp("videos") / "fall.mp4")


def test_a_fall_is_one_line_of_json_and_nothing_else(fall):
    done = detect(fall, "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert set(found) == {"start_s", "end_s", "track", "score", "decided_s", "suspected_s", "origin"}
    assert found["start_s"] == pytest.approx(1.1, abs=0.2)
    assert found["start_s"] == found["track"][0][0]
    assert found["end_s"] == found["track"][-1][0]
    assert 0.5 <= found["score"] <= 1
    assert found["start_s"] < found["suspected_s"] <= found["decided_s"] <= found["end_s"] + 0.5
    errors = [abs(y - 40 - 150 * max(t - 1, 0) ** 2) for t, _, y in found["track"]]
    assert np.median(errors) < 3
    assert abs(np.median([x for _, x, _ in found["track"]]) - 300) < 2


def test_suspicions_come_before_the_fall_and_say_how_sure_they_are(fall):
    done = detect(fall, "--format", "jsonl", "--suspicions")
    *suspected, found = map(json.loads, done.stdout.splitlines())
    assert "track" in found
    assert suspected
    assert all(line["at_s"] <= found["end_s"] + 0.5 and 0 < line["sure"] <= 1 for line in suspected)
    assert max(line["sure"] for line in suspected) > 0.5


def test_without_a_terminal_lines_of_json_are_the_default(fall):
    assert json.loads(detect(fall).stdout)["track"]


def test_text_is_for_people(fall):
    done = detect(fall, "--format", "text")
    assert done.returncode == 0
    assert "1 falling object" in done.stdout


def test_nothing_found_is_no_failure(tmp_path):
    done = detect(write(tmp_path / "wall.mp4", falling=None), "--format", "jsonl")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_explain_says_which_rule_spoke_against_what_only_glides_down(tmp_path):
    gliding = write(tmp_path / "lift.mp4", falling=lambda t_s: 60 + 70 * t_s)
    done = detect(gliding, "--format", "jsonl", "--explain")
    assert (done.returncode, done.stdout) == (0, "")
    sentences = [line for line in done.stderr.splitlines() if line.startswith("no fall: ")]
    assert any("limit" in line and "share 0." in line for line in sentences), done.stderr


def before_a_road():
    """Rows of windows above, below them a plain road, float32 (360, 640)."""
    picture = np.full((360, 640), 100, np.float32)
    picture[:130] = 160
    for top in range(6, 120, 24):
        for left in range(8, 630, 32):
            picture[top : top + 14, left : left + 18] = 60
    return picture


@pytest.mark.parametrize("from_file", [False, True])
def test_what_moves_on_the_road_before_a_found_facade_is_not_told(tmp_path, from_file):
    road = write(
        tmp_path / "road.mp4", wall=before_a_road(), falling=lambda t: 230 + 150 * max(t - 1, 0) ** 2
    )
    settings = tmp_path / "sight.yaml"
    settings.write_text("find_facade: true\n")
    option = ("--camera", settings) if from_file else ("--find-facade",)
    assert len(detect(road).stdout.splitlines()) == 1
    assert detect(road, *option).stdout == ""


def test_a_fall_before_a_found_facade_is_told(tmp_path):
    wall = write(tmp_path / "wall.mp4", wall=before_a_road(), falling=lambda t: 10 + 150 * max(t - 1, 0) ** 2)
    assert len(detect(wall, "--find-facade").stdout.splitlines()) == 1


def test_the_rendered_copy_plays(fall, tmp_path):
    copy = tmp_path / "copy.mp4"
    assert detect(fall, "--render", copy).returncode == 0
    with av.open(str(copy)) as container:
        pictures = [p.to_ndarray(format="rgb24") for p in container.decode(video=0)]
    assert len(pictures) == 75
    assert pictures[0].shape == (360, 640, 3)
    redness = (pictures[50][..., 0].astype(int) - pictures[50][..., 2]).max()
    assert redness > 80


def test_a_truncated_file_is_used_up_to_where_it_ends(fall, tmp_path):
    remuxed = tmp_path / "cut.mkv"
    with av.open(str(fall)) as source, av.open(str(remuxed), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    content = remuxed.read_bytes()
    remuxed.write_bytes(content[: round(len(content) * 0.85)])
    done = detect(remuxed)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1


def test_damaged_frames_are_told_in_one_sentence(fall, tmp_path):
    damaged = tmp_path / "damaged.mp4"
    content = bytearray(fall.read_bytes())
    start, stop = content.index(b"mdat") + 4000, content.index(b"moov") - 4000
    for place in np.random.default_rng(3).integers(start, stop, 60):
        content[place] ^= 0x55
    damaged.write_bytes(content)
    done = detect(damaged)
    assert done.returncode == 0
    assert done.stderr.endswith("were stepped over.\n")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "word"), [(None, "cannot be opened"), ("Dear neighbours,\n" * 40, "no video")]
)
@pytest.mark.parametrize("name", ["letter.txt", "letter.mp4"])
def test_what_cannot_be_read_is_one_sentence_and_exit_2(tmp_path, name, content, word):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    done = detect(path)
    assert (done.returncode, done.stdout) == (2, "")
    assert word in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_video_is_not_overwritten_by_its_copy(fall):
    before = fall.read_bytes()
    done = detect(fall, "--render", fall)
    assert done.returncode == 2
    assert fall.read_bytes() == before


def _median_distance(found, path):
    track, truth = np.array(found["track"]), np.array(path)
    shared = (track[:, 0] >= truth[0, 0]) & (track[:, 0] <= truth[-1, 0])
    at = track[shared, 0]
    dx, dy = (np.interp(at, truth[:, 0], truth[:, axis]) - track[shared, axis] for axis in (1, 2))
    return float(np.median(np.hypot(dx, dy)))


@pytest.mark.skipif(
    not CLIPS.is_dir(), reason=f"no real recordings at {CLIPS} (FALLWATCH_CLIPS names another folder)"
)
@pytest.mark.parametrize("name", ["tower_drop.mp4", "glass_front.mp4", "street_no_fall.mp4"])
def test_real_recordings_are_read_as_people_read_them(name):
    truth = json.loads((CLIPS / "truth.json").read_text())[name]
    done = detect(CLIPS / name, "--format", "jsonl")
    falls = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    if truth["truth"] == "negative":
        assert falls == []
        return
    (found,) = falls
    (thing,) = [seen for seen in truth["truth"] if seen["label"] == "positive"]
    assert _median_distance(found, thing["path"]) <= max(20, 0.02 * truth["size"][1])
