"""How many cameras a box carries: CPU time of real camera programs over RTSP, and of the usual pipeline."""

import contextlib
import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import psutil

from bench.measure import mog2
from bench.measure.running import ROOT, output_of
from edge.core.report import Stats
from fallwatch.local import rtsp
from fallwatch.local.pki import Authority

TWO: Final = 2
FPS: Final = 25
WARM_UP_S: Final = 8.0
"""Imports, the first key frame, the background's first looks."""
ALLOWED_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Carried:
    """One camera's program over a while: CPU seconds, frames that it searched and that it dropped."""

    cpu_s: float
    frames: int
    dropped: int

    @property
    def cpu_per_video_s(self) -> float:
        """Of one core, for each second of video at FPS. A dropped frame was decoded all the same."""
        return self.cpu_s / (self.frames + self.dropped) * FPS


def camera(video: Path, folder: Path, watch_s: float, masks: Any = None) -> Carried:
    """The real camera program on a real RTSP stream that shows the video for ever."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "edge.yaml"
    with rtsp.running(video, log=folder / "rtsp.log") as source:
        config.write_text(json.dumps(_settings(Authority.open(folder / "pki"), source.url, masks)))
        with _worker(config, folder / "camera.log") as worker, _stats(worker) as told:
            _next(told, WARM_UP_S)
            began, cpu_s = _newest(told), _cpu_s(worker.pid)
            ended = _next(told, watch_s)
            cpu_s = _cpu_s(worker.pid) - cpu_s
    return Carried(cpu_s, ended.frames - began.frames, ended.dropped - began.dropped)


def usual(video: Path) -> float:
    """CPU seconds of one core for each second of video that the usual pipeline takes (`mog2`)."""
    (found,) = output_of([sys.executable, "-m", "bench.measure.capacity", str(video)], "MOG2").lines
    return float(found["cpu_per_video_s"])


def _settings(authority: Authority, url: str, masks: Any) -> dict[str, Any]:
    issued = authority.issue("capacity-box")
    masked = {} if masks is None else {"picture": [1920, 1080], "masks": masks}
    return {
        "agent": "capacity-box",
        "data_dir": "data",
        "broker": {"url": "mqtt://127.0.0.1:9"},
        "evidence": {"url": "http://127.0.0.1:9"},
        "device": {"certificate": str(issued.certificate), "key": str(issued.key)},
        "cameras": [{"id": "cam", "url": url} | masked],
    }


@contextlib.contextmanager
def _worker(config: Path, log: Path) -> Iterator["subprocess.Popen[str]"]:
    with log.open("w") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "edge", "camera", str(config), "cam"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
        )
    try:
        yield child
    finally:
        child.terminate()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


@contextlib.contextmanager
def _stats(worker: "subprocess.Popen[str]") -> Iterator["queue.Queue[Stats]"]:
    """What the program says of itself, once a second."""
    told: queue.Queue[Stats] = queue.Queue(maxsize=10_000)

    def read() -> None:
        assert worker.stdout is not None
        for line in worker.stdout:
            if '"stats"' in line:
                told.put(Stats.model_validate_json(line))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield told
    finally:
        worker.terminate()
        thread.join()


def _next(told: "queue.Queue[Stats]", after_s: float) -> Stats:
    """The first word of a streaming camera that comes after so many seconds of streaming."""
    stats = told.get(timeout=ALLOWED_S)
    while not stats.frames:
        stats = told.get(timeout=ALLOWED_S)
    until_s = time.monotonic() + after_s
    while time.monotonic() < until_s:
        stats = told.get(timeout=ALLOWED_S)
    return stats


def _newest(told: "queue.Queue[Stats]") -> Stats:
    return told.get(timeout=ALLOWED_S)


def _cpu_s(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def main(video: str) -> None:
    """The usual pipeline over a video, in a process of its own: prints one JSON object."""
    cv2.setNumThreads(1)
    last_s, falls, began = 0.0, 0, time.process_time()
    for found in mog2.events(video):
        falls, last_s = falls + 1, found["decided_s"]
    cpu_s = time.process_time() - began
    video_s = max(last_s, _length_s(video))
    sys.stdout.write(json.dumps({"cpu_per_video_s": round(cpu_s / video_s, 4), "falls": falls}) + "\n")


def _length_s(video: str) -> float:
    capture = cv2.VideoCapture(video)
    try:
        return float(capture.get(cv2.CAP_PROP_FRAME_COUNT) / capture.get(cv2.CAP_PROP_FPS))
    finally:
        capture.release()


if __name__ == "__main__":
    main(sys.argv[1])
