"""Device profiles: what is true of every piece of a kind of hardware, wherever it hangs, and who says so.

One YAML file each in firmware_configs/profiles. What a deployment decides (addresses, passwords, names) is in
the settings, what an operator wants in the desired state; neither is here.
"""

from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field, RootModel, StringConstraints, field_validator

from contracts.base import Part
from contracts.devices import Words
from contracts.ids import ProfileId
from contracts.points import BoxPoint, ModbusPoint, MqttPoint, SnmpPoint
from contracts.rules import Silence

PointKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}(?:\.\d{1,9}){0,8}$")]
"""A point of a profile, for a table with its row: `temperature`, `link.3`, `supply.1.3`."""


class Source(Part):
    """Where facts of a profile come from."""

    title: str = Field(min_length=1, max_length=200)
    """Of the manual, datasheet, standard or measurement."""
    section: str = ""
    date: Annotated[str, StringConstraints(pattern=r"^\d{4}(?:-\d{2}(?:-\d{2})?)?$")]
    """Of the edition; where it has none, the day on which it was read."""
    url: str = ""
    verified: bool
    """Whether the facts were read there. False: they are held true and nobody has checked them."""
    facts: tuple[str, ...] = Field(min_length=1)
    """Keys of this profile that it is the source of: `points`, `limits`."""


class Head(Part):
    """What every profile has."""

    id: ProfileId
    """As the file is called."""
    version: Annotated[str, StringConstraints(pattern=r"^\d+(?:\.\d+){0,2}$")]
    """Grows with each change."""
    title: Words
    maker: str = Field(default="", max_length=64)
    models: tuple[str, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    quirks: tuple[Words, ...] = ()
    """What surprises people who mount one."""


class Streams(Part):
    """RTSP addresses; `{user}`, `{password}`, `{host}`, `{port}` and `{channel}` are filled in."""

    main: str
    sub: str = ""

    @field_validator("main", "sub")
    @classmethod
    def _names_only_what_is_filled(cls, template: str) -> str:
        try:
            address(template, Login(user="", password="", host="", port=1, channel=1))
        except (KeyError, IndexError, ValueError):
            raise ValueError(
                "only {user}, {password}, {host}, {port}, {channel} may stand in braces"
            ) from None
        return template


class Login(Part):
    """The values of an address's braces."""

    user: str
    password: str
    host: str
    port: int
    channel: int


def address(template: str, login: Login) -> str:
    """A stream's address; user and password are percent-encoded (RFC 3986, 3.2.1).

    Raises:
        KeyError: The template has another name in braces.
    """
    return template.format(
        user=quote(login.user, safe=""),
        password=quote(login.password, safe=""),
        host=login.host,
        port=login.port,
        channel=login.channel,
    )


class LockOut(Part):
    """After so many wrong passwords the camera refuses its client for a while."""

    attempts: int = Field(ge=1, le=100)
    minutes: float = Field(gt=0)


class CameraLimits(Part):
    """What the camera bears. What is None is not known."""

    sessions: int | None = Field(default=None, ge=1)
    """Streams that may be watched at the same time."""
    lock_out: LockOut | None = None


class CameraProfile(Head):
    """A make of camera."""

    kind: Literal["camera"]
    rtsp_port: int = Field(default=554, ge=1, le=65_535)
    streams: Streams | None = None
    """None: the camera is asked for them by ONVIF (GetStreamUri)."""
    onvif_port: int | None = Field(default=None, ge=1, le=65_535)
    """None: it has no ONVIF, or nobody knows where."""
    limits: CameraLimits = CameraLimits()
    smart_codec: Words | None = None
    """What its smart codec is called and what it does to key frames; it is to be off, or gaps are long."""
    key_frame_s: float | None = Field(default=None, gt=0, le=60)
    """Between key frames, as delivered."""
    wanted_firmware: str = Field(default="", max_length=64)
    """Another version than this is a maintenance item; empty: any will do."""


class ModbusProfile(Head):
    """A device that is read by Modbus."""

    kind: Literal["modbus"]
    points: tuple[ModbusPoint, ...] = Field(min_length=1, max_length=100)
    silent: Silence
    """Told of the device's first point in the settings when nothing answers at all."""
    missing: Silence
    """Told of a point that alone cannot be read."""


class SnmpProfile(Head):
    """A device that is read by SNMP."""

    kind: Literal["snmp"]
    points: tuple[SnmpPoint, ...] = Field(min_length=1, max_length=100)
    silent: Silence
    missing: Silence


class MqttProfile(Head):
    """A device that publishes on the estate's own network."""

    kind: Literal["mqtt_local"]
    points: tuple[MqttPoint, ...] = Field(min_length=1, max_length=100)
    silent: Silence
    missing: Silence


class Capacity(Part):
    """How many cameras a box can carry."""

    cameras: int = Field(ge=1)
    """Streams of 1080p at 25 frames a second, H.264."""
    basis: Literal["measured", "estimated"]
    how: Words
    """What was measured, or from what it was estimated."""


class BoxProfile(Head):
    """A kind of edge box."""

    kind: Literal["box"]
    threads: int = Field(ge=1)
    """Hardware threads."""
    capacity: Capacity
    points: tuple[BoxPoint, ...] = Field(min_length=1, max_length=100)
    missing: Silence


Ending = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$")]


class EstateDevice(Part):
    """A device of an estate template."""

    profile: ProfileId
    points: dict[PointKey, Ending] = Field(min_length=1)
    """Point → the end of its sensor's name; the beginning is chosen for each place: `cab3` + `-door`."""


class EstateProfile(Head):
    """What usually hangs together at one place of an estate."""

    kind: Literal["estate"]
    devices: tuple[EstateDevice, ...] = Field(min_length=1, max_length=50)


Profile = Annotated[
    CameraProfile | ModbusProfile | SnmpProfile | MqttProfile | BoxProfile | EstateProfile,
    Field(discriminator="kind"),
]
SensorProfile = ModbusProfile | SnmpProfile | MqttProfile | BoxProfile
Point = ModbusPoint | SnmpPoint | MqttPoint | BoxPoint


class ProfileFile(RootModel[Profile]):
    """A file's whole content."""


def point_of(profile: SensorProfile, key: str) -> Point:
    """The point that a key of the settings means.

    Raises:
        ValueError: There is none; the message says what is allowed.
    """
    name, *row = key.split(".")
    point = next((candidate for candidate in profile.points if candidate.name == name), None)
    if point is None:
        known = ", ".join(candidate.name for candidate in profile.points)
        raise ValueError(f"profile {profile.id} has the points {known}")
    wanted = point.index if isinstance(point, SnmpPoint) else 0
    if len(row) != wanted:
        example = ".".join([name, *("1" for _ in range(wanted))])
        raise ValueError(f"in profile {profile.id} this point is written like {example}")
    return point
