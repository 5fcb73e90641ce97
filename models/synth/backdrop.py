"""What stands still in the picture: sky, the building in perspective, a neighbour in the haze, the ground."""

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.camera import Camera
from models.synth.facade import Facade, paint, paint_side

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]

SUPERSAMPLING = 2
SIDE_M = 13.0
HAZE = np.array([214.0, 206.0, 198.0])


def picture(camera: Camera, facade: Facade, random: np.random.Generator) -> Image:
    """The scene without anything that moves, uint8 (height, width, 3) BGR."""
    view = camera.enlarged(SUPERSAMPLING)
    image = _sky(view, random)
    _neighbour(image, view, facade, random)
    half, top = facade.width_m / 2, facade.height_m
    side = _plane((half, 0.0), (half, -SIDE_M), top)
    other = _plane((-half, -SIDE_M), (-half, 0.0), top)
    for corners in (side, other):
        _lay(image, view, paint_side(facade, SIDE_M, random), corners)
    _lay(image, view, _lit(paint(facade, random)), _plane((-half, 0.0), (half, 0.0), top))
    _ground(image, view, random)
    small = cv2.resize(image, (camera.width, camera.height), interpolation=cv2.INTER_AREA)
    # The lens: a little softness and light that falls off towards the corners.
    soft = cv2.GaussianBlur(small, (0, 0), 0.6).astype(np.float64)
    y, x = np.mgrid[0 : camera.height, 0 : camera.width]
    radius = np.hypot(x - camera.width / 2, y - camera.height / 2) / np.hypot(
        camera.width / 2, camera.height / 2
    )
    picture: Image = np.clip(soft * (1 - 0.18 * radius[..., None] ** 2), 0, 255).astype(np.uint8)
    return picture


def _plane(left: tuple[float, float], right: tuple[float, float], height_m: float) -> Floats:
    """Corners of an upright rectangle from the ground: top left, top right, bottom right, bottom left."""
    (x0, z0), (x1, z1) = left, right
    return np.array([[x0, height_m, z0], [x1, height_m, z1], [x1, 0, z1], [x0, 0, z0]], dtype=np.float64)


def _lay(image: Image, view: Camera, texture: Image, corners_m: Floats, haze: float = 0.0) -> None:
    """Draws a texture onto an upright rectangle if its front is seen."""
    pixels, _ = view.project(corners_m)
    first, second = pixels[1] - pixels[0], pixels[3] - pixels[0]
    if not np.isfinite(pixels).all() or first[0] * second[1] - first[1] * second[0] <= 0:
        return
    height, width = texture.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(source, pixels.astype(np.float32))
    drawn = cv2.warpPerspective(texture, matrix, (view.width, view.height), flags=cv2.INTER_AREA)
    inside = (
        cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, (view.width, view.height)) > 127
    )
    image[inside] = (drawn[inside] * (1 - haze) + HAZE * haze).astype(np.uint8)


def _lit(texture: Image) -> Image:
    """Light from above: the upper floors see more sky."""
    fade = np.linspace(1.06, 0.86, texture.shape[0])[:, None, None]
    return np.clip(texture * fade, 0, 255).astype(np.uint8)


def _sky(view: Camera, random: np.random.Generator) -> Image:
    rows = np.linspace(0, 1, view.height)[:, None, None]
    sky = np.array([226.0, 190.0, 150.0]) * (1 - rows) + np.array([235.0, 226.0, 216.0]) * rows
    clouds = np.zeros((view.height, view.width))
    for octave in range(5):
        cells = 3 * 2**octave
        coarse = random.normal(0, 1, (cells, 2 * cells))
        size = (view.width, view.height)
        clouds = (
            clouds
            + np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float64) / 1.8**octave
        )
    cover = np.clip((clouds - 0.1) / 2.2, 0, 0.9)[..., None]
    return np.clip(sky * (1 - cover) + 243.0 * cover, 0, 255).astype(np.uint8)


def _neighbour(image: Image, view: Camera, facade: Facade, random: np.random.Generator) -> None:
    """Another block of the estate, farther away and paler."""
    far = Facade(facade.floors + 6, 7, (176, 186, 192), (160, 166, 170), (2, 4))
    left = -facade.width_m / 2 - 52
    corners = _plane((left, -75.0), (left + far.width_m, -75.0), far.height_m)
    _lay(image, view, paint(far, random), corners, haze=0.45)


def _ground(image: Image, view: Camera, random: np.random.Generator) -> None:
    """A clipped hedge along the foot of the building; what falls behind it is no longer seen."""
    for offset_m, height_m, tone in ((3.0, 1.5, 0.8), (6.0, 1.1, 1.0)):
        x_m = np.linspace(-80, 80, 500)
        tops = height_m + 0.12 * random.normal(0, 1, x_m.size)
        crest, _ = view.project(np.stack([x_m, tops, np.full_like(x_m, offset_m)], axis=1))
        outline = np.concatenate(
            [crest, [[view.width * 3, view.height * 2], [-view.width * 2, view.height * 2]]]
        )
        mask = np.zeros(image.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(np.clip(outline, -30000, 30000)).astype(np.int32)], 255)
        leaves = cv2.GaussianBlur(random.normal(0, 1, image.shape[:2]), (0, 0), 2.2) * 55
        green = np.array([52.0, 84.0, 66.0]) * tone + leaves[..., None]
        image[mask > 0] = np.clip(green, 0, 255).astype(np.uint8)[mask > 0]
