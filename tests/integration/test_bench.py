"""The benchmarks as a person calls them: their own process, real clips, a table and a line of JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


def write(video, *, falling, seconds=3.0):
    """640 x 360 at 25 a second: a noisy wall; falling: 11 px let go at (300, 40) after 1.2 s, its path."""
    chance = np.random.default_rng(4)
    wall = np.kron(chance.integers(70, 150, (9, 16)), np.ones((40, 40))).astype(np.float32)
    path = []
    with av.open(str(video), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "20", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for index in range(round(seconds * 25)):
            t = index / 25
            luma = wall + chance.normal(0, 1.2, wall.shape).astype(np.float32)
            y = 40 + 150 * max(t - 1.2, 0) ** 2
            if falling and y < 350:
                luma[round(y) - 5 : round(y) + 6, 295:306] += 80
                path += [[t, 300.0, y]] if t >= 1.2 else []
            picture = np.full((540, 640), 128, np.uint8)
            picture[:360] = np.clip(luma, 0, 255)
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """A folder with a fall, a wall where nothing falls, and their truth."""
    folder = tmp_path_factory.mktemp("clips")
    path = write(folder / "fall.mp4", falling=True)
    write(folder / "wall.mp4", falling=False)
    thing = {"kind": "box", "label": "positive", "size_px": 11, "contrast": 80, "path": path}
    entry = {"fps": 25, "size": [640, 360]}
    truth = {
        "fall.mp4": {**entry, "truth": [thing], "tags": ["noise"]},
        "wall.mp4": {**entry, "truth": "negative", "tags": ["noise"]},
    }
    (folder / "truth.json").write_text(json.dumps(truth))
    return folder


def bench(*arguments, cache):
    done = subprocess.run(
        [sys.executable, "-m", "fallwatch", "bench", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads(done.stdout.splitlines()[-1])


def test_the_detector_is_measured_with_its_reference_and_sheets(clips, tmp_path):
    shown, figures = bench(
        *("detector", "--there", clips, "--no-cost", "--no-knowledge", "--jobs", "1"),
        *("--sheet", tmp_path / "sheets"),
        cache=tmp_path,
    )
    assert figures["benchmark"] == "detector"
    assert figures["clips"] == 2
    ours = figures["runs"]["plain"]
    assert (ours["recall_5px"]["value"], ours["precision"]["value"], ours["false"]) == (1.0, 1.0, 0)
    assert ours["track_error_px"] < 3
    assert "mog2" in figures["runs"]
    assert figures["goals"]["recall_5px"]["met"] is True
    assert figures["machine"]["cores"] >= 1
    assert "noise" in shown
    assert (tmp_path / "sheets" / "plain-hit-1.jpg").stat().st_size > 1000


def test_negatives_count_what_is_told_where_nothing_falls(clips, tmp_path):
    _, figures = bench("negatives", "--there", clips, "--jobs", "1", cache=tmp_path)
    assert figures["clips"] == 1
    assert figures["runs"]["fallwatch"]["false"] == 0
    assert figures["runs"]["fallwatch"]["hours"] == pytest.approx(3 / 3600, rel=0.05)


def test_the_soak_watches_for_as_long_as_it_says_and_remembers(clips, tmp_path):
    arguments = ("soak", "--there", clips, "--hours", 0.01, "--minutes", 0.3, "--jobs", "1")
    shown, figures = bench(*arguments, cache=tmp_path)
    assert figures["hours"] == pytest.approx(0.01, rel=0.01)
    assert figures["false"] == 0
    log = tmp_path / "fallwatch" / "bench" / "soak.jsonl"
    assert len(log.read_text().splitlines()) == 2
    assert bench(*arguments, cache=tmp_path)[1]["hours"] == figures["hours"]
    assert len(log.read_text().splitlines()) == 2, "nothing was watched twice"
    assert "seam" in shown


def test_the_cost_of_a_video_is_measured(clips, tmp_path):
    _, figures = bench("cost", clips / "fall.mp4", cache=tmp_path)
    found = figures["videos"]["fall.mp4"]
    assert found["frames"] == 75
    assert found["falls"] == 1
    assert found["decoding_ms"] > 0
    assert 20 < found["private_mb"] < found["peak_mb"] < 1000
