"""The keys of the evidence: made once, renewed without losing anything, wrapped, destroyed on purpose."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cloud.evidence import keys
from cloud.evidence.keys import EstateKeys, KeyLost, Masters
from cloud.store import estate_keys, pool
from tests.fixtures.cloud import NOW, seed


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[pool.Pool]:
    async with pool.opened(database_url, max_size=2) as found:
        await seed(found, "box-a")
        yield found


def test_keys_are_made_once_and_are_for_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    assert [path.name for path in keys.make(folder)] == ["log.key", "log.pub", "master.keys"]
    found = keys.load(folder)
    assert keys.make(folder) == []
    assert keys.load(folder).masters == found.masters
    assert {path.name: oct(path.stat().st_mode)[-3:] for path in folder.iterdir()} == {
        "log.key": "600",
        "log.pub": "644",
        "master.keys": "600",
    }
    (folder / "master.keys").chmod(0o640)
    with pytest.raises(ValueError, match=r"master\.keys may be read by others"):
        keys.load(folder)


def test_a_new_log_key_leaves_the_last_one_trusted(tmp_path: Path) -> None:
    keys.make(tmp_path)
    first = keys.load(tmp_path).signer
    for _ in range(2):
        keys.renew_log_key(tmp_path)
    assert len(keys.load(tmp_path).signer.trusted) == 3
    assert first.key.public_key() in keys.load(tmp_path).signer.trusted


@pytest.mark.parametrize("content", ["", "no key\n", "c2hvcnQ=\n"], ids=["none", "no base64", "short"])
def test_a_file_of_master_keys_that_holds_none_is_named(tmp_path: Path, content: str) -> None:
    keys.make(tmp_path)
    (tmp_path / "master.keys").write_text(content)
    with pytest.raises(ValueError, match=r"master\.keys holds"):
        keys.load(tmp_path)


async def test_an_estate_gets_its_key_when_it_is_needed_and_a_new_one_when_that_is_wanted(
    opened: pool.Pool, tmp_path: Path
) -> None:
    keys.make(tmp_path)
    masters = keys.load(tmp_path).masters
    ring = EstateKeys(opened, masters)
    first = await ring.newest("garden")
    assert await ring.newest("garden") == first
    async with pool.transaction(opened) as conn:
        await keys.rotate(conn, masters, "garden", NOW)
    second = await ring.newest("garden")
    assert second != first
    assert (await ring.by_id(first[0]), await ring.by_id(second[0])) == (first[1], second[1])
    async with pool.transaction(opened) as conn:
        for row in await estate_keys.everything(conn):
            assert row.wrapped is not None
            assert first[1] not in row.wrapped


async def test_after_all_is_wrapped_anew_the_old_master_key_may_go(opened: pool.Pool, tmp_path: Path) -> None:
    keys.make(tmp_path)
    old = keys.load(tmp_path).masters
    key, secret = await EstateKeys(opened, old).newest("garden")
    keys.renew_master(tmp_path)
    both = keys.load(tmp_path).masters
    fresh = Masters({both.newest: both.keys[both.newest]})
    with pytest.raises(KeyLost, match=f"master key {old.newest}, which is not here"):
        await EstateKeys(opened, fresh).by_id(key)
    async with pool.transaction(opened) as conn:
        assert await keys.rewrap(conn, both) == 1
        assert await keys.rewrap(conn, both) == 0
    assert await EstateKeys(opened, fresh).by_id(key) == secret


async def test_a_destroyed_key_is_gone_at_once_and_the_estate_goes_on_with_another(
    opened: pool.Pool, tmp_path: Path
) -> None:
    keys.make(tmp_path)
    ring = EstateKeys(opened, keys.load(tmp_path).masters)
    key, _ = await ring.newest("garden")
    async with pool.transaction(opened) as conn:
        assert await estate_keys.destroy(conn, "garden", NOW) == 1
    with pytest.raises(KeyLost, match="version 1 of the key of garden was destroyed"):
        await ring.by_id(key)
    assert (await ring.newest("garden"))[0] != key


async def test_a_wrapped_key_put_into_anothers_row_does_not_open(opened: pool.Pool, tmp_path: Path) -> None:
    keys.make(tmp_path)
    masters = keys.load(tmp_path).masters
    async with pool.transaction(opened) as conn:
        mine = await keys.rotate(conn, masters, "garden", NOW)
        other = await keys.rotate(conn, masters, "garden", NOW)
        await conn.execute("UPDATE estate_key SET wrapped = %s WHERE id = %s", (mine.wrapped, other.id))
    with pytest.raises(KeyLost, match="does not open"):
        await EstateKeys(opened, masters).by_id(other.id)
