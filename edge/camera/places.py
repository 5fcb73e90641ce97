"""Works out where ended falls came from, beside the loop that searches: it takes longer than a frame."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from edge.core.vision.facade import Calibration
from edge.core.vision.frame import Fall
from edge.core.vision.origin import Origin, origin_of

MAX_WAITING: Final = 8
"""More falls at once are no falls any more; what is beyond is told without a place."""

Tell = Callable[[Origin | None], None]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fall whose origin is being worked out, and who wants to know."""

    origin: "Future[Origin | None]"
    tell: Tell


class Places:
    """One thread; answers are told by the thread that asks for them, in the order of the falls."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="places")
        self._waiting: list[Waiting] = []

    def ask(self, fall: Fall, calibration: Calibration | None, tell: Tell) -> None:
        """Works out the fall's origin; `tell` is called by `tell_ready` or `tell_all`."""
        if calibration is None or len(self._waiting) >= MAX_WAITING:
            tell(None)
            return
        self._waiting.append(Waiting(self._pool.submit(origin_of, fall, calibration), tell))

    def tell_ready(self) -> None:
        """Tells what is known by now."""
        while self._waiting and self._waiting[0].origin.done():
            first = self._waiting.pop(0)
            first.tell(first.origin.result())

    def tell_all(self) -> None:
        """Waits for the rest and tells it."""
        while self._waiting:
            first = self._waiting.pop(0)
            first.tell(first.origin.result())

    def close(self) -> None:
        """Ends the thread; call `tell_all` before."""
        self._pool.shutdown()
