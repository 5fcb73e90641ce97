"""A look at the evidence finds what is missing, rotten or changed: really damaged files, objects and rows."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import psycopg
import pytest
from prometheus_client import CollectorRegistry

from cloud import logs, metrics
from cloud.core import night
from cloud.evidence import checking, heads, keys
from cloud.evidence.blobs import Blobs, sealed_path
from cloud.evidence.checking import Report
from cloud.evidence.keeper import Keeper, Means
from cloud.evidence.keys import EstateKeys, Keys
from cloud.evidence.objects import StoreDown
from cloud.evidence.resealing import seal_plain
from cloud.ingest.handle import commit_batch, read
from cloud.store import audit, clips, estate_keys, log, pool
from cloud.store.audit import Act
from fallwatch.local.pki import Authority
from tests.fixtures.cloud import NOW, Device, envelope, seed


@dataclass
class Place:
    """A store with three clips of three falls, and a log with a head."""

    opened: pool.Pool
    blobs: Blobs
    keys: Keys
    digests: list[str]

    async def look(self) -> Report:
        return await checking.check(self.opened, self.blobs, self.keys.signer, NOW, lambda _: True)

    async def change(self, sha256: str, content: bytes | None) -> None:
        """Put other bytes in the place of a clip, behind the service's back; None: take it away."""
        store = self.blobs.objects.store
        if content is None:
            await obstore.delete_async(store, sealed_path(sha256))
        else:
            await obstore.put_async(store, sealed_path(sha256), content, mode="overwrite")

    async def lying(self, sha256: str) -> bytes:
        found = await obstore.get_async(self.blobs.objects.store, sealed_path(sha256))
        return bytes(await found.bytes_async())

    async def faults(self) -> list[tuple[str, float, str, int]]:
        """(state, damaged clips, words, work orders) of the estate's faults."""
        async with pool.transaction(self.opened) as conn:
            rows = await conn.execute(
                "SELECT state, value, what ->> 'en', (SELECT count(*) FROM work_order_fault WHERE fault = id)"
                " FROM fault WHERE kind = 'evidence_damaged' AND subject = 'garden'"
            )
            return list(await rows.fetchall())

    async def audited(self) -> list[tuple[str, str, str]]:
        async with pool.transaction(self.opened) as conn:
            rows = await conn.execute("SELECT action, estate, content ->> 'sha256' FROM audit ORDER BY id")
            return list(await rows.fetchall())


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return (tmp_path / "evidence").as_uri()
    found: str = request.getfixturevalue("s3_url")
    return found


@pytest.fixture
async def place(database_url: str, authority: Authority, tmp_path: Path, url: str) -> AsyncIterator[Place]:
    keys.make(tmp_path / "keys")
    found = keys.load(tmp_path / "keys")
    device = Device(credentials=authority.issue("box-a"))
    async with pool.opened(database_url, max_size=3) as opened:
        await seed(opened, "box-a")
        blobs = Blobs.at(url, EstateKeys(opened, found.masters))
        digests = []
        for number in range(3):
            content = bytes([number]) * 150_000
            fall = device.fall()
            sealed = device.clip(fall, content)
            await commit_batch(opened, None, read([envelope(fall), envelope(sealed)]), NOW)
            file = tmp_path / "clip"
            await asyncio.to_thread(file.write_bytes, content)
            await blobs.put(sealed.sha256, file, "garden")
            async with pool.transaction(opened) as conn:
                await clips.store(conn, sealed.sha256, "box-a", NOW)
            digests.append(sealed.sha256)
        async with pool.transaction(opened) as conn:
            await heads.sign(conn, found.signer, NOW)
        yield Place(opened, blobs, found, digests)


