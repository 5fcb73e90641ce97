"""The detector inside this process, where a benchmark must see every frame, go on for hours, or ablate.

    python -m bench.measure.watching VIDEO rules|verifier|both

prints the falls that the rules alone, the released verifier alone, or both together tell, as
`fallwatch detect` prints them.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import cv2

from edge.camera import classifier
from edge.camera.source import VideoSource, open_video
from edge.core.vision.settings import DetectorSettings
from edge.detect import Look, as_object, watched


def shipped() -> Look:
    """What `fallwatch detect VIDEO` watches with: default settings, nothing known, the default verifier."""
    return Look(DetectorSettings(), None, classifier.default())


def ablated(way: str) -> Look:
    """The rules alone, the verifier alone, or both. Raises ClassifierError without a model."""
    if way == "rules":
        return Look(DetectorSettings(), None, None)
    settings = DetectorSettings(verdict_by="verifier") if way == "verifier" else DetectorSettings()
    return Look(settings, None, classifier.load(classifier.VERIFIER))


def lines(
    source: VideoSource, frame_done: Callable[[float], None], look: Look | None = None
) -> Iterator[dict[str, Any]]:
    """Each fall of a video as `fallwatch detect` prints it. frame_done: is told each frame's time, s."""
    for _, found in watched(source, look or shipped(), frame_done):
        yield from map(as_object, found)


def main(video: str, way: str) -> None:
    """Prints the lines of an ablated detector."""
    cv2.setNumThreads(1)
    with open_video(video) as source:
        for line in lines(source, lambda _: None, ablated(way)):
            sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
