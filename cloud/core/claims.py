"""What an organisation's OpenID provider says of somebody, and what it means here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cloud.core.access import ROLES, Role

EVERY: Final = "*"


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which claims are read, and how. roles: their word → ours; groups: their word → estates, or `*`."""

    username: str
    name: str
    role: str
    roles: Mapping[str, str]
    estates: str
    groups: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody as their provider describes them."""

    username: str
    name: str
    role: Role
    estates: frozenset[str]
    every_estate: bool


class ClaimsRefused(ValueError):  # noqa: N818 - named for what is so
    """Who it is may not come in; the message says why."""


def read(claims: Mapping[str, Any], meaning: Meaning) -> Said:
    """What the claims mean. Of several roles the first in `meaning.roles` counts.

    Raises:
        ClaimsRefused: No usable name, no role of ours, or no estate.
    """
    username = claims.get(meaning.username)
    if not isinstance(username, str) or not 0 < len(username) <= 64 or "\x00" in username:
        raise ClaimsRefused(f"the claim {meaning.username} holds no user name")
    theirs = _words(claims.get(meaning.role))
    role = next((ours for word, ours in meaning.roles.items() if word in theirs), None)
    if role not in ROLES:
        raise ClaimsRefused(f"none of the roles in the claim {meaning.role} means anything here")
    named = [meaning.groups.get(word, (word,)) for word in _words(claims.get(meaning.estates))]
    estates = frozenset(estate for group in named for estate in group)
    if not estates:
        raise ClaimsRefused(f"the claim {meaning.estates} names no estate")
    name = claims.get(meaning.name)
    shown = name if isinstance(name, str) and name and "\x00" not in name else username
    return Said(username, shown[:200], role, estates - {EVERY}, EVERY in estates)


def _words(claim: object) -> tuple[str, ...]:
    """A claim of one word or of several."""
    if isinstance(claim, str):
        return (claim,)
    return tuple(word for word in claim if isinstance(word, str)) if isinstance(claim, list) else ()
