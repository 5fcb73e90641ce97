"""The story: one falling object, from pixels to the desk, with everything real."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fallwatch.demo import mark
from fallwatch.local import ports

Wait = Callable[[Callable[[], object], float, str], None]


@pytest.fixture
def var(reachable_tmp_path: Path) -> Iterator[Path]:
    folder = reachable_tmp_path / "var"
    yield folder
    assert mark.marked(folder) == [], "the demo left processes behind"


def _demo(var: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "fallwatch", "demo", "--var", str(var), *words]


@pytest.mark.timeout(400)
def test_one_fall_makes_the_whole_walk_and_no_process_stays(var: Path) -> None:
    done = subprocess.run(_demo(var, "--once"), capture_output=True, text=True, timeout=390, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["verified"] is True
    assert result["events_sent"] == result["events_confirmed"] > 0
    assert len(result["clip_sha256"]) == 64
    assert {"alert_id", "message_id", "fault_id"} <= result.keys()
    assert "desk" in result["told"]
    assert 0 < result["latency_s"]["last_visible_to_confirmed"] < 10
    assert 0 < result["latency_s"]["last_visible_to_page"] < 10
    clips = [path for path in (var / "evidence").rglob("*") if path.is_file()]
    assert any(result["clip_sha256"] in str(path) for path in clips)


def test_video_that_is_none_ends_with_one_sentence(var: Path, tmp_path: Path) -> None:
    path = tmp_path / "not.mp4"
    path.write_text("words")
    done = subprocess.run(_demo(var, "--video", str(path)), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == f"demo: VIDEO={path} is no video, or damaged beyond reading."


def test_a_camera_that_does_not_answer_ends_the_start_with_one_sentence_without_its_password(
    var: Path,
) -> None:
    address = f"127.0.0.1:{ports.any_free()}/h264"
    environ = {**os.environ, "VIDEO": f"rtsp://admin:hunter2@{address}"}
    done = subprocess.run(_demo(var), capture_output=True, text=True, env=environ, timeout=60, check=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last == f"demo: VIDEO=rtsp://admin:***@{address} cannot be opened: connection refused."


@pytest.mark.timeout(300)
def test_a_terminated_demo_stops_in_order_even_while_it_starts(var: Path, wait_until: Wait) -> None:
    with subprocess.Popen(_demo(var), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as demo:
        wait_until((var / "postgres" / "cluster" / "postmaster.pid").exists, 60, "PostgreSQL")
        demo.send_signal(signal.SIGTERM)
        _, said = demo.communicate(timeout=60)
    assert demo.returncode == 0, said
    assert "stopped" in said
