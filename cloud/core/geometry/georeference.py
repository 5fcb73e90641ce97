"""From longitude and latitude to metres east and north of an origin.

By way of WGS 84's earth-centred coordinates onto the plane that touches the ellipsoid at the origin (EPSG
guidance note 7-2, sec. 4.1.1 and 4.1.2, height 0). Within 10 km distances in it are right to 5 mm.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cloud.core.geometry.lens import F64

SEMI_MAJOR_M: Final = 6_378_137.0
FLATTENING: Final = 1 / 298.257223563
FARTHEST_M: Final = 10_000.0
"""What lies farther from its origin is no estate."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Touches the ellipsoid at this place, degrees."""

    lon_deg: float
    lat_deg: float

    def metres(self, lon_lat_deg: F64) -> F64:
        """(n, 2) metres east and north of places (n, 2)."""
        lon, lat = np.radians([self.lon_deg, self.lat_deg])
        here = _earth_centred(np.array([[self.lon_deg, self.lat_deg]]))
        way = _earth_centred(lon_lat_deg) - here
        east = np.array([-np.sin(lon), np.cos(lon), 0.0])
        north = np.array([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
        return np.column_stack((way @ east, way @ north))


def _earth_centred(lon_lat_deg: F64) -> F64:
    lon, lat = np.radians(lon_lat_deg).T
    square = FLATTENING * (2 - FLATTENING)
    radius = SEMI_MAJOR_M / np.sqrt(1 - square * np.sin(lat) ** 2)
    return np.column_stack(
        (
            radius * np.cos(lat) * np.cos(lon),
            radius * np.cos(lat) * np.sin(lon),
            radius * (1 - square) * np.sin(lat),
        )
    )
