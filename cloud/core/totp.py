"""One-time codes by time (RFC 6238): which step of time a code is of, and codes for a lost telephone."""

import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Final

STEP_S: Final = 30
DRIFT_STEPS: Final = 1
"""A telephone's clock may be half a minute off either way (RFC 6238, 5.2)."""
RECOVERY_CODES: Final = 10
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what is mistaken for something else on paper."""
RECOVERY_LENGTH: Final = 12
"""12 of 31 letters are 59 bits: too many to try, so a fast hash keeps them."""


def step_of(code: str, code_at: Callable[[int], str], at: datetime, last_step: int) -> int | None:
    """The step that a code is of, if it is near `at` and after `last_step`: no code counts twice."""
    now = int(at.timestamp()) // STEP_S
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if step > last_step and hmac.compare_digest(code_at(step).encode(), code.encode()):
            return step
    return None


def recovery_code(choose: Callable[[str], str]) -> str:
    """A code as it is shown once, in three groups."""
    letters = "".join(choose(ALPHABET) for _ in range(RECOVERY_LENGTH))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def plain(code: str) -> str:
    """A code as somebody typed it, without what only helps reading."""
    return "".join(letter for letter in code.casefold() if letter.isalnum())
