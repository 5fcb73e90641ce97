"""The certificate as a PDF."""

from datetime import date
from typing import Final

from cloud import printing
from cloud.core.certificate.attesting import State
from cloud.core.parts import Part
from contracts.base import Instant

SETTING_S: Final = 300.0
"""A thousand facades take less."""


class OfDay(Part):
    """What the log says of a day; as in `days.json`, with the places of its entries.

    closed_at: when the first of them was made; None where there is none.
    """

    estate: str
    day: date
    within: bool
    state: State
    late: int
    closed_at: Instant | None
    entries: tuple[int, ...]
    differences: tuple[str, ...]


class Chain(Part):
    """The head of the log under which everything here stands. lines: how many of its entries are here."""

    head: int
    size: int
    root: str
    at: Instant
    stamped_at: Instant
    lines: int
    days: tuple[OfDay, ...]
    contradictions: tuple[str, ...]


async def printed(certificate: bytes, chain: Chain) -> bytes:
    """The PDF of `certificate.json`.

    Raises:
        NotPrinted: No Chinese font is installed, or the typesetter failed.
    """
    given = f"{chain.model_dump_json()}\n".encode() + certificate
    return await printing.printed(__name__, given, SETTING_S)
