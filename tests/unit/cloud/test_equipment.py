"""Faults and firmwares of devices, as plain values."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.core import fault
from cloud.core.device import Firmware, described, firmwares, mismatch
from cloud.core.machine import Record
from tests.fixtures.cloud import NOW, Device

SEVERITIES = ("warning", "serious", "critical")
versions = st.lists(st.tuples(st.sampled_from(["1", "2", "3"]), st.integers(0, 30)), unique_by=lambda t: t[1])


@given(st.lists(st.sampled_from(SEVERITIES)))
def test_newer_figures_leave_a_line_in_the_history_only_where_the_severity_changes(
    told: list[fault.Severity],
) -> None:
    state, _ = fault.raise_fault(NOW, "serious", "")
    for severity in told:
        before = state
        state, effects = fault.step(state, fault.Update(severity), NOW)
        wanted = () if severity == before.severity else (Record(NOW, f"severity:{severity}", "system", ""),)
        assert (state.severity, state.state, effects) == (severity, "raised", wanted)


@pytest.mark.parametrize(
    ("firmware", "wanted", "is_wrong"),
    [
        ("5.7.1", "5.7.3", True),
        ("5.7.3", "5.7.3", False),
        ("5.7.1", "", False),
        ("", "5.7.3", False),
        ("V5.7.3 build 220112", "v5.7.3", False),
    ],
)
def test_a_firmware_is_wrong_where_another_is_wanted_and_both_are_known(
    firmware: str, wanted: str, *, is_wrong: bool
) -> None:
    found = mismatch(described(Device().record(firmware, wanted_firmware=wanted)))
    assert (found is not None) == is_wrong


@given(versions)
def test_a_history_of_firmwares_names_each_change_once_in_order(told: list[tuple[str, int]]) -> None:
    found = firmwares(Firmware(version, NOW + timedelta(days=days)) for version, days in told)
    runs = []
    for version, _ in sorted(told, key=lambda one: one[1]):
        if not runs or runs[-1] != version:
            runs.append(version)
    assert [one.version for one in found] == runs
    assert [one.since for one in found] == sorted(one.since for one in found)


def test_a_picture_is_read_where_it_is_one() -> None:
    assert fault.picture("/9j/4AAQSkZJRg==") == b"\xff\xd8\xff\xe0\x00\x10JFIF"
    assert fault.picture("/9j/4AAQSkZJR") is None
    assert fault.picture("AAAA") is None
    assert fault.picture(None) is None
