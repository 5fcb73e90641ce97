"""FADE's own F-measure and TRO over a folder in its VOC layout, beside MOG2 as its authors ran it."""

import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
import cv2
import numpy as np
from rich.table import Table

from bench.measure import fade, tables, voc
from bench.measure.fade import Box, Counts
from bench.measure.voc import Recording
from edge.core.vision import pipeline
from edge.core.vision.frame import Candidates, Track
from edge.core.vision.settings import DetectorSettings

NEAR_SHARE: Final = 0.02
"""Within this share of the height a candidate is the thing that a track's point stands for."""
SIDE_SHARE: Final = 0.01
Told = dict[int, list[Box]]
Detector = Callable[[Recording, float], Told]


def ours(recording: Recording, fps: float) -> Told:
    """Boxes of our falls: of each point of a track the candidate that it was made from.

    A point without one (a gap that was bridged) has the box of the nearest point in time that has one.
    """
    settings = DetectorSettings()
    state: pipeline.State | None = None
    numbers: dict[float, int] = {}
    seen: dict[float, Candidates] = {}
    falls: list[Track] = []
    height = 1
    for frame in voc.frames(recording, fps):
        numbers[round(frame.pts_s, 4)] = frame.index + 1
        height = frame.luma.shape[0]
        state = state or pipeline.start(frame.luma.shape[0], frame.luma.shape[1], settings)
        state, told = pipeline.step(state, frame, settings)
        falls += [fall.track for fall in told.ended]
        seen |= {round(sights.t_s, 4): sights.candidates for sights in state.history[-2:]}
    if state is not None:
        falls += [fall.track for fall in pipeline.finish(state, settings).ended]
    boxes: Told = defaultdict(list)
    for track in falls:
        for t_s, box in boxes_of(track, seen, height):
            number = numbers.get(round(t_s, 4))
            if number is not None:
                boxes[number].append(box)
    return dict(boxes)


def boxes_of(track: Track, seen: dict[float, Candidates], height: int) -> list[tuple[float, Box]]:
    """(t_s, box) of each point of a track. seen: candidates of each moment, by its time rounded to 0.1 ms."""
    sizes: list[tuple[float, float] | None] = []
    for t_s, xy in zip(track.t_s, track.xy_px, strict=True):
        found = seen.get(round(float(t_s), 4))
        size = None
        if found is not None and len(found.xy_px):
            apart = np.hypot(*(found.xy_px - xy).T)
            nearest = int(apart.argmin())
            if apart[nearest] <= NEAR_SHARE * height:
                left, top, right, bottom = found.xyxy[nearest]
                size = (float(right - left), float(bottom - top))
        sizes.append(size)
    known = [number for number, size in enumerate(sizes) if size is not None]
    told = []
    for number, (t_s, (x, y)) in enumerate(zip(track.t_s, track.xy_px, strict=True)):
        near = min(known, key=lambda other: abs(other - number), default=None)
        size = sizes[near] if near is not None else None
        width, high = size or (SIDE_SHARE * height, SIDE_SHARE * height)
        told.append((float(t_s), (x - width / 2, y - high / 2, x + width / 2, y + high / 2)))
    return told


def mog2(recording: Recording, fps: float) -> Told:
    """Boxes of what MOG2 calls new, as in the authors' script: history 300, threshold 100, opening 9 by 9.

    Theirs sees colours and drops boxes that cover one another; outer contours hardly do.
    """
    model = cv2.createBackgroundSubtractorMOG2(300, 100, detectShadows=False)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (9, 9))
    boxes: Told = {}
    for frame in voc.frames(recording, fps):
        opened = cv2.morphologyEx(model.apply(np.ascontiguousarray(frame.luma)), cv2.MORPH_OPEN, kernel)
        outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        sides = [cv2.boundingRect(outline) for outline in outlines if cv2.contourArea(outline) > 5]
        boxes[frame.index + 1] = [(x, y, x + w, y + h) for x, y, w, h in sides]
    return boxes


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--fps", default=30.0, show_default=True, help="Of recordings that are single pictures.")
@click.option("--clips", "count", type=click.IntRange(1), help="Only the first so many recordings.")
@click.option("--no-reference", is_flag=True, help="Leave out MOG2.")
def main(folder: Path, fps: float, count: int | None, *, no_reference: bool) -> None:
    """Measure F-measure and TRO on FOLDER, FADE or any set in its layout."""
    cv2.setNumThreads(1)
    shown = tables.console()
    detectors: dict[str, Detector] = {"ours": ours}
    if not no_reference:
        detectors["MOG2"] = mog2
    try:
        listed = voc.recordings(folder)[:count]
        results = {name: measured(name, listed, fps, one) for name, one in detectors.items()}
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    table = Table(
        title=f"FADE's measures, {len(listed)} recordings (IoU ≥ {fade.MIN_OVERLAP})", title_justify="left"
    )
    headings = ("", "F-measure", "TRO", "precision", "recall", "F-measure by pairs", "recordings with a box")
    for heading in headings:
        table.add_column(heading, justify="right" if heading else "left")
    for name, result in results.items():
        table.add_row(name, *(f"{result[key]:.4f}" for key in KEYS), str(result["told"]))
    shown.print(table)
    shown.print("Published: FADE-Net F-measure 0.7208, TRO 0.5177 (arXiv:2408.05750v3).")
    tables.finish(shown, "fade", {"recordings": len(listed), "results": results})


KEYS: Final = ("f_measure", "tro", "precision", "recall", "f_measure_by_pairs")


def measured(name: str, listed: list[Recording], fps: float, detector: Detector) -> dict[str, Any]:
    """The figures of one detector over all recordings."""
    counts, by_pairs, overlaps, told = Counts(), Counts(), [], 0
    with click.progressbar(listed, label=name, file=sys.stderr) as bar:
        for recording in bar:
            boxes = detector(recording, fps)
            counts += fade.counts(recording.boxes, boxes)
            by_pairs += fade.pairs(recording.boxes, boxes)
            overlaps.append(fade.time_range_overlap(recording.true_span, fade.span(boxes)))
            told += fade.span(boxes) is not None
    return {
        "f_measure": round(counts.f_measure, 4),
        "tro": round(sum(overlaps) / len(overlaps), 4),
        "precision": round(counts.precision, 4),
        "recall": round(counts.recall, 4),
        "f_measure_by_pairs": round(by_pairs.f_measure, 4),
        "told": told,
    }


if __name__ == "__main__":
    main()
