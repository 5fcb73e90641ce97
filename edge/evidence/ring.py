"""The last seconds of a camera's encoded video, in memory: what a clip is cut from."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

from av.packet import Packet
from av.video.stream import VideoStream

DEFAULT_PERIOD_S: Final = 0.04
MAX_UNTIMED: Final = 64
COPIES: Final = 2
"""As in `edge.camera.source`: after so many packets of one time stamp the stamps stand."""


class ClockRestarted(Exception):  # noqa: N818 - says what happened
    """A stream's time stamps fell back: what comes now cannot be joined with what was."""


@dataclass(frozen=True, slots=True)
class EncodedPacket:
    """One packet, detached from its stream.

    pts, dts, duration: ticks of the stream's time base. pts_s, dts_s: the same in seconds.
    """

    payload: bytes
    pts: int
    dts: int
    duration: int
    pts_s: float
    dts_s: float
    is_keyframe: bool


class Ring:
    """Packets of one connection, bounded in seconds and bytes. Written by one thread, read by another."""

    def __init__(self, tick_s: float, max_s: float, max_bytes: int) -> None:
        self._tick_s = tick_s
        self._max_s = max_s
        self._max_bytes = max_bytes
        self._packets: deque[EncodedPacket] = deque()
        self._untimed: list[tuple[bytes, int, bool]] = []
        self._bytes = 0
        self._cut_short = 0
        self._stood = 0
        self._stamp_s = float("-inf")
        self._lock = threading.Lock()

    def push(self, packet: "Packet[VideoStream]") -> None:
        """Takes a packet as it comes from the demuxer.

        RTSP gives the very first packets, a key frame among them, no time stamps: they wait for the first
        that has one and are counted back from it. Later ones without a time stamp follow their predecessor.

        Raises:
            ClockRestarted: It lies more than a second before the packet before it.
        """
        dts = packet.dts if packet.dts is not None else packet.pts
        duration = packet.duration or round(DEFAULT_PERIOD_S / self._tick_s)
        with self._lock:
            if dts is None and not self._packets:
                if len(self._untimed) < MAX_UNTIMED:
                    self._untimed.append((bytes(packet), duration, packet.is_keyframe))
                return
            if dts is None:
                dts = self._packets[-1].dts + duration
            pts = packet.pts if packet.pts is not None else dts
            self._place_untimed(dts)
            self._append(self._kept(bytes(packet), pts, dts, duration, is_keyframe=packet.is_keyframe))

    def _place_untimed(self, dts: int) -> None:
        """Counts the first packets' times back from the first time stamp."""
        dts -= sum(duration for _, duration, _ in self._untimed)
        for payload, duration, is_keyframe in self._untimed:
            self._append(self._kept(payload, dts, dts, duration, is_keyframe=is_keyframe))
            dts += duration
        self._untimed.clear()

    def _kept(self, payload: bytes, pts: int, dts: int, duration: int, *, is_keyframe: bool) -> EncodedPacket:
        return EncodedPacket(payload, pts, dts, duration, pts * self._tick_s, dts * self._tick_s, is_keyframe)

    def _append(self, kept: EncodedPacket) -> None:
        stamp_s, self._stamp_s = self._stamp_s, kept.dts_s
        if kept.dts_s < stamp_s - 1.0:
            raise ClockRestarted("the stream's time stamps fell back")
        if self._packets and kept.dts <= self._packets[-1].dts:
            self._stood += 1
            if self._stood <= COPIES:
                return  # a copy, or reordered by the network: a muxer takes increasing times only
            kept = self._after_last(kept)  # stamps that stand while the picture goes on
        else:
            self._stood = 0
        self._packets.append(kept)
        self._bytes += len(kept.payload)
        self._trim(kept.dts_s)

    def _after_last(self, kept: EncodedPacket) -> EncodedPacket:
        dts = self._packets[-1].dts + kept.duration
        return self._kept(kept.payload, dts, dts, kept.duration, is_keyframe=kept.is_keyframe)

    def packets(self) -> tuple[EncodedPacket, ...]:
        """What is in the ring now, in decoding order."""
        with self._lock:
            return tuple(self._packets)

    def clear(self) -> None:
        """Forgets all packets: the connection has ended and its clips are cut."""
        with self._lock:
            self._packets.clear()
            self._bytes = 0

    def newest_dts_s(self) -> float:
        """Decoding time of the last packet, seconds; minus infinity when there is none."""
        with self._lock:
            return self._packets[-1].dts_s if self._packets else float("-inf")

    @property
    def size_bytes(self) -> int:
        """Encoded video that is held."""
        return self._bytes

    @property
    def cut_short(self) -> int:
        """Packets that went before their time, because the ring was full of bytes."""
        return self._cut_short

    def _trim(self, now_s: float) -> None:
        while len(self._packets) > 1:
            too_old = self._packets[0].dts_s < now_s - self._max_s
            if not too_old and self._bytes <= self._max_bytes:
                return
            self._bytes -= len(self._packets.popleft().payload)
            self._cut_short += not too_old
