"""What a batch of messages does to a real database: copies, poison, strangers, gaps, order."""

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloud.ingest.reading import Envelope
from cloud.store import alerts, events, pool
from contracts import topics
from contracts.messages import Confirm, Reject, encode
from fallwatch.local.pki import Authority
from tests.fixtures.cloud import NOW, Device, changed, envelope
from tests.fixtures.ingest import Cloud


async def test_a_copy_is_a_no_op(cloud: Cloud, device: Device) -> None:
    fall = device.fall()
    messages = [
        fall,
        device.clip(fall, b"video"),
        device.camera("lost"),
        device.minute(NOW, 30),
        device.reading(),
        device.fault("frozen"),
        device.fault("frozen", "cleared"),
        device.record("5.7.1"),
        device.warning(fall),
    ]
    first = await cloud.commit(*messages)
    before = await cloud.everything()
    again = await cloud.commit(*messages, *messages)
    assert await cloud.everything() == before
    assert (len(first.stored), len(again.stored), len(again.copies)) == (9, 0, 18)
    assert again.receipts(NOW) == first.receipts(NOW), "a copy is confirmed like the first"


async def test_copies_inside_one_batch_count_once(cloud: Cloud, device: Device) -> None:
    minute = device.minute(NOW, 20)
    await cloud.commit(minute, minute)
    assert await cloud.rows("SELECT watched_s FROM camera_minute") == [(20.0,)]


async def test_a_poison_row_does_not_take_its_batch_along(cloud: Cloud, device: Device) -> None:
    before, poison, after = device.reading(), device.reading(), device.fall()
    # A NUL is fine in JSON and cannot be stored as jsonb.
    bad = Envelope(topics.event("box-a"), encode(poison)[:-1] + b',"more":"\\u0000"}')
    deep = Envelope(
        topics.event("box-a"), encode(device.reading())[:-1] + b',"more":' + b"[" * 200 + b"]" * 200 + b"}"
    )
    outcome = await cloud.commit(before, bad, deep, after)
    assert [event.seq for event in outcome.stored if event.seq in {1, 3}] == [1, 3]
    assert await cloud.rows("SELECT reason FROM dead_letter") == [("refused_by_database",)]
    assert len(await cloud.rows("SELECT 1 FROM alert")) == 1
    rejected = [receipt for _, receipt in outcome.receipts(NOW) if isinstance(receipt, Reject)]
    assert [receipt.seq for receipt in rejected] == [poison.seq]


async def test_a_refused_message_that_comes_again_is_told_again_and_buried_once(
    cloud: Cloud, device: Device
) -> None:
    odd = changed(device.reading(), kind="weather")
    for _ in range(3):
        outcome = await cloud.commit(odd)
        assert [receipt.kind for _, receipt in outcome.receipts(NOW)] == ["reject"]
    assert len(await cloud.rows("SELECT 1 FROM dead_letter")) == 1


async def test_what_cannot_be_read_goes_to_the_dead_letters_with_its_reason(
    cloud: Cloud, device: Device
) -> None:
    topic = topics.event("box-a")
    await cloud.commit(
        Envelope(topic, b""),
        Envelope(topic, b"\xff\xfe"),
        Envelope(topic, b"[1, 2]"),
        Envelope(topic, b" " * 65_537),
        changed(device.reading(), protocol=2),
        changed(device.reading(), protocol="\ud800\x00"),
        changed(device.reading(), kind="weather"),
        changed(device.reading(), value="warm"),
        changed(device.reading(), seq=2**70),
        changed(device.reading(), agent="other-box"),
        device.fall(camera="cam-other"),
        envelope(Device(agent="nobody").reading()),
        device.reading(),
    )
    reasons = await cloud.rows("SELECT reason, count(*) FROM dead_letter GROUP BY reason ORDER BY reason")
    assert reasons == [
        ("malformed", 5),
        ("oversized", 1),
        ("unknown_kind", 1),
        ("unregistered", 2),
        ("wrong_agent", 1),
        ("wrong_version", 2),
    ]
    assert len(await cloud.rows("SELECT 1 FROM event")) == 1, "and the good one is stored"
    assert await cloud.rows("SELECT max(length(payload_prefix)) FROM dead_letter") == [(4096,)]


async def test_gaps_are_named_until_they_close(cloud: Cloud, device: Device) -> None:
    late = [device.reading(seq=seq) for seq in (3, 4, 8)]
    await cloud.commit(*(device.reading(seq=seq) for seq in (1, 2, 5, 6, 7, 9)))
    async with pool.transaction(cloud.pool) as conn:
        assert await missing(conn) == ((3, 4), (8, 8))
        assert await events.unseen(conn) == {"box-a": events.Unseen(missing=3)}
    outcome = await cloud.commit(*late)
    async with pool.transaction(cloud.pool) as conn:
        assert await missing(conn) == ()
    ((_, confirm),) = outcome.receipts(NOW)
    assert isinstance(confirm, Confirm)
    assert [(found.first, found.last) for found in confirm.ranges] == [(3, 4), (8, 8)]


