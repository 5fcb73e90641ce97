"""Which lines of a history people are told of outside the pages. All others they find when they look.

A fall is told when it is raised, comes back from the shelf or is opened again. A fault is told once, as its
line `announced` says: after its cause had time to show, never beneath one, and not more than three times an
hour for what comes and goes (`cause.py`, `chatter.py`).
"""

from typing import Final, Literal

TOLD: Final = {
    "alert": frozenset({"raised", "reopened", "shelf_ended"}),
    "fault": frozenset({"announced", "shelf_ended"}),
}


def is_told(of: Literal["alert", "fault"], what: str) -> bool:
    """Whether people are told of the line `what` in the history of an alert or a fault."""
    return what.partition(":")[0] in TOLD[of]
