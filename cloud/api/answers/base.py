"""What many answers have in them."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""ISO 8601 in UTC with Z."""


class Name(TypedDict):
    """What people call it."""

    zh: str
    en: str


class Named(TypedDict):
    """Something with an id and a name."""

    id: str
    name: Name


People = dict[str, Name]
"""Username → how that person is called."""


class Line(TypedDict):
    """A line in a history."""

    at: Instant
    what: str
    by: str
    note: str


class FacadePlace(Named):
    """A facade as a place of work."""

    building: str
    floors: int
    bays: int


class Grounds(Named):
    """An estate with its facades."""

    facades: list[FacadePlace]


class Made(TypedDict):
    """The id of what was made or moved."""

    id: str


class Status(TypedDict):
    """Whether the service is well."""

    status: str


class At(TypedDict):
    """Where in a file."""

    of: str
    number: int
    name: str


class Objection(TypedDict):
    """What was assumed of a feature or a line, or is wrong with it; as in problems."""

    code: str
    detail: str
    values: dict[str, str | int | float]
    field: str | None
    at: At | None
