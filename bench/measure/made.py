"""Videos made for measuring cost: a wall with sensor noise, quiet or busy, at a camera's bit rate."""

from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

BIT_RATE = 4_000_000
FPS = 25


@dataclass(frozen=True, slots=True)
class Made:
    """What to make. busy: rain over all of it, and a tree that moves before a fifth of it."""

    name: str
    width: int = 1920
    height: int = 1080
    seconds: int = 10
    busy: bool = False
    bit_rate: int = BIT_RATE


QUIET = Made("quiet 1080p")
BUSY = Made("busy 1080p (rain and tree)", busy=True)
QUIET_4K = Made("quiet 4K", 3840, 2160, seconds=5, bit_rate=4 * BIT_RATE)


def made(what: Made, folder: Path) -> Path:
    """The video, made now or found as it was made before. The same picture for the same words, by seed."""
    size = f"{what.width}x{what.height}-{what.seconds}s-{what.bit_rate}"
    path = folder / f"{'busy' if what.busy else 'quiet'}-{size}.mp4"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    half_made = path.with_suffix(".part.mp4")
    _encode(what, half_made)
    half_made.replace(path)
    return path


def _encode(what: Made, path: Path) -> None:
    chance = np.random.default_rng(11)
    tile = 40 * what.height // 1080
    wall = np.kron(chance.integers(60, 160, (27, 48)), np.ones((tile, tile))).astype(np.float32)
    wall = wall[: what.height, : what.width]
    noise = [chance.normal(0, 2, wall.shape).astype(np.float32) for _ in range(7)]
    leaves = chance.uniform((0, 600), (400, 1080), (300, 2)) * (what.height / 1080)
    drops = chance.uniform((0, 0, 900), (1920, 1500, 1800), (250, 3)) * (what.height / 1080)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = what.width, what.height, "yuv420p"
        stream.bit_rate = what.bit_rate
        for index in range(what.seconds * FPS):
            t = index / FPS
            picture = wall + noise[int(chance.integers(7))]
            if what.busy:
                for x, y in leaves:
                    centre = (int(x + 8 * np.sin(3 * t + y)), int(y + 5 * np.sin(4 * t + x)))
                    cv2.circle(picture, centre, 6, 190.0, -1)
                for x, y, speed in drops:
                    top = int((y + speed * t) % (1.4 * what.height))
                    cv2.line(picture, (int(x), top), (int(x) + 2, top + 25), 175.0, 1)
            planes = np.full((what.height * 3 // 2, what.width), 128, np.uint8)
            planes[: what.height] = np.clip(picture, 0, 255)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
