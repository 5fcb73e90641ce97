"""The scenes of the demo and of the tests."""

from models.synth.camera import Camera
from models.synth.facade import Facade
from models.synth.fall import Thing
from models.synth.scene import Bird, Scene, Throw

BAG = Thing("rubbish bag", 0.45, 0.5, 2.5, 22, 1.0, 0.8)
BOTTLE = Thing("bottle", 0.12, 0.34, 0.7, 235, 0.9, 3.0)
BOX = Thing("cardboard box", 0.5, 0.4, 1.6, 40, 1.1, 1.1)
FLOWERPOT = Thing("flowerpot", 0.3, 0.32, 3.5, 30, 0.8, 1.0)
BUCKET = Thing("bucket", 0.34, 0.36, 1.4, 240, 1.0, 1.3)

EAST_FACADE = Facade(18, 8, (178, 196, 206), (150, 160, 170), (1, 2, 5, 6))
WEST_FACADE = Facade(16, 7, (168, 160, 152), (120, 140, 168), (0, 3, 6))
EAST_CAMERA = Camera(1280, 720, 745, 6.0, 1.6, 46.0, 25.5, -4.0)
WEST_CAMERA = Camera(1280, 720, 780, -14.0, 1.6, 44.0, 25.0, 14.0)

EAST = Scene(
    EAST_CAMERA,
    EAST_FACADE,
    duration_s=84,
    throws=(
        Throw(8.0, 15, 2, BAG, sideways_m_s=0.5),
        Throw(35.0, 11, 5, BUCKET, outward_m_s=2.2, sideways_m_s=-0.7),
        Throw(63.0, 17, 6, BOX, outward_m_s=1.4, sideways_m_s=-0.3),
    ),
    birds=(
        Bird(20.0, (1290.0, 210.0), (-190.0, -9.0), life_s=7),
        Bird(50.0, (-10.0, 120.0), (170.0, 14.0), life_s=8),
    ),
    seed=3,
)
"""Camera 1: something is thrown about every half minute."""

WEST = Scene(
    WEST_CAMERA,
    WEST_FACADE,
    duration_s=32,
    throws=(),
    birds=(Bird(12.0, (-10.0, 260.0), (210.0, 6.0)),),
    seed=8,
)
"""Camera 2: nothing falls."""

SHORT = Scene(
    EAST_CAMERA, EAST_FACADE, duration_s=9, throws=(Throw(3.0, 14, 3, BAG, sideways_m_s=0.5),), seed=5
)
"""For tests: one fall in nine seconds."""
