"""A certificate authority of our own: one certificate for each device and server (X.509, RFC 5280).

Keys are EC P-256. A device's common name is its name on the broker (`use_identity_as_username`) and in the
signatures of its evidence; the same name is in the subject alternative names, where verifiers look.
"""

import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
"""Certificates here begin at a fixed day: a box whose clock lags must still be able to connect."""
AUTHORITY_LIFE = timedelta(days=3650)
LEAF_LIFE = timedelta(days=3560)


@dataclass(frozen=True)
class Credentials:
    """Files with a certificate and its private key, both PEM; the key's mode is 0600."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """A certificate authority kept in a folder."""

    folder: Path

    @property
    def ca_path(self) -> Path:
        """The authority's own certificate, PEM."""
        return self.folder / "ca.crt"

    @staticmethod
    def open(folder: Path) -> "Authority":
        """The authority in this folder, made at the first call."""
        folder.mkdir(parents=True, exist_ok=True)
        authority = Authority(folder)
        if not (folder / "ca.key").exists() or not authority.ca_path.exists():
            authority._create()
        return authority

    def issue(self, name: str, *, server: bool = False) -> Credentials:
        """The certificate of a device, or of a server on this machine; made at the first call.

        Args:
            name: Common name; a device's agent id.
            server: Valid for 127.0.0.1 and localhost as a server instead of as a client.
        """
        credentials = Credentials(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        if credentials.certificate.exists() and credentials.key.exists():
            return credentials
        key = ec.generate_private_key(ec.SECP256R1())
        usage = ExtendedKeyUsageOID.SERVER_AUTH if server else ExtendedKeyUsageOID.CLIENT_AUTH
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if server:
            names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = (
            self._builder(named(name), key.public_key(), LEAF_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
        )
        write_private(credentials.key, key)
        _write(credentials.certificate, as_pem(builder.sign(self._key(), hashes.SHA256())), 0o644)
        return credentials

    def _create(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        write_private(self.folder / "ca.key", key)
        name = named("Fallwatch local authority")
        builder = (
            unsigned(name, name, key.public_key(), key.public_key(), AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
        )
        _write(self.ca_path, as_pem(builder.sign(key, hashes.SHA256())), 0o644)

    def _key(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key((self.folder / "ca.key").read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key

    def _builder(
        self, subject: x509.Name, public_key: ec.EllipticCurvePublicKey, life: timedelta
    ) -> x509.CertificateBuilder:
        issuer = x509.load_pem_x509_certificate(self.ca_path.read_bytes())
        return unsigned(subject, issuer.subject, public_key, self._key().public_key(), life)


def unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    life: timedelta,
) -> x509.CertificateBuilder:
    """What every certificate here says, whatever it is for."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def named(common_name: str) -> x509.Name:
    """Somebody with nothing but a common name."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def as_pem(certificate: x509.Certificate) -> bytes:
    """A certificate as a file holds it."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def write_private(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """A private key, PEM, for its owner only."""
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(path, pem, 0o600)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable by others in between."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
