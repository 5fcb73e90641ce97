"""Who may break a house rule, and why. An entry that is needed no longer fails the test."""

from typing import Final

ALLOWED: Final[dict[tuple[str, str], str]] = {
    (
        "every_queue_has_a_bound",
        "edge/camera/clips.py",
    ): "at MAX_OWED the oldest clip is cut with what is there",
    ("every_queue_has_a_bound", "edge/camera/inbox.py"): "at FRAMES the oldest frame leaves and is counted",
    ("files_are_short", "cloud/store/schema.sql"): "written by a test, the sum of the migrations",
    ("every_queue_has_a_bound", "edge/evidence/ring.py"): "bounded in seconds and bytes, not in packets",
}
"""(rule, path) → reason."""
