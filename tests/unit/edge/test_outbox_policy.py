"""What of the outbox is sent next, over all orders of events that hypothesis finds."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

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
POLICY = Policy(window=5, reserve=2, resend_after_s=10, resend_cap_s=30)


def key(seq: int) -> Key:
    return Key(BOOT, seq)


def offered(messages: dict[int, int], limit: int = POLICY.limit) -> Offered:
    """seq → priority, in the order in which the store gives them."""
    order = sorted(messages, key=lambda seq: (messages[seq], seq))
    return Offered([Waiting(key(seq), messages[seq]) for seq in order[:limit]])


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
        assert len(sending.in_flight) <= POLICY.limit
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
