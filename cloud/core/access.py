"""Roles and duties: which role may do what. Which estates it may do it in, the account says."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Role = Literal["desk", "maintenance", "manager", "bureau", "auditor", "administrator"]
Duty = Literal["desk", "maintenance", "coverage", "ledger", "audit", "accounts", "grants"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)

HOLDERS: Final[Mapping[Duty, frozenset[Role]]] = {
    "desk": frozenset({"desk", "manager"}),
    "maintenance": frozenset({"maintenance", "manager"}),
    "coverage": frozenset({"bureau", "manager"}),
    "ledger": frozenset({"maintenance", "manager", "bureau", "auditor"}),
    "audit": frozenset({"auditor"}),
    "accounts": frozenset({"administrator"}),
    "grants": frozenset({"manager", "administrator"}),
}
"""Who holds each duty. A small property has one person for desk, repairs and the ledger: its manager."""

PAGES: Final[Mapping[str, Duty]] = {
    "desk": "desk",
    "maintenance": "maintenance",
    "bureau": "coverage",
    "ledger": "ledger",
}
"""Page → whose it is, in the order in which a person is led through them."""


def may(role: Role, duty: Duty) -> bool:
    """Whether a role holds a duty."""
    return role in HOLDERS[duty]


def pages(role: Role) -> tuple[str, ...]:
    """The pages of a role; the first is where it comes to after logging in."""
    return tuple(page for page, duty in PAGES.items() if may(role, duty))
