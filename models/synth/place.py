"""Where cameras stand and what they look at, drawn at random."""

import numpy as np

from models.synth.camera import Camera
from models.synth.estate import Tower
from models.synth.facade import Facade
from models.synth.texture import Colour

WALLS: dict[str, tuple[Colour, ...]] = {
    "tiled": ((178, 196, 206), (196, 206, 212), (150, 168, 190), (208, 205, 198), (120, 140, 168)),
    "glass": ((190, 180, 170), (176, 186, 168), (170, 160, 150)),
    "brick": ((86, 100, 158), (96, 112, 140), (120, 140, 170), (70, 80, 120)),
    "panel": ((160, 164, 168), (186, 190, 192), (140, 150, 162)),
    "caged": ((150, 164, 178), (186, 192, 196), (130, 140, 150)),
    "old": ((126, 134, 140), (148, 152, 150), (110, 122, 132)),
}
ACCENTS: tuple[Colour, ...] = (
    (150, 160, 170),
    (110, 120, 150),
    (190, 190, 190),
    (84, 90, 98),
    (120, 150, 180),
    (96, 120, 110),
)


def draw_tower(look: str, random: np.random.Generator) -> Tower:
    """A tower at the origin built in this way."""
    walls = WALLS[look]
    glass = look == "glass"
    bays = int(random.integers(4, 11))
    floor_m, bay_m = (
        (random.uniform(3.6, 4.2), random.uniform(3.0, 4.5))
        if glass
        else (random.uniform(2.8, 3.2), random.uniform(3.0, 4.2))
    )
    balconies = () if glass else tuple(bay for bay in range(bays) if random.random() < 0.35)
    facade = Facade(
        int(random.integers(11, 40)),
        bays,
        walls[int(random.integers(len(walls)))],
        ACCENTS[int(random.integers(len(ACCENTS)))],
        balconies,
        round(float(floor_m), 2),
        round(float(bay_m), 2),
        look,
    )
    stands_out = random.uniform(0.9, 1.6) if balconies and random.random() < 0.6 else 0.0
    canopy = None
    if random.random() < 0.3:
        left = random.uniform(-0.5, 0.2) * facade.width_m
        canopy = (left, left + random.uniform(4, 9), random.uniform(3.2, 6.5), random.uniform(2.0, 4.5))
    return Tower(facade, 0.0, 0.0, float(stands_out), canopy)


def draw_neighbours(main: Tower, random: np.random.Generator) -> tuple[Tower, ...]:
    """None, one or two towers beside and behind."""
    found = []
    for side in (-1, 1):
        if random.random() < 0.5:
            look = list(WALLS)[int(random.integers(len(WALLS)))]
            other = draw_tower(look, random)
            away = (main.facade.width_m + other.facade.width_m) / 2 + random.uniform(6, 45)
            found.append(Tower(other.facade, side * away, -random.uniform(0, 45), other.balcony_m, None))
    return tuple(found)


def draw_camera(pose: str, size: tuple[int, int], facade: Facade, random: np.random.Generator) -> Camera:
    """A camera that sees a good part of the front, looking up 25 to 80 degrees."""
    half, top = facade.width_m / 2, facade.height_m
    if pose == "foot":
        z, x, view_deg = random.uniform(10, 24), random.uniform(-0.7, 0.7) * half, random.uniform(58, 96)
        pitch = random.uniform(48, 78)
    elif pose == "yard":
        z, x, view_deg = random.uniform(28, 65), random.uniform(-1.2, 1.2) * half, random.uniform(36, 66)
        pitch = np.degrees(np.arctan2(top * random.uniform(0.35, 0.62), z))
    else:
        z, view_deg = random.uniform(12, 40), random.uniform(50, 90)
        x = random.choice([-1, 1]) * (half * random.uniform(0.7, 1.3) + random.uniform(0, 10))
        pitch = random.uniform(30, 66)
    if size[0] < 1280:
        # Small pictures stand for a part of a large one, or things would shrink out of sight.
        view_deg *= random.uniform(0.4, 0.8)
    # Not more than half of the picture is sky: nobody mounts a camera to watch clouds.
    focal_px = size[0] / 2 / np.tan(np.radians(view_deg) / 2)
    upright_deg = 2 * np.degrees(np.arctan(size[1] / 2 / focal_px))
    pitch = min(pitch, np.degrees(np.arctan2(top, z)) - random.uniform(0.0, 0.4) * upright_deg)
    aim_x = random.uniform(-0.4, 0.4) * half
    k1 = -random.uniform(0.0, 0.3) * (view_deg / 96) ** 2
    return Camera(
        width=size[0],
        height=size[1],
        focal_px=float(focal_px),
        x_m=float(x),
        y_m=float(random.uniform(1.4, 4.5)),
        z_m=float(z),
        pitch_deg=float(np.clip(pitch, 18, 82)),
        yaw_deg=float(np.degrees(np.arctan2(aim_x - x, z)) * random.uniform(0.7, 1.0)),
        k1=float(k1),
        # Lenses do not fold: 9 k1² < 20 k2 keeps the radius rising everywhere.
        k2=float(0.5 * k1**2),
        roll_deg=float(random.normal(0, 1.2)),
    )
