"""Reads a folder in FADE's VOC layout: NAME/JPEGImages/frameN.jpg and NAME/Annotations/frameN.xml.

A video NAME.mp4 (in the folder, or in `video/` in it) is preferred to the single pictures: JPEG changes the
noise. Frames are counted from 1, as the authors do. `start.txt` with lines "NAME,first,last", if it is there,
tells the range of frames in which something falls; else it is from the first to the last frame with a box.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from bench.measure.fade import Box, span
from edge.camera.source import open_video
from edge.core.vision.frame import Frame

NUMBER: Final = re.compile(r"(\d+)(?=\.\w+$)")
SUFFIXES: Final = (".mp4", ".avi", ".mkv", ".mov")


@dataclass(frozen=True, slots=True)
class Recording:
    """One video of the set. video: None where only pictures are there. boxes: {frame from 1: boxes}."""

    name: str
    video: Path | None
    pictures: tuple[Path, ...]
    boxes: dict[int, list[Box]]
    true_span: tuple[int, int] | None


def recordings(folder: Path) -> list[Recording]:
    """All videos of the folder, by name. Raises ValueError where there is none or one is damaged."""
    spans = _spans(folder / "start.txt")
    found = []
    for annotations in sorted(folder.rglob("Annotations"), key=lambda path: _natural(path.parent.name)):
        home = annotations.parent
        boxes = {_number(path): _boxes(path) for path in annotations.glob("*.xml")}
        pictures = tuple(sorted((home / "JPEGImages").glob("*.jp*g"), key=_number))
        video = _video(folder, home)
        if video is None and not pictures:
            raise ValueError(f"{home} has annotations but neither JPEGImages nor a video")
        name = home.name
        found.append(
            Recording(name, video, pictures, boxes, spans.get(name.removeprefix("video"), span(boxes)))
        )
    if not found:
        raise ValueError(f"{folder} holds no NAME/Annotations: it is not in VOC layout")
    return found


def frames(recording: Recording, fps: float) -> Iterator[Frame]:
    """The pictures in order. fps: of single pictures, which tell no times."""
    if recording.video is not None:
        with open_video(str(recording.video)) as source:
            yield from source.frames()
        return
    for index, path in enumerate(recording.pictures):
        luma = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if luma is None:
            raise ValueError(f"{path} is no picture that can be read")
        yield Frame(np.asarray(luma, np.uint8), index / fps, index)


def _boxes(path: Path) -> list[Box]:
    """The bounding boxes of one annotation, whatever they are called."""
    try:
        root = ET.parse(path).getroot()  # the person's own file; expat fetches no external entity
        found = []
        for box in root.iter("bndbox"):
            sides = [box.findtext(side) for side in ("xmin", "ymin", "xmax", "ymax")]
            left, top, right, bottom = (float(side or "") for side in sides)
            found.append((left, top, right, bottom))
    except (ET.ParseError, ValueError) as error:
        raise ValueError(f"{path} is no annotation in VOC format: {error}") from None
    return found


def _video(folder: Path, home: Path) -> Path | None:
    name = home.name.removeprefix("video")
    places = (home, folder, folder / "video", folder.parent / "video")
    candidates = (
        place / f"{stem}{suffix}" for place in places for stem in (home.name, name) for suffix in SUFFIXES
    )
    return next((path for path in candidates if path.is_file()), None)


def _spans(path: Path) -> dict[str, tuple[int, int]]:
    if not path.is_file():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            name, first, last = line.split(",")
            found[name.strip().removeprefix("video")] = (int(first), int(last))
        except ValueError:
            raise ValueError(f"{path}, line {number}: {line!r} is not NAME,first,last") from None
    return found


def _number(path: Path) -> int:
    match = NUMBER.search(path.name)
    if match is None:
        raise ValueError(f"{path} has no frame number in its name")
    return int(match.group())


def _natural(name: str) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, name))
    return (int(digits) if digits else 0, name)
