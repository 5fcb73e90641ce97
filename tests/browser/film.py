"""What the cameras of the browser tests see."""

import base64
import io
from functools import cache

import av
import cv2
import numpy as np

FRAME = (960, 540)
RATE = 25
BEFORE_S, FALL_S, CLIP_S = 5.0, 1.6, 12.0


def path_at(t_s: float) -> tuple[float, float]:
    """Where the object is `t_s` after its release, pixels: ever faster down, and a little to the right."""
    return 430 + 30 * t_s, 60 + 160 * t_s**2


def seen(film_: bytes, at_s: float = 1.0) -> str:
    """What a camera's thumbnail shows: a frame of a film, 320 pixels wide, as base64 of a JPEG."""
    with av.open(io.BytesIO(film_)) as file:
        frame = next(frame for frame in file.decode(video=0) if frame.time is not None and frame.time >= at_s)
    small = frame.reformat(320, 180).to_ndarray(format="bgr24")
    _, jpeg = cv2.imencode(".jpg", small)
    return base64.b64encode(jpeg.tobytes()).decode()


@cache
def film(length_s: float = CLIP_S) -> bytes:
    """An H.264 clip of a facade from which something falls after BEFORE_S."""
    file = io.BytesIO()
    width, height = FRAME
    wall = np.full((height, width), 120, np.uint8)
    wall[:, :] += (np.arange(width, dtype=np.uint16) // 12 % 20).astype(np.uint8)
    for top in range(30, height, 48):
        wall[top : top + 26, 60 : width - 60 : 2] = 70
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "30", "g": "25"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for i in range(round(length_s * RATE)):
            luma = wall.copy()
            if 0 <= (t := i / RATE - BEFORE_S) <= FALL_S:
                x, y = (round(c) for c in path_at(t))
                luma[y - 4 : y + 5, x - 4 : x + 5] = 245
            chroma = np.full((height // 2, width), 128, np.uint8)
            frame = av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return file.getvalue()
