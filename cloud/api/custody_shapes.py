"""Viewings and the chain of custody as the JSON that pages read."""

from cloud.api.answers import alerts as answers
from cloud.api.shapes import instant, maybe
from cloud.store.clips import ClipRow
from cloud.store.viewings import Link, Viewing


def viewing(given: Viewing) -> answers.Viewing:
    """Why somebody may look, and until when; null as long as they have the alert in hand."""
    return {"purpose": given.purpose, "note": given.note, "until": maybe(given.until)}


def kept(row: ClipRow, entry: int | None) -> answers.Kept:
    """How a clip came: announced by its device, received and checked. entry: its place in the log."""
    return {
        "sha256": row.sha256,
        "agent": row.agent,
        "announced_at": instant(row.announced_at),
        "stored_at": maybe(row.stored_at),
        "state": row.state,
        "entry": entry,
    }


def link(found: Link, entry: int | None) -> answers.Link:
    """A line of the chain of custody. entry: its place in the log; null for the second until it is sealed."""
    return {
        "at": instant(found.at),
        "by": found.by,
        "action": found.action,
        "purpose": found.purpose,
        "content": dict(found.content),
        "entry": entry,
    }
