"""Which packets make a clip, over all key frame distances that hypothesis finds."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.core.clip_window import Wanted, choose, is_ready

FPS = 25


@dataclass(frozen=True)
class Packet:
    pts_s: float
    dts_s: float
    is_keyframe: bool


def stream(seconds: float, gop: int, from_s: float = 0.0) -> list[Packet]:
    return [
        Packet(from_s + index / FPS, from_s + index / FPS, index % gop == 0)
        for index in range(int(seconds * FPS))
    ]


def wanted(start_s: float, end_s: float) -> Wanted:
    return Wanted(start_s, end_s, before_s=6, after_s=6)


def test_a_clip_begins_at_a_key_frame_early_enough_and_ends_late_enough() -> None:
    packets = stream(60, gop=50)
    window = choose(wanted(20, 22), packets)
    assert window is not None
    assert window.complete
    assert packets[window.first].is_keyframe
    assert 12 < packets[window.first].pts_s <= 14
    assert packets[window.stop - 1].pts_s == 28


def test_what_is_left_is_taken_when_the_ring_begins_too_late() -> None:
    window = choose(wanted(3, 5), stream(30, gop=25))
    assert window is not None
    assert (window.first, window.complete) == (0, False)


def test_a_stream_that_died_gives_an_incomplete_clip() -> None:
    packets = stream(24, gop=25)
    window = choose(wanted(20, 22), packets)
    assert window is not None
    assert (window.stop, window.complete) == (len(packets), False)


def test_without_a_key_frame_there_is_no_clip() -> None:
    assert choose(wanted(3, 5), stream(30, gop=10_000)[1:]) is None


def test_packets_that_ended_before_the_event_make_no_clip() -> None:
    assert choose(wanted(20, 22), stream(10, gop=25)) is None


def test_packets_that_began_after_the_event_make_no_clip() -> None:
    assert choose(wanted(20, 22), stream(10, gop=25, from_s=23)) is None


def test_it_is_ready_when_the_time_after_the_event_has_been_decoded() -> None:
    assert not is_ready(wanted(20, 22), 27.96)
    assert is_ready(wanted(20, 22), 28)


@given(
    seconds=st.floats(1, 60),
    gop=st.integers(1, 400),
    skipped=st.integers(0, 400),
    start_s=st.floats(0, 60),
    length_s=st.floats(0.1, 5),
)
@settings(deadline=None, derandomize=True)
def test_a_complete_clip_holds_all_that_was_wanted_and_every_clip_begins_with_a_key_frame(
    seconds: float, gop: int, skipped: int, start_s: float, length_s: float
) -> None:
    packets = stream(seconds, gop)[skipped:]
    want = wanted(start_s, start_s + length_s)
    window = choose(want, packets)
    if window is None:
        return
    chosen = packets[window.first : window.stop]
    assert chosen[0].is_keyframe
    assert chosen[0].pts_s <= want.end_s
    enough = chosen[0].pts_s <= want.start_s - 6 and chosen[-1].pts_s >= want.end_s + 6
    assert window.complete == enough
