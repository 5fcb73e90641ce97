"""What is to be drawn into a copy of a clip, as one program tells it the other."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Drawing(BaseModel):
    """clip, copy_to, still_to: paths. track: (t_s, x_px, y_px), `t_s` from the event. origin: x, y, ± px."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    clip: str
    sha256: str
    copy_to: str
    still_to: str
    started_at: AwareDatetime
    event_offset_s: float
    track: Annotated[tuple[tuple[float, float, float], ...], Field(min_length=1)]
    origin: tuple[float, float, float] | None
