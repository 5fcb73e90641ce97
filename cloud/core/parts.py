"""What files that the cloud reads are made of: frozen parts with nothing unknown in them, and names."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

PlaceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]


class Part(BaseModel):
    """A part of a file: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Name(Part):
    """What people call it."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
