"""Checks a clip as a court's expert would: digest, the device's signature, and that it plays."""

import base64
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import av
import psycopg
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from contracts.messages import ClipManifest


class EvidenceError(Exception):
    """The clip proves nothing; says why."""


@dataclass(frozen=True)
class Announced:
    """What the database keeps of a clip beside its bytes."""

    sha256: str
    manifest: str
    signature: str
    certificate: str


async def announced(database_url: str, message_id: str) -> Announced | None:
    """The clip's row, read from the database itself and not through the service that is being proved."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        rows = await connection.execute(
            "SELECT clip.sha256, clip.manifest, clip.signature, clip.certificate"
            " FROM clip JOIN alert ON alert.message_id = clip.event"
            " WHERE clip.event = %s AND clip.sha256 IS NOT NULL",
            (message_id,),
        )
        row = await rows.fetchone()
    return None if row is None else Announced(*row)


def verify(found: Announced, clip: bytes, device_ca: Path) -> int:
    """How many frames of the clip play.

    Raises:
        EvidenceError: The digest, the certificate, the signature or the video is not what it must be.
    """
    digest = hashlib.sha256(clip).hexdigest()
    manifest = ClipManifest.model_validate_json(found.manifest)
    if not digest == found.sha256 == manifest.sha256:
        raise EvidenceError(f"the clip's SHA-256 is {digest}, its manifest says {manifest.sha256}")
    _verify_signature(found, manifest, device_ca)
    return _frames(clip)


def _verify_signature(found: Announced, manifest: ClipManifest, device_ca: Path) -> None:
    certificate = x509.load_pem_x509_certificate(found.certificate.encode())
    authority = x509.load_pem_x509_certificate(device_ca.read_bytes())
    try:
        verifier = PolicyBuilder().store(Store([authority])).build_client_verifier()
        subjects = verifier.verify(certificate, []).subjects
    except VerificationError as error:
        raise EvidenceError(f"the device's certificate is not of our authority: {error}") from error
    if x509.DNSName(manifest.agent) not in (subjects or []):
        raise EvidenceError(f"the certificate speaks for {subjects}, the manifest for {manifest.agent}")
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise EvidenceError("the device's key is not an elliptic curve key")
    try:
        key.verify(base64.b64decode(found.signature), found.manifest.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise EvidenceError("the signature does not match the manifest") from error


def _frames(clip: bytes) -> int:
    try:
        with av.open(io.BytesIO(clip), "r") as container:
            count = len([frame.pts for frame in container.decode(video=0)])
    except av.FFmpegError as error:
        raise EvidenceError(f"the clip does not play: {error}") from error
    if count == 0:
        raise EvidenceError("the clip holds no frame")
    return count
