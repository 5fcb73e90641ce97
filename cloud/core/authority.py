"""The devices' authority: what a device may ask for, its certificate, the list of those that count no more.

X.509 as in RFC 5280; requests as in RFC 2986. Keys are ECDSA P-256.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cloud.core.signature import is_p256

BEFORE: Final = timedelta(minutes=5)
"""A certificate begins so much before it is made: clocks of brokers differ."""
LIST_LIFE: Final = timedelta(days=3650)
"""OpenSSL refuses everybody once the list has ended, so it does not end."""


RESERVED: Final = frozenset({"cloud", "broker"})
"""Users with other rights on the broker than a device's."""


class RequestRefused(ValueError):  # noqa: N818 - it is an answer, not a failure
    """Why no certificate is made, in a sentence for the person at the device."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs. life: of a device's certificate."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    life: timedelta


def request(pem: str, agent: str) -> x509.CertificateSigningRequest:
    """The request in a PEM text, if it is one of `agent` with a key that it holds.

    Raises:
        RequestRefused: It is not.
    """
    try:
        found = x509.load_pem_x509_csr(pem.encode())
    except ValueError as error:
        raise RequestRefused("this is no certificate request") from error
    if not found.is_signature_valid:
        raise RequestRefused("the request was not signed by its own key")
    key = found.public_key()
    if not is_p256(key):
        raise RequestRefused("the request's key is not ECDSA P-256")
    if agent in RESERVED:
        raise RequestRefused(f"{agent} is no name for a device")
    names = [str(each.value) for each in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [agent]:
        raise RequestRefused(f"the request is for {', '.join(names) or 'nobody'}, not for {agent}")
    return found


def certificate(
    found: x509.CertificateSigningRequest, agent: str, authority: Authority, serial: int, at: datetime
) -> x509.Certificate:
    """A device's certificate. Of the request only its key counts; everything else is set here."""
    ca, key = authority.certificate, found.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signer = ca.public_key()
    assert isinstance(signer, ec.EllipticCurvePublicKey)
    usage = dict.fromkeys(
        (
            *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, agent)]))
        .issuer_name(ca.subject)
        .public_key(key)
        .serial_number(serial)
        .not_valid_before(at - BEFORE)
        .not_valid_after(min(at + authority.life, ca.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(agent)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
        .sign(authority.key, hashes.SHA256())
    )


def revocations(authority: Authority, revoked: Iterable[tuple[int, datetime]], at: datetime) -> bytes:
    """The list of revoked certificates, (serial, since), as PEM."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(at - BEFORE)
        .next_update(at + LIST_LIFE)
    )
    for serial, since in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
        )
    return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
