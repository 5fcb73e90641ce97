"""A picture of each false report, to be looked at."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from bench.measure.picture.days import Day

WIDTH = 480


def written(told: Iterable[Day], folder: Path) -> None:
    """Writes FAULT-SCENE-HOUR.png for each false report into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for day in told:
        for hour, report, picture in day.told:
            height = WIDTH * picture.y.shape[0] // picture.y.shape[1]
            small = np.asarray(cv2.resize(picture.y, (WIDTH, height), interpolation=cv2.INTER_AREA))
            cv2.imwrite(str(folder / f"{report.fault}-{day.scene}-{hour:04.1f}.png"), small)
