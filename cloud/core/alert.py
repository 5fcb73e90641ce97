"""A falling object's alert: an alarm that is latched, and what it can turn out to have been."""

from typing import Final, Literal, get_args

from cloud.core.alarm import Alarm

Severity = Literal["critical", "high", "notice"]
CloseReason = Literal[
    "real_throw",
    "falling_part",
    "false_bird",
    "false_insect",
    "false_laundry",
    "false_weather",
    "false_light",
    "false_other",
]
CLOSE_REASONS: Final[tuple[str, ...]] = get_args(CloseReason)

RAISED: Final = Alarm(latched=True)
"""As every alert begins: seen by nobody, and there until somebody has said what it was."""


def is_false(reason: str) -> bool:
    """Whether nothing fell that could hurt somebody."""
    return reason.startswith("false_")
