"""What every section of the settings shares."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field


class SettingsError(ValueError):
    """The settings cannot be used. The message says what to mend."""


class Section(BaseModel):
    """A part of the settings: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


Pixel = Annotated[float, Field(ge=-1e5, le=1e5)]
Polygon = Annotated[tuple[tuple[Pixel, Pixel], ...], Field(min_length=3, max_length=200)]
MAX_SIDE: Final = 16_384
