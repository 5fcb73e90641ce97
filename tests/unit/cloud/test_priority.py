"""How urgent a fall is, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core.priority import POINTS_BELOW, Below, Ground, Priority, ground_at, priority
from contracts.messages import Estimate, Place

GROUNDS: tuple[Below | None, ...] = ("playground", "entrance", "path", "parking", "green", "closed", None)


def place(floor: int) -> Place:
    height = 3.0 * (floor - 1) + 1.2
    return Place(
        from_above=False,
        floor=floor,
        floor_low=floor,
        floor_high=floor,
        floor_probability=0.9,
        bay=3,
        flat="B",
        flat_probability=0.9,
        height_m=Estimate(value=height, low=height - 1, high=height + 1),
        speed_m_s=None,
        energy_j_per_kg=None,
    )


@pytest.mark.parametrize(
    ("score", "floor", "below", "severity"),
    [
        (0.9, None, None, "critical"),
        (0.5, None, None, "high"),
        (0.3, None, None, "notice"),
        (0.9, 18, "playground", "critical"),
        (0.9, 18, "closed", "high"),
        (0.3, 18, "playground", "high"),
        (0.3, 18, "green", "notice"),
        (0.5, 1, "closed", "notice"),
    ],
)
def test_a_fall_is_as_urgent_as_people_would_say(
    score: float, floor: int | None, below: Below | None, severity: str
) -> None:
    assert priority(score, None if floor is None else place(floor), below).severity == severity


def test_the_mass_that_kills_stands_with_the_height() -> None:
    *_, height = priority(0.9, place(18), "playground").reasons
    assert (height.because, height.value, height.mass_kg) == ("height", 18, 0.15)


def test_what_is_large_is_more_urgent_and_what_is_small_or_unmeasured_is_not_less() -> None:
    points = []
    for breadth_m in (None, 0.03, 0.12, 0.3, 0.8):
        size = (
            None if breadth_m is None else Estimate(value=1.5 * breadth_m, low=breadth_m, high=2 * breadth_m)
        )
        found = priority(0.5, place(5).model_copy(update={"size_m": size}), "green")
        points.append(found.value)
        assert [reason.value for reason in found.reasons if reason.because == "size"] == (
            [] if size is None else [size.value]
        )
    assert [value - points[0] for value in points] == [0, 0, 30, 60, 100]


@given(st.floats(0, 1), st.one_of(st.none(), st.integers(1, 60)), st.sampled_from(GROUNDS))
def test_each_point_has_a_reason(score: float, floor: int | None, below: Below | None) -> None:
    found = priority(score, None if floor is None else place(floor), below)
    assert found.value == min(1000, max(1, sum(reason.points for reason in found.reasons)))
    assert [reason.because for reason in found.reasons] == ["score", "below", "height"]


@given(st.floats(0, 0.9), st.integers(1, 59), st.sampled_from(GROUNDS))
def test_surer_higher_or_onto_worse_ground_is_never_less_urgent(
    score: float, floor: int, below: Below | None
) -> None:
    def value(found: Priority) -> int:
        return found.value

    here = value(priority(score, place(floor), below))
    assert value(priority(score + 0.1, place(floor), below)) >= here
    assert value(priority(score, place(floor + 1), below)) >= here
    assert value(priority(score, place(floor), "playground")) >= here


def test_below_an_unknown_bay_the_gravest_of_the_facade_counts() -> None:
    grounds = [Ground(1, 4, "green"), Ground(3, 6, "playground"), Ground(7, 8, "closed")]
    assert [ground_at(grounds, bay) for bay in (1, 3, 7, 9, None)] == [
        "green",
        "playground",
        "closed",
        None,
        "playground",
    ]
    assert max(POINTS_BELOW.values()) == POINTS_BELOW["playground"]
