"""Escalations on a real database: derived from what wants an answer, told once for each step and person."""

import asyncio
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from cloud.core import alarm, delivery
from cloud.core.delivery import Refused, Taken, Unknown
from cloud.core.escalation import Everybody, OnCall, Person, Policy, SharedChannel, Step
from cloud.core.on_call import Override, Rotation, Shift
from cloud.core.work_order import Assign, Finish, Take
from cloud.store import (
    accounts,
    desk,
    duty,
    escalations,
    maintenance,
    notifications,
    pool,
    work_orders,
)
from tests.fixtures.cloud import NOW, Device
from tests.fixtures.ingest import Cloud

PEOPLE = (("li", "desk"), ("wang", "desk"), ("zhao", "maintenance"))
POLICY = Policy(
    alerts=(
        Step(after_s=0, whom=OnCall(role="desk")),
        Step(after_s=120, whom=Everybody(role="desk")),
        Step(after_s=300, whom=Person(username="zhao")),
    ),
    faults=(Step(after_s=0, whom=OnCall(role="maintenance")),),
)


def _account(name: str, role: Any) -> accounts.Account:
    return accounts.Account(name, name, name, role, "x", every_estate=True)


async def _people(cloud: Cloud, *, channels: bool = True) -> None:
    async with pool.transaction(cloud.pool) as conn:
        for name, role in PEOPLE:
            await accounts.put(conn, _account(name, role))
            if channels:
                await _channel(conn, owner=name)
        await duty.set_policy(conn, "garden", POLICY, "zhao", NOW)
        rotation = Rotation(shifts=(Shift(people=("li",), anchor=date(2026, 3, 2)),))
        await duty.set_rotation(conn, "garden", "desk", rotation, by="zhao", at=NOW)


async def _channel(conn: pool.Connection, *, owner: str, kind: str = "wecom", estate: None = None) -> Any:
    return await duty.add_channel(
        conn,
        {"owner": owner, "estate": estate, "kind": kind, "name": kind, "address": "k3y", "secret": ""},
    )


async def _advance(cloud: Cloud, at: datetime) -> None:
    async with pool.transaction(cloud.pool) as conn:
        await escalations.advance(conn, at)


async def _told(cloud: Cloud) -> list[tuple[Any, ...]]:
    return await cloud.rows("SELECT step, recipient, state FROM notification ORDER BY step, recipient")


async def test_an_alert_climbs_until_somebody_answers_and_then_nothing_more_is_sent(
    cloud: Cloud, device: Device
) -> None:
    await _people(cloud)
    await cloud.commit(device.fall())
    await _advance(cloud, NOW)
    assert await _told(cloud) == [(0, "li", "waiting")]
    await _advance(cloud, NOW + timedelta(seconds=119))
    await _advance(cloud, NOW + timedelta(seconds=120))
    climbed = [(0, "li", "waiting"), (1, "li", "waiting"), (1, "wang", "waiting")]
    assert await _told(cloud) == climbed
    ((identity,),) = await cloud.rows("SELECT id FROM alert")
    async with pool.transaction(cloud.pool) as conn:
        await desk.apply(conn, identity, alarm.Acknowledge("wang"), NOW)
    await _advance(cloud, NOW + timedelta(hours=1))
    assert await _told(cloud) == [(step, who, "cancelled") for step, who, _ in climbed]


async def test_two_timers_at_once_and_a_repeated_run_tell_nothing_twice(cloud: Cloud, device: Device) -> None:
    await _people(cloud)
    await cloud.commit(*(device.fall() for _ in range(20)))
    for _ in range(3):
        await asyncio.gather(*(_advance(cloud, NOW + timedelta(minutes=10)) for _ in range(3)))
    rows = await cloud.rows(
        "SELECT subject, round, step, recipient, count(*) FROM notification GROUP BY 1, 2, 3, 4"
    )
    assert len(rows) == 20 * 4
    assert {row[4] for row in rows} == {1}
    assert {row[1] for row in rows} == {0}


async def test_who_has_no_channel_is_named_and_the_next_step_comes_at_once(
    cloud: Cloud, device: Device
) -> None:
    await _people(cloud, channels=False)
    async with pool.transaction(cloud.pool) as conn:
        await _channel(conn, owner="wang")
    await cloud.commit(device.fall())
    await _advance(cloud, NOW)
    await _advance(cloud, NOW + timedelta(seconds=1))
    assert await _told(cloud) == [
        (0, "li", "unreachable"),
        (1, "li", "unreachable"),
        (1, "wang", "waiting"),
    ]


