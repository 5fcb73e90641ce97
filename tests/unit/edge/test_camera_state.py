"""A camera's state: frames, silence, troubles."""

from datetime import UTC, datetime, timedelta

from edge.core.camera import TRANSITIONS, Announce, FrameSeen, TimePassed, Trouble, due, start, step

T0 = datetime(2026, 3, 1, 6, 30, tzinfo=UTC)
LOST_S = 8.0


def after(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def test_the_first_frame_makes_it_stream() -> None:
    camera, told = step(start(T0), FrameSeen(), after(1), LOST_S)
    assert (camera.state, told) == ("streaming", (Announce("streaming", after(1), ""),))


def test_silence_makes_it_lost_since_its_last_frame() -> None:
    camera, _ = step(start(T0), FrameSeen(), after(1), LOST_S)
    camera, told = step(camera, TimePassed(), after(8.9), LOST_S)
    assert told == ()
    camera, told = step(camera, TimePassed(), after(9), LOST_S)
    assert told == (Announce("lost", after(1), "no picture for 8 s"),)
    assert due(camera, LOST_S) is None


def test_a_camera_that_never_came_is_lost_with_the_reason() -> None:
    camera, _ = step(start(T0), Trouble("connection refused"), after(1), LOST_S)
    _, told = step(camera, TimePassed(), after(8), LOST_S)
    assert told == (Announce("lost", T0, "connection refused"),)


def test_a_short_break_is_no_loss() -> None:
    camera, _ = step(start(T0), FrameSeen(), after(1), LOST_S)
    camera, _ = step(camera, Trouble("ended"), after(2), LOST_S)
    for seconds in (4, 4.04):
        camera, told = step(camera, FrameSeen(), after(seconds), LOST_S)
        assert (camera.state, told) == ("streaming", ())
    assert due(camera, LOST_S) == after(12.04)


def test_it_comes_back_since_its_first_frame_once_a_second_follows() -> None:
    camera, _ = step(start(T0), TimePassed(), after(8), LOST_S)
    camera, told = step(camera, FrameSeen(), after(60), LOST_S)
    assert told == ()
    camera, told = step(camera, FrameSeen(), after(60.04), LOST_S)
    assert told == (Announce("streaming", after(60), ""),)


def test_the_frame_that_a_read_hands_out_when_it_gives_up_does_not_put_off_the_loss() -> None:
    camera, _ = step(start(T0), FrameSeen(), after(1), LOST_S)
    for gives_up_s in (3.99, 8.99):
        camera, _ = step(camera, FrameSeen(), after(1 + gives_up_s), LOST_S)
    camera, told = step(camera, TimePassed(), after(10), LOST_S)
    assert told == (Announce("lost", after(1), "no picture for 8 s"),)


def test_such_a_frame_after_the_loss_brings_no_camera_back() -> None:
    camera, _ = step(start(T0), TimePassed(), after(8), LOST_S)
    camera, told = step(camera, FrameSeen(), after(8.02), LOST_S)
    assert (camera.state, told) == ("lost", ())
    camera, told = step(camera, FrameSeen(), after(30), LOST_S)
    assert (camera.state, told) == ("lost", ()), "two that lie far apart are no stream"


def test_a_stream_that_goes_on_after_a_pause_is_heard_again() -> None:
    camera, _ = step(start(T0), FrameSeen(), after(1), LOST_S)
    for seconds in (6.5, 6.54):
        camera, _ = step(camera, FrameSeen(), after(seconds), LOST_S)
    camera, told = step(camera, TimePassed(), after(14.5), LOST_S)
    assert told == ()


def test_a_clock_that_is_set_back_is_no_silence() -> None:
    camera, _ = step(start(T0), FrameSeen(), after(100), LOST_S)
    camera, told = step(camera, TimePassed(), after(0), LOST_S)
    assert (camera.state, told, due(camera, LOST_S)) == ("streaming", (), after(8))


def test_the_table_draws_its_diagram() -> None:
    from cloud.core.machine import mermaid  # noqa: PLC0415

    # Documentation draws the edge's tables with the same function as the cloud's.
    assert "    starting --> streaming: frame" in mermaid(TRANSITIONS, "starting")
