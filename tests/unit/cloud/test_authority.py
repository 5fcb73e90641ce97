"""What the devices' authority signs, and what it refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from cloud.core.authority import Authority, RequestRefused, certificate, request, revocations
from cloud.evidence.verify import Objection, device_name, require_device
from fallwatch.local import pki

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    own = pki.Authority.open(tmp_path_factory.mktemp("ca"))
    key = serialization.load_pem_private_key((own.folder / "ca.key").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Authority(x509.load_pem_x509_certificate(own.ca_path.read_bytes()), key, timedelta(days=90))


def asked(name: str, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None) -> str:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    # What a device asks for beyond its key is not its to decide.
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    made = builder.sign(key or ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


def test_a_device_gets_a_certificate_for_its_key_and_no_more_than_that(authority: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    made = certificate(request(asked("box-a", key), "box-a"), "box-a", authority, 77, NOW)
    assert require_device(made, authority.certificate, NOW) == key.public_key()
    assert (device_name(made), made.serial_number) == ("box-a", 77)
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert made.not_valid_after_utc == NOW + timedelta(days=90)
    with pytest.raises(Objection, match="not valid at this time"):
        require_device(made, authority.certificate, NOW + timedelta(days=91))


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (asked("box-b"), "for box-b, not for box-a"),
        (asked("box-a", ec.generate_private_key(ec.SECP384R1())), "not ECDSA P-256"),
        (asked("box-a", rsa.generate_private_key(65537, 2048)), "not ECDSA P-256"),
        ("rubbish", "no certificate request"),
    ],
)
def test_a_request_that_is_not_the_boxs_own_is_refused(pem: str, why: str) -> None:
    with pytest.raises(RequestRefused, match=why):
        request(pem, "box-a")


@pytest.mark.parametrize("name", ["cloud", "broker"])
def test_no_device_gets_the_name_of_a_user_with_other_rights(name: str) -> None:
    with pytest.raises(RequestRefused, match="no name for a device"):
        request(asked(name), name)


def test_the_list_names_the_revoked_and_is_signed(authority: Authority) -> None:
    listed = x509.load_pem_x509_crl(revocations(authority, [(77, NOW), (5, NOW)], NOW))
    assert listed.is_signature_valid(authority.certificate.public_key())  # type: ignore[arg-type]
    assert {each.serial_number for each in listed} == {5, 77}
    assert listed.get_revoked_certificate_by_serial_number(6) is None


def test_the_authoritys_key_does_not_show(authority: Authority) -> None:
    assert "PrivateKey" not in repr(authority)
