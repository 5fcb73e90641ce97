"""What an operator wants of this box, laid over its own settings."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from contracts.devices import DesiredCamera, DesiredState
from edge.config.base import SettingsError
from edge.config.camera import CameraSettings

SAME_SHAPE: Final = 0.01
"""Largest difference of the sides' ratios, as for streams."""


def with_desired(camera: CameraSettings, wanted: DesiredCamera | None) -> CameraSettings:
    """The camera's settings with what is wanted of it; polygons in the pixels of the settings' own picture.

    Raises:
        SettingsError: They were drawn in a picture of another shape.
    """
    if wanted is None:
        return camera
    changes: dict[str, object] = {}
    if wanted.sensitivity is not None:
        changes["sensitivity"] = wanted.sensitivity
    scale = _scale(camera, wanted.picture)
    if camera.picture is None:
        changes["picture"] = wanted.picture
    for name in ("ignore", "masks"):
        polygons = getattr(wanted, name)
        if polygons is not None:
            changes[name] = tuple(
                tuple((_scaled(x, scale), _scaled(y, scale)) for x, y in polygon) for polygon in polygons
            )
    return camera.model_copy(update=changes)


def _scaled(at: float, scale: float) -> float:
    """A place in a picture of another size; pixels have their centres at whole numbers."""
    return (at + 0.5) * scale - 0.5


def _scale(camera: CameraSettings, drawn_in: tuple[int, int] | None) -> float:
    if camera.picture is None or drawn_in is None:
        return 1.0
    wide, high = (own / drawn for own, drawn in zip(camera.picture, drawn_in, strict=True))
    if abs(wide / high - 1) > SAME_SHAPE:
        own = f"{camera.picture[0]} x {camera.picture[1]}"
        raise SettingsError(
            f"cameras.{camera.id}.picture: {drawn_in[0]} x {drawn_in[1]} has another shape than"
            f" the picture of the box's settings, {own}"
        )
    return wide


def objection(cameras: Sequence[CameraSettings], wanted: DesiredState) -> str:
    """Why a box with these cameras cannot do what is wanted; empty where it can."""
    own = {camera.id: camera for camera in cameras}
    twice = [name for name, count in Counter(each.camera for each in wanted.cameras).items() if count > 1]
    if twice:
        return f"named more than once: {', '.join(twice)}"
    for each in wanted.cameras:
        if each.camera not in own:
            known = ", ".join(own) or "none"
            return f"there is no camera {each.camera} on this box; known: {known}"
        try:
            with_desired(own[each.camera], each)
        except SettingsError as error:
            return str(error)
    return ""
