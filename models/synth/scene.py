"""What moves in a rendered scene, frame by frame: thrown things, a bird, a tree in the wind, sensor noise."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth import fall
from models.synth.backdrop import picture
from models.synth.camera import Camera
from models.synth.facade import BAY_M, FLOOR_M, Facade
from models.synth.fall import Thing

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]

BLUR_SAMPLES = 6
NOISE_FIELDS = 6
HIDDEN_BELOW_M = 1.5
"""The hedge at the building's foot."""
SUBPIXEL_BITS = 4


@dataclass(frozen=True)
class Throw:
    """Something leaves a window or a balcony."""

    at_s: float
    floor: int
    """Counted from 1."""
    bay: int
    """Counted from 0, from the left."""
    thing: Thing
    outward_m_s: float = 1.8
    sideways_m_s: float = 0.4
    up_m_s: float = 0.3


@dataclass(frozen=True)
class Bird:
    """Crosses the picture in a straight line, wings beating: moves like no stone."""

    at_s: float
    start_px: tuple[float, float]
    velocity_px_s: tuple[float, float]
    span_px: float = 11
    life_s: float = 6


@dataclass(frozen=True)
class Scene:
    """Everything that decides a rendered video. The same scene gives the same pictures."""

    camera: Camera
    facade: Facade
    duration_s: float
    throws: tuple[Throw, ...]
    birds: tuple[Bird, ...] = ()
    frame_rate: int = 25
    exposure_s: float = 1 / 250
    noise_luma: float = 1.6
    seed: int = 1

    @property
    def frame_count(self) -> int:
        """Number of frames; the last is followed by the first when the video is looped."""
        return round(self.duration_s * self.frame_rate)

    def key(self) -> str:
        """All parameters as text, to recognise a video that was rendered from them."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True)
class SeenFall:
    """The truth of one throw: where its middle was in the picture, for each frame in which it was seen."""

    thing: str
    floor: int
    path: tuple[tuple[float, float, float], ...]
    """t_s, x_px, y_px."""


def truth(scene: Scene) -> tuple[SeenFall, ...]:
    """What a perfect detector would find, in the order of the throws."""
    found = []
    for throw in scene.throws:
        path = _path(scene, throw)
        times = np.arange(scene.frame_count) / scene.frame_rate
        alive = times[(times >= throw.at_s) & (times - throw.at_s <= (len(path) - 1) * fall.STEP_S)]
        pixels, _ = scene.camera.project(fall.at(path, alive - throw.at_s + scene.exposure_s / 2))
        inside = ((pixels >= 0) & (pixels <= [scene.camera.width - 1, scene.camera.height - 1])).all(axis=1)
        points = tuple(
            (round(float(t), 4), round(float(x), 2), round(float(y), 2))
            for t, (x, y) in zip(alive[inside], pixels[inside], strict=True)
        )
        found.append(SeenFall(throw.thing.name, throw.floor, points))
    return tuple(found)


def write_truth(scene: Scene, path: Path) -> None:
    """The truth as JSON, beside the video."""
    content = {
        "fps": scene.frame_rate,
        "size": [scene.camera.width, scene.camera.height],
        "truth": [asdict(seen) for seen in truth(scene)],
    }
    path.write_text(json.dumps(content))


def frames(scene: Scene) -> Iterator[Image]:
    """The pictures as planar YUV 4:2:0, uint8 (height * 3 / 2, width), one for each frame."""
    random = np.random.default_rng(scene.seed)
    still = picture(scene.camera, scene.facade, random)
    width, height = scene.camera.width, scene.camera.height
    tree = _tree(random)
    noise = [
        random.normal(0, scene.noise_luma, (height + 32, width + 32)).astype(np.int16)
        for _ in range(NOISE_FIELDS)
    ]
    paths = [(throw, _path(scene, throw)) for throw in scene.throws]
    foot = (height - tree.shape[0], 0)
    base = np.asarray(cv2.cvtColor(still, cv2.COLOR_BGR2YUV_I420), dtype=np.uint8)
    for index in range(scene.frame_count):
        at_s = index / scene.frame_rate
        yuv = base.copy()
        luma = yuv[:height]
        for bird in scene.birds:
            _draw_bird(luma, bird, at_s)
        for throw, path in paths:
            _draw_thing(scene, luma, throw, path, at_s)
        _draw_tree(yuv, still, tree, foot, _sway(at_s / scene.duration_s))
        field = noise[int(random.integers(NOISE_FIELDS))]
        down, right = (int(step) for step in random.integers(0, 32, 2))
        shifted = field[down : down + height, right : right + width]
        yuv[:height] = cv2.add(luma, shifted, dtype=cv2.CV_8U)
        yield yuv


def _path(scene: Scene, throw: Throw) -> Floats:
    x_m = (throw.bay + 0.5) * BAY_M - scene.facade.width_m / 2
    release = np.array([x_m, (throw.floor - 1) * FLOOR_M + 1.4, 0.3])
    velocity = np.array([throw.sideways_m_s, throw.up_m_s, throw.outward_m_s])
    return fall.trajectory(release, velocity, throw.thing.drag_per_m, HIDDEN_BELOW_M)


def _draw_thing(scene: Scene, luma: Image, throw: Throw, path: Floats, at_s: float) -> None:
    """Adds a tumbling rectangle, smeared over the exposure, each moment of it weighing the same."""
    since_s = at_s - throw.at_s
    if since_s < 0 or since_s > (len(path) - 1) * fall.STEP_S:
        return
    moments = since_s + np.linspace(0, scene.exposure_s, BLUR_SAMPLES)
    pixels, depth = scene.camera.project(fall.at(path, moments))
    scale = scene.camera.focal_px / depth
    size = float(max(throw.thing.width_m, throw.thing.height_m) * scale.max())
    low = np.floor(pixels.min(axis=0) - size - 2).astype(int)
    high = np.ceil(pixels.max(axis=0) + size + 2).astype(int)
    x0, y0 = max(int(low[0]), 0), max(int(low[1]), 0)
    x1, y1 = min(int(high[0]), luma.shape[1]), min(int(high[1]), luma.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    cover = np.zeros((y1 - y0, x1 - x0))
    for moment, (x, y), px_per_m in zip(moments, pixels, scale, strict=True):
        turned = 360 * throw.thing.spin_hz * float(moment)
        body = ((x - x0, y - y0), (throw.thing.width_m * px_per_m, throw.thing.height_m * px_per_m), turned)
        layer = np.zeros(cover.shape, np.uint8)
        corners = cv2.boxPoints(body) * 2**SUBPIXEL_BITS
        cv2.fillConvexPoly(layer, corners.astype(np.int32), 255, cv2.LINE_AA, SUBPIXEL_BITS)
        cover += layer / (255 * BLUR_SAMPLES)
    cover = cv2.GaussianBlur(cover, (0, 0), 0.6)
    window = luma[y0:y1, x0:x1]
    window[:] = np.clip(window * (1 - cover) + throw.thing.luma * cover, 0, 255).astype(np.uint8)


def _draw_bird(luma: Image, bird: Bird, at_s: float) -> None:
    since_s = at_s - bird.at_s
    if not 0 <= since_s <= bird.life_s:
        return
    x = bird.start_px[0] + bird.velocity_px_s[0] * since_s
    y = bird.start_px[1] + bird.velocity_px_s[1] * since_s + 4 * np.sin(2.1 * since_s)
    lift = bird.span_px * 0.35 * np.sin(2 * np.pi * 4.2 * since_s)
    wings = [(x - bird.span_px / 2, y - lift), (x, y), (x + bird.span_px / 2, y - lift)]
    points = (np.array(wings) * 2**SUBPIXEL_BITS).astype(np.int32)
    cv2.polylines(luma, [points], False, 62, 2, cv2.LINE_AA, SUBPIXEL_BITS)


def _sway(phase: float) -> float:
    """How far the crown leans, pixels; whole periods in a loop, so that its end meets its start."""
    turn = 2 * np.pi * phase
    return float(3.2 * np.sin(13 * turn) + 1.6 * np.sin(29 * turn + 1) + 0.8 * np.sin(53 * turn + 2))


def _tree(random: np.random.Generator) -> Image:
    """A crown from below, uint8 (260, 330, 4): BGR and coverage; denser towards the corner."""
    height, width = 260, 330
    crown = np.zeros((height, width, 4), np.uint8)
    for _ in range(2600):
        x, y = random.uniform(0, width), random.uniform(0, height)
        edge = (x / width) ** 2 + ((height - y) / height) ** 2
        if edge > random.uniform(0.55, 0.95):
            continue
        light = random.uniform(0.55, 1.25) * (0.8 + 0.4 * (1 - y / height))
        colour = tuple(int(value * light) for value in (38, 82, 58))
        axes = (int(random.integers(3, 8)), int(random.integers(2, 4)))
        angle = random.uniform(0, 180)
        cv2.ellipse(crown, (int(x), int(y)), axes, angle, 0, 360, (*colour, 255), -1, cv2.LINE_AA)
    return crown


def _draw_tree(yuv: Image, still: Image, tree: Image, foot: tuple[int, int], lean_px: float) -> None:
    """Lays the leaning crown over the lower left corner, all three planes."""
    height, width = tree.shape[:2]
    top = foot[0]
    lean = np.array([[1, -lean_px / height, lean_px], [0, 1, 0]], dtype=np.float64)
    crown = cv2.warpAffine(tree, lean, (width, height), borderMode=cv2.BORDER_REPLICATE)
    cover = crown[..., 3] / np.float32(255)
    under = still[top : top + height, :width]
    patch = cv2.blendLinear(crown[..., :3], under, cover, 1 - cover)
    planes = np.asarray(cv2.cvtColor(patch, cv2.COLOR_BGR2YUV_I420), np.uint8)
    rows, full = still.shape[:2]
    np.copyto(yuv[top : top + height, :width], planes[:height], where=cover > 0)
    for number in (0, 1):
        start = rows + number * rows // 4
        plane = yuv[start : start + rows // 4].reshape(rows // 2, full // 2)
        begin = height + number * height // 4
        small = planes[begin : begin + height // 4].reshape(height // 2, width // 2)
        plane[top // 2 : top // 2 + height // 2, : width // 2] = small
