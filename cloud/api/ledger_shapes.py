"""The ledger's accounts as the JSON that pages read."""

from collections.abc import Sequence
from typing import Final

from cloud.api import shapes
from cloud.api.answers import figures
from cloud.api.answers.base import Name
from cloud.core.ledger import CameraAccount, Outage

OUTAGES: Final = 100
"""So many of each kind are listed of a camera, the longest; the export has all."""


def account(one: CameraAccount, name: Name) -> figures.CameraAccount:
    """What a camera adds to the figures, with what counts against it."""
    return {
        "id": one.camera,
        "name": name,
        "due_s": one.due_s,
        "online_s": one.online_s,
        "sound_s": one.sound_s,
        "recorded_s": one.recorded_s,
        "excluded_s": one.excluded_s,
        "falls": one.falls,
        "clips": one.clips,
        "outages": _listed(one.outages),
        "blinded": _listed(one.blinded),
        "unrecorded": _listed(one.unrecorded),
    }


def _listed(found: Sequence[Outage]) -> list[figures.Outage]:
    longest = sorted(found, key=lambda outage: outage.begin - outage.end)[:OUTAGES]
    return [
        {"begin": shapes.instant(outage.begin), "end": shapes.instant(outage.end), "why": outage.why}
        for outage in sorted(longest, key=lambda outage: outage.begin)
    ]
