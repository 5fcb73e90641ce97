"""How long what is kept. What is named nowhere here (alerts, work orders, the audit log) is never pruned."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

Kind = Literal["events", "readings", "minutes", "clips", "fault_pictures", "dead_letters"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


def cutoffs(days: Mapping[str, int | None], at: datetime) -> dict[Kind, datetime]:
    """Before when each kind is pruned at `at`: whole days of UTC. days: of each kind; None: for ever."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return {kind: today - timedelta(days=kept) for kind in KINDS if (kept := days[kind]) is not None}
