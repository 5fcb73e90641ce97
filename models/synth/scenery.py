"""What stands still in the picture, lit: sky, towers, ground, with the depth of every pixel."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth import estate
from models.synth.camera import Camera
from models.synth.estate import Tower
from models.synth.illumination import Light
from models.synth.raster import Film
from models.synth.texture import Image, fractal

F32 = NDArray[np.float32]
BIGGEST_FILM_PX = 4_200_000
"""Above it a picture is drawn without supersampling: the lens and the coder blur such pictures anyway."""
FINEST_PX_PER_M = 40.0


@dataclass(frozen=True)
class Scenery:
    """The still picture."""

    luma: F32
    """float32 (height, width), 0 to 255."""
    chroma: Image
    """uint8 (height / 2, width): Cb rows over Cr rows as in planar 4:2:0, each (height / 4, width)."""
    distance_m: F32
    """float32 (height, width): depth along the optical axis, inf for the sky."""
    glass: bool
    """Whether the main front mirrors what falls before it."""


def compose(camera: Camera, towers: tuple[Tower, ...], light: Light, random: np.random.Generator) -> Scenery:
    """Builds and lights the scene.

    Args:
        camera: The view; width a multiple of 2, height of 4.
        towers: The first is the main one, its front in the plane z = 0.
        light: The hour.
        random: Decides every detail.

    Returns:
        The still picture, softened and vignetted as by a lens.
    """
    factor = 2 if camera.width * camera.height * 4 <= BIGGEST_FILM_PX else 1
    view = camera.enlarged(factor)
    film = Film.unexposed(view, _sky(view, random))
    lit_share = {"dusk": random.uniform(0.15, 0.5), "infrared": random.uniform(0.03, 0.3)}.get(
        light.name, 0.03
    )
    for quad in estate.ground(random):
        film.lay(quad)
    for tower in towers:
        for quad in estate.quads(tower, _scale(view, tower), lit_share, random):
            film.lay(quad)
    yuv = np.asarray(cv2.cvtColor(film.colours, cv2.COLOR_BGR2YUV), np.uint8)
    luma = light.luma(yuv[..., 0].astype(np.float32), film.distance_m, film.glow.astype(np.float32))
    _sunlight(luma, light, film.distance_m, random)
    size = (camera.width, camera.height)
    small = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA))
    small = cv2.GaussianBlur(small, (0, 0), random.uniform(0.45, 0.9)) * _vignette(camera, random)
    colours = [_half(yuv[..., channel], camera, light.saturation) for channel in (1, 2)]
    distance = np.asarray(cv2.resize(film.distance_m, size, interpolation=cv2.INTER_NEAREST), np.float32)
    chroma = np.concatenate([colour.reshape(-1, camera.width) for colour in colours])
    return Scenery(
        np.ascontiguousarray(small, np.float32), chroma, distance, towers[0].facade.look == "glass"
    )


def _scale(view: Camera, tower: Tower) -> float:
    """Pixels a metre for painting a tower: as fine as its nearest part is seen."""
    nearest = max(
        3.0, np.hypot(view.z_m - tower.z_m, max(0.0, abs(view.x_m - tower.x_m) - tower.facade.width_m / 2))
    )
    return float(np.clip(view.focal_px / nearest * 0.8, 6.0, FINEST_PX_PER_M))


def _sky(view: Camera, random: np.random.Generator) -> Image:
    small = (max(8, view.height // 4), max(8, view.width // 4))
    rows = np.linspace(0, 1, small[0])[:, None, None]
    blue = random.uniform(0, 1)
    top = np.array([226.0, 200.0 - 25 * blue, 190.0 - 70 * blue])
    sky = top * (1 - rows) + np.array([235.0, 228.0, 222.0]) * rows
    clouds = fractal(random, small, 3, 0.6) * random.uniform(0.2, 1) + random.uniform(-0.6, 0.6)
    cover = 0.6 * np.clip(clouds, 0, 1)[..., None]
    seen = np.clip(sky * (1 - cover) + random.uniform(200, 245) * cover, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(seen, (view.width, view.height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _sunlight(luma: F32, light: Light, distance_m: F32, random: np.random.Generator) -> None:
    """In place: a shadow's edge across the buildings by day, a veil around a low sun, a dark sky after it."""
    height, width = luma.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    solid = np.isfinite(distance_m)
    if light.name in {"day", "low_sun"} and random.random() < 0.5:
        angle = random.uniform(0, 2 * np.pi)
        at = random.uniform(0.2, 0.8)
        across = (x / width - at) * np.cos(angle) + (y / height - at) * np.sin(angle)
        shadow = np.clip(across * 60 + 0.5, 0, 1) * random.uniform(0.2, 0.5)
        luma[solid] *= (1 - shadow)[solid]
    if light.name == "low_sun":
        sun = np.array([random.uniform(-0.2, 1.2) * width, random.uniform(-0.4, 0.5) * height])
        far = np.hypot(x - sun[0], y - sun[1]) / height
        luma += random.uniform(40, 130) * np.exp(-far / random.uniform(0.15, 0.5))
    if light.name == "dusk":
        luma[~solid] *= random.uniform(0.5, 1.3)
    np.clip(luma, 0, 255, out=luma)


def _vignette(camera: Camera, random: np.random.Generator) -> F32:
    y, x = np.mgrid[0 : camera.height, 0 : camera.width].astype(np.float32)
    offset = np.hypot(x - camera.width / 2, y - camera.height / 2) / np.hypot(
        camera.width / 2, camera.height / 2
    )
    return np.asarray(1 - random.uniform(0.05, 0.35) * offset**2, np.float32)


def _half(channel: Image, camera: Camera, saturation: float) -> Image:
    small = np.asarray(
        cv2.resize(channel, (camera.width // 2, camera.height // 2), interpolation=cv2.INTER_AREA)
    )
    faded: Image = np.clip((small.astype(np.float32) - 128) * saturation + 128, 0, 255).astype(np.uint8)
    return faded
