"""What settings name of profiles: that it is there, and a camera's address that follows from its make."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import SecretStr

from contracts.profile import CameraProfile, EstateProfile, Login, address, point_of
from contracts.profile_check import Problem
from edge.config.base import SettingsError
from edge.config.camera import CameraSettings, MakeSettings
from edge.config.profiles import Library
from edge.config.sensor import SensorSettings, SimulatedSettings

ONVIF: Final = "http://{user}:{password}@{host}:{port}"


def problems(
    cameras: Sequence[CameraSettings], sensors: Sequence[SensorSettings], library: Library
) -> Iterator[Problem]:
    """Everything in these settings that the profiles do not have."""
    for number, camera in enumerate(cameras):
        if camera.make is not None:
            yield from _make(("cameras", number, "make"), camera.make, library)
        if camera.onvif is not None and not camera.onvif.url.get_secret_value():
            yield from _onvif(("cameras", number, "onvif"), camera.make, library)
    for number, device in enumerate(sensors):
        if not isinstance(device, SimulatedSettings):
            yield from _device(("sensors", number), device, library)


def addressed(camera: CameraSettings, library: Library) -> CameraSettings:
    """The camera with the address that follows from its make, if it has one."""
    make = camera.make
    if make is None:
        return camera
    profile = library.profile(make.profile)
    template = _template(make, library)
    if template is None or not isinstance(profile, CameraProfile):
        return camera
    login = Login(
        user=make.user,
        password=make.password.get_secret_value(),
        host=make.host,
        port=make.port or profile.rtsp_port,
        channel=make.channel,
    )
    changes: dict[str, object] = {"url": SecretStr(address(template, login))}
    onvif = camera.onvif
    if onvif is not None and not onvif.url.get_secret_value() and profile.onvif_port is not None:
        asked = address(ONVIF, login.model_copy(update={"port": profile.onvif_port}))
        changes["onvif"] = onvif.model_copy(update={"url": SecretStr(asked)})
    return camera.model_copy(update=changes)


def _make(path: tuple[int | str, ...], make: MakeSettings, library: Library) -> Iterator[Problem]:
    try:
        profile = library.profile(make.profile)
    except SettingsError as error:
        yield Problem((*path, "profile"), make.profile, str(error))
        return
    if not isinstance(profile, CameraProfile):
        yield Problem((*path, "profile"), make.profile, f"a camera's; this is of kind {profile.kind}")
    elif not _template(make, library):
        yield Problem((*path, "stream"), make.stream, f"profile {profile.id} has no address for it: give url")


def _onvif(path: tuple[int | str, ...], make: MakeSettings | None, library: Library) -> Iterator[Problem]:
    """An ONVIF without an address: a profile must say where it is."""
    if make is None:
        yield Problem((*path, "url"), "", "an address: without a make nothing else tells it")
        return
    if not make.user:
        yield Problem((*path, "url"), "", "an address with a user, or make.user: ONVIF asks for one")
        return
    with contextlib.suppress(SettingsError):  # told of the make
        profile = library.profile(make.profile)
        if isinstance(profile, CameraProfile) and profile.onvif_port is None:
            yield Problem((*path, "url"), "", f"an address: profile {profile.id} does not say where ONVIF is")


def _template(make: MakeSettings, library: Library) -> str | None:
    """The profile's address for the stream, None where it has none."""
    profile = library.profile(make.profile)
    if not isinstance(profile, CameraProfile) or profile.streams is None:
        return None
    return (profile.streams.main if make.stream == "main" else profile.streams.sub) or None


def _device(path: tuple[int | str, ...], device: SensorSettings, library: Library) -> Iterator[Problem]:
    assert not isinstance(device, SimulatedSettings)
    try:
        profile = library.profile(device.profile)
    except SettingsError as error:
        yield Problem((*path, "profile"), device.profile, str(error))
        return
    if isinstance(profile, CameraProfile | EstateProfile) or profile.kind != device.kind:
        allowed = f"one of kind {device.kind}; this is of kind {profile.kind}"
        yield Problem((*path, "profile"), device.profile, allowed)
        return
    for key in device.points:
        try:
            point_of(profile, key)
        except ValueError as error:
            yield Problem((*path, "points", key), key, str(error))
