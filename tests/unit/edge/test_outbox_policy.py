"""What of the outbox is sent next, over all orders of events that hypothesis finds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.outbox import (
    PRIORITY,
    URGENT,
    Disconnected,
    Key,
    Offered,
    Policy,
    Sending,
    Settled,
    Waiting,
    due,
    step,
)

T0 = datetime(2026, 3, 1, tzinfo=UTC)
BOOT = UUID(int=1)
POLICY = Policy(window=5, reserve=2, live=3, drain_per_s=1e6, resend_after_s=10, resend_cap_s=30)
LONG_AGO = T0 - timedelta(hours=5)


def key(seq: int) -> Key:
    return Key(BOOT, seq)


def offered(messages: dict[int, int], *, at: datetime = LONG_AGO, policy: Policy = POLICY) -> Offered:
    """seq → priority, as the store gives them; all accepted at the same time."""
    order = sorted(messages, key=lambda seq: (messages[seq], seq))
    newest = [
        seq for urgency in (0, 1) for seq in [s for s in order if messages[s] == urgency][-policy.live :]
    ]
    return Offered(
        [Waiting(key(seq), messages[seq], at) for seq in order[: policy.limit]],
        [Waiting(key(seq), messages[seq], at) for seq in newest],
    )


def test_alarms_go_before_older_telemetry() -> None:
    _, sends = step(POLICY, Sending(), offered({1: 3, 2: 3, 3: 0}), T0)
    assert [send.key.seq for send in sends] == [3, 1, 2]


def test_telemetry_fills_the_window_and_no_more() -> None:
    _, sends = step(POLICY, Sending(), offered(dict.fromkeys(range(1, 20), 3)), T0)
    assert len(sends) == POLICY.window


def test_an_alarm_is_sent_though_the_window_is_full_of_telemetry() -> None:
    telemetry = dict.fromkeys(range(1, 20), 3)
    sending, _ = step(POLICY, Sending(), offered(telemetry), T0)
    _, sends = step(POLICY, sending, offered(telemetry | {20: 0}), T0)
    assert [send.key.seq for send in sends] == [20]


def test_what_is_on_its_way_is_not_sent_twice_before_its_time() -> None:
    sending, _ = step(POLICY, Sending(), offered({1: 3}), T0)
    _, sends = step(POLICY, sending, offered({1: 3}), T0 + timedelta(seconds=9.9))
    assert sends == ()


def test_without_a_receipt_it_is_sent_again_later_and_later() -> None:
    sending, _ = step(POLICY, Sending(), offered({1: 3}), T0)
    at, waits = T0, []
    for _ in range(4):
        when = due(sending)
        assert when is not None
        waits.append((when - at).total_seconds())
        at = when
        sending, sends = step(POLICY, sending, offered({1: 3}), at)
        assert [send.again for send in sends] == [True]
    assert waits == [10, 20, 30, 30]


def test_a_new_connection_sends_everything_again() -> None:
    sending, _ = step(POLICY, Sending(), offered({1: 3, 2: 3}), T0)
    sending, _ = step(POLICY, sending, Disconnected(), T0)
    assert due(sending) is None
    _, sends = step(POLICY, sending, offered({1: 3, 2: 3}), T0)
    assert [(send.key.seq, send.again) for send in sends] == [(1, False), (2, False)]


def both(old: dict[int, int], new: dict[int, int], at: datetime) -> Offered:
    """What a store offers that holds an old backlog and something new."""
    backlog, fresh = offered(old), offered(new, at=at)
    waiting = sorted([*backlog.waiting, *fresh.waiting], key=lambda m: (m.priority, m.key.seq))
    newest = [m for urgency in (0, 1) for m in waiting if m.priority == urgency][-POLICY.live :]
    return Offered(waiting[: POLICY.limit], newest)


def test_a_new_alarm_goes_before_a_backlog_of_old_alarms() -> None:
    _, sends = step(POLICY, Sending(), both(dict.fromkeys(range(1, 40), 0), {40: 0}, T0), T0)
    assert sends[0].key.seq == 40
    assert [send.key.seq for send in sends[1:]] == list(range(1, POLICY.limit))


def test_a_new_alarm_goes_out_though_the_way_is_full_of_old_alarms_that_nobody_answers() -> None:
    old = dict.fromkeys(range(1, 40), 0)
    sending, sends = step(POLICY, Sending(), offered(old), T0)
    assert len(sends) == POLICY.limit
    _, sends = step(POLICY, sending, both(old, {40: 0}, T0), T0)
    assert [send.key.seq for send in sends] == [40]


def test_new_alarms_keep_their_order_among_themselves() -> None:
    _, sends = step(POLICY, Sending(), both(dict.fromkeys(range(1, 40), 1), {40: 1, 41: 1, 42: 1}, T0), T0)
    assert [send.key.seq for send in sends[:3]] == [40, 41, 42]


def test_telemetry_goes_at_the_rate_of_the_drain_and_alarms_at_any() -> None:
    policy = replace(POLICY, window=100, drain_per_s=40)
    backlog = dict.fromkeys(range(1, 1000), 3)
    sending, at, sent, limit = Sending(), T0, 0, policy.limit
    while at < T0 + timedelta(seconds=5):
        waiting = dict.fromkeys(list(backlog)[:limit], 3)
        sending, sends = step(policy, sending, offered(waiting, policy=policy), at)
        sent += len(sends)
        for send in sends:
            del backlog[send.key.seq]
        sending, _ = step(policy, sending, Settled([send.key for send in sends]), at)
        when = due(sending)
        assert when is not None
        assert when > at, "it looks again, but not without a breath"
        at = when
    assert sent == pytest.approx(40 * 5, abs=11), "five seconds' worth, and what had been saved up"
    _, sends = step(policy, sending, offered({2000: 0, 2001: 1}, policy=policy), at)
    assert len(sends) == 2


def test_a_clock_that_steps_back_neither_lets_more_out_nor_holds_anything_up() -> None:
    policy = replace(POLICY, window=100, drain_per_s=40)
    telemetry = dict.fromkeys(range(1, 100), 3)
    sending, first = step(policy, Sending(), offered(telemetry, policy=policy), T0)
    assert len(first) == 10
    earlier = T0 - timedelta(hours=1)
    sending, sends = step(policy, sending, offered(telemetry, policy=policy), earlier)
    assert sends == ()
    sending, sends = step(policy, sending, offered(telemetry, policy=policy), earlier + timedelta(seconds=1))
    assert len(sends) == 10
    alarm = offered({200: 0}, policy=policy)
    sending, _ = step(policy, sending, alarm, T0)
    _, sends = step(policy, sending, alarm, earlier)
    assert [(send.key.seq, send.again) for send in sends] == [(200, True)], (
        "its time can never have been so far off"
    )


def test_every_kind_of_message_has_a_priority() -> None:
    from contracts.messages import EVENT  # noqa: PLC0415

    kinds = set(EVENT.json_schema()["discriminator"]["mapping"])
    assert kinds == set(PRIORITY)


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("accept"), st.integers(0, 3)),
        st.tuples(st.just("settle"), st.integers(1, 40)),
        st.tuples(st.just("pass"), st.integers(0, 60)),
        st.tuples(st.just("disconnect"), st.just(0)),
    ),
    max_size=60,
)


@given(EVENTS)
@settings(deadline=None, derandomize=True)
def test_the_limits_hold_and_in_the_end_everything_has_been_sent(events: list[tuple[str, int]]) -> None:
    waiting: dict[int, int] = {}
    sent: set[int] = set()
    sending, at, seq = Sending(), T0, 0
    for what, value in events:
        if what == "accept":
            seq += 1
            waiting[seq] = value
        elif what == "settle":
            waiting.pop(value, None)
            sending, _ = step(POLICY, sending, Settled([key(value)]), at)
        elif what == "pass":
            at += timedelta(seconds=value)
        else:
            sending, _ = step(POLICY, sending, Disconnected(), at)
        sending, sends = step(POLICY, sending, offered(waiting), at)
        sent |= {send.key.seq for send in sends}
        assert len(sending.in_flight) <= POLICY.limit + POLICY.live
        assert sum(not found.urgent for found in sending.in_flight.values()) <= POLICY.window
        assert {send.key.seq for send in sends} <= set(waiting)
    while waiting:  # the cloud answers whatever is on its way
        settled = [found for found in sending.in_flight if found.seq in waiting]
        assert settled, "nothing is on its way, though something waits"
        for found in settled:
            del waiting[found.seq]
        sending, _ = step(POLICY, sending, Settled(settled), at)
        sending, sends = step(POLICY, sending, offered(waiting), at)
        sent |= {send.key.seq for send in sends}
    assert set(range(1, seq + 1)) - sent <= {value for what, value in events if what == "settle"}


def test_all_but_series_is_urgent() -> None:
    assert {kind for kind, priority in PRIORITY.items() if priority > URGENT} == {
        "camera_minute",
        "sensor_reading",
    }
