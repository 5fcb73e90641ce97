"""What follows from a camera's words: its clock's offset, another firmware, its own alarms, where it is."""

import logging
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.devices import firmware_differs
from edge.core.onvif import (
    REPORTED,
    Notice,
    Offset,
    clock_offset,
    discovered,
    meaning_of,
    plain_topic,
)
from edge.onvif.address import OnvifError, address
from edge.onvif.command import _offset
from edge.onvif.discovery import matches

T0 = datetime(2026, 5, 1, 12, tzinfo=UTC)


@given(st.floats(-1e5, 1e5), st.floats(0, 5), st.floats(0, 1))
def test_the_true_offset_lies_within_the_uncertainty(offset_s: float, way_s: float, when: float) -> None:
    """The camera reads its clock at some time between question and answer and cuts the fraction off."""
    read_at = T0 + timedelta(seconds=way_s * when)
    shown = (read_at + timedelta(seconds=offset_s)).replace(microsecond=0)
    found = clock_offset(shown, T0, T0 + timedelta(seconds=way_s))
    assert abs(found.offset_s - offset_s) <= found.uncertainty_s + 2e-3
    assert found.at_least_s <= abs(offset_s) + 2e-3


@pytest.mark.parametrize(
    ("offset_s", "told"),
    [
        (-0.504, "right, within 0.5 s"),
        (-0.7, "0.7 s behind (± 0.5 s)"),
        (3.2, "3.2 s ahead (± 0.5 s)"),
    ],
)
def test_a_clock_is_right_that_is_off_by_less_than_is_shown(offset_s: float, told: str) -> None:
    assert _offset(Offset(offset_s, 0.5)) == told


@pytest.mark.parametrize(
    ("wanted", "firmware", "differs"),
    [
        ("", "V5.7.3", False),
        ("V5.7.3", "V5.7.3", False),
        ("v5.7.3", "V5.7.3 build 220112", False),
        ("V5.7.3", "V5.7.31", True),
        ("V5.7.3", "V5.7.3.1", True),
        ("V5.7.3", "V5.5.0 build 170725", True),
        ("V5.7.3", "", True),
    ],
)
def test_a_firmware_is_the_wanted_one_whatever_is_written_behind_its_version(
    wanted: str,
    firmware: str,
    differs: bool,  # noqa: FBT001 - a case's value
) -> None:
    assert firmware_differs(wanted, firmware) is differs


@pytest.mark.parametrize("topic", sorted(REPORTED))
@pytest.mark.parametrize(("word", "bad"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_each_alarm_of_a_camera_becomes_a_fault_and_ends_it(
    topic: str,
    word: str,
    bad: bool,  # noqa: FBT001 - a case's value
) -> None:
    report = meaning_of(Notice(f"{topic}/ImagingService", "V1", {"State": word}), {})
    assert report is not None
    assert (report.bad, report.meaning) == (bad, REPORTED[topic])


@pytest.mark.parametrize(
    "notice",
    [
        Notice("RuleEngine/CellMotionDetector/Motion", "V1", {"IsMotion": "true"}),
        Notice("VideoSource/MotionAlarm", "V1", {"State": "true"}),
        Notice("VideoSource/ImageTooDarker", "V1", {"State": "true"}),
        Notice("VideoSource/ImageTooDark", "V1", {"Level": "0.7"}),
        Notice("VideoSource/ImageTooDark", "V1", {}),
        Notice("Device/Trigger/DigitalInput", "In_2", {"LogicalState": "true"}),
        Notice("", "", {}),
    ],
)
def test_motion_and_what_nobody_named_is_no_fault(notice: Notice) -> None:
    assert meaning_of(notice, {"In_1": "cabinet_open"}) is None


def test_an_input_means_what_the_settings_say() -> None:
    report = meaning_of(
        Notice("Device/Trigger/DigitalInput", "In_1", {"LogicalState": "true"}), {"In_1": "cabinet_open"}
    )
    assert report is not None
    assert (report.meaning.fault, report.bad) == ("cabinet_open", True)


def test_a_topic_is_read_without_its_prefixes() -> None:
    assert plain_topic(" tns1:VideoSource/tnsaxis:Tampering ") == "VideoSource/Tampering"


def test_scopes_tell_name_hardware_and_place() -> None:
    found = discovered(
        "http://10.0.0.7/onvif/device_service rtsp://10.0.0.7 http://[fe80::1]/onvif/device_service",
        "onvif://www.onvif.org/name/East%20gate onvif://www.onvif.org/hardware/Dome-7"
        " onvif://www.onvif.org/Profile/Streaming onvif://www.onvif.org/location/country/china",
    )
    assert found.addresses == (
        "http://10.0.0.7/onvif/device_service",
        "http://[fe80::1]/onvif/device_service",
    )
    assert (found.name, found.hardware, found.location) == ("East gate", "Dome-7", "country/china")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\xff\xd8 no text",
        b"<html><body>hello</body></html>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b"<ProbeMatches><ProbeMatch><XAddrs>http://10.0.0.7</XAddrs></ProbeMatch></ProbeMatches>",
    ],
)
def test_a_datagram_that_is_no_answer_finds_nobody(answer: bytes) -> None:
    assert matches(answer) == ()


@given(st.binary(max_size=300))
def test_no_datagram_breaks_the_search(answer: bytes) -> None:
    matches(answer)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "rtsp://viewer:s3cret@10.0.0.7",
        "http://10.0.0.7",
        "http://viewer:s3cret@10.0.0.7/other",
        "http://viewer:s3cret@:80",
        "http://viewer:s3cret@10.0.0.7:99999",
    ],
)
def test_an_address_of_another_form_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(OnvifError) as told:
        address(url)
    assert "s3cret" not in str(told.value)


def test_a_password_may_have_any_character_and_does_not_show() -> None:
    where = address("http://viewer:p%40ss%3Aw%2Frd@10.0.0.7")
    assert (where.user, where.password, where.port) == ("viewer", "p@ss:w/rd", 80)
    assert "p@ss" not in f"{where} {where!r}"


def test_the_librarys_own_logging_stays_away_from_ours() -> None:
    """It configures the root logger when imported; then other libraries' lines would tell addresses."""
    code = (
        "import logging, edge.onvif.library; print(logging.getLogger().handlers, logging.getLogger().level)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == f"[] {logging.WARNING}"
