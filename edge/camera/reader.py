"""The decoder's thread: opens the camera, decodes, and opens it again whenever it ends."""

import random
import threading
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from av.packet import Packet
from av.video.stream import VideoStream

from edge.camera.inbox import Captured, Connection, Inbox, Trouble
from edge.camera.source import Transport, VideoError, VideoSource, WrongPassword, open_video
from edge.clock import monotonic_s, steady_now
from edge.config.settings import EvidenceSettings
from edge.core import restart, timebase
from edge.core.vision.masks import Masks
from edge.evidence.clip import Template
from edge.evidence.ring import ClockRestarted, Ring

RECONNECT: Final = restart.Policy(base_s=0.5, cap_s=2.5, jitter=0.3, healthy_s=20.0)
OPEN_TIMEOUT_S: Final = 6.0
"""With the longest pause together less than the ten seconds in which a camera is to be seen again."""
LOGIN: Final = restart.Policy(base_s=300.0, cap_s=1800.0, jitter=0.1, healthy_s=20.0)
"""After a refused password: cameras lock an address out after a handful of wrong ones within half an hour."""
HUNG_S: Final = 60.0
"""Every wait in the decoder's thread has a bound below this."""


@dataclass(slots=True)
class Tally:
    """What the thread has counted; written by it alone, read by others."""

    connects: int = 0
    damaged: int = 0
    decode_s: float = 0.0
    ring_bytes: int = 0
    discontinuities: int = 0


class ReaderHung(Exception):  # noqa: N818 - says what happened
    """The decoder's thread is stuck. Only a new process helps."""


class Reader:
    """Reads one camera until it is told to stop."""

    def __init__(
        self,
        url: str,
        silence_s: float,
        evidence: EvidenceSettings,
        inbox: Inbox,
        masks: Masks | None = None,
        *,
        transport: Transport = "tcp",
    ) -> None:
        self._transport = transport
        self._moved_s = monotonic_s()
        self.tally = Tally()
        self._masks = masks
        self._url = url
        self._silence_s = silence_s
        self._evidence = evidence
        self._inbox = inbox
        self._stop = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="decoder", daemon=True)

    def start(self) -> None:
        """Begins to read."""
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Ends reading. A read that hangs longer than `timeout_s` is left to the end of the process."""
        self._stop.set()
        self._thread.join(timeout_s)

    def expect_running(self) -> None:
        """Raises what ended the thread, if something did: the worker cannot go on without it.

        Raises:
            ReaderHung: It has not moved for too long, so it is stuck in its library.
        """
        if self._failure is not None:
            raise self._failure
        if monotonic_s() - self._moved_s > HUNG_S:
            raise ReaderHung(f"the decoder has not moved for {HUNG_S:g} s")

    def _run(self) -> None:
        try:
            self._keep_reading()
        except Exception as error:  # noqa: BLE001 - raised again by expect_running in the worker's own thread
            self._failure = error

    def _keep_reading(self) -> None:
        luck = random.Random()  # noqa: S311 - spreads reconnections, guards nothing
        machine = restart.Restart()
        while not self._stop.is_set():
            self._moved_s = monotonic_s()
            machine, effects = restart.step(RECONNECT, machine, restart.TimePassed(), steady_now())
            if effects:
                policy = self._read_once()
                machine, _ = restart.step(policy, machine, restart.Ended(luck.random()), steady_now())
            self._stop.wait(restart.wait_s(RECONNECT, machine, steady_now()))  # a longer pause in pieces

    def _read_once(self) -> restart.Policy:
        """One connection, from opening to its end, which is told as trouble; when to try again."""
        connection: Connection | None = None
        refused = False
        try:
            with open_video(
                self._url,
                masks=self._masks,
                open_timeout_s=OPEN_TIMEOUT_S,
                read_timeout_s=self._silence_s,
                transport=self._transport,
            ) as source:
                self.tally.connects += 1
                connection = self._connection(source)
                self._hand_over(source, connection)
            reason = "the video ended"
        except (VideoError, ClockRestarted) as error:
            reason, refused = str(error), isinstance(error, WrongPassword)
        self._inbox.trouble(Trouble(connection, reason, steady_now(), refused))
        return LOGIN if refused else RECONNECT

    def _connection(self, source: VideoSource) -> Connection:
        tick_s = float(source.info.time_base)
        ring = Ring(tick_s, self._evidence.ring_s, self._evidence.ring_bytes)
        return Connection(self.tally.connects, ring, Template(source.stream))

    def _hand_over(self, source: VideoSource, connection: Connection) -> None:
        began_s = packet_s = monotonic_s()
        base: timebase.Timebase | None = None

        def keep(packet: "Packet[VideoStream]") -> None:
            nonlocal packet_s
            connection.ring.push(packet)
            packet_s = self._moved_s = monotonic_s()

        damaged_before = self.tally.damaged
        for frame in source.frames(keep):
            self.tally.decode_s += monotonic_s() - packet_s
            self.tally.damaged = damaged_before + source.damaged
            self.tally.ring_bytes = connection.ring.size_bytes
            if not source.info.is_live:  # a file is shown as fast as it was filmed
                self._stop.wait(max(began_s + frame.pts_s - monotonic_s(), 0.0))
            if self._stop.is_set():
                return
            base = timebase.observe(base, frame.pts_s, frame.arrived_at or steady_now())
            self.tally.discontinuities = base.discontinuities
            luma = frame.luma if self._masks else frame.luma.copy()  # the decoder will write over its own
            own = replace(frame, luma=luma)
            self._inbox.put(Captured(connection, own, base, _start_s(source)))
            packet_s = monotonic_s()


def _start_s(source: VideoSource) -> float:
    info = source.info
    return float((info.start or 0) * (info.time_base or Fraction(1, 90_000)))
