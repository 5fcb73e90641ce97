"""Certificates of the local authority satisfy a strict verifier."""

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from fallwatch.local.pki import Authority


def _load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_a_device_certificate_is_valid_for_a_client(tmp_path: Path) -> None:
    authority = Authority.open(tmp_path)
    device = _load(authority.issue("demo-box").certificate)
    verifier = PolicyBuilder().store(Store([_load(authority.ca_path)])).build_client_verifier()
    verified = verifier.verify(device, [])
    assert verified.subjects == [x509.DNSName("demo-box")]
    assert device.subject.rfc4514_string() == "CN=demo-box"


def test_a_server_certificate_is_valid_for_the_loopback(tmp_path: Path) -> None:
    authority = Authority.open(tmp_path)
    server = _load(authority.issue("broker", server=True).certificate)
    policy = PolicyBuilder().store(Store([_load(authority.ca_path)]))
    policy.build_server_verifier(x509.DNSName("localhost")).verify(server, [])
    with pytest.raises(VerificationError):
        policy.build_client_verifier().verify(server, [])


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    authority = Authority.open(tmp_path)
    authority.issue("demo-box")
    for key in tmp_path.glob("*.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_authority_and_what_it_issued_are_kept(tmp_path: Path) -> None:
    first = Authority.open(tmp_path)
    before = first.issue("demo-box").certificate.read_bytes(), first.ca_path.read_bytes()
    again = Authority.open(tmp_path)
    assert (again.issue("demo-box").certificate.read_bytes(), again.ca_path.read_bytes()) == before
