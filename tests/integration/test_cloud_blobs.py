"""The evidence store keeps its promises in a folder and in a bucket alike."""

import hashlib
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from time import monotonic
from uuid import UUID

import obstore
import pytest
from obstore.store import S3Store

from cloud.evidence import receive
from cloud.evidence.blobs import CHUNK_BYTES, Blobs, Clip, KeyLost, OtherBytes, StoreDown
from cloud.evidence.receive import Wanted
from tests.fixtures.s3 import SECRET, S3Server

CLIP = bytes(range(256)) * (CHUNK_BYTES // 256 + 3)
"""A little more than one chunk."""
GARDEN = "garden"
SHA256 = hashlib.sha256(CLIP).hexdigest()
KEY = f"clips/{SHA256[:2]}/{SHA256}.mp4"


class OneKey:
    """Keys of estates without a database."""

    def __init__(self) -> None:
        self.known = {UUID(int=1): b"k" * 32}

    async def newest(self, estate: str) -> tuple[UUID, bytes]:
        assert estate == GARDEN
        return next(reversed(self.known.items()))

    async def by_id(self, key: UUID) -> bytes:
        if key not in self.known:
            raise KeyLost("it was destroyed")
        return self.known[key]


@pytest.fixture(params=["folder", "s3", "folder, sealed", "s3, sealed"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    where, _, how = request.param.partition(", ")
    url = (tmp_path / "evidence").as_uri() if where == "folder" else request.getfixturevalue("s3_url")
    return Blobs.at(url, OneKey() if how else None)


def path_of(blobs: Blobs) -> str:
    """Where the clip lies."""
    return KEY if blobs._keys is None else KEY.replace(".mp4", ".fwe")


@pytest.fixture
def dead() -> Iterator[Blobs]:
    """A store whose server is not there."""
    with socket.socket() as bound, pytest.MonkeyPatch.context() as patch:
        bound.bind(("127.0.0.1", 0))
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{bound.getsockname()[1]}")
        patch.setenv("AWS_ACCESS_KEY_ID", "evidence")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        patch.setenv("NO_PROXY", "127.0.0.1")
        yield Blobs.at("s3://evidence")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.part"
    path.write_bytes(CLIP)
    return path


async def _body(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _found(blobs: Blobs) -> Clip:
    clip = await blobs.find(SHA256)
    assert clip is not None
    return clip


async def _read(blobs: Blobs, first: int, last: int) -> bytes:
    return b"".join([chunk async for chunk in (await _found(blobs)).read(first, last)])


class TestFolderAndBucket:
    async def test_what_was_put_is_read_back_whole_and_in_ranges(self, blobs: Blobs, clip: Path) -> None:
        await blobs.put(SHA256, clip, GARDEN)
        size = len(CLIP)
        assert (await _found(blobs)).size == size
        assert await _read(blobs, 0, size - 1) == CLIP
        assert await _read(blobs, 0, 0) == CLIP[:1]
        assert await _read(blobs, size - 1, size - 1) == CLIP[-1:]
        assert await _read(blobs, CHUNK_BYTES - 2, CHUNK_BYTES + 2) == CLIP[CHUNK_BYTES - 2 : CHUNK_BYTES + 3]
        assert await blobs.holds(SHA256)

    async def test_a_second_put_of_the_same_bytes_is_a_no_op(self, blobs: Blobs, clip: Path) -> None:
        await blobs.put(SHA256, clip, GARDEN)
        before = await obstore.head_async(blobs.objects.store, path_of(blobs))
        await blobs.put(SHA256, clip, GARDEN)
        after = await obstore.head_async(blobs.objects.store, path_of(blobs))
        assert (before["e_tag"], before["last_modified"]) == (after["e_tag"], after["last_modified"])

    @pytest.mark.parametrize("other", [CLIP[:-1] + b"!", CLIP[:-1], b""], ids=["changed", "cut", "empty"])
    async def test_other_bytes_under_a_digest_are_told_and_never_overwritten(
        self, blobs: Blobs, clip: Path, other: bytes
    ) -> None:
        # Also where clips are sealed: this one is from before.
        await obstore.put_async(blobs.objects.store, KEY, other)
        with pytest.raises(OtherBytes, match=SHA256):
            await blobs.put(SHA256, clip, GARDEN)
        with pytest.raises(OtherBytes):
            await blobs.holds(SHA256)
        assert (await _found(blobs)).size == len(other)

    async def test_what_is_not_there_is_told_as_such(self, blobs: Blobs, clip: Path) -> None:
        assert await blobs.find(SHA256) is None
        assert not await blobs.holds(SHA256)
        await blobs.put(SHA256, clip, GARDEN)
        found = await _found(blobs)
        await blobs.delete(SHA256)
        with pytest.raises(FileNotFoundError):
            await anext(found.read(0, 9))

    async def test_an_upload_ends_in_the_store_once(self, blobs: Blobs, tmp_path: Path) -> None:
        wanted, staging = Wanted(SHA256, len(CLIP), GARDEN), tmp_path / "staging"
        assert await receive.reached(blobs, staging, wanted) == (0, False)
        assert await receive.append(blobs, staging, wanted, 0, _body(CLIP[:1000])) == (1000, False)
        assert await receive.reached(blobs, staging, wanted) == (1000, False)
        assert await receive.append(blobs, staging, wanted, 1000, _body(CLIP[1000:])) == (len(CLIP), True)
        assert await receive.reached(blobs, staging, wanted) == (len(CLIP), True)
        assert list(staging.iterdir()) == []
        assert await _read(blobs, 0, len(CLIP) - 1) == CLIP

    @pytest.mark.parametrize("ask", ["reached", "append"])
    async def test_an_upload_that_the_store_refused_is_not_told_complete_before_it_is_stored(
        self, blobs: Blobs, dead: Blobs, tmp_path: Path, ask: str
    ) -> None:
        wanted, staging = Wanted(SHA256, len(CLIP), GARDEN), tmp_path / "staging"
        (staging / f"{SHA256}.part").parent.mkdir()
        (staging / f"{SHA256}.part").write_bytes(CLIP)
        with pytest.raises(StoreDown):
            await receive.reached(dead, staging, wanted)
        if ask == "reached":
            assert await receive.reached(blobs, staging, wanted) == (len(CLIP), True)
        else:
            assert await receive.append(blobs, staging, wanted, 7, _body(b"")) == (len(CLIP), True)
        assert await blobs.holds(SHA256)
        assert list(staging.iterdir()) == []


class TestSealed:
    @pytest.fixture
    def keys(self) -> OneKey:
        return OneKey()

    @pytest.fixture
    def blobs(self, tmp_path: Path, keys: OneKey) -> Blobs:
        return Blobs.at((tmp_path / "evidence").as_uri(), keys)

    async def test_nothing_of_a_clip_can_be_read_where_it_lies(
        self, blobs: Blobs, clip: Path, tmp_path: Path
    ) -> None:
        await blobs.put(SHA256, clip, GARDEN)
        (lying,) = (path for path in (tmp_path / "evidence").rglob("*") if path.is_file())
        assert CLIP[:64] not in lying.read_bytes()
        assert [path.name for path in clip.parent.iterdir() if path.is_file()] == [clip.name]

    async def test_a_clip_that_was_damaged_is_told_and_never_given_out(
        self, blobs: Blobs, clip: Path, tmp_path: Path
    ) -> None:
        await blobs.put(SHA256, clip, GARDEN)
        (lying,) = (tmp_path / "evidence").rglob("*.fwe")
        content = bytearray(lying.read_bytes())
        content[70_000] ^= 1
        lying.write_bytes(content)
        with pytest.raises(OtherBytes, match="from byte 65536 on"):
            await blobs.holds(SHA256)
        with pytest.raises(OtherBytes):
            await _read(blobs, 0, len(CLIP) - 1)
        lying.write_bytes(b"nonsense")
        with pytest.raises(OtherBytes, match="no sealed clip"):
            await blobs.find(SHA256)

    async def test_an_older_clip_opens_with_its_own_key_until_that_is_destroyed(
        self, blobs: Blobs, clip: Path, keys: OneKey
    ) -> None:
        await blobs.put(SHA256, clip, GARDEN)
        keys.known[UUID(int=2)] = b"new" + bytes(29)
        assert await blobs.holds(SHA256)
        del keys.known[UUID(int=1)]
        with pytest.raises(KeyLost, match="destroyed"):
            await blobs.holds(SHA256)

    async def test_who_has_no_keys_is_told_what_to_set(
        self, blobs: Blobs, clip: Path, tmp_path: Path
    ) -> None:
        await blobs.put(SHA256, clip, GARDEN)
        with pytest.raises(KeyLost, match=r"evidence\.keys is not set"):
            await Blobs.at((tmp_path / "evidence").as_uri()).find(SHA256)

    async def test_a_clip_from_before_there_were_keys_is_read_as_it_lies(
        self, blobs: Blobs, clip: Path, tmp_path: Path
    ) -> None:
        await Blobs.at((tmp_path / "evidence").as_uri()).put(SHA256, clip, GARDEN)
        await blobs.put(SHA256, clip, GARDEN)
        assert await _read(blobs, 0, len(CLIP) - 1) == CLIP
        assert not list((tmp_path / "evidence").rglob("*.fwe"))


async def test_the_prefix_is_a_folder_in_the_bucket(s3_server: S3Server, s3_url: str, clip: Path) -> None:
    await Blobs.at(s3_url).put(SHA256, clip, GARDEN)
    assert f"<Key>fallwatch/{KEY}</Key>" in s3_server.keys(s3_url.split("/")[2])


async def test_a_bucket_without_a_prefix_will_do(s3_server: S3Server, s3_url: str, clip: Path) -> None:
    bucket = s3_url.split("/")[2]
    await Blobs.at(f"s3://{bucket}").put(SHA256, clip, GARDEN)
    assert f"<Key>{KEY}</Key>" in s3_server.keys(bucket)


async def test_a_bucket_that_is_not_there_is_named(s3_url: str, clip: Path) -> None:
    assert s3_url
    nowhere = Blobs.at("s3://nowhere")
    with pytest.raises(StoreDown, match=r"no such bucket.*nowhere.*NoSuchBucket$"):
        await nowhere.put(SHA256, clip, GARDEN)
    with pytest.raises(StoreDown, match=r"nowhere.*NoSuchBucket$"):
        await nowhere.expect_there()
    await Blobs.at(s3_url).expect_there()


async def test_a_dead_endpoint_is_told_soon_and_without_keys(dead: Blobs, clip: Path) -> None:
    began_s = monotonic()
    for ask in (dead.put(SHA256, clip, GARDEN), dead.find(SHA256), _read(dead, 0, 9)):
        with pytest.raises(StoreDown, match=r"127\.0\.0\.1:\d+") as told:
            await ask
        assert SECRET not in str(told.value)
        assert "\n" not in str(told.value)
    assert monotonic() - began_s < 20


def test_an_endpoint_that_is_none_says_what_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "objects:9000")
    with pytest.raises(ValueError, match="AWS_ENDPOINT_URL must begin with https:// or http://"):
        Blobs.at("s3://evidence")


@pytest.mark.parametrize(
    ("region", "domain"), [("eu-central-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn")]
)
def test_an_empty_endpoint_is_amazon(monkeypatch: pytest.MonkeyPatch, region: str, domain: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "")
    monkeypatch.setenv("AWS_REGION", region)
    store = Blobs.at("s3://evidence").objects.store
    assert isinstance(store, S3Store)
    assert store.config["endpoint"] == f"https://s3.{region}.{domain}"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("s3://key:hunter2@bucket/prefix", "AWS_SECRET_ACCESS_KEY"),
        ("s3:///prefix", "names no bucket"),
        ("https://store.example/bucket", "file:// or s3://"),
    ],
)
def test_an_address_that_is_none_says_what_to_mend(url: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as refused:
        Blobs.at(url)
    assert "hunter2" not in str(refused.value)
