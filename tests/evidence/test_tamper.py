"""An evidence file verifies as it was made; whatever is done to it is caught, and said where."""

import io
import json
import random
import re
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.evidence import offline
from cloud.evidence.bundle import anchors, checks, members
from cloud.evidence.bundle.report import Report
from fallwatch.local.pki import Authority
from tests.evidence.attacks import Attack, packed, reindex, reseal, revoked
from tests.evidence.conftest import Once
from tests.evidence.made import Made, made
from tests.evidence.matrix import ATTACKS


@pytest.fixture(scope="module")
def bundle(once: Once) -> Made:
    """One evidence file for all tests here; none of them changes it."""
    return once(made)


def verified(found: Made, content: bytes) -> Report:
    return offline.verify(io.BytesIO(content), anchors.load(found.anchors))


def test_as_it_was_exported_everything_is_verified(bundle: Made) -> None:
    report = verified(bundle, bundle.path.read_bytes())
    assert report.ok, report.table()
    assert len(report.checks) == len(checks.CHECKS)
    assert packed(bundle.members()) == bundle.path.read_bytes(), "the same members make the same bytes"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_tampering_is_caught_and_said_where(bundle: Made, attack: Attack) -> None:
    report = verified(bundle, attack(bundle))
    failed = {check.name for check in report.checks if not check.ok}
    assert attack.caught <= failed, report.table()
    said = [words for check in report.checks if check.name in attack.caught for words in check.words]
    assert any(attack.matches(words.en) for words in said), report.table()
    assert all(re.search(r"[\u4e00-\u9fff]", words.zh) for words in said)


def test_no_byte_of_the_file_can_be_changed_unseen(bundle: Made) -> None:
    whole, chance = bundle.path.read_bytes(), random.Random(1)
    for _ in range(60):
        at = chance.randrange(len(whole))
        changed = bytearray(whole)
        changed[at] ^= 1 << chance.randrange(8)
        assert not verified(bundle, bytes(changed)).ok, f"byte {at}"


@pytest.mark.parametrize("name", members.ORDER)
def test_no_byte_of_a_member_can_be_changed_unseen_even_with_check_sums_and_index_to_suit(
    bundle: Made, name: str
) -> None:
    chance = random.Random(name)
    for _ in range(6):
        found = bundle.members()
        changed = bytearray(found[name])
        at = chance.randrange(len(changed))
        changed[at] ^= 1 << chance.randrange(8)
        found[name] = bytes(changed)
        if name != members.INDEX:
            reindex(found)
        if name not in {members.SUMS, members.SUMS_SIGNATURE}:
            # What a time stamp's envelope says beside its signature, nobody but the seal protects.
            reseal(bundle, found, insider=name != members.LAST_STAMP)
        assert not verified(bundle, packed(found)).ok, f"byte {at} of {name}"


@pytest.mark.parametrize(("ended", "believed"), [(timedelta(days=1), True), (timedelta(days=-1), False)])
def test_a_certificate_is_judged_as_of_the_sealing(bundle: Made, *, ended: timedelta, believed: bool) -> None:
    found = bundle.members()
    device = x509.load_pem_x509_certificate(found[members.DEVICE])
    sealed_at = datetime.fromisoformat(json.loads(found[members.MANIFEST])["sealed_at"])
    found[members.DEVICE] = reissued(bundle.authority, device, sealed_at + ended)
    reindex(found)
    (check,) = [each for each in verified(bundle, packed(found)).checks if each.name == "certificate"]
    assert check.ok is believed, check.words
    assert believed or "not valid at this time" in check.words[0].en


def test_what_was_signed_before_its_certificate_was_revoked_is_believed(bundle: Made) -> None:
    found = bundle.members()
    revoked(timedelta(hours=1), made_at=timedelta(hours=2))(bundle, found)
    reindex(found)
    assert said_of_revocation(verified(bundle, packed(found))) == (True, "was not revoked when the log heard")


def test_a_file_from_before_there_was_a_list_of_revoked_certificates_says_that_it_was_not_checked(
    bundle: Made,
) -> None:
    found = bundle.members()
    del found[members.REVOKED]
    reindex(found)
    assert said_of_revocation(verified(bundle, packed(found))) == (
        True,
        "holds no list of revoked certificates",
    )


def said_of_revocation(report: Report) -> tuple[bool, str]:
    """Whether the check held, and which of its sentences it said."""
    (check,) = [each for each in report.checks if each.name == "revocation"]
    known = ("was not revoked when the log heard", "holds no list of revoked certificates")
    return check.ok, next((words for words in known if words in check.words[0].en), check.words[0].en)


def reissued(authority: Authority, device: x509.Certificate, ends_at: datetime) -> bytes:
    """The same certificate by the same authority, with another end."""
    key = serialization.load_pem_private_key((authority.folder / "ca.key").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    public = device.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    builder = x509.CertificateBuilder(
        issuer_name=device.issuer,
        subject_name=device.subject,
        public_key=public,
        serial_number=device.serial_number,
        not_valid_before=device.not_valid_before_utc,
        not_valid_after=ends_at,
        extensions=list(device.extensions),
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
