"""What a camera's worker says to its agent: lines of JSON on standard output, interesting only now."""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Appended(_Line):
    """The worker has put something into the outbox: look there."""

    report: Literal["appended"] = "appended"
    kind: str


class Suspected(_Line):
    """Something may be falling, long before that is certain. Told once for a track.

    first_at: when it was first visible. at: when the worker said so; both steady instants, so that a clock
    that is set meanwhile delays no warning. sure: 0…1, as far as the detector knows.
    """

    report: Literal["suspected"] = "suspected"
    track: int
    first_at: AwareDatetime
    at: AwareDatetime
    sure: float


class Stats(_Line):
    """Where the worker stands. Counts are totals since it began."""

    report: Literal["stats"] = "stats"
    state: Literal["starting", "streaming", "lost"]
    since: AwareDatetime
    frames: int
    dropped: int
    damaged: int
    decode_s: float
    detect_s: float
    falls: int
    clips_sealed: int
    clips_failed: int
    refused: int
    reconnects: int
    ring_bytes: int
    stalls: int = 0
    """Gaps between searched frames in which something could have fallen unseen."""
    memory_bytes: int = 0
    searched_share: float = 1.0
    """Of the picture: what is neither ignored nor found to be away from any facade, as the search began."""
    sight_trouble: str = ""
    """Why what is set for the picture cannot be used for this stream."""


Line = Annotated[Appended | Suspected | Stats, Field(discriminator="report")]
LINE: Final[TypeAdapter[Line]] = TypeAdapter(Line)
