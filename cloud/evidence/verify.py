"""Whether a clip's manifest is what its device signed, and whether the device is one of ours."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pydantic import ValidationError

from cloud.core.signature import has_signed, is_p256
from contracts.messages import ClipManifest, ClipSealed


class Objection(ValueError):  # noqa: N818 - it is an answer, not a failure
    """Why something is not believed, in a sentence for the person who must judge it."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the check of a manifest found. `objection` is None when all is well."""

    signed_by: str
    objection: str | None


def authority(path: Path) -> x509.Certificate:
    """The certificate that signs our devices' certificates."""
    return x509.load_pem_x509_certificate(path.read_bytes())


def device_name(certificate: x509.Certificate) -> str:
    """The agent that a certificate names: its common name.

    Raises:
        Objection: It has none, or several.
    """
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1:
        raise Objection("the certificate names no single device")
    return str(names[0].value)


def require_device(
    certificate: x509.Certificate, ca: x509.Certificate, at: datetime
) -> ec.EllipticCurvePublicKey:
    """The key of a device whose certificate `ca` has issued and that is valid at `at`.

    Raises:
        Objection: Not issued by `ca`, not valid now, not for a device, or no P-256 key.
    """
    try:
        certificate.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature) as error:
        raise Objection("the certificate was not issued by our authority") from error
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise Objection("the certificate is not valid at this time")
    try:
        usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound as error:
        raise Objection("the certificate is not made for a device") from error
    if ExtendedKeyUsageOID.CLIENT_AUTH not in usages:
        raise Objection("the certificate is not made for a device")
    key = certificate.public_key()
    if not is_p256(key):
        raise Objection("the certificate's key is not ECDSA P-256")
    return key


def judge(sealed: ClipSealed, ca: x509.Certificate, at: datetime) -> Judgement:
    """Check a manifest's certificate, signature (FIPS 186-5, P-256, SHA-256), and that its message agrees."""
    signed_by = ""
    try:
        certificate = _certificate(sealed.certificate)
        signed_by = device_name(certificate)
        key = require_device(certificate, ca, at)
        if signed_by != sealed.agent:
            raise Objection(f"signed by {signed_by}, sent by {sealed.agent}")  # noqa: TRY301 - one way out
        require_signature(key, sealed.manifest, sealed.signature)
        _require_agreement(sealed)
    except Objection as objection:
        return Judgement(signed_by, str(objection))
    return Judgement(signed_by, None)


def _certificate(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise Objection("the certificate cannot be read") from error


def require_signature(key: ec.EllipticCurvePublicKey, manifest: str, signature: str) -> None:
    """Nothing, where `key` has signed this very text. signature: base64 of DER.

    Raises:
        Objection: It has not.
    """
    if not has_signed(key, manifest.encode(), signature):
        raise Objection("the signature does not fit the manifest")


def _require_agreement(sealed: ClipSealed) -> None:
    try:
        manifest = ClipManifest.model_validate_json(sealed.manifest, extra="ignore")
    except ValidationError as error:
        raise Objection("the manifest cannot be read") from error
    for name in ("agent", "camera", "event", "sha256", "size_bytes"):
        if getattr(manifest, name) != getattr(sealed, name):
            raise Objection(f"manifest and message disagree about {name}")
