"""Signed heads of the log."""

import base64
import dataclasses
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.core.head import Head, SignedHead, Unbelieved, believed, key_id, signed

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
HEAD = Head(
    number=2,
    size=70,
    root="ab" * 32,
    at=datetime(2026, 3, 5, 11, tzinfo=UTC),
    previous="cd" * 32,
    key=key_id(KEY.public_key()),
)


def test_a_head_is_believed_that_one_of_our_keys_has_signed() -> None:
    assert believed(signed(HEAD, KEY), [OTHER.public_key(), KEY.public_key()]) == HEAD


def test_its_text_can_be_checked_without_us() -> None:
    made = signed(HEAD, KEY)
    KEY.public_key().verify(base64.b64decode(made.signature), made.text.encode(), ec.ECDSA(hashes.SHA256()))
    assert made.text.startswith('{"version":1,"number":2,"size":70,"root":"abab')
    assert made.document == f"{made.text}\n{made.signature}\n".encode()


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            dataclasses.replace(signed(HEAD, KEY), text=HEAD.model_copy(update={"size": 71}).text()),
            "not fit head 2",
        ),
        (dataclasses.replace(signed(HEAD, KEY), signature="bm8="), "not fit head 2"),
        (dataclasses.replace(signed(HEAD, KEY), signature="?"), "not fit head 2"),
        (signed(HEAD.model_copy(update={"key": key_id(OTHER.public_key())}), OTHER), "not trusted"),
        (SignedHead("{}", ""), "cannot be read"),
    ],
    ids=["another size", "another signature", "no base64", "another's", "no head"],
)
def test_any_other_is_not(found: SignedHead, told: str) -> None:
    with pytest.raises(Unbelieved, match=told):
        believed(found, [KEY.public_key()])
