"""How a lens draws: OpenCV's pinhole with radial and tangential distortion, and how dense it draws.

Camera axes: x right, y down, z forward. Picture: pixels, x right, y down, pixel centres at whole numbers.
Brown (1966) as OpenCV writes it (calib3d, "Detailed Description"): with a = x/z, b = y/z, r² = a² + b²,
c = 1 + k1 r² + k2 r⁴ + k3 r⁶,
    a' = a c + 2 p1 a b + p2 (r² + 2 a²),   b' = b c + p1 (r² + 2 b²) + 2 p2 a b.
"""

from dataclasses import dataclass
from functools import cached_property
from math import atan, hypot, radians, sqrt, tan
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Flags = NDArray[np.bool_]
Part = tuple[slice, slice] | tuple[NDArray[np.intp], ...]
Real = TypeVar("Real", float, F64)

NEAREST_M: Final = 0.05
"""What is nearer, or behind, is not seen."""
BROADEST: Final = 100.0
"""x/z up to which a lens without a fold is believed: 89.4° from its axis."""
INVERSION_STEPS: Final = 30


def rescaled(
    at: tuple[float, float], drawn: tuple[int, int], picture: tuple[int, int]
) -> tuple[float, float]:
    """A pixel of a picture of one width and height in the pixels of another of the same camera."""
    x, y = ((each + 0.5) * (new / old) - 0.5 for each, old, new in zip(at, drawn, picture, strict=True))
    return x, y


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """Points as a lens draws them, all of one shape.

    u_px, v_px: where; meaningless where not `drawn`. drawn: in front of the camera and inside the picture.
    a, b: x/z and y/z. depth_m: z.
    """

    u_px: F64
    v_px: F64
    drawn: Flags
    a: F64
    b: F64
    depth_m: F64

    def of(self, part: Part) -> "Drawn":
        """Some of the points."""
        return Drawn(
            self.u_px[part], self.v_px[part], self.drawn[part], self.a[part], self.b[part], self.depth_m[part]
        )


