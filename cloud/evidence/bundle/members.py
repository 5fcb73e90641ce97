"""What an evidence file consists of: the names of its members, and the shapes of those that programs read.

`index.json` lists every member but itself and `seal/`, with its SHA-256. The export is an entry of the log
that names the index's SHA-256; `seal/` proves that entry. So all that is here hangs on the log's signed head.
`seal/SHA256SUMS` is for `sha256sum -c`; the log's key signs it last, so that not even a byte without meaning,
as time stamps have some, can be changed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from cloud.core.head import Digest

FORMAT: Final = "fallwatch-evidence/1"
ACTION: Final = "exported"
"""What the audit log calls an export."""

README: Final = "README.txt"
PAGE: Final = "page.html"
CLIP: Final = "original/clip.mp4"
MANIFEST: Final = "original/manifest.json"
SIGNATURE: Final = "original/manifest.sig"
COPY: Final = "annotated/COPY_NOT_ORIGINAL.mp4"
STILL: Final = "annotated/still.jpg"
FACTS: Final = "facts.json"
TRACK_JSON: Final = "track/track.json"
TRACK_CSV: Final = "track/track.csv"
SKETCH: Final = "sketch.svg"
CUSTODY: Final = "custody.json"
DEVICE: Final = "certificates/device.pem"
DEVICE_CA: Final = "certificates/device_ca.pem"
REVOKED: Final = "certificates/device_ca.crl.pem"
INDEX: Final = "index.json"
FIRST_HEAD: Final = "log/first_head.txt"
FIRST_STAMP: Final = "log/first_head.tsr"
EXPORT: Final = "seal/export_entry.json"
PROOFS: Final = "seal/proofs.json"
LAST_HEAD: Final = "seal/last_head.txt"
LAST_STAMP: Final = "seal/last_head.tsr"
SUMS: Final = "seal/SHA256SUMS"
SUMS_SIGNATURE: Final = "seal/SHA256SUMS.sig"
CERTIFICATE: Final = "certificate.json"
"""Of a certificate, which is sealed likewise (`cloud.evidence.certificate.members`): by it one is known."""

SEAL: Final = (EXPORT, PROOFS, LAST_HEAD, LAST_STAMP, SUMS, SUMS_SIGNATURE)
OPTIONAL: Final = frozenset({COPY, STILL, REVOKED})
"""COPY, STILL: missing where the clip could not be decoded; the page says so. REVOKED: where the service does
not hold the authority's key, and in files from before there was such a list."""
INDEXED: Final = (
    README,
    PAGE,
    CLIP,
    MANIFEST,
    SIGNATURE,
    COPY,
    STILL,
    FACTS,
    TRACK_JSON,
    TRACK_CSV,
    SKETCH,
    CUSTODY,
    DEVICE,
    DEVICE_CA,
    REVOKED,
    FIRST_HEAD,
    FIRST_STAMP,
)
ORDER: Final = (*INDEXED, INDEX, *SEAL)
"""Of the members in the container."""

PIECE_BYTES: Final = 1 << 18
"""The clip has a digest for each piece of this length, so that a change can be told where it is."""
COPY_COMMENT: Final = "annotated copy of "
"""How an annotated copy's own comment begins."""


class Part(BaseModel):
    """A part of a member: frozen, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(Part):
    """A member as the index names it."""

    name: str
    size_bytes: int = Field(ge=0)
    sha256: Digest


class Index(Part):
    """`index.json`. pieces: SHA-256 of each `PIECE_BYTES` of the clip."""

    format: Literal["fallwatch-evidence/1"] = FORMAT
    members: tuple[Listed, ...]
    pieces: tuple[Digest, ...]


Position = Annotated[int, Field(ge=1)]


class Line(Part):
    """An entry of the log with its place. entry: its text, byte for byte, which is what was hashed."""

    index: Position
    entry: str


class Custody(Part):
    """`custody.json`: all that the log holds of the alert, its clip and what people did with them."""

    lines: tuple[Line, ...]


class Tree(Part):
    """How the tree of a proof is hashed, and how many leaves it has."""

    algorithm: Literal["sha256"]
    security: Literal[True]
    size: Position


class Spot(Tree):
    """Where in it the leaf stands."""

    index: Position


class Growth(Tree):
    """How many leaves it had before."""

    prior_size: Position


class Path(Part):
    """The hashes of a proof; no byte of it may be without meaning."""

    rule: list[Literal[0, 1]]
    path: list[Digest]


class Inclusion(Path):
    """That a leaf is in a tree, as `cloud.core.merkle` makes it."""

    type: Literal["inclusion"]
    metadata: Spot


class Consistency(Path):
    """That a tree is the beginning of another, as `cloud.core.merkle` makes it."""

    type: Literal["consistency"]
    metadata: Growth
    subset: list[Literal[0, 1]]


class Proofs(Part):
    """`seal/proofs.json`.

    lines: for each line of custody that it is in the last head's tree. export: the same for the export's
    entry. announced: that the clip's announcement is in the first head's tree. grown: that the first head's
    tree is the beginning of the last's.
    """

    lines: tuple[Inclusion, ...]
    export: Inclusion
    announced: Inclusion
    grown: Consistency


class Exported(Part):
    """What the log's entry of an export says of the file. custody: places of the lines in it."""

    format: Literal["fallwatch-evidence/1"] = FORMAT
    index_sha256: Digest
    clip_sha256: Digest
    custody: tuple[Position, ...]


def pieces(chunk: bytes) -> list[str]:
    """SHA-256 of each piece of a run of the clip that begins where a piece does."""
    return [
        hashlib.sha256(chunk[at : at + PIECE_BYTES]).hexdigest() for at in range(0, len(chunk), PIECE_BYTES)
    ]


def sums(digests: Mapping[str, str], order: Sequence[str]) -> bytes:
    """`seal/SHA256SUMS` for members with these digests, in the container's order."""
    names = (name for name in order if name in digests and name not in {SUMS, SUMS_SIGNATURE})
    return "".join(f"{digests[name]}  {name}\n" for name in names).encode()


def text(part: BaseModel) -> bytes:
    """A member's exact bytes: compact JSON with a line's end."""
    return f"{part.model_dump_json()}\n".encode()
