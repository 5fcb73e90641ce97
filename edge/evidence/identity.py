"""The device's key and certificate on the disk: made, exchanged, and read again when they have changed."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from edge.config.files import put
from edge.evidence.seal import DeviceKey, KeyFileError

PEM = serialization.Encoding.PEM


@dataclass(slots=True)
class DeviceFiles:
    """The device's key and certificate, as they lie on the disk now. A renewed certificate keeps its key."""

    certificate: Path
    key: Path
    _held: DeviceKey = field(init=False, repr=False)
    _changed_ns: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._changed_ns = self._stamp()
        self._held = DeviceKey.load(self.certificate, self.key)

    @property
    def certificate_pem(self) -> str:
        """The certificate as PEM."""
        return self._now().certificate_pem

    @property
    def certificate_der(self) -> bytes:
        """The certificate as DER."""
        return self._now().certificate_der

    @property
    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """The key."""
        return self._held.private_key

    @property
    def valid(self) -> tuple[datetime, datetime]:
        """From when to when the certificate holds."""
        return self._now().valid

    def _now(self) -> DeviceKey:
        stamp = self._stamp()
        if stamp != self._changed_ns:
            try:
                self._held = DeviceKey.load(self.certificate, self.key)
            except KeyFileError:
                return self._held  # what was read at the start still is the device's
            self._changed_ns = stamp
        return self._held

    def _stamp(self) -> int:
        try:
            return self.certificate.stat().st_mtime_ns
        except OSError:
            return 0


def made_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The P-256 key in this file (PEM, mode 0600); made there if there is none.

    Raises:
        KeyFileError: There is something else, or it cannot be written.
    """
    try:
        if path.exists():
            found = serialization.load_pem_private_key(path.read_bytes(), password=None)
            if not isinstance(found, ec.EllipticCurvePrivateKey) or not isinstance(found.curve, ec.SECP256R1):
                raise KeyFileError(f"{path} is there and is no P-256 key: move it away")
            return found
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        put(path, pem, 0o600)
    except (OSError, ValueError, TypeError) as error:
        raise error if isinstance(error, KeyFileError) else KeyFileError(f"{path}: {error}") from error
    return key


def request(key: ec.EllipticCurvePrivateKey, agent: str) -> str:
    """A certificate request for this key, as PEM (RFC 2986)."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, agent)])
    made = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return made.public_bytes(PEM).decode()


def accepted(pem: str, key: ec.EllipticCurvePrivateKey, agent: str) -> x509.Certificate:
    """The certificate in a PEM text, if it is for this key and agent.

    Raises:
        KeyFileError: It is not.
    """
    try:
        found = x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise KeyFileError("what the cloud answered is no certificate") from error
    names = [each.value for each in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if found.public_key() != key.public_key() or names != [agent]:
        raise KeyFileError("the cloud answered with a certificate for somebody else")
    return found
