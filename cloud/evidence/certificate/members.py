"""What a certificate's file consists of; sealed as an evidence file is: `cloud.evidence.bundle.members`."""

from typing import Final, Literal

from cloud.core.certificate.content import FORMAT
from cloud.core.head import Digest
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
    Listed,
    Part,
    Position,
)
from contracts.base import Instant

ACTION: Final = "certified"
"""What the audit log calls the issue of a certificate."""

PAPER: Final = "certificate.pdf"

INDEXED: Final = (README, PAPER, CERTIFICATE, CUSTODY, FIRST_HEAD, FIRST_STAMP)
ORDER: Final = (*INDEXED, INDEX, EXPORT, PROOFS, LAST_HEAD, LAST_STAMP, SUMS, SUMS_SIGNATURE)
"""Of the members in the container."""

MAX_CERTIFICATE_BYTES: Final = 256 << 20
"""A month of a thousand facades takes less."""


class Index(Part):
    """`index.json`: every member but itself and `seal/`."""

    format: Literal["fallwatch-certificate/1"] = FORMAT
    members: tuple[Listed, ...]


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
