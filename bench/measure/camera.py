"""One camera's work, measured in a process of its own: decoding alone, then decoding and detection.

    python -m bench.measure.camera VIDEO [wait]

prints one JSON object. With `wait` it only decodes and detects, and begins when a line comes on standard
input, so that many can be started together.
"""

import json
import sys
import time
from pathlib import Path
from typing import Final

import cv2

from bench.measure import watching
from edge.camera.source import open_video

PASSES: Final = 2
"""The cheaper of so many: whatever else runs on the machine only adds."""


def decoding(video: str) -> tuple[float, int, float]:
    """CPU time of decoding alone, s; number of frames; the last one's time, s."""
    began, frames, last_s = time.process_time(), 0, 0.0
    with open_video(video) as source:
        for frame in source.frames():
            frames, last_s = frames + 1, frame.pts_s
    return time.process_time() - began, frames, last_s


def detecting(video: str) -> tuple[float, int, float]:
    """CPU time of decoding and detection as `fallwatch detect` does them, s; falls; the slowest frame, s."""
    slowest, mark = 0.0, time.perf_counter()

    def frame_done(_: float) -> None:
        nonlocal slowest, mark
        now = time.perf_counter()
        slowest, mark = max(slowest, now - mark), now

    began = time.process_time()
    with open_video(video) as source:
        falls = sum(1 for _ in watching.lines(source, frame_done))
    return time.process_time() - began, falls, slowest


def main(video: str, *, wait: bool) -> dict[str, float | int]:
    """The figures of one camera."""
    cv2.setNumThreads(1)
    if wait:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        return {"cpu_s": detecting(video)[0], "peak_mb": peak_mb()}
    decoded = [decoding(video) for _ in range(PASSES)]
    before_mb = peak_mb()
    detected = [detecting(video) for _ in range(PASSES)]
    decoding_s, frames, last_s = min(decoded)
    both_s, falls, _ = min(detected)
    return {
        "frames": frames,
        "video_s": round(last_s * frames / max(frames - 1, 1), 3),
        "decoding_ms": round(1e3 * decoding_s / frames, 3),
        "detector_ms": round(1e3 * (both_s - decoding_s) / frames, 3),
        "detector_per_decoding": round((both_s - decoding_s) / decoding_s, 3),
        "slowest_frame_ms": round(1e3 * min(slowest for *_, slowest in detected), 1),
        "cpu_per_video_s": round(both_s / max(last_s, 1e-9), 4),
        "decoding_peak_mb": round(before_mb, 1),
        "peak_mb": round(peak_mb(), 1),
        "private_mb": round(private_mb(), 1),
        "falls": falls,
    }


def peak_mb() -> float:
    """Largest resident memory of this process since its program began, MB (Linux, proc(5), VmHWM).

    `getrusage` will not do: its figure begins with what the parent had when it forked.
    """
    return _status_mb("VmHWM")


def private_mb() -> float:
    """Resident memory that no file backs, MB (RssAnon): what a further camera takes beside the libraries."""
    return _status_mb("RssAnon")


def _status_mb(field: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        if line.startswith(f"{field}:"):
            return float(line.split()[1]) / 1024
    raise ValueError(f"this system does not tell a process's memory in /proc/self/status ({field})")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], wait="wait" in sys.argv[2:])) + "\n")
