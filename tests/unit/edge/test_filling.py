"""How long a disk lasts is told from its own rate, and not before there is one."""

import math

import pytest

from edge.core.filling import EVERY_S, FULL_BYTES, KEPT_S, Filling, hours_left, measured

GB = 10**9


def filled(hours: float, free_at_start: float, bytes_per_hour: float) -> Filling:
    seen = Filling()
    for minute in range(int(hours * 60) + 1):
        at_s = minute * EVERY_S
        seen = measured(seen, at_s, int(free_at_start - bytes_per_hour * at_s / 3600))
    return seen


def test_a_disk_that_fills_evenly_lasts_as_long_as_its_rate_says() -> None:
    assert hours_left(filled(4, 24 * GB + FULL_BYTES, 1 * GB)) == pytest.approx(20, rel=1e-6)


def test_a_disk_that_does_not_fill_lasts_for_ever() -> None:
    assert hours_left(filled(4, 24 * GB, 0)) == math.inf
    assert hours_left(filled(4, 24 * GB, -1 * GB)) == math.inf


def test_in_the_first_ten_minutes_nothing_is_said() -> None:
    assert math.isnan(hours_left(Filling()))
    assert math.isnan(hours_left(filled(9 / 60, 24 * GB, 1 * GB)))
    assert not math.isnan(hours_left(filled(10 / 60, 24 * GB, 1 * GB)))


def test_a_full_disk_has_no_time_left() -> None:
    assert hours_left(filled(4, 4 * GB, 1 * GB)) == 0


def test_only_the_last_six_hours_count() -> None:
    seen = filled(20, 100 * GB, 4 * GB)
    assert len(seen.samples) == KEPT_S / EVERY_S
    quiet = seen
    for minute in range(1, 7 * 60):
        quiet = measured(quiet, 20 * 3600 + minute * EVERY_S, seen.samples[-1][1])
    assert hours_left(quiet) == math.inf


def test_a_single_clip_is_no_flood() -> None:
    seen = Filling()
    for minute in range(6 * 60):
        seen = measured(seen, minute * EVERY_S, 20 * GB - (5_000_000 if minute > 180 else 0))
    assert hours_left(seen) > 1000