async def test_damage_is_found_told_once_and_forgotten_when_it_is_mended(place: Place) -> None:
    well = await place.look()
    assert (well.is_well, well.clips, well.read, well.read_bytes) == (True, 3, 3, 450_000)
    assert (well.entries, well.heads, well.unknown) == (9, 1, [])
    rotten, missing, _ = place.digests
    before = await place.lying(rotten)
    await place.change(rotten, before[:70_000] + bytes([before[70_000] ^ 1]) + before[70_001:])
    kept = await place.lying(missing)
    await place.change(missing, None)
    stray = hashlib.sha256(b"stray").hexdigest()
    await place.change(stray, b"stray")
    found = await place.look()
    assert {damage.sha256: damage.kind for damage in found.damaged} == {rotten: "rotten", missing: "missing"}
    assert "from byte 65536 on" in next(damage.detail for damage in found.damaged if damage.kind == "rotten")
    assert found.unknown == [sealed_path(stray)]
    assert not found.is_well
    again = await place.look()
    assert again.damaged == found.damaged
    both = "Clips kept as evidence: 1 missing, 1 changed"
    assert await place.faults() == [("raised", 2, both, 1)], "one fault, and one order to mend it"
    await place.change(rotten, before)
    assert [damage.kind for damage in (await place.look()).damaged] == ["missing"]
    assert await place.faults() == [("raised", 1, "Clips kept as evidence: 1 missing", 1)]
    assert sorted(await place.audited()) == sorted(
        [
            ("found_damaged", "garden", rotten),
            ("found_damaged", "garden", missing),
            ("found_whole", "garden", rotten),
        ]
    )
    await place.change(missing, kept)
    assert not (await place.look()).damaged
    assert [state for state, *_ in await place.faults()] == ["closed"]


