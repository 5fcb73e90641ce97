"""When frames are taken and when they are shown: repeated, lost and late frames."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Shown:
    """One frame of the stream."""

    at_s: float
    """Presentation time."""
    taken_s: float
    """When its shutter opened; earlier than `at_s` for a repeated frame."""
    repeated: bool
    """Whether it shows the same picture as the frame before."""


def schedule(
    duration_s: float, frame_rate: float, repeat_every: int, lost_share: float, random: np.random.Generator
) -> list[Shown]:
    """Frames of a stream.

    Args:
        duration_s: Length of the clip.
        frame_rate: Frames a second as the stream says.
        repeat_every: Every so many frames one is a copy of the one before; 0: none; 1 is not allowed.
        lost_share: Part of the frames that never arrive, alone or a few behind each other.
        random: Decides which are lost.

    Raises:
        ValueError: `repeat_every` is 1.
    """
    if repeat_every == 1:
        raise ValueError("repeat_every is 1: every frame would be a copy of the first; 0 or at least 2")
    shown: list[Shown] = []
    missing = 0
    for index in range(round(duration_s * frame_rate)):
        if missing == 0 and random.random() < lost_share:
            missing = int(random.integers(1, 4))
        if missing > 0 and index > 0:
            missing -= 1
            continue
        at_s = index / frame_rate
        copies = repeat_every > 1 and index % repeat_every == repeat_every - 1
        if copies and shown:
            shown.append(Shown(at_s, shown[-1].taken_s, repeated=True))
        else:
            shown.append(Shown(at_s, at_s, repeated=False))
    return shown
