"""Answers of the desk: alerts, what is known of them, who has had their evidence in hand."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from cloud.api.answers.base import Instant, Line, Named, People
from cloud.core import alarm, handover
from cloud.core.alert import Severity
from cloud.core.custody import Purpose

ClipState = Literal["pending", "stored", "verified", "failed", "pruned"]


class PriorityReason(TypedDict):
    """What counts for how many points."""

    because: Literal["score", "below", "height", "size"]
    points: int
    value: NotRequired[float | str | None]
    mass_kg: NotRequired[float | None]


class Estimate(TypedDict):
    """The interval holds the truth in 95 of 100 cases."""

    value: float
    low: float
    high: float


class Place(TypedDict):
    """Where something came from, as its message says it."""

    from_above: bool
    floor: int
    floor_low: int
    floor_high: int
    floor_probability: float
    bay: int
    flat: str
    flat_probability: float
    height_m: Estimate
    speed_m_s: NotRequired[Estimate | None]
    energy_j_per_kg: NotRequired[Estimate | None]
    size_m: NotRequired[Estimate | None]
    facade: NotRequired[str]


class Alert(TypedDict):
    """An alert as lists show it."""

    id: str
    state: alarm.State
    severity: Severity
    priority: int
    priority_reasons: list[PriorityReason]
    raised_at: Instant
    observed_at: Instant
    time_is: Literal["known", "corrected", "unknown"]
    estate: Named
    camera: Named
    facade: Named | None
    score: float
    place: Place | None
    pose_doubted: bool
    acknowledged_by: str | None
    acknowledged_at: Instant | None
    confirmed_by: str | None
    confirmed_at: Instant | None
    assigned_to: str | None
    shelved_by: str | None
    shelved_until: Instant | None
    shelve_reason: str | None
    closed_by: str | None
    closed_at: Instant | None
    close_reason: str | None
    clip: ClipState
    held: bool


class Frame(TypedDict):
    """Of the camera's picture, in pixels."""

    width: int
    height: int


class Origin(TypedDict):
    """The point of release, in pixels."""

    x_px: float
    y_px: float
    uncertainty_px: float


class ClockOffset(TypedDict):
    """Of the box; null where it knew no time."""

    offset_s: float | None
    uncertainty_s: float | None


class Clip(TypedDict):
    """A clip with what its manifest says; null what cannot be read in one that nobody believes."""

    url: str | None
    sha256: str | None
    size_bytes: int | None
    started_at: str | None
    duration_s: float | None
    event_offset_s: float | None
    complete: bool
    hash_matches: bool | None
    signature_valid: bool | None
    signed_by: str | None
    failed_reason: str | None


class Warned(TypedDict):
    """A siren or lamp that was switched, or should have been."""

    device: str
    outcome: str
    acted_at: Instant
    reason: str


class Viewing(TypedDict):
    """Why somebody may look; until: null as long as they have the alert in hand."""

    purpose: Purpose
    note: str
    until: Instant | None


class AlertSeen(Alert):
    """An alert with all that is known of it."""

    message_id: str
    last_visible_at: Instant
    decided_at: Instant
    received_at: Instant
    frame: Frame
    track: list[tuple[float, float, float]]
    origin: Origin | None
    clock: ClockOffset
    clip_detail: Clip | None
    warnings: list[Warned]
    history: list[Line]


class AlertDetail(AlertSeen):
    """The same for somebody: viewing is why they may look at the clip, null before they have said it."""

    viewing: Viewing | None


class HandedItem(TypedDict):
    """An alert that goes along."""

    alert: str
    note: str
    state: alarm.State


Handover = TypedDict(
    "Handover",
    {
        "id": str,
        "from": str,
        "to": str,
        "state": handover.State,
        "note": str,
        "offered_at": Instant,
        "ended_at": Instant | None,
        "items": list[HandedItem],
    },
)
"""A handover with what goes along."""


class CameraCount(TypedDict):
    """How far the cameras can be trusted."""

    total: int
    trusted: int
    lost: list[Named]
    faulty: list[Named]
    unknown: list[Named]


class Desk(TypedDict):
    """What the desk sees at one moment."""

    now: Instant
    change: int
    people: People
    estates: list[Named]
    cameras: CameraCount
    open: list[Alert]
    closed: list[Alert]
    colleagues: list[str]
    handovers: list[Handover]


class Hold(TypedDict):
    """A legal hold; until: null where it lasts until somebody lifts it."""

    id: str
    reason: str
    by: str
    at: Instant
    until: Instant | None
    lifted_by: str | None
    lifted_at: Instant | None
    lift_reason: str | None


class Holds(TypedDict):
    """Every hold that an alert has had, oldest first."""

    holds: list[Hold]


class Held(Hold):
    """A hold with what it holds."""

    alert: Alert


class HeldNow(TypedDict):
    """What is held now, the newest first."""

    now: Instant
    people: People
    holds: list[Held]


class Kept(TypedDict):
    """How a clip came. entry: its place in the log, null until it has one."""

    sha256: str | None
    agent: str
    announced_at: Instant
    stored_at: Instant | None
    state: str
    entry: int | None


class Link(TypedDict):
    """A line of the chain of custody. content: as the audit log has it."""

    at: Instant
    by: str
    action: str
    purpose: str
    content: dict[str, Any]
    entry: int | None


class Custody(TypedDict):
    """What was done with the evidence."""

    clip: Kept | None
    links: list[Link]


class FalseAlarms(TypedDict):
    """Of a camera in a week; false: by reason. precision: null where nothing was judged."""

    camera: Named
    week: str
    real: int
    false: dict[str, int]
    precision: float | None


class Judged(TypedDict):
    """How a camera's alerts of 30 days were judged. share_false: of all that were."""

    camera: Named
    real: int
    falling_part: int
    false: dict[str, int]
    share_false: float


class Feedback(TypedDict):
    """What the desk said of alerts: of 30 days by camera, of 12 weeks by camera and week."""

    now: Instant
    cameras: list[Judged]
    weeks: list[FalseAlarms]
