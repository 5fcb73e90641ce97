"""The messages between edge and cloud, version 1.

Sending is strict (`extra="forbid"`); the cloud reads with `extra="ignore"`, so that a newer device is not
refused by an older cloud. A message is immutable: the same `(agent, boot, seq)` always carries the same
bytes, so a copy is recognised and does nothing. The rules of change stand in PROTOCOL.md.
"""

from itertools import pairwise
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field, TypeAdapter, model_validator

from contracts.base import (
    MAX_SEQ,
    MAX_TEXT,
    PROTOCOL,
    Clock,
    Count,
    Durable,
    Instant,
    Part,
    Pixels,
    SeqRange,
    Text,
)
from contracts.devices import ClockSet, DesiredReport, DeviceFault, DeviceRecord, Loss, WarningGiven
from contracts.ids import AgentId, CameraId, FacadeId, SensorId, Sha256

MAX_TRACK_POINTS: Final = 600


class TrackPoint(Part):
    """Where the object was in one frame: pixels of the full frame, pixel centres at whole numbers."""

    t_s: float
    """Seconds after the event's `observed_at`."""
    x_px: float
    y_px: float


class Origin(Part):
    """Where in the picture the object was released, as far as the track tells."""

    x_px: float
    y_px: float
    uncertainty_px: float = Field(ge=0)


class Estimate(Part):
    """A measured value with the interval that holds the true one in 95 of 100 cases."""

    value: float
    low: float
    high: float


Number = Annotated[int, Field(ge=1, le=1000)]
Share = Annotated[float, Field(ge=0, le=1)]


class Place(Part):
    """Where on the facade it came from and how hard it lands, where the camera is calibrated.

    Floors count from 1 at the ground, bays from 1 at the left as seen from outside.
    """

    from_above: bool
    """It entered above the picture: `floor` is the lowest that it can come from, `floor_high` the last."""
    floor: Number
    floor_low: Number
    floor_high: Number
    floor_probability: Share
    bay: Number
    flat: Text = Field(min_length=1, max_length=16)
    """The flat's name, or the bay's number where flats are not named."""
    flat_probability: Share
    height_m: Estimate
    """Of the release above the ground."""
    speed_m_s: Estimate | None
    """At the ground, if nothing stops it before."""
    energy_j_per_kg: Estimate | None
    """The same as energy, for each kilogram: mass cannot be seen."""
    size_m: Estimate | None = Field(default=None, exclude_if=lambda size: size is None)
    """How broad it is across its fall. Left out where unknown, as all devices did that did not measure it."""
    facade: FacadeId | None = Field(default=None, exclude_if=lambda facade: facade is None)
    """Of which facade these are floor and bay. Left out where the camera's calibration names none."""

    @model_validator(mode="after")
    def _floors_in_order(self) -> Self:
        if not self.floor_low <= self.floor <= self.floor_high:
            raise ValueError("floor lies outside of floor_low to floor_high")
        return self


Track = Annotated[tuple[TrackPoint, ...], Field(min_length=3, max_length=MAX_TRACK_POINTS)]


def _expect_growing_times(track: tuple[TrackPoint, ...]) -> None:
    if any(later.t_s <= earlier.t_s for earlier, later in pairwise(track)):
        raise ValueError("track times do not increase")


class FallingObject(Durable):
    """An object was seen falling. `observed_at` is when it was first visible."""

    kind: Literal["falling_object"] = "falling_object"
    camera: CameraId
    frame_width: Pixels
    frame_height: Pixels
    track: Track
    """As far as it was known when the fall was decided."""
    last_visible_at: Instant
    decided_at: Instant
    score: float = Field(ge=0, le=1)
    origin: Origin | None = None
    place: Place | None = Field(default=None, exclude_if=lambda place: place is None)
    """Left out where unknown, as all devices did that knew no calibration."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_visible_at < self.observed_at:
            raise ValueError("last_visible_at lies before observed_at")
        _expect_growing_times(self.track)
        return self


class FallEnded(Durable):
    """A fall that was told while it went on has ended. `observed_at` is when it was last visible."""

    kind: Literal["fall_ended"] = "fall_ended"
    camera: CameraId
    event: UUID
    """`message_id` of the FallingObject, whose track, origin and place these replace."""
    track: Track
    """The whole of it; `t_s` counts from the FallingObject's `observed_at` and may begin before it."""
    origin: Origin | None = None
    place: Place | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _expect_growing_times(self.track)
        return self


class ClipSealed(Durable):
    """The video of a fall has been cut, stored and signed. `observed_at` is when it was sealed."""

    kind: Literal["clip_sealed"] = "clip_sealed"
    camera: CameraId
    event: UUID
    """`message_id` of the FallingObject that it shows."""
    sha256: Sha256
    size_bytes: int = Field(gt=0, le=MAX_SEQ)
    manifest: Text = Field(max_length=16 * 1024)
    """The signed bytes as UTF-8 text: a ClipManifest in canonical JSON. Verify these, not a re-encoding."""
    signature: Text = Field(max_length=2048)
    """Device's signature over `manifest`, base64: ECDSA P-256 with SHA-256, DER (FIPS 186-5)."""
    certificate: Text = Field(max_length=8 * 1024)
    """The device's certificate, PEM."""


