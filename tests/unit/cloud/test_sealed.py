"""Clips at rest: any range opens by itself, and nothing that was touched opens at all."""

import os
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.core import sealed
from cloud.core.sealed import HEADER_BYTES, SEGMENT, TAG, Cipher, Damaged, Header

HEADER = Header(UUID(int=7), bytes(range(32)))
KEY, SHA256 = bytes(32), "ab" * 32
CIPHER = Cipher(KEY, HEADER, SHA256)
SIZES = (0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 3 * SEGMENT, 3 * SEGMENT + 100)
PLAIN = os.urandom(max(SIZES))


def lying(size: int) -> bytes:
    """The sealed object."""
    pieces = [PLAIN[begin : min(begin + SEGMENT, size)] for begin in range(0, size, SEGMENT)]
    return HEADER.encode() + b"".join(CIPHER.sealed(pieces, size))


def opened(found: bytes, first: int, last: int, cipher: Cipher = CIPHER) -> bytes:
    size = sealed.plain_size(len(found))
    where = sealed.span(size, first, last)
    piece = cipher.opened(found[where.begin : where.end], size, where)
    begin = first - where.first * SEGMENT
    return piece[begin : begin + last - first + 1]


@pytest.mark.parametrize("size", SIZES)
def test_a_clip_of_any_length_comes_back(size: int) -> None:
    found = lying(size)
    assert len(found) == sealed.sealed_size(size)
    assert sealed.plain_size(len(found)) == size
    assert Header.decode(found[:HEADER_BYTES]) == HEADER
    if size:
        assert opened(found, 0, size - 1) == PLAIN[:size]


@settings(max_examples=40)
@given(st.data())
def test_any_range_opens_by_itself(data: st.DataObject) -> None:
    size = SIZES[-1]
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size - 1))
    assert opened(lying(size), first, last) == PLAIN[first : last + 1]


@given(st.integers(0, 10**6))
def test_a_length_that_no_clip_is_sealed_into_is_told(length: int) -> None:
    try:
        size = sealed.plain_size(length)
    except Damaged:
        assert length not in {sealed.sealed_size(size) for size in range(max(0, length - 400), length)}
    else:
        assert sealed.sealed_size(size) == length


FOUND = lying(SIZES[-1])
BODY = FOUND[HEADER_BYTES:]
STEP = SEGMENT + TAG
TOUCHED = {
    "a bit": FOUND[:-1] + bytes([FOUND[-1] ^ 1]),
    "cut within a segment": FOUND[:-1],
    "cut at a segment": FOUND[: HEADER_BYTES + 3 * STEP],
    "a segment left out": FOUND[:HEADER_BYTES] + BODY[STEP:],
    "two segments in another order": FOUND[:HEADER_BYTES]
    + BODY[STEP : 2 * STEP]
    + BODY[:STEP]
    + BODY[2 * STEP :],
    "the last segment twice": FOUND + BODY[3 * STEP :],
}


@pytest.mark.parametrize("found", TOUCHED.values(), ids=TOUCHED)
def test_what_was_touched_does_not_open(found: bytes) -> None:
    with pytest.raises(Damaged):
        opened(found, 0, sealed.plain_size(len(found)) - 1)


def test_it_says_where_it_is_damaged() -> None:
    found = bytearray(FOUND)
    found[HEADER_BYTES + STEP + 5] ^= 1
    with pytest.raises(Damaged, match="from byte 65536 on"):
        opened(bytes(found), 0, SIZES[-1] - 1)
    assert opened(bytes(found), 2 * SEGMENT, SIZES[-1] - 1) == PLAIN[2 * SEGMENT : SIZES[-1]]


def test_it_opens_with_its_own_key_header_and_digest_only() -> None:
    for cipher in (
        Cipher(b"\1" * 32, HEADER, SHA256),
        Cipher(KEY, Header(UUID(int=8), HEADER.salt), SHA256),
        Cipher(KEY, Header(HEADER.key, bytes(32)), SHA256),
        Cipher(KEY, HEADER, "ac" * 32),
    ):
        with pytest.raises(Damaged):
            opened(FOUND, 0, 9, cipher)


def test_a_wrapped_key_is_bound_to_its_master_and_its_estate() -> None:
    wrapped = sealed.wrap(b"m" * 32, b"n" * 12, KEY, "garden")
    assert sealed.unwrap(b"m" * 32, wrapped, "garden") == KEY
    for master, context in ((b"x" * 32, "garden"), (b"m" * 32, "harbour")):
        with pytest.raises(Damaged, match=context):
            sealed.unwrap(master, wrapped, context)