async def test_in_a_gap_the_whole_role_is_told_and_the_message_says_so(cloud: Cloud, device: Device) -> None:
    await _people(cloud)
    async with pool.transaction(cloud.pool) as conn:
        nobody = Override(None, NOW - timedelta(hours=1), NOW + timedelta(hours=1))
        await duty.add_override(conn, "garden", "desk", nobody, by="zhao", at=NOW)
    await cloud.commit(device.fall())
    await _advance(cloud, NOW)
    assert [who for _, who, _ in await _told(cloud)] == ["li", "wang"]
    assert all("无人排班" in body for (body,) in await cloud.rows("SELECT body FROM notification"))


async def test_a_warning_waits_for_the_morning_and_a_fall_does_not(cloud: Cloud, device: Device) -> None:
    await _people(cloud)
    night = datetime(2026, 3, 5, 18, 30, tzinfo=NOW.tzinfo)  # 02:30 in Shanghai.
    async with pool.transaction(cloud.pool) as conn:
        for name, _ in PEOPLE:
            await duty.set_quiet_hours(conn, name, (time(22), time(7)))
    await cloud.commit(device.fault("soiled", severity="warning"), device.fall())
    await cloud.rows("UPDATE fault SET announced_at = tell_at RETURNING 1")
    await _advance(cloud, night)
    rows = await cloud.rows("SELECT DISTINCT urgency, next_try_at FROM notification ORDER BY urgency")
    assert rows == [
        ("person_at_risk", night),
        ("routine", datetime(2026, 3, 5, 23, tzinfo=NOW.tzinfo)),  # 07:00 in Shanghai.
    ]


async def test_a_flapping_camera_is_told_three_times_and_once_as_unstable(
    cloud: Cloud, device: Device
) -> None:
    await _people(cloud)
    for number in range(12):
        device.at = NOW + timedelta(minutes=4 * number)
        await cloud.commit(device.fault("frozen"))
        await cloud.rows("UPDATE fault SET announced_at = tell_at WHERE announced_at IS NULL RETURNING 1")
        await _advance(cloud, device.at)
        async with pool.transaction(cloud.pool) as conn:
            claimed = await notifications.claim(conn, device.at)
            if claimed is not None:
                await notifications.settle(conn, claimed.id, claimed.attempts, Taken(), device.at)
        device.at += timedelta(minutes=2)
        await cloud.commit(device.fault("frozen", "cleared"))
        await _advance(cloud, device.at)
    rows = await cloud.rows("SELECT state, unstable, count(*) FROM notification GROUP BY 1, 2 ORDER BY 1, 2")
    assert rows == [("sent", False, 3), ("sent", True, 1), ("silenced", False, 8)]


async def test_what_follows_from_a_cause_is_not_told(cloud: Cloud, device: Device) -> None:
    await _people(cloud)
    await cloud.commit(device.fault("frozen"), device.fault("dark"))
    await cloud.rows("UPDATE fault SET announced_at = tell_at RETURNING 1")
    await cloud.rows(
        "UPDATE fault SET suppressed_by = (SELECT id FROM fault WHERE kind = 'dark')"
        " WHERE kind = 'frozen' RETURNING 1"
    )
    await _advance(cloud, NOW)
    (title,) = [title for (title,) in await cloud.rows("SELECT title FROM notification")]
    assert "画面太暗" in title


async def _claim(cloud: Cloud, at: datetime) -> notifications.Claimed | None:
    async with pool.transaction(cloud.pool) as conn:
        return await notifications.claim(conn, at)


async def _settle(cloud: Cloud, claimed: notifications.Claimed, outcome: Any, at: datetime) -> None:
    async with pool.transaction(cloud.pool) as conn:
        await notifications.settle(conn, claimed.id, claimed.attempts, outcome, at)


async def test_a_person_at_risk_goes_first_and_a_channel_that_hangs_holds_one_sender(
    cloud: Cloud, device: Device
) -> None:
    await _people(cloud)
    await cloud.commit(device.fault("frozen"), device.fall(), device.fall())
    await cloud.rows("UPDATE fault SET announced_at = tell_at RETURNING 1")
    await _advance(cloud, NOW)
    first, second = await _claim(cloud, NOW), await _claim(cloud, NOW)
    assert first is not None
    assert second is not None
    assert (first.urgency, second.urgency) == ("person_at_risk", "routine")
    assert await _claim(cloud, NOW) is None  # The second fall is for the channel that is busy.


