"""What goes from a full disk, and in which order."""

from dataclasses import replace

from edge.core.disk import KEEP_MESSAGES, DeleteRecordings, Disk, MakeReserve, Policy, Thin, decide

MIB = 1024**2
POLICY = Policy(keep_free_bytes=100 * MIB, reserve_bytes=8 * MIB)
ROOMY = Disk(free_bytes=500 * MIB, slack_bytes=0, recordings_bytes=0, messages=0, has_reserve=True)
CRAMPED = replace(ROOMY, free_bytes=30 * MIB, messages=50_000)


def test_on_a_roomy_disk_nothing_goes() -> None:
    assert decide(POLICY, replace(ROOMY, recordings_bytes=400 * MIB, messages=10**6)) is None


def test_recordings_go_first_and_only_as_many_as_must() -> None:
    assert decide(POLICY, replace(CRAMPED, recordings_bytes=200 * MIB)) == DeleteRecordings(130 * MIB)
    assert decide(POLICY, replace(CRAMPED, recordings_bytes=20 * MIB)) == DeleteRecordings(0)


def test_without_recordings_telemetry_is_thinned_until_the_file_has_room_inside() -> None:
    assert decide(POLICY, CRAMPED) == Thin()
    assert decide(POLICY, replace(CRAMPED, slack_bytes=2 * MIB)) is None


def test_telemetry_stays_while_half_of_the_room_is_left_and_while_there_is_little_of_it() -> None:
    assert decide(POLICY, replace(CRAMPED, free_bytes=60 * MIB)) is None
    assert decide(POLICY, replace(CRAMPED, messages=KEEP_MESSAGES)) is None


def test_a_reserve_that_was_given_up_is_made_again_once_it_leaves_enough() -> None:
    given_up = replace(ROOMY, has_reserve=False)
    assert decide(POLICY, given_up) == MakeReserve()
    assert decide(POLICY, replace(given_up, free_bytes=104 * MIB)) is None