class TestOnce:
    """What does not depend on the kind of the store."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return (tmp_path / "evidence").as_uri()

    async def test_clips_whose_key_was_destroyed_are_locked_and_not_called_rotten(self, place: Place) -> None:
        async with pool.transaction(place.opened) as conn:
            await estate_keys.destroy(conn, "garden", NOW)
        assert {damage.kind for damage in (await place.look()).damaged} == {"locked"}

    async def test_a_store_that_is_away_is_no_damage(self, place: Place, tmp_path: Path) -> None:
        await asyncio.to_thread((tmp_path / "evidence").rename, tmp_path / "elsewhere")
        await asyncio.to_thread((tmp_path / "evidence").write_bytes, b"")
        with pytest.raises(StoreDown):
            await place.look()
        assert await place.audited() == []

    async def test_a_log_that_was_tampered_with_is_told_in_a_sentence(
        self, place: Place, database_url: str
    ) -> None:
        await asyncio.to_thread(_as_owner, database_url, KEEP)
        for what, (statement, told) in TAMPERED.items():
            await asyncio.to_thread(_as_owner, database_url, f"{RESTORE}; {statement}")
            report = await place.look()
            assert told in [UUID.sub("…", sentence) for sentence in report.log], what
        await asyncio.to_thread(_as_owner, database_url, RESTORE)
        assert (await place.look()).is_well

    async def test_clips_from_before_there_were_keys_are_sealed_later(
        self, place: Place, tmp_path: Path, authority: Authority
    ) -> None:
        plain = Blobs(place.blobs.objects)
        device = Device(credentials=authority.issue("box-a"))
        fall = device.fall()
        sealed = device.clip(fall, b"an old film" * 9_000)
        await commit_batch(place.opened, None, read([envelope(fall), envelope(sealed)]), NOW)
        file = tmp_path / "old"
        await asyncio.to_thread(file.write_bytes, b"an old film" * 9_000)
        await plain.put(sealed.sha256, file, "garden")
        staging = tmp_path / "staging"
        assert await seal_plain(place.opened, place.blobs, staging) == 1
        assert await seal_plain(place.opened, place.blobs, staging) == 0
        assert await place.blobs.holds(sealed.sha256)
        assert not await asyncio.to_thread(
            lambda: list((tmp_path / "evidence").rglob("*.mp4")) + list(staging.iterdir())
        )

    async def test_the_keeper_looks_once_a_night_and_raises_an_alarm(self, place: Place) -> None:
        registry = CollectorRegistry()
        means = Means(place.keys.signer, place.keys.masters, None, place.blobs.objects, check_nights=1)
        keeper = Keeper(place.opened, means, metrics.evidence(registry), logs.logger("test"))
        tonight = datetime(2026, 3, 5, 19, tzinfo=UTC)
        await keeper.look(tonight)
        assert registry.get_sample_value("fallwatch_evidence_checked_bytes_total") == 450_000
        await place.change(place.digests[0], b"nonsense")
        await keeper.look(tonight + timedelta(hours=3))
        assert registry.get_sample_value("fallwatch_evidence_damaged", {"kind": "rotten"}) == 0
        await keeper.look(tonight + timedelta(days=1))
        assert registry.get_sample_value("fallwatch_evidence_damaged", {"kind": "rotten"}) == 1
        assert registry.get_sample_value("fallwatch_log_broken", {"found_by": "check"}) == 0

    async def test_the_keeper_signs_each_hour_and_once_more_before_it_ends(self, place: Place) -> None:
        means = Means(place.keys.signer)
        keeper = Keeper(place.opened, means, metrics.evidence(CollectorRegistry()), logs.logger("test"))

        async def signed() -> list[int]:
            async with pool.transaction(place.opened) as conn:
                return [head.size for head in await log.heads(conn, 1, 99)]

        await keeper.sign(NOW + timedelta(minutes=59))
        assert await signed() == [9]
        await keeper.sign(NOW + timedelta(minutes=60))
        assert await signed() == [9, 9]
        await keeper.finish(NOW)
        assert await signed() == [9, 9], "nothing has come since"
        async with pool.transaction(place.opened) as conn:
            await audit.enter(conn, Act("li", "viewed", "alert", "1", "garden"), NOW)
        await keeper.finish(NOW)
        assert await signed() == [9, 9, 10]


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEEP = "CREATE TABLE kept_leaf AS TABLE log_leaf; CREATE TABLE kept_head AS TABLE log_head"
RESTORE = """
DELETE FROM log_leaf; INSERT INTO log_leaf TABLE kept_leaf;
DELETE FROM log_head; INSERT INTO log_head TABLE kept_head
"""
TAMPERED = {
    "an entry was changed": (
        "UPDATE log_leaf SET entry = entry || ' ' WHERE index = 9",
        "entry 9, clip …, is not what was sealed",
    ),
    "an entry and its hash were changed": (
        "UPDATE log_leaf SET entry = 'x', hash = sha256('\\x0078') WHERE index = 9",
        "entries 1 to 9 are not those of which head 1 speaks",
    ),
    "an entry was deleted": ("DELETE FROM log_leaf WHERE index = 4", "entry 4 is missing"),
    "the newest entry was deleted": (
        "DELETE FROM log_leaf WHERE index = 9",
        "head 1 speaks of 9 entries, and 8 are left",
    ),
    "two entries changed places": (
        """
        UPDATE log_leaf SET index = index + 100 WHERE index IN (4, 5);
        UPDATE log_leaf SET index = 109 - index WHERE index > 100
        """,
        "entries 1 to 9 are not those of which head 1 speaks",
    ),
    "a head was changed": (
        "UPDATE log_head SET content = replace(content, '\"size\":9', '\"size\":8')",
        "the signature does not fit head 1",
    ),
}


def _as_owner(url: str, statement: str) -> None:
    """Somebody with every right on the database, who knows of the triggers."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(statement)


def test_every_clip_has_its_turn_in_one_of_the_nights() -> None:
    digests = [hashlib.sha256(bytes([n])).hexdigest() for n in range(200)]
    begun = [NOW.date() + timedelta(days=n) for n in range(30)]
    turns = [[digest for digest in digests if night.is_turn(digest, of, 30)] for of in begun]
    assert sorted(digest for turn in turns for digest in turn) == sorted(digests)
    assert max(len(turn) for turn in turns) < 20


@pytest.mark.parametrize(
    ("last", "at", "due"),
    [
        (None, "2026-03-05T10:00", True),
        ("2026-03-04T18:05", "2026-03-05T17:59", False),
        ("2026-03-04T18:05", "2026-03-05T18:00", True),
        ("2026-03-05T18:00", "2026-03-06T02:00", False),
    ],
)
def test_a_look_is_due_once_a_night_has_begun(last: str | None, at: str, *, due: bool) -> None:
    instants = [None if text is None else datetime.fromisoformat(f"{text}+00:00") for text in (last, at)]
    assert instants[1] is not None
    assert night.is_due(instants[0], instants[1]) is due
