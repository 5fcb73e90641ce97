"""What the doctor says of what was measured: each fault with what to do, and nothing where all is well."""

from datetime import UTC, datetime, timedelta

import pytest

from edge.core.doctor import (
    GIB,
    CameraSeen,
    Certificate,
    ClockSeen,
    DeviceSeen,
    Disk,
    Finding,
    OutboxSeen,
    RingWanted,
    camera,
    certificate,
    clock,
    device,
    disk,
    key_file,
    limits,
    load,
    outbox,
    reached,
    worst,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RING = RingWanted(before_s=6, after_s=6, ring_s=45, ring_bytes=96 * 1024**2)
GOOD = CameraSeen(
    "cam",
    codec="h264",
    width=1920,
    height=1080,
    frames_per_s=25,
    bytes_per_s=500_000,
    watched_s=8,
    key_frame_s=2,
    cpu_s=0.2,
)


def told(findings: "list[Finding]") -> list[tuple[str, str]]:
    assert all(finding.advice for finding in findings if finding.level != "ok")
    return [(finding.level, finding.what) for finding in findings]


@pytest.mark.parametrize(
    ("begins", "ends", "level", "word"),
    [
        (-100 * DAY, 300 * DAY, "ok", "valid until"),
        (-100 * DAY, 29 * DAY, "warning", "ends in 29 days"),
        (-100 * DAY, -1 * DAY, "fault", "ended on 2026-02-28"),
        (2 * DAY, 300 * DAY, "fault", "not valid before 2026-03-03"),
    ],
)
def test_a_certificate_is_good_ending_ended_or_not_begun(
    begins: timedelta, ends: timedelta, level: str, word: str
) -> None:
    seen = Certificate("box.crt", "box", NOW + begins, NOW + ends, of_authority=True)
    ((found, what),) = told(list(certificate(seen, "box", NOW)))
    assert found == level
    assert word in what


def test_a_certificate_of_another_box_or_authority_is_a_fault() -> None:
    seen = Certificate("box.crt", "other", NOW - DAY, NOW + 300 * DAY, of_authority=False)
    faults = [what for level, what in told(list(certificate(seen, "box", NOW))) if level == "fault"]
    assert ["made out to 'other'" in faults[0], "not issued" in faults[1]] == [True, True]


def test_a_key_that_others_may_read_is_a_fault_and_the_advice_can_be_pasted() -> None:
    assert key_file("a.key", 0o600).level == "ok"
    assert key_file("a.key", 0o400).level == "ok"
    found = key_file("a.key", 0o640)
    assert (found.level, found.advice) == ("fault", "chmod 600 a.key")


def test_a_clock_is_held_against_the_cloud_and_against_ntp() -> None:
    assert [level for level, _ in told(list(clock(ClockSeen(0.01, 0.4))))] == ["ok"]
    assert [level for level, _ in told(list(clock(ClockSeen(None, None))))] == ["warning"]
    ((level, what), _) = told(list(clock(ClockSeen(0.01, -3600))))
    assert (level, "3600 s behind" in what) == ("fault", True)


@pytest.mark.parametrize(
    ("free", "refused", "level"),
    [(50, "", "ok"), (0.9, "", "warning"), (0.2, "", "fault"), (50, "read-only file system", "fault")],
)
def test_a_disk_is_roomy_tight_full_or_cannot_be_written(free: float, refused: str, level: str) -> None:
    assert disk(Disk("/data", int(free * GIB), 64 * GIB // 10, refused), 2 * GIB).level == level


def test_an_outbox_is_new_empty_stuck_nearly_full_or_damaged() -> None:
    old = NOW - timedelta(hours=2)
    cases = [
        (None, ["ok"]),
        (OutboxSeen("o.db"), ["ok"]),
        (OutboxSeen("o.db", 3, NOW), ["ok"]),
        (OutboxSeen("o.db", 3, old), ["warning"]),
        (OutboxSeen("o.db", 90, old), ["fault"]),
        (OutboxSeen("o.db", rejected=2), ["ok", "warning"]),
        (OutboxSeen("o.db", damage="row 7 missing"), ["fault"]),
    ]
    for seen, levels in cases:
        assert [level for level, _ in told(list(outbox(seen, 100, NOW)))] == levels, seen


def test_a_peer_answers_or_its_silence_comes_with_advice() -> None:
    assert reached("broker", "b:8883", "", "", 0.01).level == "ok"
    assert reached("broker", "b:8883", "refused", "Look there.", 0).advice == "Look there."


def test_a_good_camera_has_one_finding_and_no_warning() -> None:
    assert [level for level, _ in told(list(camera(GOOD, RING)))] == ["ok"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"frames_per_s": 8.0}, "only 8.0 pictures"),
        ({"key_frame_s": 40.0}, "needs 60 s of video"),
        ({"key_frame_s": None, "watched_s": 30.0}, "needs 50 s of video"),
        ({"bytes_per_s": 5e6}, "MiB come in"),
    ],
)
def test_a_camera_that_does_not_suit_is_warned_of(change: dict[str, float], word: str) -> None:
    fields = {name: getattr(GOOD, name) for name in CameraSeen.__slots__} | change
    _, (level, what) = told(list(camera(CameraSeen(**fields), RING)))
    assert level == "warning"
    assert word in what


def test_a_camera_without_a_picture_is_a_fault_with_its_reason() -> None:
    seen = CameraSeen("cam", "no answer in time", "Check its address.")
    assert told(list(camera(seen, RING))) == [("fault", "no answer in time")]


def test_more_cameras_than_cores_can_carry_are_warned_of() -> None:
    assert load([GOOD] * 7, cores=2).level == "ok"
    assert load([GOOD] * 9, cores=2).level == "warning"


def test_a_device_of_which_some_points_cannot_be_read_is_warned_of_by_their_names() -> None:
    found = device(
        DeviceSeen("10.0.0.7:502/1", {"temperature": "21.5 Cel"}, {"humidity": "no such register"})
    )
    assert found.level == "warning"
    assert found.what == "humidity: no such register; read: temperature 21.5 Cel"
    assert "manual" in found.advice


def test_core_dumps_are_warned_of_where_something_is_masked() -> None:
    assert [f.level for f in limits(4096, 0, masked=True)] == ["ok"]
    assert [f.level for f in limits(4096, -1, masked=False)] == ["ok"]
    assert [f.level for f in limits(256, -1, masked=True)] == ["warning", "warning"]


def test_the_worst_finding_counts() -> None:
    ok, warning, fault = (Finding("a", "b", level, "c") for level in ("ok", "warning", "fault"))  # type: ignore[arg-type]
    assert [worst([ok]), worst([ok, warning]), worst([warning, fault]), worst([])] == [
        "ok",
        "warning",
        "fault",
        "ok",
    ]
