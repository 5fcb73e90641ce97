"""What a verifier trusts: certificates and keys that came to it by another way than the file.

A folder holds `device_ca*.pem`, `log_key*.pem` and `tsa_root*.pem`: the authority of the devices'
certificates, the public keys by which the log's heads are signed, the root of the time-stamping authority.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.core.signature import public_key

Found = TypeVar("Found")

DEVICE_CA: Final = "device_ca"
LOG_KEY: Final = "log_key"
TSA_ROOT: Final = "tsa_root"


class NoAnchors(ValueError):  # noqa: N818 - says what is missing
    """The folder does not hold what must be trusted. The message names the file."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """At least one of each."""

    device_cas: tuple[x509.Certificate, ...]
    log_keys: tuple[ec.EllipticCurvePublicKey, ...]
    tsa_roots: tuple[x509.Certificate, ...]


def load(folder: Path) -> Anchors:
    """The anchors of a folder.

    Raises:
        NoAnchors: A kind is missing, or a file cannot be read.
    """
    return Anchors(
        _all(folder, DEVICE_CA, x509.load_pem_x509_certificate),
        _all(folder, LOG_KEY, public_key),
        _all(folder, TSA_ROOT, x509.load_pem_x509_certificate),
    )


def _all(folder: Path, kind: str, read: Callable[[bytes], Found]) -> tuple[Found, ...]:
    paths = sorted(folder.glob(f"{kind}*.pem"))
    if not paths:
        raise NoAnchors(f"{folder} holds no {kind}*.pem: without it nothing can be trusted")
    found = []
    for path in paths:
        try:
            found.append(read(path.read_bytes()))
        except (OSError, ValueError) as error:
            raise NoAnchors(f"{path} cannot be read: {error}") from error
    return tuple(found)
