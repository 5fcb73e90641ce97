"""When a box asks for its next certificate."""

from datetime import UTC, datetime, timedelta

from edge.core.renewal import Ask, Failed, Renewal, Renewed, TimePassed, due, step

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = BEGIN + timedelta(days=90)


def test_it_asks_at_two_thirds_of_the_life_and_not_before() -> None:
    fresh = Renewal(BEGIN, END)
    assert due(fresh) == BEGIN + timedelta(days=60)
    assert step(fresh, TimePassed(), BEGIN + timedelta(days=59)) == (fresh, ())
    assert step(fresh, TimePassed(), BEGIN + timedelta(days=60)) == (fresh, (Ask(),))


def test_a_box_that_woke_in_1970_does_not_ask() -> None:
    assert step(Renewal(BEGIN, END), TimePassed(), datetime(1970, 1, 1, tzinfo=UTC))[1] == ()


def test_after_a_failure_it_asks_later_and_later_until_the_end() -> None:
    renewal, at, asked = Renewal(BEGIN, END), BEGIN + timedelta(days=60), 0
    waits = []
    while at < END:
        renewal, effects = step(renewal, TimePassed(), at)
        assert effects
        asked += 1
        renewal, _ = step(renewal, Failed(0.5), at)
        waits.append((due(renewal) - at).total_seconds())
        assert not step(renewal, TimePassed(), due(renewal) - timedelta(seconds=1))[1]
        at = due(renewal)
    assert waits == sorted(waits)
    assert waits[0] < 60
    assert waits[-1] <= 6 * 3600
    assert asked > 100


def test_a_new_certificate_begins_anew_and_one_that_is_due_at_once_is_not_asked_for_in_a_circle() -> None:
    at = BEGIN + timedelta(days=60)
    renewal, _ = step(Renewal(BEGIN, END, failures=3), Renewed(at, at + timedelta(days=90)), at)
    assert (renewal.failures, due(renewal)) == (0, at + timedelta(days=60))
    old, _ = step(Renewal(BEGIN, END), Renewed(BEGIN, END), at)
    assert due(old) == at + timedelta(seconds=60)
