"""What is known of the event when it is exported, as the page tells it and `facts.json` holds it."""

from datetime import datetime
from typing import Any, Literal

from cloud.evidence.bundle.members import Part
from contracts.messages import ClipManifest, Origin, Place


class Name(Part):
    """What people call something, with its identity."""

    id: str
    zh: str
    en: str


class Facade(Part):
    """The side of the building that the camera watches."""

    name: Name
    building: str
    floors: int
    bays: int


class Export(Part):
    """Who takes the evidence out, when and why."""

    by: str
    name: Name
    at: datetime
    purpose: str


class Step(Part):
    """What somebody did with the alert or its clip, as the log holds it. index: its place in the log."""

    index: int
    at: datetime | None
    by: str
    what: str
    why: str


class Facts(Part):
    """Instants are UTC and corrected where the box learnt later how far its clock had been off.

    message: of the fall, as the box sent it, with the whole track. time_is: whether the box knew the time.
    steps: what was done with the evidence. annotated: whether there is an annotated copy.
    """

    alert: str
    estate: Name
    facade: Facade | None
    camera: Name
    agent: str
    observed_at: datetime
    last_visible_at: datetime
    decided_at: datetime
    received_at: datetime
    time_is: Literal["known", "corrected", "unknown"]
    score: float
    state: str
    close_reason: str | None
    place: Place | None
    origin: Origin | None
    track: tuple[tuple[float, float, float], ...]
    frame: tuple[int, int]
    manifest: ClipManifest
    message: dict[str, Any]
    warnings: tuple[tuple[str, str, datetime], ...]
    export: Export
    steps: tuple[Step, ...]
    people: dict[str, Name]
    annotated: bool
    first_stamped_at: datetime
