"""Why something cannot be as somebody wants it: said in English, with a code by which pages say it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

Value = str | int | float


@dataclass(frozen=True, slots=True)
class At:
    """Where in a file: of what kind, which one from 1, and how people call it."""

    of: str
    number: int
    name: str = ""

    def __str__(self) -> str:
        return f"{self.of} {self.number}" + (f" ({self.name})" if self.name else "")


@dataclass(frozen=True, slots=True)
class Objection:
    """What is wrong, and what to do about it.

    code: by which pages find their own sentence (`static/words/refusals.js`); of one `template` only.
    template: the sentence in English, with `values` in braces.
    """

    code: str
    template: str
    values: Mapping[str, Value] = field(default_factory=dict)
    at: At | None = None

    def __str__(self) -> str:
        said = self.template.format(**self.values)
        return said if self.at is None else f"{self.at}: {said}"

    def found_at(self, at: At) -> Self:
        """The same, about that place."""
        return replace(self, at=at)


def objection(code: str, template: str, **values: Value) -> Objection:
    """One objection."""
    return Objection(code, template, values)


class Refused(ValueError):  # noqa: N818 - named for what is so
    """What somebody has given cannot be so. The message is sentences for them."""

    def __init__(self, *objections: Objection) -> None:
        super().__init__("; ".join(map(str, objections)))
        self.objections = objections
