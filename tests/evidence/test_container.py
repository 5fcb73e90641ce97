"""A file that is built to deceive is refused before anything of it is believed."""

import io
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cloud.core.mp4 import NotMp4, film
from cloud.evidence.bundle import container
from cloud.evidence.bundle.container import Refused

CONTENT = {"a.txt": b"first", "folder/b.bin": b"second" * 100, "c.txt": b""}


def written(content: dict[str, bytes] = CONTENT) -> bytes:
    sink = io.BytesIO()
    container.write(sink, list(content.items()))
    return sink.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        container.listed(io.BytesIO(content))
    assert refused.value.words.zh
    return refused.value.words.en


def by_zipfile(**options: object) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", **options) as archive:  # type: ignore[arg-type]
        archive.writestr("a.txt", b"\0" * 1_000_000)
    return sink.getvalue()


def test_what_is_written_is_read_and_any_program_opens_it(tmp_path: Path) -> None:
    clip = tmp_path / "clip"
    clip.write_bytes(b"film" * 300_000)
    sink = io.BytesIO()
    container.write(sink, [("a.txt", b"first"), ("clip.mp4", clip)])
    found = {member.name: member for member in container.listed(sink)}
    assert container.content(sink, found["a.txt"], 10) == b"first"
    assert b"".join(container.chunks(sink, found["clip.mp4"])) == clip.read_bytes()
    with zipfile.ZipFile(sink) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.txt", "clip.mp4"]
    with pytest.raises(Refused, match="more than 3"):
        container.content(sink, found["a.txt"], 3)


def test_a_bomb_is_not_unpacked() -> None:
    assert "compressed" in refusal(by_zipfile(compression=zipfile.ZIP_DEFLATED))


def test_a_name_that_leads_outside_is_neither_written_nor_read() -> None:
    for name in ("../evil", "/etc/passwd", "a/../b", "a\\b", "", "a//b", "文件", "a" * 101):
        with pytest.raises(ValueError, match="plain"):
            written({name: b""})
    sound, evil = b"folder/b.bin", b"../../evil12"
    assert "not allowed" in refusal(written().replace(sound, evil))


def test_a_second_member_of_the_same_name_is_refused() -> None:
    doubled = written({"a.txt": b"true", "b.txt": b"false"}).replace(b"b.txt", b"a.txt")
    assert "twice" in refusal(doubled)


def test_nothing_can_hide_before_between_or_behind_the_members() -> None:
    whole = written()
    assert refusal(b"hidden" + whole)
    assert refusal(whole + b"hidden")
    assert refusal(whole[:-1])
    first = whole.index(b"PK\3\4", 4)
    assert refusal(whole[:first] + b"hidden" + whole[first:])
    assert refusal(by_zipfile())  # another program's dates and rights


def test_members_that_overlap_are_refused() -> None:
    whole = bytearray(written({"a.txt": b"same", "b.txt": b"same"}))
    second = whole.index(b"PK\1\2", whole.index(b"PK\1\2") + 1)
    whole[second + 42 : second + 46] = struct.pack("<L", 0)  # where its local header is
    assert "not where it must be" in refusal(bytes(whole))


def test_too_many_members_and_what_is_no_zip_are_refused() -> None:
    assert "too long" in refusal(written({f"m{number}": b"" for number in range(65)}))
    for content in (b"", b"PK\5\6", b"%PDF-1.7" * 10, b"PK\5\6" + b"\xff" * 18):
        assert refusal(content)


@given(at=some.integers(0, 10_000), to=some.integers(1, 255))
def test_a_changed_byte_of_the_container_is_refused_or_a_check_sum_tells(at: int, to: int) -> None:
    whole = bytearray(written())
    whole[at % len(whole)] ^= to
    file = io.BytesIO(bytes(whole))
    try:
        found = container.listed(file)
    except Refused:
        return
    contents = [(member.crc32, b"".join(container.chunks(file, member))) for member in found]
    assert any(zlib.crc32(content) != crc32 for crc32, content in contents)


@given(some.binary(max_size=400))
def test_tables_that_are_none_are_said_to_be_none(moov: bytes) -> None:
    with pytest.raises(NotMp4):
        film(moov)


FOREIGN = (
    "psycopg psycopg_pool fastapi starlette uvicorn jinja2 obstore aiomqtt httpx jwt argon2 av numpy cv2"
    " prometheus_client apprise authlib pyotp segno"
)


def test_verifying_needs_neither_database_nor_server_nor_video_library() -> None:
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({FOREIGN!r}.split()));"
        "from fallwatch.__main__ import main; main(['verify', '--help'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Neither network nor database" in done.stdout
