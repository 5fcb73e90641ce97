"""What requests carry: the kinds of text in their paths and bodies, and bodies that several routes take."""

from datetime import timedelta
from typing import Annotated, Final

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.core import alarm

NO_NUL: Final = r"^[^\x00]*$"
"""PostgreSQL takes no NUL in a text."""
SLUG: Final = r"^[a-z0-9-]+$"
SHELVE_AT_MOST_MIN: Final = alarm.SHELVE_AT_MOST // timedelta(minutes=1)

Note = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True, pattern=NO_NUL)]
"""May be left empty."""
Why = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True, pattern=NO_NUL)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=NO_NUL)]
"""Of something or somebody that is looked up."""
Slug = Annotated[str, StringConstraints(max_length=63, pattern=SLUG)]
"""Of an estate, an agent, a camera."""
SlugInPath = Annotated[str, Path(max_length=63, pattern=SLUG)]


class Body(BaseModel):
    """What comes with a request; nothing unknown in it."""

    model_config = ConfigDict(extra="forbid")


class Shelving(Body):
    """For how long it is set aside, and why."""

    minutes: int = Field(ge=1, le=SHELVE_AT_MOST_MIN)
    reason: Why
