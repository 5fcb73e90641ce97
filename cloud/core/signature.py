"""ECDSA P-256 with SHA-256 (FIPS 186-5): the only keys that are taken, and what they have signed."""

import base64
from typing import Final, TypeGuard

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SCHEME: Final = ec.ECDSA(hashes.SHA256())


def is_p256(key: object) -> TypeGuard[ec.EllipticCurvePublicKey]:
    """Whether it is a public key of the kind that we take."""
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def public_key(pem: bytes) -> ec.EllipticCurvePublicKey:
    """A public key, P-256, PEM.

    Raises:
        ValueError: It cannot be read, or is another kind of key.
    """
    key = serialization.load_pem_public_key(pem)
    if not is_p256(key):
        raise ValueError("it is no ECDSA P-256 key")
    return key


def public_pem(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as `public_key` reads it, and `openssl dgst -verify` too."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def has_signed(key: ec.EllipticCurvePublicKey, content: bytes, signature: bytes | str) -> bool:
    """Whether `key` has signed these very bytes. signature: DER, or that in base64 as a text."""
    try:
        der = base64.b64decode(signature, validate=True) if isinstance(signature, str) else signature
        key.verify(der, content, SCHEME)
    except (ValueError, InvalidSignature):
        return False
    return True
