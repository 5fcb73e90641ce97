"""When a siren is switched: at once, seldom, for a bounded time; and off again whatever happens."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from edge.core.warning import (
    AGAIN_S,
    LATE_S,
    Device,
    Policy,
    Suspected,
    Switch,
    Switched,
    Tell,
    TimePassed,
    due,
    start,
    step,
)

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)
POLICY = Policy(hold_s=8, rest_s=60, per_hour=3)
ON, OFF = Switch(on=True), Switch(on=False)


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def suspected(seconds, late_s=0.0):
    return Suspected("cam-east", at(seconds - late_s - 1), at(seconds - late_s))


def after(*inputs, device=None, policy=POLICY):
    """The device after (input, seconds) pairs, and all effects of the last one."""
    device, effects = device or Device("off", T0, None), ()
    for given_, seconds in inputs:
        device, effects = step(policy, device, given_, at(seconds))
    return device, effects


def test_a_device_is_switched_off_when_the_agent_begins_whatever_it_was_before():
    device = start(T0)
    assert due(device) == T0
    device, effects = step(POLICY, device, TimePassed(), T0)
    assert effects == (OFF,)
    device, effects = step(POLICY, device, Switched(on=False), at(1))
    assert (device.state, effects, due(device)) == ("off", (), None)


def test_a_suspicion_switches_it_on_and_is_told_when_the_device_has_answered():
    device, effects = after((suspected(0), 0))
    assert effects == (ON,)
    device, effects = after((Switched(on=True), 0.1), device=device)
    assert effects == (Tell("on", suspected(0)),)
    assert due(device) == at(8.1)


def test_it_is_switched_off_when_its_time_is_over_and_not_before():
    device, _ = after((suspected(0), 0), (Switched(on=True), 0))
    assert after((TimePassed(), 7.9), device=device)[1] == ()
    assert after((TimePassed(), 8), device=device)[1] == (OFF,)


def test_more_suspicions_do_not_keep_it_on_for_longer():
    device, _ = after((suspected(0), 0), (Switched(on=True), 0))
    device, effects = after((suspected(7), 7), device=device)
    assert effects == ()
    assert due(device) == at(8)


def test_what_cannot_be_switched_off_is_tried_again_for_ever():
    device, _ = after((suspected(0), 0), (Switched(on=True), 0), (TimePassed(), 8))
    for n in range(50):
        device, effects = after((Switched(on=False, failed="no answer"), 8 + n * AGAIN_S), device=device)
        assert effects == ()
        device, effects = after((TimePassed(), 8 + (n + 1) * AGAIN_S), device=device)
        assert effects == (OFF,)


def test_a_device_that_did_not_answer_is_told_as_failed_and_switched_off_since_it_may_be_on():
    device, effects = after((suspected(0), 0), (Switched(on=True, failed="no answer"), 2))
    assert effects == (Tell("failed", suspected(0), "no answer"),)
    assert after((TimePassed(), 2), device=device)[1] == (OFF,)


def test_it_rests_after_a_warning_and_says_once_that_it_did():
    device, _ = after((suspected(0), 0), (Switched(on=True), 0), (TimePassed(), 8), (Switched(on=False), 8))
    device, effects = after((suspected(20), 20), device=device)
    assert [effect.outcome for effect in effects] == ["held_back"]
    assert after((suspected(21), 21), device=device)[1] == ()
    assert after((suspected(69), 69), device=device)[1] == (ON,)


def test_it_warns_no_more_often_an_hour_than_it_may():
    device, policy = Device("off", T0, None), Policy(hold_s=8, rest_s=0, per_hour=3)
    ons = 0
    for second in range(0, 3600, 30):
        device, effects = step(policy, device, suspected(second), at(second))
        ons += ON in effects
        device, _ = step(policy, device, Switched(on=True), at(second))
        device, _ = step(policy, device, TimePassed(), at(second + 9))
        device, _ = step(policy, device, Switched(on=False), at(second + 9))
    assert ons == 3
    assert after((suspected(3601), 3601), device=device, policy=policy)[1] == (ON,)


def test_a_suspicion_that_comes_too_late_to_warn_anybody_is_held_back():
    _, effects = after((suspected(10, late_s=LATE_S + 0.5), 10))
    assert [(effect.outcome, effect.reason) for effect in effects] == [("held_back", "told 3.5 s late")]


EVENTS = st.lists(st.tuples(st.sampled_from(["suspect", "works", "fails", "pass"]), st.floats(0.01, 40)))


@given(EVENTS)
def test_whatever_happens_it_is_never_on_for_longer_than_it_may_be_once_time_is_told(events):
    """The shell tells the time when `due` says so; answers come for what was asked, if at all."""
    device, now, asked, on_since = start(T0), 0.0, None, None
    begun = []
    for what, wait in events:
        until = now + wait
        while (when := due(device)) is not None and when <= at(until):
            now = max(now, (when - T0).total_seconds())
            device, effects = step(POLICY, device, TimePassed(), at(now))
            asked = next((effect for effect in effects if isinstance(effect, Switch)), asked)
            if asked == OFF:
                on_since = None
                device, _ = step(POLICY, device, Switched(on=False), at(now))
                asked = None
        now = until
        if what == "suspect":
            device, effects = step(POLICY, device, suspected(now), at(now))
            if ON in effects:
                asked, _ = ON, begun.append(now)
        elif what in {"works", "fails"} and asked == ON:
            device, _ = step(
                POLICY, device, Switched(on=True, failed="" if what == "works" else "x"), at(now)
            )
            on_since, asked = (now if what == "works" else None), None
        assert on_since is None or now - on_since <= POLICY.hold_s + 1e-6
        hour = [then for then in begun if now - then < 3600]
        assert len(hour) <= POLICY.per_hour
