"""Whose something is: the way from a thing, by its kind and key, to its estate, and who sees that."""

from collections.abc import Mapping
from typing import Final


def sees(estate: str) -> str:
    """SQL: whether an `account` sees the estate of that id."""
    return (
        "(account.every_estate OR EXISTS (SELECT FROM account_estate has"
        f" WHERE has.username = account.username AND has.estate = {estate}))"
    )


_BY_CAMERA: Final = (
    "SELECT agent.estate FROM camera JOIN agent ON agent.id = camera.agent WHERE camera.id = given.subject"
)

WAYS: Final[Mapping[str, str]] = {
    "agent": "SELECT estate FROM agent WHERE id = given.subject",
    "camera": _BY_CAMERA,
    "minute": _BY_CAMERA,
    "sensor": (
        "SELECT agent.estate FROM sensor JOIN agent ON agent.id = sensor.agent"
        " WHERE sensor.id = given.subject"
    ),
    "alert": "SELECT agent.estate FROM alert JOIN agent ON agent.id = alert.agent WHERE alert.id = {uuid}",
    "clip": "SELECT agent.estate FROM clip JOIN agent ON agent.id = clip.agent WHERE clip.event = {uuid}",
    "notification": "SELECT estate FROM notification WHERE id = {uuid}",
    "fault": "SELECT estate FROM fault WHERE id = {uuid}",
    "work_order": "SELECT estate FROM work_order WHERE id = {uuid}",
    # Between two people: of an estate that both may see.
    "handover": (
        "SELECT estate.id FROM estate WHERE 2 = (SELECT count(*) FROM account JOIN handover"  # noqa: S608 - own names
        " ON account.username IN (handover.from_person, handover.to_person) WHERE handover.id = {uuid}"
        f" AND {sees('estate.id')}) ORDER BY estate.id LIMIT 1"
    ),
    "estate": "SELECT id FROM estate WHERE id = given.subject",
}
"""Kind → its estate, for the key `given.subject`."""

_UUID: Final = "CASE WHEN pg_input_is_valid(given.subject, 'uuid') THEN given.subject::uuid END"


def estate_of(kind: str) -> str:
    """SQL for the estate of `given.subject`, whose kind stands in the column `kind`; NULL where unknown."""
    whens = (f" WHEN '{name}' THEN ({way.format(uuid=_UUID)})" for name, way in WAYS.items())
    return f"CASE {kind}{''.join(whens)} END"
