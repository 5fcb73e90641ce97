"""Heads of the log: its size and root at an instant, signed by the service, each naming the one before.

What is signed is a text, byte for byte; nothing is encoded anew before it is checked. So anybody can
check it, also with `openssl dgst -verify`.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cloud.core.signature import SCHEME, has_signed
from contracts.base import Instant

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Unbelieved(ValueError):  # noqa: N818 - says what was found
    """A head is not what a service of ours signed. The message says why."""


class Head(BaseModel):
    """What is said of the log at an instant."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: Literal[1] = 1
    number: int = Field(ge=1)
    """Counted from 1, without gaps."""
    size: int = Field(ge=1)
    """How many leaves it speaks of: the first so many."""
    root: Digest
    at: Instant
    previous: Digest | Literal[""]
    """SHA-256 of the text of head `number` - 1; empty in the first."""
    key: Digest
    """SHA-256 of the signer's public key (SubjectPublicKeyInfo, DER)."""

    def text(self) -> str:
        """What is signed: compact JSON, keys in this order."""
        return self.model_dump_json()


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head's text and its signature, base64 of DER (ECDSA P-256 with SHA-256, FIPS 186-5)."""

    text: str
    signature: str

    @property
    def digest(self) -> str:
        """What the next head calls `previous`."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def document(self) -> bytes:
        """What a time-stamping authority stamps: text and signature, a line each."""
        return f"{self.text}\n{self.signature}\n".encode()


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """How a head names who signed it."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def signed(head: Head, key: ec.EllipticCurvePrivateKey) -> SignedHead:
    """The head with a signature by `key`, which it must name."""
    assert head.key == key_id(key.public_key())
    text = head.text()
    signature = key.sign(text.encode(), SCHEME)
    return SignedHead(text, base64.b64encode(signature).decode())


def believed(found: SignedHead, keys: Iterable[ec.EllipticCurvePublicKey]) -> Head:
    """The head that one of `keys` has signed.

    Raises:
        Unbelieved: It cannot be read, names no key of ours, or the signature does not fit.
    """
    try:
        head = Head.model_validate_json(found.text)
    except ValidationError as error:
        raise Unbelieved("the head cannot be read") from error
    key = next((key for key in keys if key_id(key) == head.key), None)
    if key is None:
        raise Unbelieved(f"head {head.number} is signed by a key that is not trusted: {head.key}")
    if not has_signed(key, found.text.encode(), found.signature):
        raise Unbelieved(f"the signature does not fit head {head.number}")
    return head
