"""Messages about equipment: its faults, what it is, what it was told to do, and what could not be kept.

`DesiredState` goes down to the agent; everything else here is durable and comes up.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.base import MAX_SEQ, MAX_TEXT, PROTOCOL, Clock, Count, Durable, Instant, Part, SeqRange, Text
from contracts.ids import AgentId, CameraId, FacadeId, ProfileId, SensorId

MAX_THUMBNAIL_BASE64 = 36 * 1024

FaultName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
"""What is wrong, as one word: `frozen`, `cabinet_hot`. Profiles may add names of their own."""

SubjectType = Literal["camera", "sensor", "agent"]
DeviceId = AgentId
"""A camera, a sensor or an agent: all are named alike."""

Severity = Literal["warning", "serious", "critical"]
Jpeg = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=MAX_THUMBNAIL_BASE64)]
"""A JPEG as base64 (RFC 4648, 4)."""


class Words(Part):
    """A sentence for people, Chinese first."""

    zh: Text = Field(min_length=1, max_length=MAX_TEXT)
    en: Text = Field(min_length=1, max_length=MAX_TEXT)


class DeviceFault(Durable):
    """Something about a device went wrong, or is right again. `observed_at` is since when.

    A fault is known by `subject` and `fault`: `raised` again while it is open brings newer figures.
    """

    kind: Literal["device_fault"] = "device_fault"
    subject_type: SubjectType
    subject: DeviceId
    fault: FaultName
    state: Literal["raised", "cleared"]
    severity: Severity = "serious"
    value: float | None = None
    """What was measured."""
    baseline: float | None = None
    """What is usual there."""
    threshold: float | None = None
    """What the value was held against."""
    unit: Text = Field(default="", max_length=16)
    """Of the three figures: UCUM code, `1` for a share."""
    what: Words | None = None
    """What is wrong, where the name alone does not say it."""
    advice: Words | None = None
    """What to do, and where."""
    thumbnail: Jpeg | None = None
    """What was seen, masks burnt in."""


class DeviceRecord(Durable):
    """What a device is, as it says itself: told when first known and when it changes."""

    kind: Literal["device_record"] = "device_record"
    subject_type: SubjectType
    subject: DeviceId
    maker: Text = Field(default="", max_length=64)
    model: Text = Field(default="", max_length=64)
    serial: Text = Field(default="", max_length=64)
    firmware: Text = Field(default="", max_length=64)
    profile: Text = Field(default="", max_length=64)
    profile_version: Text = Field(default="", max_length=32)
    wanted_firmware: Text = Field(default="", max_length=64)
    """What the profile asks for; empty where it asks for nothing."""


class WarningGiven(Durable):
    """A siren, lamp or loudspeaker was switched because something seemed to fall. Not a verdict.

    `observed_at` is when the thing was first visible.
    """

    kind: Literal["warning_given"] = "warning_given"
    camera: CameraId
    device: SensorId
    outcome: Literal["on", "failed", "held_back"]
    """`held_back`: it was due, and the limit of rate forbade it."""
    suspected_at: Instant
    acted_at: Instant
    reason: Text = Field(default="", max_length=MAX_TEXT)


class ClockSet(Durable):
    """The agent learnt how wrong its clock was. `observed_at` is when, by the mended clock.

    Messages of this boot with a smaller `seq` and an unknown clock were stamped `offset_s` too late.
    """

    kind: Literal["clock_set"] = "clock_set"
    before: Clock
    after: Clock
    offset_s: float
    """What the clock said less what was true, as stamped until now, seconds."""
    source: Text = Field(max_length=32)
    """Who said so: `ntp`, `cloud`."""


class Loss(Durable):
    """Something that was accepted, or should have been, is gone: how much of what, and why.

    `ranges` names sequence numbers that will never come; a cloud no longer counts them as missing.
    """

    kind: Literal["loss"] = "loss"
    what: Literal["telemetry_thinned", "telemetry_refused", "outbox_damaged", "clips_deleted", "frames"]
    count: Count
    by_kind: dict[Text, Count] = Field(default_factory=dict, max_length=32)
    ranges: Annotated[tuple[SeqRange, ...], Field(max_length=500)] = ()
    first_at: Instant | None = None
    last_at: Instant | None = None
    reason: Text = Field(max_length=MAX_TEXT)


def firmware_differs(wanted: str, firmware: str) -> bool:
    """Whether the firmware is another than wanted; nothing is wanted by an empty word.

    Makers write build dates behind the version: `V5.7.3` is kept by `V5.7.3 build 220112`.
    """
    said, asked = firmware.strip().lower(), wanted.strip().lower()
    return bool(asked) and said != asked and not re.match(rf"{re.escape(asked)}(?![\w.])", said)


Coordinate = Annotated[float, Field(ge=-1e5, le=1e5)]
Polygon = Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(min_length=3, max_length=200)]
Side = Annotated[int, Field(gt=0, le=16_384)]


class WallPoint(Part):
    """Where a picture shows the crossing of a floor line and a bay edge of a facade.

    Floor line n is the underside of floor n, bay edge n the right side of bay n, seen from outside.
    """

    at: tuple[Coordinate, Coordinate]
    """Pixels of the camera's `picture`."""
    floor_line: float = Field(ge=1, le=201)
    bay_edge: float = Field(ge=0, le=200)
    click_px: float = Field(gt=0, le=100)
    """How far it may be off, one standard deviation."""


