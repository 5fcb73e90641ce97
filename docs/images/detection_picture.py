"""Draws detection.png from a rendered scene: the difference, the candidates, the track and its release."""

import tempfile
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from edge.camera.source import open_video
from edge.core.vision import foreground, pipeline
from edge.core.vision.settings import DetectorSettings
from edge.render import overlaid
from models.synth.presets import SHORT
from models.synth.video import render

SHOWN_S = 4.6
TARGET = Path(__file__).with_name("detection.png")


def main() -> None:
    """Left: what stands out of the moment. Right: the fall as it was told."""
    settings, state, falls = DetectorSettings(), None, []
    before, shown, after = None, None, None
    with tempfile.TemporaryDirectory() as folder:
        video = render(replace(SHORT, duration_s=8), Path(folder), "detection").video
        with open_video(str(video)) as source:
            for frame, picture in source.pictures():
                state = state or pipeline.start(*frame.luma.shape, settings)
                state, told = pipeline.step(state, frame, settings)
                falls.extend(told.ended)
                if abs(frame.pts_s - SHOWN_S + 0.08) < 0.01:
                    before = frame.luma.copy()
                if abs(frame.pts_s - SHOWN_S) < 0.01:
                    shown, colours = frame.luma.copy(), picture.to_ndarray(format="bgr24")
                if abs(frame.pts_s - SHOWN_S - 0.08) < 0.01:
                    after = frame.luma.copy()
                    sights = next(s for s in state.history if abs(s.t_s - SHOWN_S) < 0.01)
        falls.extend(pipeline.finish(state, settings).ended)
    moment = foreground.Moment(SHOWN_S, *(foreground.reduced(p, 2) for p in (before, shown, after)))
    magnitude = np.minimum(foreground.difference(moment).magnitude.astype(np.int32) * 8, 255).astype(np.uint8)
    large = cv2.resize(magnitude, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    left = cv2.cvtColor(large, cv2.COLOR_GRAY2BGR)
    for x0, y0, x1, y1 in sights.candidates.xyxy.round().astype(int):
        cv2.rectangle(left, (x0 - 6, y0 - 6), (x1 + 6, y1 + 6), (0, 210, 255), 2)
    right = overlaid(colours, tuple(falls), falls[0].track.t_s[-1])
    both = np.hstack((left, np.full((left.shape[0], 16, 3), 255, np.uint8), right))
    cv2.imwrite(str(TARGET), cv2.resize(both, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA))


if __name__ == "__main__":
    main()
