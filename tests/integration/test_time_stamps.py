"""Heads of the log are stamped by an authority, whenever it comes back, and only by a trusted one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cloud import clock
from cloud.core.time_stamp import Unstamped, stamped
from cloud.evidence import heads, stamping, verify
from cloud.evidence.heads import Signer
from cloud.evidence.stamping import AuthorityAway, StampingAuthority
from cloud.store import audit, log, pool
from cloud.store.audit import Act
from fallwatch.local.pki import Authority
from tests.fixtures.cloud import NOW, seed
from tests.fixtures.time_stamps import Mood, TimeStampAuthority

SIGNER = Signer(ec.generate_private_key(ec.SECP256R1()))


@pytest.fixture
def trusted(time_stamps: TimeStampAuthority) -> StampingAuthority:
    return stamping.authority(time_stamps.url, time_stamps.ca_path)


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[pool.Pool]:
    """A log with three heads."""
    async with pool.opened(database_url, max_size=2) as found:
        await seed(found, "box-a")
        for number in range(3):
            async with pool.transaction(found) as conn:
                await audit.enter(conn, Act("li", "viewed", "alert", str(number), "garden"), NOW)
                await heads.sign(conn, SIGNER, NOW)
        yield found


async def test_every_head_is_stamped_once_the_authority_is_back(
    opened: pool.Pool, time_stamps: TimeStampAuthority, trusted: StampingAuthority
) -> None:
    time_stamps.mood = "failing"
    with pytest.raises(AuthorityAway, match="503"):
        await stamping.catch_up(opened, trusted, NOW)
    time_stamps.mood = "well"
    assert await stamping.catch_up(opened, trusted, NOW) == 3
    assert await stamping.catch_up(opened, trusted, NOW) == 0
    async with pool.transaction(opened) as conn:
        found = await log.heads(conn, 1, 9)
    for head in found:
        assert head.time_stamp is not None
        stamp = stamped(head.time_stamp, head.signed.document, trusted.roots)
        assert stamp.at == head.stamped_at
        assert abs(stamp.at - clock.utc_now()) < timedelta(minutes=1)
        assert stamp.accuracy == timedelta(seconds=1)
    assert len({head.time_stamp for head in found}) == 3


@pytest.mark.parametrize("mood", ["another's words", "nonsense"])
async def test_an_answer_that_does_not_hold_is_not_kept(
    opened: pool.Pool, time_stamps: TimeStampAuthority, trusted: StampingAuthority, mood: Mood
) -> None:
    time_stamps.mood = mood
    with pytest.raises(AuthorityAway, match=time_stamps.url):
        await stamping.catch_up(opened, trusted, NOW)
    async with pool.transaction(opened) as conn:
        assert len(await log.unstamped(conn, 9)) == 3


async def test_an_authority_that_is_not_there_is_named(trusted: StampingAuthority) -> None:
    with pytest.raises(AuthorityAway, match=r"http://127\.0\.0\.1:1/"):
        await stamping.ask(replace(trusted, url="http://127.0.0.1:1/"), b"a head")


async def test_a_stamp_holds_for_its_own_bytes_and_its_own_authority_only(
    trusted: StampingAuthority, authority: Authority
) -> None:
    response, stamp = await stamping.ask(trusted, b"a head")
    assert stamped(response, b"a head", trusted.roots) == stamp
    other = verify.authority(authority.ca_path)
    for document, roots in ((b"another head", trusted.roots), (b"a head", (other,)), (b"a head", ())):
        with pytest.raises(Unstamped):
            stamped(response, document, roots)
    with pytest.raises(Unstamped, match="Nonce"):
        stamped(response, b"a head", trusted.roots, nonce=7)
    assert stamp.at > datetime(2025, 1, 1, tzinfo=UTC)
