"""The calibration of a rendered camera: what somebody would click on, read off the renderer's own camera."""

import numpy as np

from models.synth.camera import Camera
from models.synth.facade import Facade

MARGIN_PX = 20
EDGES = (0, 2, 4, 6, 8)
LINES = (3, 6, 9, 12, 15)
FLATS = "ABCDEFGH"


def settings(camera: Camera, facade: Facade) -> dict[str, object]:
    """`picture` and `facade` of the camera's settings; two bays make a flat."""
    crossings = [(line, edge) for line in LINES for edge in EDGES if edge <= facade.bays]
    places = np.array(
        [
            (edge * facade.bay_m - facade.width_m / 2, (line - 1) * facade.floor_m, 0.0)
            for line, edge in crossings
        ]
    )
    pixels, _ = camera.project(places)
    low, high = MARGIN_PX, np.array([camera.width, camera.height]) - MARGIN_PX
    points = [
        {"at": [round(float(x)), round(float(y))], "floor_line": line, "bay_edge": edge}
        for (line, edge), (x, y) in zip(crossings, pixels, strict=True)
        if low < x < high[0] and low < y < high[1]
    ]
    return {
        "picture": [camera.width, camera.height],
        "facade": {
            "floors": facade.floors,
            "bays": facade.bays,
            "floor_height_m": facade.floor_m,
            "bay_width_m": facade.bay_m,
            "flats": [FLATS[bay // 2] for bay in range(facade.bays)],
            "points": points,
        },
    }
