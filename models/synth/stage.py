"""What an actor must know of the picture that it is drawn into, and what an actor is."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.synth.camera import Camera
from models.synth.facade import Facade

F32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Stage:
    """Camera, shutter and building of a scene; the same for every actor and every frame."""

    camera: Camera
    """`project`: world points (n, 3), metres, to pixels (n, 2) and depth (n,), with the lens's bend."""
    exposure_s: float
    """Shutter time; what moves is smeared over it."""
    facade: Facade | None
    """The main building, its front in the plane z = 0, its middle at x = 0, its foot at y = 0."""
    infrared: bool = False
    """Lit by a lamp beside the lens: what is near is bright."""

    @property
    def scale(self) -> float:
        """Height of the picture relative to 720 lines, for sizes that follow the resolution."""
        return self.camera.height / 720


class Actor(Protocol):
    """Something that moves or changes in a scene. All chance is drawn when it is made, none when drawn."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """Draws itself as seen in [t_s, t_s + stage.exposure_s].

        Args:
            light: float32 (height, width), luma 0 to 255 before noise and coding; changed in place, and
                only in the window that the actor needs.
            t_s: When the shutter opens, seconds from the clip's beginning.
            stage: The camera and what stands before it.
        """
