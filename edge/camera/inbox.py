"""Between the decoder's thread and the detector: a queue of 4 frames in which the newest win."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from edge.core.timebase import Timebase
from edge.core.vision.frame import Frame
from edge.evidence.clip import Template
from edge.evidence.ring import Ring

FRAMES: Final = 4
TROUBLES: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """One connection to the camera, from opening to its end. Its ring outlives it until its clips are cut."""

    number: int
    ring: Ring
    template: Template


@dataclass(frozen=True, slots=True)
class Captured:
    """A decoded frame with all that is needed to say when it was.

    frame.luma is a copy of its own. start_s: time on the stream's clock at which `pts_s` is 0.
    """

    connection: Connection
    frame: Frame
    timebase: Timebase
    start_s: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """A connection ended, or could not be made (None). refused: the camera did not take our password."""

    connection: Connection | None
    reason: str
    at: datetime
    refused: bool = False


class Inbox:
    """Bounded: a frame too many pushes the oldest out, counted; frames never push a trouble out."""

    def __init__(self) -> None:
        self._frames: deque[Captured] = deque()
        self._troubles: deque[Trouble] = deque(maxlen=TROUBLES)
        self._changed = threading.Condition()
        self._dropped = 0

    def put(self, frame: Captured) -> None:
        """Offers a frame."""
        with self._changed:
            if len(self._frames) == FRAMES:
                self._frames.popleft()
                self._dropped += 1
            self._frames.append(frame)
            self._changed.notify()

    def trouble(self, trouble: Trouble) -> None:
        """Tells of an end; it is taken after the frames that came before it."""
        with self._changed:
            self._troubles.append(trouble)
            self._changed.notify()

    def take(self, timeout_s: float) -> tuple[Captured | Trouble | None, int]:
        """The next item, and how many frames were pushed out since the last call; None when nothing came."""
        with self._changed:
            self._changed.wait_for(lambda: self._frames or self._troubles, timeout_s)
            dropped, self._dropped = self._dropped, 0
            if self._troubles and not self._precede(self._troubles[0]):
                return self._troubles.popleft(), dropped
            return (self._frames.popleft() if self._frames else None), dropped

    def _precede(self, trouble: Trouble) -> bool:
        """Whether frames of the connection that ended still wait."""
        return bool(self._frames) and self._frames[0].connection is trouble.connection
