"""Answers of the bureau and of the ledger: how much was watched, and what counts against it."""

from typing_extensions import TypedDict

from cloud.api.answers.base import Grounds, Instant, Name, Named, People
from cloud.core.coverage import CameraNow, FacadeNow


class Watcher(Named):
    """A camera of a facade."""

    state: CameraNow


class Quarter(TypedDict):
    """A part of the strip."""

    at: Instant
    watched_share: float | None


class Facade(Named):
    """A facade as of now and over the window. watched_share: null where nothing was due."""

    building: str
    floors: int
    bays: int
    now: FacadeNow
    since: Instant | None
    watched_share: float | None
    unknown_share: float
    counted_s: float
    cameras: list[Watcher]
    strip: list[Quarter]


class Estate(Named):
    """How many facades an estate has, and of how many nobody sees or says anything now."""

    facades_total: int
    facades_blind_now: int
    facades_unknown_now: int


Window = TypedDict("Window", {"from": Instant, "to": Instant})
"""[from, to)."""


class Bureau(TypedDict):
    """Estates as of now."""

    now: Instant
    change: int
    estates: list[Estate]


class BureauEstate(TypedDict):
    """An estate's facades as of now and over the window."""

    now: Instant
    change: int
    window: Window
    facades: list[Facade]


class Scope(TypedDict):
    """Of what the figures are; null: of all."""

    estate: str
    facade: str | None
    camera: str | None


class Span(TypedDict):
    """[begin, end)."""

    begin: Instant
    end: Instant


class Figure(TypedDict):
    """A figure beside what it is held against."""

    key: str
    value: float | None
    numerator: float
    denominator: float
    target: float | None
    meets: bool | None


class Outage(Span):
    """A stretch that counts against a figure, and why."""

    why: str


class CameraAccount(TypedDict):
    """What one camera adds to the figures; of outages the longest hundred."""

    id: str
    name: Name
    due_s: float
    online_s: float
    sound_s: float
    recorded_s: float
    excluded_s: float
    falls: int
    clips: int
    outages: list[Outage]
    blinded: list[Outage]
    unrecorded: list[Outage]


class Planned(TypedDict):
    """Maintenance that was announced. counts: entered before it began."""

    camera: str | None
    begins_at: Instant
    ends_at: Instant
    reason: str
    entered_by: str
    entered_at: Instant
    counts: bool


class Ledger(TypedDict):
    """Figures of an estate, a facade or a camera, with what counts against them."""

    now: Instant
    change: int
    people: People
    places: list[Grounds]
    scope: Scope
    span: Span
    figures: list[Figure]
    cameras: list[CameraAccount]
    planned: list[Planned]
