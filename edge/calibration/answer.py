"""What the points tell, as a table for a terminal and as JSON for the page. Pure."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import yaml
from pydantic import ValidationError

from edge.camera.sight import calibration_of
from edge.config.base import SettingsError
from edge.config.sight import FacadeSettings, SightSettings
from edge.core.vision import facade
from edge.core.vision.facade import Calibration
from edge.core.vision.frame import F64

GRID_STEPS: Final = 16
FAR_OUT: Final = 1.0
"""Lines are drawn as far as this many pictures beyond the picture."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a metre is at one height of the picture. spread_m: of a height that is read off there."""

    name: str
    y_px: float
    up_m: float
    metre_px: float
    spread_m: float


def sight_from(document: object, size: tuple[int, int]) -> SightSettings:
    """A page's or a file's document as settings for a picture of that size.

    Raises:
        SettingsError: It is no valid document, or was made for a picture of another size.
    """
    if not isinstance(document, dict):
        raise SettingsError("this is no mapping with picture, facade, …")
    try:
        found = SightSettings.model_validate({"picture": list(size), **document})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(step) for step in first["loc"]) or "the document"
        raise SettingsError(f"{key}: {first['msg']}") from error
    only(found)
    return found


def only(sight: SightSettings) -> FacadeSettings:
    """The facade that is calibrated here.

    Raises:
        SettingsError: There is none, or more than one.
    """
    match sight.facade:
        case (one,):
            return one
        case ():
            raise SettingsError("facade is missing")
        case several:
            raise SettingsError(
                f"facade: here are {len(several)}; calibrate one at a time, each in a file of its own"
            )


def solved(sight: SightSettings, size: tuple[int, int]) -> Calibration:
    """The camera that the settings' points tell.

    Raises:
        SettingsError: They tell none.
    """
    assert sight.picture is not None
    return calibration_of(only(sight), size, size[0] / sight.picture[0])


def scales(calibration: Calibration) -> tuple[Scale, ...]:
    """A metre's size at the bottom, the middle and the top of what is seen of the facade's middle column."""
    plan, (width, height) = calibration.plan, calibration.size
    ups = np.linspace(0, plan.height_m, 400)
    column = calibration.pixels(np.column_stack((np.full(400, plan.width_m / 2), ups)))
    with np.errstate(invalid="ignore"):
        inside = (column >= 0).all(axis=1) & (column[:, 0] < width) & (column[:, 1] < height)
    if not inside.any():
        return ()
    seen = np.flatnonzero(inside)
    rows = {"bottom": seen[0], "middle": seen[len(seen) // 2], "top": seen[-1]}
    found = []
    for name, row in rows.items():
        other = min(row + 1, 399) if row < 399 else row - 1
        metre_px = float(np.hypot(*(column[other] - column[row]))) / abs(ups[other] - ups[row])
        spread = calibration.place_spread(column[row][None])[0, 1]
        found.append(Scale(name, float(column[row][1]), float(ups[row]), metre_px, float(spread)))
    return tuple(found)


def summary(calibration: Calibration) -> dict[str, Any]:
    """The camera in numbers."""
    x, y, z = (float(value) for value in calibration.camera[:3])
    spread = np.sqrt(np.diag(calibration.covariance))
    focal = calibration.focal_px
    return {
        "height_m": round(y, 1),
        "height_spread_m": round(float(spread[1]), 1),
        "distance_m": round(z, 1),
        "distance_spread_m": round(float(spread[2]), 1),
        "across_m": round(x, 1),
        "pitch_deg": round(calibration.pitch_deg, 1),
        "focal_px": round(focal),
        "view_deg": round(float(2 * np.degrees(np.arctan(calibration.size[0] / 2 / focal))), 1),
    }


def as_json(calibration: Calibration) -> dict[str, Any]:
    """All that the page draws: lines, crossings to snap to, how far each point lies off, numbers."""
    return {
        "lines": [_drawable(line, calibration.size) for line in facade.grid_lines(calibration, GRID_STEPS)],
        "floors": calibration.plan.floors + 1,
        "crossings": _crossings(calibration),
        "off_px": [round(off, 1) for off in calibration.off_px],
        "camera": summary(calibration),
        "scales": [
            {
                "name": scale.name,
                "up_m": round(scale.up_m, 1),
                "metre_px": round(scale.metre_px, 1),
                "spread_m": round(scale.spread_m, 2),
                "floor_spread": round(scale.spread_m / calibration.plan.floor_height_m, 2),
            }
            for scale in scales(calibration)
        ],
    }


def _crossings(calibration: Calibration) -> list[list[float]]:
    plan = calibration.plan
    pairs = [(line, edge) for line in range(1, plan.floors + 2) for edge in range(plan.bays + 1)]
    places = np.array([(edge * plan.bay_width_m, plan.line_m(line)) for line, edge in pairs])
    pixels = calibration.pixels(places)
    return [
        [line, edge, round(float(x), 1), round(float(y), 1)]
        for (line, edge), (x, y) in zip(pairs, pixels, strict=True)
        if _near((x, y), calibration.size)
    ]


def _drawable(line: F64, size: tuple[int, int]) -> list[list[float]]:
    return [[round(float(x), 1), round(float(y), 1)] for x, y in line if _near((x, y), size)]


def _near(at: tuple[float, float], size: tuple[int, int]) -> bool:
    return all(-FAR_OUT * side < value < (1 + FAR_OUT) * side for value, side in zip(at, size, strict=True))


def as_yaml(sight: SightSettings) -> str:
    """The settings as the text of a file."""
    content = sight.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    if sight.facade:
        one = only(sight)
        points = [point.model_dump(exclude_defaults=True) for point in one.points]
        content["facade"] = {
            **one.model_dump(mode="json", exclude={"points"}, exclude_none=True),
            "points": points,
        }
    return yaml.safe_dump(_plain(content), allow_unicode=True, sort_keys=False, default_flow_style=None)


def _plain(value: Any) -> Any:
    """As somebody would write it: whole numbers without a point, lists for tuples."""
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
