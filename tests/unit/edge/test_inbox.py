"""Four frames between decoder and detector: the newest win, and what gives way is counted."""

from datetime import UTC, datetime
from typing import cast

import numpy as np

from edge.camera.inbox import FRAMES, TROUBLES, Captured, Connection, Inbox, Trouble
from edge.core.timebase import Timebase
from edge.core.vision.frame import Frame
from edge.evidence.clip import Template
from edge.evidence.ring import Ring

T0 = datetime(2026, 3, 1, tzinfo=UTC)
LUMA = np.zeros((2, 2), np.uint8)


def connection(number: int = 1) -> Connection:
    return Connection(number, Ring(1 / 90_000, 10, 1000), cast("Template", None))


def frame(index: int, of: Connection) -> Captured:
    return Captured(of, Frame(LUMA, index * 0.04, index), Timebase(0, 0, 0, 0), 0.0)


def taken(inbox: Inbox) -> list[int | str]:
    found: list[int | str] = []
    while (item := inbox.take(0)[0]) is not None:
        found.append(item.frame.index if isinstance(item, Captured) else item.reason)
    return found


def test_frames_come_out_as_they_went_in() -> None:
    inbox, one = Inbox(), connection()
    for index in range(3):
        inbox.put(frame(index, one))
    assert taken(inbox) == [0, 1, 2]


def test_the_newest_win_and_the_others_are_counted() -> None:
    inbox, one = Inbox(), connection()
    for index in range(10):
        inbox.put(frame(index, one))
    item, dropped = inbox.take(0)
    assert isinstance(item, Captured)
    assert (item.frame.index, dropped) == (10 - FRAMES, 10 - FRAMES)
    assert taken(inbox) == [7, 8, 9]


def test_trouble_comes_after_the_frames_before_it_and_before_those_after_it() -> None:
    inbox, one, two = Inbox(), connection(1), connection(2)
    inbox.put(frame(0, one))
    inbox.trouble(Trouble(one, "ended", T0))
    inbox.put(frame(1, two))
    assert taken(inbox) == [0, "ended", 1]


def test_frames_never_push_a_trouble_out() -> None:
    inbox, one, two = Inbox(), connection(1), connection(2)
    inbox.trouble(Trouble(one, "ended", T0))
    for index in range(10):
        inbox.put(frame(index, two))
    assert taken(inbox) == ["ended", 6, 7, 8, 9]


def test_troubles_are_bounded_too() -> None:
    inbox = Inbox()
    for number in range(100):
        inbox.trouble(Trouble(None, str(number), T0))
    assert len(taken(inbox)) == TROUBLES


def test_nothing_comes_of_an_empty_inbox() -> None:
    assert Inbox().take(0.01) == (None, 0)
