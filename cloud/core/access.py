"""Roles and duties: which role may do what. Which estates it may do it in, the account says."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Role = Literal["desk", "maintenance", "manager", "bureau", "auditor", "administrator"]
Duty = Literal[
    "desk",
    "maintenance",
    "certificates",
    "ledger",
    "pictures",
    "audit",
    "accounts",
    "grants",
    "roster",
    "arranging",
    "oversight",
    "inspection",
    "planning",
]

ROLES: Final[tuple[Role, ...]] = get_args(Role)

HOLDERS: Final[Mapping[Duty, frozenset[Role]]] = {
    "desk": frozenset({"desk", "manager"}),
    "maintenance": frozenset({"maintenance", "manager"}),
    "certificates": frozenset({"bureau", "manager"}),
    "ledger": frozenset({"maintenance", "manager", "bureau", "auditor"}),
    "pictures": frozenset({"desk", "manager", "bureau"}),
    "audit": frozenset({"auditor"}),
    "accounts": frozenset({"administrator"}),
    "grants": frozenset({"manager", "administrator"}),
    "roster": frozenset({"desk", "maintenance", "manager"}),
    "arranging": frozenset({"manager"}),
    "oversight": frozenset({"bureau", "manager", "auditor", "administrator"}),
    "inspection": frozenset({"bureau", "auditor"}),
    "planning": frozenset({"manager", "administrator"}),
}
"""Who holds each duty. A small property has one person for desk, repairs and the ledger: its manager."""

PAGES: Final[Mapping[str, Duty]] = {
    "desk": "desk",
    "maintenance": "maintenance",
    "audit": "audit",
    "accounts": "accounts",
    "bureau": "oversight",
    "ledger": "ledger",
    "feedback": "maintenance",
    "duty": "roster",
    "plan": "planning",
    "grants": "grants",
}
"""Page → whose it is, in the order in which a person is led through them."""


NEED_LEAVE: Final = frozenset[Role]({"bureau"})
"""Roles that see pictures of people only where somebody has given them leave."""


def may(role: Role, duty: Duty) -> bool:
    """Whether a role holds a duty."""
    return role in HOLDERS[duty]


def within(estates: frozenset[str], own: frozenset[str], *, every: bool, own_every: bool) -> bool:
    """Whether somebody who sees `own` may decide about somebody who sees `estates`."""
    return own_every or (not every and estates <= own)


def pages(role: Role) -> tuple[str, ...]:
    """The pages of a role; the first is where it comes to after logging in."""
    return tuple(page for page, duty in PAGES.items() if may(role, duty))