@dataclass(frozen=True)
class Lens:
    """size_px: width, height. focal_px, centre_px: of x and y. distortion: k1, k2, p1, p2, k3."""

    size_px: tuple[int, int]
    focal: tuple[float, float]
    centre: tuple[float, float]
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)

    @staticmethod
    def focal_px(width_px: float, fov_deg: float) -> float:
        """Focal length of a lens that sees so broad, px."""
        return width_px / 2 / tan(radians(fov_deg) / 2)

    @cached_property
    def fold(self) -> float:
        """r² up to which what lies farther out is drawn farther out: beyond, the polynomial folds back.

        The first root of d(r c)/dr = 1 + 3 k1 r² + 5 k2 r⁴ + 7 k3 r⁶.
        """
        k1, k2, _, _, k3 = self.distortion
        roots = np.roots([7 * k3, 5 * k2, 3 * k1, 1.0])
        real = [float(root.real) for root in roots if abs(root.imag) < 1e-9 and root.real > 0]
        return min([*real, BROADEST**2])

    @cached_property
    def reach(self) -> float:
        """r² of the picture's farthest corner: nothing farther out is drawn."""
        width, height = self.size_px
        corners = [
            hypot((x - self.centre[0]) / self.focal[0], (y - self.centre[1]) / self.focal[1])
            for x in (-0.5, width - 0.5)
            for y in (-0.5, height - 0.5)
        ]
        wanted = max(corners)
        # Tangential terms bend by less than this; without them the way back along the radius is monotone.
        _, _, p1, p2, _ = self.distortion
        low, high = 0.0, sqrt(self.fold)
        for _ in range(INVERSION_STEPS):
            middle = (low + high) / 2
            bent = middle * self._stretch(middle**2) - 3 * hypot(p1, p2) * middle**2
            low, high = (middle, high) if bent < wanted else (low, middle)
        return high**2

    @property
    def half_angle(self) -> float:
        """The largest angle from its axis that it draws, radians."""
        return atan(sqrt(self.reach))

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """Least and largest x/z, least and largest y/z of what may be drawn: a little wider than what is."""
        far = sqrt(self.reach)
        _, _, p1, p2, _ = self.distortion
        least = max(float(self._stretch(np.linspace(0, self.reach, 256)).min()), 1e-3)
        slack = 3 * hypot(p1, p2) * self.reach
        (left, right), (upper, lower) = (
            ((-0.5 - centre) / focal, (length - 0.5 - centre) / focal)
            for length, centre, focal in zip(self.size_px, self.centre, self.focal, strict=True)
        )
        return (
            max((left - slack) / least, -far),
            min((right + slack) / least, far),
            max((upper - slack) / least, -far),
            min((lower + slack) / least, far),
        )

    @cached_property
    def densest_px(self) -> float:
        """Pixels that a metre one metre away spans at most, anywhere in the picture."""
        k1, k2, p1, p2, k3 = self.distortion
        square = np.linspace(0, self.reach, 64)
        radial = 1 + 3 * k1 * square + 5 * k2 * square**2 + 7 * k3 * square**3
        around = 1 + k1 * square + k2 * square**2 + k3 * square**3
        bent = np.maximum(np.abs(radial), np.abs(around)) + 6 * hypot(p1, p2) * np.sqrt(square)
        # A short rod at r, across the line of sight, is drawn 1 + r² longer than on the axis at most.
        return float(max(self.focal) * (bent * (1 + square)).max())

    def draw(self, x: F64, y: F64, z: F64) -> Drawn:
        """Where points in the camera's axes are drawn, all arrays of one shape, m."""
        before = z > NEAREST_M
        safe = np.where(before, z, 1.0)
        a, b = x / safe, y / safe
        square = a * a + b * b
        drawn = before & (square < self.fold)
        u, v = self.bent(a, b)
        width, height = self.size_px
        drawn &= (u >= -0.5) & (u < width - 0.5) & (v >= -0.5) & (v < height - 0.5)
        return Drawn(u, v, drawn, a, b, safe)

    def px_per_m(self, drawn: Drawn, along: F64) -> F64:
        """How many pixels a metre in the direction `along` (3,), of the camera's axes, spans at each point.

        The length of the derivative of the picture's place by the way along it, distortion included.
        """
        a, b = drawn.a, drawn.b
        da = (along[0] - a * along[2]) / drawn.depth_m
        db = (along[1] - b * along[2]) / drawn.depth_m
        k1, k2, p1, p2, k3 = self.distortion
        if not any(self.distortion):
            return np.asarray(np.hypot(self.focal[0] * da, self.focal[1] * db))
        square = a * a + b * b
        stretch = self._stretch(square)
        swell = (k1 + 2 * k2 * square + 3 * k3 * square * square) * 2 * (a * da + b * db)
        mixed = a * db + b * da
        turn = 2 * (a * da + b * db)
        bent_a = da * stretch + a * swell + 2 * p1 * mixed + p2 * (turn + 4 * a * da)
        bent_b = db * stretch + b * swell + p1 * (turn + 4 * b * db) + 2 * p2 * mixed
        return np.asarray(np.hypot(self.focal[0] * bent_a, self.focal[1] * bent_b))

    def bent(self, a: F64, b: F64) -> tuple[F64, F64]:
        """The pixel at which the direction (a, b, 1) is drawn, were the picture endless."""
        if any(self.distortion):
            _, _, p1, p2, _ = self.distortion
            square = a * a + b * b
            stretch = self._stretch(square)
            a, b = (
                a * stretch + 2 * p1 * a * b + p2 * (square + 2 * a * a),
                b * stretch + p1 * (square + 2 * b * b) + 2 * p2 * a * b,
            )
        return self.focal[0] * a + self.centre[0], self.focal[1] * b + self.centre[1]

    def _stretch(self, square: Real) -> Real:
        k1, k2, _, _, k3 = self.distortion
        return 1 + square * (k1 + square * (k2 + square * k3))