class SeenFacade(Part):
    """A facade as a camera's picture shows it: from it follow floor and window of what falls there."""

    id: FacadeId
    floors: int = Field(ge=1, le=200)
    bays: int = Field(ge=1, le=200)
    floor_height_m: float = Field(gt=1, le=20)
    first_floor_height_m: float | None = Field(default=None, gt=1, le=50)
    """Where the ground floor is higher than the others."""
    bay_width_m: float = Field(gt=0.5, le=50)
    points: Annotated[tuple[WallPoint, ...], Field(min_length=4, max_length=100)]


class DesiredCamera(Part):
    """What an operator wants of one camera; what is None stays as the box's own file says."""

    camera: CameraId
    enabled: bool = True
    sensitivity: float | None = Field(default=None, ge=0.05, le=0.95)
    picture: tuple[Side, Side] | None = None
    """Width and height that `ignore`, `masks`, `homes` and `facades` are measured in, pixels."""
    ignore: tuple[Polygon, ...] | None = None
    masks: tuple[Polygon, ...] | None = None
    homes: tuple[Polygon, ...] | None = None
    facades: Annotated[tuple[SeenFacade, ...], Field(max_length=8)] | None = Field(
        default=None, exclude_if=lambda facades: facades is None
    )
    """Left out where nothing is said of them, so that boxes that do not know it understand the rest."""
    view_confirmed_at: Instant | None = Field(default=None, exclude_if=lambda at: at is None)
    """When somebody said that it looks as it should: what was usual of its picture before counts no more.
    Left out likewise."""

    @model_validator(mode="after")
    def _pixels_have_a_picture(self) -> Self:
        if self.picture is None and (self.ignore or self.masks or self.homes or self.facades):
            raise ValueError("picture is missing: ignore, masks, homes and facades are measured in it")
        return self


class DesiredState(Part):
    """What an agent is to do: retained on its topic, the highest version counts, each is reported back."""

    protocol: Literal[1] = PROTOCOL
    version: int = Field(ge=1, le=MAX_SEQ)
    issued_at: Instant
    issued_by: Text = Field(max_length=64)
    cameras: tuple[DesiredCamera, ...] = Field(default=(), max_length=200)
    thresholds: dict[FaultName, float] = Field(default_factory=dict, max_length=200)
    """Rule of a profile, or fault of a picture → its threshold instead of the usual one."""
    profiles: dict[ProfileId, Text] = Field(default_factory=dict, max_length=200)
    """Profile → the version that the box should have of it; what is not named may be any."""


class DesiredReport(Durable):
    """What became of a desired state."""

    kind: Literal["desired_report"] = "desired_report"
    version: int = Field(ge=1, le=MAX_SEQ)
    outcome: Literal["applied", "refused", "rolled_back", "confirmed"]
    """`confirmed`: it was kept through its probation. `rolled_back`: `now` counts again."""
    now: int = Field(ge=0, le=MAX_SEQ)
    """The version that counts on the box; 0: its own file."""
    reason: Text = Field(default="", max_length=MAX_TEXT)
