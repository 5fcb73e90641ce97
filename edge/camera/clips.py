"""Clips that are owed: each fall's video is cut when enough time after it has been kept, or has been lost."""

import os
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import numpy as np
from structlog.typing import FilteringBoundLogger

from contracts.base import Clock
from edge.camera import telling
from edge.camera.inbox import Connection
from edge.camera.post import Post
from edge.camera.telling import Seen, Shown
from edge.core import clip_window, timebase
from edge.core.vision.frame import Fall
from edge.core.vision.masks import NOTHING, Hidden
from edge.evidence.clip import ClipError, CutClip, Label, cut, unfinished
from edge.evidence.seal import Signer, seal
from edge.outbox.store import Clip

INTERRUPTED: Final = "the camera's program was killed before the video could be kept"
MAX_OWED: Final = 64
"""More falls than this within the time of one clip is no fall any more; the oldest are cut as they are."""
BEHIND: Final = "more clips were due than could be cut"
MAX_CUTTING: Final = 16
"""Clips that wait for the thread; each holds its video in memory, 6 MB at 4 Mbit/s."""
NICE: Final = 10
"""The weight of a tenth of the search's for the scheduler (sched(7): 110 to 1024)."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A fall whose clip has not been cut. start_s: time on the stream's clock at which `pts_s` is 0."""

    event: UUID
    connection: Connection
    wanted: clip_window.Wanted
    seen: Seen
    start_s: float
    clock: Clock


class Clips:
    """Cuts, seals and announces clips in the order of their falls.

    Cutting has a thread of its own, which gives way to the search: a masked clip takes seconds to encode.
    """

    def __init__(
        self,
        folder: Path,
        device: Signer,
        post: Post,
        log: FilteringBoundLogger,
        hidden: Hidden = NOTHING,
    ) -> None:
        self.sealed = 0
        self.failed = 0
        self._folder = folder
        self._device = device
        self._post = post
        self._log = log
        self._hidden = hidden
        self._owed: deque[Owed] = deque()
        self._cutting: deque[tuple[Owed, Future[CutClip]]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="clips", initializer=_give_way)

    def owe(self, owed: Owed, at: datetime) -> None:
        """From now on a clip of this fall is owed."""
        if len(self._owed) == MAX_OWED:
            self._fall_due(self._owed.popleft(), at)
        self._owed.append(owed)

    def prolong(self, event: UUID, end_s: float, fall: Fall) -> None:
        """The fall went on after it was told: its clip is owed up to later. end_s: on the stream's clock."""
        for index, owed in enumerate(self._owed):
            if owed.event == event:
                wanted = replace(owed.wanted, end_s=max(owed.wanted.end_s, end_s))
                self._owed[index] = replace(owed, wanted=wanted, seen=replace(owed.seen, fall=fall))

    def tell_of_the_lost(self, at: datetime) -> None:
        """Tells which clips this camera owed when its program was killed; call once, at the start."""
        for event in self._post.outbox.clips_owed(self._post.sender.camera):
            unfinished(self._folder, event).unlink(missing_ok=True)
            self._lost(event, INTERRUPTED, at)

    def cut_ready(self, at: datetime) -> None:
        """Begins to cut the clips for which everything that is wanted has arrived; announces what is cut."""
        ready = [
            owed
            for owed in self._owed
            if clip_window.is_ready(owed.wanted, owed.connection.ring.newest_dts_s())
        ]
        for owed in ready:
            self._owed.remove(owed)
            self._fall_due(owed, at)
        while self._cutting and self._cutting[0][1].done():
            self._finish_first(at)

    def cut_ended(self, connection: Connection, at: datetime) -> None:
        """Cuts the clips of a connection that ended with what there is; its ring is needed no longer."""
        for owed in [owed for owed in self._owed if owed.connection is connection]:
            self._owed.remove(owed)
            self._fall_due(owed, at)
        connection.ring.clear()

    def finish(self, at: datetime) -> None:
        """Cuts all that is owed with what there is, waits for it and ends; `at` is when they are sealed."""
        while self._owed:
            self._fall_due(self._owed.popleft(), at)
        while self._cutting:
            self._finish_first(at)
        self._thread.shutdown()

    def _fall_due(self, owed: Owed, at: datetime) -> None:
        """Hands the thread the packets of the clip, and no others: the ring may go on or end."""
        if len(self._cutting) == MAX_CUTTING:
            self._lost(owed.event, BEHIND, at)
            return
        sender, connection = self._post.sender, owed.connection
        label = Label(sender.agent, sender.camera, owed.event)
        packets = connection.ring.packets()
        window = clip_window.choose(owed.wanted, packets)
        chosen = () if window is None else packets[window.first : window.stop]
        hidden = replace(self._hidden, path=np.asarray(owed.seen.fall.track.xy_px, np.float64))
        args = (chosen, connection.template, owed.wanted, self._folder, label, hidden)
        self._cutting.append((owed, self._thread.submit(cut, *args)))

    def _finish_first(self, at: datetime) -> None:
        owed, cutting = self._cutting.popleft()
        try:
            clip = cutting.result()
        except ClipError as error:
            self._lost(owed.event, str(error), at)
            return
        self.sealed += 1
        self._announce(owed, clip, at)

    def _lost(self, event: UUID, reason: str, at: datetime) -> None:
        self.failed += 1
        self._log.error("clip_failed", message_id=str(event), reason=reason)
        message_id = uuid4()
        self._post.send(
            message_id, telling.failed_message(self._post.sender, message_id, event, reason, at), at
        )

    def _announce(self, owed: Owed, clip: CutClip, at: datetime) -> None:
        shown = Shown(
            started_at=timebase.utc(owed.seen.timebase, clip.first_pts_s - owed.start_s),
            event_offset_s=owed.wanted.start_s - clip.first_pts_s,
            clock=owed.clock,
        )
        about = telling.manifest(self._post.sender, owed.event, clip, shown, at)
        sealed = seal(about, self._device)
        self._log.info(
            "clip_sealed",
            message_id=str(owed.event),
            sha256=clip.sha256,
            size_bytes=clip.size_bytes,
            duration_s=about.duration_s,
            complete=clip.complete,
            masked=clip.masked,
            blurred=clip.blurred,
        )
        message_id = uuid4()
        make = telling.sealed_message(self._post.sender, message_id, about, sealed)
        waiting = Clip(clip.sha256, clip.path, clip.size_bytes, owed.event)
        self._post.send(message_id, make, at, waiting)


def _give_way() -> None:
    """Linux knows a priority for each thread, not only for each process (sched(7))."""
    thread = threading.get_native_id()
    now = os.getpriority(os.PRIO_PROCESS, thread)
    os.setpriority(os.PRIO_PROCESS, thread, max(now, NICE))  # only root may raise it
