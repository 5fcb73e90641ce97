"""What a certificate's file consists of; sealed as an evidence file is: `cloud.evidence.bundle.members`."""

from datetime import date
from typing import Final, Literal

from cloud.core.certificate.attesting import State
from cloud.core.certificate.content import FORMAT
from cloud.core.head import Digest
from cloud.core.words import Words
from cloud.evidence.bundle.members import (
    CERTIFICATE,
    CUSTODY,
    EXPORT,
    FIRST_HEAD,
    FIRST_STAMP,
    INDEX,
    LAST_HEAD,
    LAST_STAMP,
    PROOFS,
    README,
    SUMS,
    SUMS_SIGNATURE,
    Consistency,
    Inclusion,
    Line,
    Listed,
    Part,
    Position,
)
from contracts.base import Instant

ACTION: Final = "certified"
"""What the audit log calls the issue of a certificate."""

PAPER: Final = "certificate.pdf"
DAYS: Final = "days.json"

INDEXED: Final = (README, PAPER, CERTIFICATE, DAYS, CUSTODY, FIRST_HEAD, FIRST_STAMP)
OPTIONAL: Final = frozenset({DAYS})
"""In files from before there were digests of days."""
ORDER: Final = (*INDEXED, INDEX, EXPORT, PROOFS, LAST_HEAD, LAST_STAMP, SUMS, SUMS_SIGNATURE)
"""Of the members in the container."""

MAX_CERTIFICATE_BYTES: Final = 256 << 20
"""A month of a thousand facades takes less."""


class Index(Part):
    """`index.json`: every member but itself and `seal/`."""

    format: Literal["fallwatch-certificate/1"] = FORMAT
    members: tuple[Listed, ...]


class DayEntry(Part):
    """An entry of the log about a day. facts: part → its lines, of what the certificate speaks of.

    proof: that the entry is in the first head's tree.
    """

    line: Line
    facts: dict[str, str]
    proof: Inclusion


class Sentence(Part):
    """The same in Chinese and in English."""

    zh: str
    en: str


def sentence(words: Words) -> Sentence:
    """As a member has it."""
    return Sentence(zh=words.zh, en=words.en)


class Day(Part):
    """What is said of a day of an estate. late: lines that came when it was closed.

    within: it is of the span; else only what was done later with faults and orders is of it.
    """

    estate: str
    day: date
    within: bool
    state: State
    late: int
    differences: tuple[Sentence, ...]
    entries: tuple[DayEntry, ...]


class Days(Part):
    """`days.json`. contradictions: where the certificate's rows are not even one with another."""

    days: tuple[Day, ...]
    contradictions: tuple[Sentence, ...]


class Proofs(Part):
    """`seal/proofs.json`.

    lines: for each line of `custody.json` that it is in the last head's tree. export: the same for the entry
    of the issue. grown: that the first head's tree is the beginning of the last's.
    """

    lines: tuple[Inclusion, ...]
    export: Inclusion
    grown: Consistency


class Issued(Part):
    """What the log's entry of the issue says. custody: places of the lines in `custody.json`."""

    format: Literal["fallwatch-certificate/1"] = FORMAT
    index_sha256: Digest
    certificate_sha256: Digest
    facades: tuple[str, ...]
    begin: Instant
    end: Instant
    custody: tuple[Position, ...]