async def test_after_lasting_refusal_the_next_channel_is_tried(cloud: Cloud, device: Device) -> None:
    await _people(cloud)
    async with pool.transaction(cloud.pool) as conn:
        await _channel(conn, owner="li", kind="webhook")
    await cloud.commit(device.fall())
    await _advance(cloud, NOW)
    claimed = await _claim(cloud, NOW)
    assert claimed is not None
    assert claimed.kind == "wecom"
    await _settle(cloud, claimed, Refused("code 93000", lasting=True), NOW)
    claimed = await _claim(cloud, NOW)
    assert claimed is not None
    assert claimed.kind == "webhook"
    await _settle(cloud, claimed, Refused("HTTP 404", lasting=True), NOW)
    assert await _told(cloud) == [(0, "li", "failed")]


async def test_a_late_word_of_a_sender_that_was_given_up_changes_nothing(
    cloud: Cloud, device: Device
) -> None:
    await _people(cloud)
    await cloud.commit(device.fall())
    await _advance(cloud, NOW)
    lost = await _claim(cloud, NOW)
    assert lost is not None
    late = NOW + delivery.LEASE
    async with pool.transaction(cloud.pool) as conn:
        assert await notifications.recover(conn, late)
    again = await _claim(cloud, late + timedelta(minutes=1))
    assert again is not None
    assert (again.id, again.maybe_came, again.attempts) == (lost.id, True, 2)
    await _settle(cloud, lost, Unknown("late"), late)
    await _settle(cloud, again, Taken(), late)
    assert await _told(cloud) == [(0, "li", "sent")]


async def _order(cloud: Cloud, *, due_at: datetime, responsible: str | None = None) -> UUID:
    new = work_orders.New(
        "complaint", "serious", work_orders.Place("garden"), "3-1201 窗户", "", "", by="zhao"
    )
    async with pool.transaction(cloud.pool) as conn:
        order = await work_orders.insert(conn, new, due_at, NOW)
        if responsible is not None:
            await maintenance.apply(conn, order, Assign("zhao", responsible), NOW)
    return order


async def _clock(cloud: Cloud, at: datetime) -> None:
    async with pool.transaction(cloud.pool) as conn:
        await maintenance.mark_overdue(conn, at)
        await escalations.advance(conn, at, "https://watch.example.org")


async def test_an_overdue_order_is_told_to_who_is_responsible_then_to_the_manager_until_it_is_done(
    cloud: Cloud,
) -> None:
    await _people(cloud)
    async with pool.transaction(cloud.pool) as conn:
        await accounts.put(conn, _account("sun", "manager"))
        await _channel(conn, owner="sun")
        await duty.set_quiet_hours(conn, "zhao", (time(22), time(7)))
    night = datetime(2026, 3, 5, 18, 30, tzinfo=NOW.tzinfo)  # 02:30 in Shanghai.
    order = await _order(cloud, due_at=night, responsible="zhao")
    await _clock(cloud, night - timedelta(seconds=1))
    assert await _told(cloud) == []
    for _ in range(2):
        await _clock(cloud, night)
    morning = datetime(2026, 3, 5, 23, tzinfo=NOW.tzinfo)
    assert await cloud.rows("SELECT recipient, next_try_at FROM notification") == [("zhao", morning)]
    await _clock(cloud, night + timedelta(hours=4))
    assert await _told(cloud) == [(0, "zhao", "waiting"), (1, "sun", "waiting")]
    ((title, body),) = await cloud.rows("SELECT title, body FROM notification WHERE step = 0")
    assert "1201" not in title + body, "what a person typed may name a flat"
    assert f"https://watch.example.org/maintenance?order={order}" in body
    async with pool.transaction(cloud.pool) as conn:
        await maintenance.apply(conn, order, Take("zhao"), morning)
        await maintenance.apply(conn, order, Finish("zhao", "new putty"), morning)
    await _clock(cloud, morning)
    assert [state for *_, state in await _told(cloud)] == ["cancelled", "cancelled"]


async def test_a_shared_channel_is_told_once_for_all(cloud: Cloud, device: Device) -> None:
    async with pool.transaction(cloud.pool) as conn:
        shared = await duty.add_channel(
            conn,
            {"owner": None, "estate": "garden", "kind": "feishu", "name": "群", "address": "k", "secret": ""},
        )
        step = Step(after_s=0, whom=SharedChannel(channel=shared))
        await duty.set_policy(conn, "garden", Policy(alerts=(step,), faults=(step,)), "zhao", NOW)
    await cloud.commit(device.fall())
    await _advance(cloud, NOW)
    assert await _told(cloud) == [(0, f"channel:{shared}", "waiting")]
