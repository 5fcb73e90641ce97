"""The own time: whatever is done to the wall clock, a stamp is right within what it says, or says nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.base import Clock
from edge.core import timekeeping
from edge.core.timekeeping import CLOUD_ERROR_S, DRIFT, Anchor

UP = datetime(1970, 1, 1, 5, tzinfo=UTC)
"""A steady instant: the system has been up for five hours."""
TRUE = datetime(2026, 3, 5, 10, tzinfo=UTC)
"""The true time then."""
ISSUED, EXPIRES = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return UP + timedelta(seconds=seconds)


def true(seconds: float) -> datetime:
    return TRUE + timedelta(seconds=seconds)


def error_s(anchor: Anchor, at: datetime) -> float:
    return (timekeeping.utc_of(anchor, at) - (TRUE + (at - UP))).total_seconds()


def test_a_box_that_wakes_in_1970_guesses_when_its_certificate_began_and_says_that_it_does_not_know() -> None:
    anchor = timekeeping.guess(UP, datetime(1970, 1, 1, tzinfo=UTC), ISSUED)
    assert timekeeping.utc_of(anchor, after(60)) == ISSUED + timedelta(seconds=60)
    assert timekeeping.knowledge(anchor, after(60)) == Clock()


def test_the_cloud_s_clock_tells_the_time_to_within_half_of_the_way() -> None:
    anchor = timekeeping.of_exchange(after(0), after(0.4), true(0.1))
    assert timekeeping.uncertainty_s(anchor, anchor.at) == 0.2 + CLOUD_ERROR_S
    assert abs(error_s(anchor, after(0.4))) <= 0.2
    learnt, verdict = timekeeping.weigh(timekeeping.guess(UP, TRUE, ISSUED), anchor, after(0.4))
    assert (learnt, verdict) == (anchor, "learnt")


def test_a_wall_clock_that_was_set_while_it_calls_itself_kept_is_refused() -> None:
    anchor = timekeeping.of_kernel(UP, TRUE, 0.02)
    for hours in (1, -1):
        kernel = timekeeping.of_kernel(after(9), true(9) + timedelta(hours=hours), 0.02)
        assert timekeeping.weigh(anchor, kernel, after(9)) == (anchor, "refused")
        assert error_s(anchor, after(9)) == 0


def test_where_ntp_and_the_cloud_cannot_both_be_right_the_cloud_is() -> None:
    lied_to = timekeeping.of_kernel(UP, TRUE + timedelta(minutes=5), 0.02)
    cloud = timekeeping.of_exchange(after(1), after(1.1), true(1.05))
    assert timekeeping.weigh(lied_to, cloud, after(1.1)) == (cloud, "mended")
    assert timekeeping.offset_s(lied_to, cloud) == 300
    assert timekeeping.is_material(lied_to, cloud)


def test_doubt_grows_with_time_and_evidence_that_is_no_better_changes_nothing() -> None:
    anchor = timekeeping.of_kernel(UP, TRUE, 0.05)
    day_s = 86_400
    assert timekeeping.uncertainty_s(anchor, after(day_s)) == 0.05 + DRIFT * day_s
    assert timekeeping.weigh(anchor, timekeeping.of_kernel(after(9), true(9), 0.04), after(9)) == (
        anchor,
        "kept",
    )
    later = timekeeping.of_kernel(after(day_s), true(day_s), 0.05)
    assert timekeeping.weigh(anchor, later, after(day_s)) == (later, "adopted")


evidence = st.lists(
    st.tuples(
        st.floats(0, 100_000),
        st.sampled_from(["ntp", "cloud"]),
        st.floats(0.001, 5),  # bound, or the way there and back
        st.floats(-1, 1),  # where within what is claimed the truth lies
    ),
    max_size=20,
)


@given(evidence, st.floats(-DRIFT, DRIFT))
def test_the_true_time_always_lies_within_what_is_said(
    said: list[tuple[float, str, float, float]], rate: float
) -> None:
    """Evidence that is true, a steady clock that drifts as far as it may: no order of events makes a lie."""

    def real(seconds: float) -> datetime:
        return TRUE + timedelta(seconds=seconds * (1 + rate))

    anchor = timekeeping.guess(UP, datetime(1970, 1, 1, tzinfo=UTC), ISSUED)
    for seconds, source, wide_s, where in sorted(said):
        at = after(seconds)
        if source == "ntp":
            off = timedelta(seconds=wide_s * where)
            found = timekeeping.of_kernel(at, real(seconds) + off, wide_s)
        else:
            stamped = seconds - wide_s * (1 + where) / 2
            found = timekeeping.of_exchange(after(seconds - wide_s), at, real(stamped))
        anchor, verdict = timekeeping.weigh(anchor, found, at)
        assert verdict not in {"mended", "refused"}, "true evidence never contradicts itself"
        bound_s = timekeeping.uncertainty_s(anchor, at)
        assert bound_s is not None
        off_s = (timekeeping.utc_of(anchor, at) - real(seconds)).total_seconds()
        assert abs(off_s) <= bound_s + 1e-5
    assert bool(said) == (timekeeping.knowledge(anchor, after(100_001)) != Clock())


def test_dates_of_certificates_are_checked_by_the_wall_clock_only_where_it_can_be_right() -> None:
    valid = (ISSUED, EXPIRES)
    unknown = timekeeping.guess(UP, TRUE, ISSUED)
    known = timekeeping.of_kernel(UP, TRUE, 0.1)
    assert timekeeping.wall_serves(TRUE, unknown, UP, valid)
    assert timekeeping.wall_serves(TRUE + timedelta(hours=1), known, UP, valid)
    assert not timekeeping.wall_serves(datetime(1970, 1, 1, tzinfo=UTC), unknown, UP, valid)
    assert not timekeeping.wall_serves(datetime(2070, 1, 1, tzinfo=UTC), unknown, UP, valid)
    assert not timekeeping.wall_serves(TRUE - timedelta(days=90), known, UP, valid)


def test_a_step_of_the_wall_clock_is_noticed_and_slewing_is_not() -> None:
    ahead = TRUE - UP
    assert timekeeping.stepped_s(ahead, ahead - timedelta(hours=1)) == -3600
    assert timekeeping.stepped_s(ahead, ahead + timedelta(milliseconds=1)) is None
