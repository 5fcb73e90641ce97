"""Chain of custody: for what purposes somebody may look at a video, how long, and what its links are."""

from datetime import timedelta
from typing import Final, Literal

Purpose = Literal["handling", "police", "owner", "review", "other"]
"""Judging the alert; a request of the police; a resident's own; a second look; what the note says."""

LASTS: Final = timedelta(hours=2)
"""After this a purpose is asked for again. Who has an alert in hand is not asked as long as it is."""

LINKS: Final = frozenset(
    {
        "asked_to_view",
        "played",
        "exported",
        "shared",
        "found_damaged",
        "found_whole",
        "held",
        "released",
        "pruned",
    }
)
"""What is told of the evidence itself; what was decided about the alert is its history."""


def said(purpose: Purpose, note: str) -> str:
    """A purpose as it is entered in the audit log."""
    return f"{purpose}: {note}" if note else purpose