class ClipFailed(Durable):
    """The video of a fall could not be kept. A loss is itself an event."""

    kind: Literal["clip_failed"] = "clip_failed"
    camera: CameraId
    event: UUID
    reason: Text = Field(max_length=MAX_TEXT)


class CameraState(Durable):
    """A camera began or ceased to deliver frames. `observed_at` is since when."""

    kind: Literal["camera_state"] = "camera_state"
    camera: CameraId
    state: Literal["streaming", "lost"]
    reason: Text = Field(default="", max_length=MAX_TEXT)


class CameraMinute(Durable):
    """How much of one minute a camera really watched. `observed_at` is the minute's first instant."""

    kind: Literal["camera_minute"] = "camera_minute"
    camera: CameraId
    watched_s: float = Field(ge=0, le=60)
    """Seconds of the minute in which frames were decoded and searched."""
    frames: Count
    dropped: Count
    """Frames that arrived and were not searched."""


class SensorReading(Durable):
    """One value that a sensor gave."""

    kind: Literal["sensor_reading"] = "sensor_reading"
    sensor: SensorId
    quantity: Text = Field(min_length=1, max_length=64)
    """Standard name, for example `temperature`."""
    value: float
    unit: Text = Field(max_length=16)
    """UCUM code, for example `Cel`."""


Event = Annotated[
    FallingObject
    | FallEnded
    | ClipSealed
    | ClipFailed
    | CameraState
    | CameraMinute
    | SensorReading
    | DeviceFault
    | DeviceRecord
    | DesiredReport
    | WarningGiven
    | ClockSet
    | Loss,
    Field(discriminator="kind"),
]
EVENT: Final[TypeAdapter[Event]] = TypeAdapter(Event)


class ClipManifest(Part):
    """What the device signs about a clip."""

    protocol: Literal[1] = PROTOCOL
    event: UUID
    agent: AgentId
    camera: CameraId
    sha256: Sha256
    size_bytes: int = Field(gt=0, le=MAX_SEQ)
    media_type: Literal["video/mp4"] = "video/mp4"
    codec: Text
    frame_width: Pixels
    frame_height: Pixels
    started_at: Instant
    """UTC of the clip's first frame."""
    duration_s: float = Field(gt=0)
    event_offset_s: float
    """Clip time at which the event's track begins: clip time of a point is this plus its `t_s`."""
    complete: bool
    """False when less than the wanted time before or after the fall could be kept."""
    masked: bool = Field(default=False, exclude_if=lambda masked: not masked)
    """Encoded anew by the device, parts of the picture hidden; left out where it is as the camera sent it."""
    blurred: bool = Field(default=False, exclude_if=lambda blurred: not blurred)
    """Encoded anew by the device, homes blurred away from the fall's way."""
    sealed_at: Instant
    clock: Clock


class CameraNow(Part):
    """A camera at this moment, as its agent sees it."""

    camera: CameraId
    state: Literal["starting", "streaming", "lost"]
    since: Instant
    frames_per_s: float = Field(ge=0)


class AgentStatus(Part):
    """Retained on the status topic, not durable: only the newest counts. A last will has `online: false`."""

    protocol: Literal[1] = PROTOCOL
    agent: AgentId
    boot: UUID
    online: bool
    at: Instant
    """When it was written; in a last will, when the connection was made."""
    software: Text = Field(default="", max_length=64)
    accepted_seq: int = Field(default=0, ge=0, le=MAX_SEQ)
    """Highest sequence number of this boot in the outbox: the cloud can tell what it has not seen."""
    outbox_depth: Count = 0
    outbox_oldest_s: float = Field(default=0, ge=0)
    cameras: tuple[CameraNow, ...] = ()


class Confirm(Part):
    """These messages are committed in the database; the agent may forget them."""

    protocol: Literal[1] = PROTOCOL
    kind: Literal["confirm"] = "confirm"
    ranges: Annotated[tuple[SeqRange, ...], Field(min_length=1, max_length=500)]
    at: Instant | None = Field(default=None, exclude_if=lambda at: at is None)
    """The cloud's clock as it answered: between sending and receipt, so it bounds the agent's."""


class Reject(Part):
    """This message can never be stored; it lies in the dead letters with the reason."""

    protocol: Literal[1] = PROTOCOL
    kind: Literal["reject"] = "reject"
    boot: UUID
    seq: int = Field(ge=1, le=MAX_SEQ)
    reason: Text = Field(max_length=MAX_TEXT)


Receipt = Annotated[Confirm | Reject, Field(discriminator="kind")]
RECEIPT: Final[TypeAdapter[Receipt]] = TypeAdapter(Receipt)


def encode(message: Part) -> bytes:
    """A message as the compact UTF-8 JSON that goes over the wire."""
    return message.model_dump_json().encode()


def canonical(manifest: ClipManifest) -> str:
    """The exact text that is signed: compact JSON, keys in the order of the model."""
    return manifest.model_dump_json()
