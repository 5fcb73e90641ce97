"""What comes and goes too often is told three times, then once as chattering, until it has kept still.

ISA-18.2 calls such an alarm chattering. The edge holds its own conditions in check likewise
(`edge/core/condition.py`); this is for what the cloud decides by itself: cameras and agents that are lost and
come back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cloud.core.fault import AGENT_OFFLINE, CAMERA_LOST

WATCHED: Final = frozenset({CAMERA_LOST, AGENT_OFFLINE})
WINDOW: Final = timedelta(hours=1)
TIMES: Final = 4
"""So often within the window is too often: three have been told before."""


def is_chattering(raised_at: Sequence[datetime], at: datetime) -> bool:
    """Whether a condition that was raised at these times, and now, comes and goes too often."""
    return sum(at - then < WINDOW for then in raised_at) + 1 >= TIMES


def is_calm(last_change: datetime, at: datetime) -> bool:
    """Whether what has neither come nor gone since `last_change` is steady again."""
    return at - last_change >= WINDOW
