"""Signs what the device says about a clip, so that it can be told later who said it and if it was changed."""

import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.messages import ClipManifest, canonical


class KeyFileError(ValueError):
    """The device's key or certificate cannot be used. The message says which file, and why."""


class Signer(Protocol):
    """Who seals and proves: the device's certificate, PEM and DER, and its key."""

    @property
    def certificate_pem(self) -> str:
        """The certificate as PEM."""

    @property
    def certificate_der(self) -> bytes:
        """The certificate as DER."""

    @property
    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """The key."""


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """The key that a device proves its identity with. Its text form does not show it."""

    certificate_pem: str
    certificate_der: bytes
    private_key: ec.EllipticCurvePrivateKey

    @classmethod
    def load(cls, certificate: Path, key: Path) -> Self:
        """Reads both PEM files.

        Raises:
            KeyFileError: Unreadable, no P-256 key, or certificate and key do not belong together.
        """
        try:
            pem = certificate.read_bytes()
            parsed = x509.load_pem_x509_certificate(pem)
            private = serialization.load_pem_private_key(key.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise KeyFileError(
                f"{certificate} and {key} cannot be read as certificate and key: {error}"
            ) from error
        if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
            raise KeyFileError(f"{key} is no P-256 key")
        if private.public_key() != parsed.public_key():
            raise KeyFileError(f"{key} is not the key of {certificate}")
        text = parsed.public_bytes(serialization.Encoding.PEM).decode()
        return cls(text, parsed.public_bytes(serialization.Encoding.DER), private)

    @property
    def valid(self) -> tuple[datetime, datetime]:
        """From when to when the certificate holds."""
        certificate = x509.load_der_x509_certificate(self.certificate_der)
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc

    def __repr__(self) -> str:
        return "DeviceKey(…)"


@dataclass(frozen=True, slots=True)
class Seal:
    """manifest: the signed text. signature: base64 of ECDSA P-256 with SHA-256, DER (FIPS 186-5)."""

    manifest: str
    signature: str
    certificate_pem: str


def seal(manifest: ClipManifest, device: Signer) -> Seal:
    """The manifest's exact text with the device's signature."""
    text = canonical(manifest)
    signature = device.private_key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    return Seal(text, base64.b64encode(signature).decode(), device.certificate_pem)


def verifies(sealed: Seal) -> bool:
    """Whether the certificate's key signed this text. Says nothing about who issued the certificate."""
    key = x509.load_pem_x509_certificate(sealed.certificate_pem.encode()).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(base64.b64decode(sealed.signature), sealed.manifest.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
