"""Watches one video over and over, as a camera that never stops, for as many seconds as are asked for.

    python -m bench.measure.looping VIDEO SECONDS

prints a JSON object for each fall, as `fallwatch detect` does, and one with the seconds that were watched.
Where a loop's end meets its beginning everything may jump, as no camera does. Who reads the lines tells
events there apart: the last object has a loop's length.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import cv2

from bench.measure import watching
from edge.camera.source import VideoSource, open_video
from edge.core.vision.frame import Frame


class Looped:
    """A file that begins again when it ends. wanted_s: after so much of it there are no more frames."""

    def __init__(self, video: str, wanted_s: float) -> None:
        self._video = video
        self._wanted_s = wanted_s
        self.watched_s = 0.0
        self.loop_s = 0.0

    def frames(self) -> Iterator[Frame]:
        """Frames with times and numbers that go on over the loops."""
        began_s, index = 0.0, 0
        while self.watched_s < self._wanted_s:
            first = last = 0.0
            count = 0
            with open_video(self._video) as source:
                for frame in source.frames():
                    first = frame.pts_s if not count else first
                    last, count = frame.pts_s, count + 1
                    self.watched_s = began_s + last - first
                    yield replace(frame, pts_s=self.watched_s, index=index)
                    index += 1
                    if self.watched_s >= self._wanted_s:
                        self.loop_s = self.loop_s or self.watched_s
                        return
            if count < 2:
                raise ValueError(f"{self._video} has no two pictures to loop")
            began_s += (last - first) * count / (count - 1)
            self.loop_s = self.loop_s or began_s


def main(video: str, wanted_s: float) -> Iterator[dict[str, Any]]:
    """The falls, then what was watched."""
    source = Looped(video, wanted_s)
    yield from watching.lines(cast("VideoSource", source), lambda _: None)
    yield {"watched_s": source.watched_s, "loop_s": source.loop_s}


if __name__ == "__main__":
    cv2.setNumThreads(1)
    for line in main(sys.argv[1], float(sys.argv[2])):
        sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
        sys.stdout.flush()
