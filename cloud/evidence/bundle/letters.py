"""The words and digits on an annotated copy's banner, cut from one picture that was rendered beforehand."""

from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from typing import Final

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

Plane = npt.NDArray[np.uint8]

ATLAS: Final = "letters.png"
WIDTH: Final = 720
LINES: Final = (
    ("标注副本 非原始证据", 60, 46, 700),
    ("ANNOTATED COPY, NOT THE ORIGINAL", 36, 24, 500),
)
"""(words, height of the line in the picture, font size, weight), pixels of a banner that is `BANNER` high."""
CHARACTERS: Final = "0123456789-:.+ tsUTC"
CELL: Final = (18, 40)
BANNER: Final = 96
ROOM: Final = 1160
"""So wide is a banner that is `BANNER` high, words left and time right."""


@dataclass(frozen=True, slots=True)
class Letters:
    """words: the two lines, (height, width) uint8, 255 where ink is. cells: one for each of `CHARACTERS`."""

    words: Plane
    cells: dict[str, Plane]

    def line(self, text: str) -> Plane:
        """A line of digits, (height, width) uint8."""
        return np.hstack([self.cells[each] for each in text])


def letters(scale: Fraction) -> Letters:
    """The letters in this size; 1 suits a banner that is `BANNER` high."""
    with resources.files(__package__).joinpath(ATLAS).open("rb") as file, av.open(file, "r") as picture:
        atlas = _grey(next(picture.decode(video=0)))
    high = sum(line[1] for line in LINES)
    width, height = CELL
    row = atlas[high : high + height]
    cells = {
        each: _resized(row[:, index * width : (index + 1) * width], scale)
        for index, each in enumerate(CHARACTERS)
    }
    words = atlas[:high]
    ink = np.flatnonzero(words.any(axis=0))
    return Letters(_resized(words[:, : int(ink[-1]) + 2], scale), cells)


def _resized(plane: Plane, scale: Fraction) -> Plane:
    height, width = (max(2, round(side * scale)) for side in plane.shape)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(plane), format="gray")
    return _grey(frame.reformat(width=width, height=height, format="gray", interpolation="AREA"))


def _grey(frame: VideoFrame) -> Plane:
    return np.asarray(frame.to_ndarray(format="gray"), np.uint8)
