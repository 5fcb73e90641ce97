"""What watching a picture costs: CPU time for a minute of 1080p at 25 pictures a second, over that minute."""

from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Final

import cv2
import numpy as np

from edge.core.picture_health import flow, watch
from edge.core.picture_health.faults import FAULTS
from edge.core.picture_health.flow import Flow
from edge.core.picture_health.look import look
from edge.core.vision.frame import Frame

SECONDS: Final = 60
FPS: Final = 25
SIZE: Final = (1080, 1920)


def of_core() -> float:
    """Share of one core: the counts of each picture, and a look a second with all that follows from it."""
    cv2.setNumThreads(1)
    luck = np.random.default_rng(1)
    small = luck.integers(30, 220, (54, 96)).astype(np.uint8)
    scene = cv2.resize(small, SIZE[::-1], interpolation=cv2.INTER_NEAREST)
    pictures = [np.clip(scene + luck.normal(0, 2, SIZE), 0, 255).astype(np.uint8) for _ in range(10)]
    chroma = luck.integers(110, 146, (2, 34, 60)).astype(np.uint8)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    state, _ = watch.start(FAULTS, at)
    counts: Flow | None = None
    began_s = process_time()
    for second in range(SECONDS):
        for part in range(FPS):
            luma = pictures[(second + part) % len(pictures)]
            counts = flow.seen(counts, Frame(luma, second + part / FPS, second * FPS + part))
        assert counts is not None
        counts, rate = flow.looked(counts)
        at += timedelta(seconds=1)
        state, _ = watch.looked(state, FAULTS, look(pictures[second % len(pictures)], chroma), rate, at)
    return (process_time() - began_s) / SECONDS
