"""What an operator wants of this box, laid over its own settings."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.devices import DesiredCamera, DesiredState, SeenFacade
from contracts.profile import CameraProfile, EstateProfile
from contracts.rules import Above, Below, Rate
from edge.config.base import SettingsError
from edge.config.camera import CameraSettings
from edge.config.profiles import Library
from edge.config.resized import scale_of, scaled
from edge.config.sensor import SensorSettings, SimulatedSettings
from edge.config.sight import FacadeSettings, PointSettings

NO_POINTS: Final = (CameraProfile, EstateProfile)


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
    for name in ("ignore", "masks", "homes"):
        polygons = getattr(wanted, name)
        if polygons is not None:
            changes[name] = tuple(tuple(scaled(corner, scale) for corner in polygon) for polygon in polygons)
    if wanted.facades is not None:
        changes["facade"] = tuple(_facade(each, scale, camera.facade) for each in wanted.facades)
    return camera.model_copy(update=changes)


def _facade(seen: SeenFacade, scale: float, own: Sequence[FacadeSettings]) -> FacadeSettings:
    """As the box's own file would say it; how flats are called only that file knows."""
    same = [each for each in own if each.id in {None, seen.id} and each.bays == seen.bays]
    points = tuple(
        PointSettings(
            at=scaled(point.at, scale),
            floor_line=point.floor_line,
            bay_edge=point.bay_edge,
            click_px=point.click_px * scale,
        )
        for point in seen.points
    )
    flats = same[0].flats if len(same) == 1 else ()
    return FacadeSettings(**seen.model_dump(exclude={"points"}), flats=flats, points=points)


def _scale(camera: CameraSettings, drawn_in: tuple[int, int] | None) -> float:
    if camera.picture is None or drawn_in is None:
        return 1.0
    scale = scale_of(camera.picture, drawn_in)
    if scale is None:
        own = f"{camera.picture[0]} x {camera.picture[1]}"
        raise SettingsError(
            f"cameras.{camera.id}.picture: {drawn_in[0]} x {drawn_in[1]} has another shape than"
            f" the picture of the box's settings, {own}"
        )
    return scale


@dataclass(frozen=True)
class Own:
    """What a box has that a wish may speak of. rules: names of thresholds that mean something here."""

    cameras: Sequence[CameraSettings]
    rules: frozenset[str]
    library: Library


def own(
    cameras: Sequence[CameraSettings],
    sensors: Sequence[SensorSettings],
    library: Library,
    of_pictures: Collection[str],
) -> Own:
    """What the box's settings and the profiles that they name have. of_pictures: faults of a picture."""
    profiles = [library.profile(each.profile) for each in sensors if not isinstance(each, SimulatedSettings)]
    points = [point for profile in profiles if not isinstance(profile, NO_POINTS) for point in profile.points]
    rules = {rule.name for point in points for rule in point.rules if isinstance(rule, Above | Below | Rate)}
    return Own(cameras, frozenset(of_pictures) | rules, library)


def objection(own: Own, wanted: DesiredState) -> str:
    """Why this box cannot do what is wanted; empty where it can."""
    return _of_cameras(own, wanted) or _of_thresholds(own, wanted) or _of_profiles(own, wanted)


def _of_cameras(own: Own, wanted: DesiredState) -> str:
    cameras = {camera.id: camera for camera in own.cameras}
    twice = [name for name, count in Counter(each.camera for each in wanted.cameras).items() if count > 1]
    if twice:
        return f"named more than once: {', '.join(twice)}"
    for each in wanted.cameras:
        if each.camera not in cameras:
            known = ", ".join(cameras) or "none"
            return f"there is no camera {each.camera} on this box; known: {known}"
        try:
            with_desired(cameras[each.camera], each)
        except SettingsError as error:
            return str(error)
    return ""


def _of_thresholds(own: Own, wanted: DesiredState) -> str:
    strange = sorted(set(wanted.thresholds) - own.rules)
    if not strange:
        return ""
    return f"thresholds of no rule on this box: {', '.join(strange)}; known: {', '.join(sorted(own.rules))}"


def _of_profiles(own: Own, wanted: DesiredState) -> str:
    for name, version in sorted(wanted.profiles.items()):
        try:
            here = own.library.profile(name).version
        except SettingsError as error:
            return str(error)
        if here != version:
            return (
                f"profile {name} is of version {here} on this box, {version} is wanted: update its profiles"
            )
    return ""
