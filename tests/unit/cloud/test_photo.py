"""Photographs are what they say they are, from the first byte to the last."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cloud.core import photo


def picture(kind: str, size: tuple[int, int] = (64, 48), **more: object) -> bytes:
    """As a camera's library writes it."""
    buffer = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(buffer, kind, **more)
    return buffer.getvalue()


JPEG, PNG = picture("JPEG"), picture("PNG")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (JPEG, "image/jpeg"),
        (picture("JPEG", progressive=True, quality=30), "image/jpeg"),
        (picture("JPEG", restart_marker_blocks=4), "image/jpeg"),
        (PNG, "image/png"),
    ],
)
def test_what_libraries_write_is_taken_with_its_size(content: bytes, said: str) -> None:
    assert photo.examined(content, said) == photo.Photo(said, 64, 48)  # type: ignore[arg-type]


@pytest.mark.parametrize("whole", [JPEG, PNG])
@given(st.data())
def test_what_is_cut_off_is_refused(whole: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(photo.NotAPhoto):
        photo.examined(whole[:cut], "image/jpeg" if whole is JPEG else "image/png")


@pytest.mark.parametrize(
    ("content", "said", "why"),
    [
        (JPEG + b"<script>", "image/jpeg", "something follows it"),
        (PNG + b"PK\x03\x04", "image/png", "something follows it"),
        (JPEG, "image/png", "is image/jpeg and was said to be image/png"),
        (b"<svg/>", "image/jpeg", "neither a JPEG nor a PNG"),
        (b"\xff\xd8\xff\xd9", "image/jpeg", "broken"),
        (PNG[:60] + b"\0" + PNG[61:], "image/png", "broken"),
        (picture("PNG", (8193, 1)), "image/png", "8192 pixels"),
        (b"\xff\xd8" + bytes(photo.MAX_BYTES), "image/jpeg", "at most 4 MiB"),
    ],
)
def test_what_is_no_photograph_is_refused_with_a_sentence(content: bytes, said: str, why: str) -> None:
    with pytest.raises(photo.NotAPhoto, match=why):
        photo.examined(content, said)


@given(st.binary(max_size=400))
def test_nothing_that_comes_makes_it_fail_otherwise(content: bytes) -> None:
    for begin in (b"", JPEG[:20], PNG[:8]):
        with pytest.raises(photo.NotAPhoto):
            photo.examined(begin + content, "image/jpeg")