async def test_a_refused_number_is_no_gap(cloud: Cloud, device: Device) -> None:
    await cloud.commit(device.reading(), changed(device.reading(), kind="weather"), device.reading())
    async with pool.transaction(cloud.pool) as conn:
        assert await missing(conn) == ()


async def missing(conn: pool.Connection) -> tuple[events.Span, ...]:
    (boot,) = await events.boots(conn, "box-a", 10)
    return boot.missing


async def test_a_camera_that_is_lost_raises_one_fault_and_its_return_closes_it(
    cloud: Cloud, device: Device
) -> None:
    await cloud.commit(device.camera("lost"))
    await cloud.commit(device.camera("lost"))
    assert await cloud.rows("SELECT kind, state FROM fault") == [("camera_lost", "raised")]
    assert await cloud.rows("SELECT state FROM work_order") == [("open",)]
    await cloud.commit(device.camera("streaming"))
    assert await cloud.rows("SELECT state, close_reason FROM fault") == [("closed", "recovered")]
    assert await cloud.rows("SELECT state FROM work_order") == [("closed",)]


async def test_an_older_report_that_comes_late_does_not_bring_a_fault_back(
    cloud: Cloud, device: Device
) -> None:
    lost = device.camera("lost")
    back = device.camera("streaming", at=NOW + timedelta(seconds=9))
    await cloud.commit(back)
    await cloud.commit(lost)
    assert await cloud.rows("SELECT state FROM camera_state") == [("streaming",)]
    assert await cloud.rows("SELECT state FROM fault") == []
    assert len(await cloud.rows("SELECT 1 FROM camera_state_history")) == 2


async def test_two_boots_in_one_minute_add_what_they_watched(cloud: Cloud, device: Device) -> None:
    after_restart = Device(credentials=device.credentials)
    await cloud.commit(
        device.minute(NOW.replace(second=0), 20), after_restart.minute(NOW.replace(second=0), 25)
    )
    assert await cloud.rows("SELECT watched_s FROM camera_minute") == [(45.0,)]


@pytest.mark.parametrize(
    ("manifest", "objection"),
    [
        ({}, None),
        ({"sha256": "0" * 64}, "manifest and message disagree about sha256"),
        ({"event": uuid4()}, "manifest and message disagree about event"),
        ({"agent": "other-box"}, "manifest and message disagree about agent"),
    ],
)
async def test_a_manifest_is_believed_only_when_it_says_what_its_message_says(
    cloud: Cloud, device: Device, manifest: dict[str, Any], objection: str | None
) -> None:
    fall = device.fall()
    sealed = device.clip(fall, b"video", **manifest)
    if "sha256" in manifest:
        sealed = sealed.model_copy(update={"sha256": "1" * 64})
    await cloud.commit(fall, sealed)
    found = await cloud.rows("SELECT state, signature_valid, signed_by, failed_reason FROM clip")
    assert found == [("pending", objection is None, "box-a", objection)]


async def test_a_signature_of_another_key_is_not_believed(
    cloud: Cloud, device: Device, authority: Authority, tmp_path: Path
) -> None:
    fall = device.fall()
    foreign = Device(credentials=Authority.open(tmp_path / "foreign").issue("box-a"))
    borrowed = Device(credentials=authority.issue("other-box"))
    for seq, (signer, objection) in enumerate(
        (
            (foreign, "the certificate was not issued by our authority"),
            (borrowed, "signed by other-box, sent by box-a"),
        ),
        start=100,
    ):
        sealed = signer.clip(fall, b"video").model_copy(
            update={"boot": device.boot, "seq": seq, "event": uuid4()}
        )
        await cloud.commit(sealed)
        found = await cloud.rows(
            f"SELECT signature_valid, failed_reason FROM clip WHERE event = '{sealed.event}'"
        )
        assert found == [(False, objection)]
    sealed = device.clip(fall, b"video").model_copy(update={"signature": "AAAA"})
    await cloud.commit(sealed)
    found = await cloud.rows(f"SELECT failed_reason FROM clip WHERE event = '{sealed.event}'")
    assert found == [("the signature does not fit the manifest",)]


async def test_copies_that_land_at_several_ingests_at_once_leave_one_row_each_and_no_gap(
    cloud: Cloud, device: Device
) -> None:
    readings = [device.reading() for _ in range(300)]
    luck = random.Random(3)
    shares = [luck.sample(readings, 200) for _ in range(6)]
    held_back = {299, 300}
    outcomes = await asyncio.gather(
        *(cloud.commit(*(each for each in share if each.seq not in held_back)) for share in shares)
    )
    sent = {each.seq for share in shares for each in share} - held_back
    assert sorted(event.seq for outcome in outcomes for event in outcome.stored) == sorted(sent)
    rows = await cloud.rows("SELECT seq, count(*) FROM event GROUP BY seq")
    assert {row[0] for row in rows} == sent
    assert {row[1] for row in rows} == {1}
    async with pool.transaction(cloud.pool) as conn:
        (boot,) = await events.boots(conn, "box-a", 1)
    told = {seq for first, last in boot.missing for seq in range(first, last + 1)}
    assert told == set(range(1, max(sent) + 1)) - sent, "exactly what has not come is told as missing"


async def test_two_ingests_at_once_store_each_message_once(cloud: Cloud, device: Device) -> None:
    messages = [device.reading() for _ in range(200)] + [device.fall()]
    outcomes = await asyncio.gather(*(cloud.commit(*messages) for _ in range(4)))
    assert sum(len(outcome.stored) for outcome in outcomes) == 201
    assert await cloud.rows("SELECT count(*), count(DISTINCT seq) FROM event") == [(201, 201)]
    assert await cloud.rows("SELECT count(*) FROM alert") == [(1,)]


async def test_a_camera_counts_from_when_it_was_first_seen_not_from_the_minute_around_it(
    cloud: Cloud, device: Device
) -> None:
    began = NOW.replace(second=49)
    await cloud.commit(device.camera("streaming", at=began), device.minute(NOW.replace(second=0), 11))
    assert await cloud.rows("SELECT first_seen_at FROM camera WHERE id = 'cam-east'") == [(began,)]


async def test_the_whole_track_of_a_fall_replaces_the_one_that_was_told(cloud: Cloud, device: Device) -> None:
    fall = device.fall()
    await cloud.commit(fall)
    ((alert,),) = await cloud.rows("SELECT id FROM alert")
    await cloud.commit(device.ended(fall, floor=12))
    async with pool.transaction(cloud.pool) as conn:
        found = await alerts.find(conn, alert)
    assert found is not None
    row, message = found
    assert row.last_visible_at == fall.observed_at + timedelta(seconds=1.2)
    assert row.place is not None
    assert (row.place["floor"], row.place["flat"]) == (12, "B")
    assert len(message["track"]) == 31
    assert message["frame_width"] == fall.frame_width


async def test_an_end_that_comes_before_its_fall_waits_for_it(cloud: Cloud, device: Device) -> None:
    fall = device.fall()
    first = await cloud.commit(device.ended(fall, floor=3))
    assert await cloud.rows("SELECT * FROM change") == []
    await cloud.commit(fall)
    async with pool.transaction(cloud.pool) as conn:
        (row,) = await alerts.open_alerts(conn)
    assert row.place is not None
    assert row.place["floor"] == 3
    assert len(first.stored) == 1


async def test_another_box_cannot_end_a_fall(cloud: Cloud, device: Device) -> None:
    fall = device.fall()
    stranger = Device("other-box")
    await cloud.commit(stranger.ended(fall, floor=9, camera="cam-other"), fall)
    async with pool.transaction(cloud.pool) as conn:
        (row,) = await alerts.open_alerts(conn)
    assert row.place is None


async def test_an_alert_of_a_clock_that_nobody_had_set_is_corrected_when_the_box_learns_the_time(
    cloud: Cloud, device: Device
) -> None:
    wrong = NOW - timedelta(days=400)
    device.at = wrong
    early = device.fall()
    device.at = NOW
    learnt = device.clock_set(offset_s=(wrong - NOW).total_seconds())
    late = device.fall().model_copy(update={"clock": learnt.after})
    await cloud.commit(early)
    assert await alerts_of(cloud) == {early.message_id: (wrong, "unknown")}
    await cloud.commit(learnt, late)
    changes = await cloud.rows("SELECT DISTINCT message_id FROM change WHERE topic = 'alert'")
    assert (early.message_id,) in changes
    told = {early.message_id: (NOW, "corrected"), late.message_id: (NOW, "known")}
    assert await alerts_of(cloud) == told
    other = Device(credentials=device.credentials, at=wrong)
    strange = other.fall()
    await cloud.commit(strange)
    assert await alerts_of(cloud) == told | {strange.message_id: (wrong, "unknown")}, "of another boot"


async def alerts_of(cloud: Cloud) -> dict[UUID, tuple[datetime, str]]:
    """When each alert's fall began, and whether that is known."""
    async with pool.transaction(cloud.pool) as conn:
        return {row.message_id: (row.observed_at, row.clock) for row in await alerts.open_alerts(conn)}
