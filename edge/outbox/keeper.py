"""Keeps room on the disk as `edge.core.disk` decides, tells each loss, raises an alarm while it is short."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID, uuid4

from structlog.typing import FilteringBoundLogger

from contracts.devices import DeviceFault, Words
from edge.clock import known, steady_now, utc_now, utc_of
from edge.core import condition, disk
from edge.core.condition import Cleared, Limit, Measured, Raised
from edge.core.disk import DeleteRecordings, Disk, MakeReserve, Thin
from edge.core.loss import Told
from edge.outbox.store import DiskFull, Outbox

EVERY_S: Final = 1.0
FAULT: Final = "disk_full"
DELAYS: Final = condition.Policy(on_delay_s=2, off_delay_s=5, chatters=1_000)
"""However often it fills up, each time is told: what is free is no noise."""
MOST_AT_ONCE: Final = 50
"""Steps in one turn; each frees what it can, and others want to write too."""
WHAT: Final = Words(
    zh="磁盘空间不足，只保留告警和新录像",  # noqa: RUF001 - Chinese punctuation
    en="The disk is full: only alarms and new clips are kept",
)
ADVICE: Final = Words(
    zh="清理边缘盒磁盘上的其他文件，或更换更大的磁盘",  # noqa: RUF001 - Chinese punctuation
    en="Remove other files from the box's disk, or fit a larger one",
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose disk it is."""

    agent: str
    boot: UUID


class Keeper:
    """appended: called after something was put into the outbox."""

    def __init__(
        self,
        owner: Owner,
        outbox: Outbox,
        policy: disk.Policy,
        appended: Callable[[], None],
        log: FilteringBoundLogger,
    ) -> None:
        self._owner = owner
        self._outbox = outbox
        self._policy = policy
        self._appended = appended
        self._log = log
        self._limit = Limit(policy.keep_free_bytes * 0.9, policy.keep_free_bytes * 0.98)
        self._condition = condition.start(steady_now(), bad=FAULT in outbox.faults_open(owner.agent))

    async def run(self) -> None:
        """Looks every second, for ever."""
        while True:
            try:
                if await asyncio.to_thread(self._turn, utc_now()):
                    self._appended()
            except DiskFull as error:  # deleting needs room too; what was unlinked has made some
                self._log.error("disk_full", reason=str(error))
            await asyncio.sleep(EVERY_S)

    def _turn(self, at: datetime) -> bool:
        """Frees what must be freed; whether anything was told."""
        told = False
        for _ in range(MOST_AT_ONCE):
            effect = disk.decide(self._policy, self._measured())
            if effect is None or not self._carry_out(effect, at):
                break
            told = True
        return self._judge(at) or told

    def _measured(self) -> Disk:
        found = os.statvfs(self._outbox.reserve.path.parent)
        return Disk(
            free_bytes=found.f_bavail * found.f_frsize,
            slack_bytes=self._outbox.slack_bytes(),
            recordings_bytes=self._outbox.recordings_bytes(),
            messages=self._outbox.depth().messages,
            has_reserve=self._outbox.reserve.is_there,
        )

    def _carry_out(self, effect: disk.Effect, at: datetime) -> bool:
        """Does it; whether that changed anything."""
        match effect:
            case DeleteRecordings(keep_bytes):
                return self._delete_recordings(keep_bytes, at)
            case Thin():
                gone = self._outbox.thin(self._owner.agent, self._owner.boot, at, "the disk is full")
                if gone:
                    self._log.warning("telemetry_thinned", messages=gone)
                return gone > 0
            case MakeReserve():
                return self._outbox.reserve.make()

    def _delete_recordings(self, keep_bytes: int, at: datetime) -> bool:
        clips = self._outbox.clips_beyond(keep_bytes)
        for clip in clips:
            clip.path.unlink(missing_ok=True)
        if clips:
            told = Told("clips_deleted", "the disk is full", len(clips), {"clip": len(clips)})
            names = [clip.sha256 for clip in clips]
            self._outbox.recordings_gone(names, told, self._owner.agent, self._owner.boot, at)
            self._log.warning("recordings_deleted", clips=len(clips), bytes=sum(c.size_bytes for c in clips))
        return bool(clips)

    def _judge(self, at: datetime) -> bool:
        """Raises or clears the alarm; whether it did."""
        free_bytes = self._measured().free_bytes
        short = self._limit.breached(free_bytes, before=condition.is_bad(self._condition))
        measured: Measured = "bad" if short else "good"
        self._condition, effects = condition.step(DELAYS, self._condition, measured, steady_now())
        for effect in effects:
            match effect:
                case Raised(since):
                    self._alarm("raised", utc_of(since), free_bytes, at)
                case Cleared(since):
                    self._alarm("cleared", utc_of(since), free_bytes, at)
                case _:  # it comes and goes: it stays as it was last told
                    pass
        return bool(effects)

    def _alarm(
        self, state: Literal["raised", "cleared"], since: datetime, free_bytes: int, at: datetime
    ) -> None:
        def make(seq: int) -> DeviceFault:
            return DeviceFault(
                message_id=message_id,
                agent=self._owner.agent,
                boot=self._owner.boot,
                seq=seq,
                observed_at=since,
                clock=known(),
                subject_type="agent",
                subject=self._owner.agent,
                fault=FAULT,
                state=state,
                severity="critical",
                value=free_bytes,
                threshold=self._policy.keep_free_bytes,
                unit="By",
                what=WHAT,
                advice=ADVICE,
            )

        message_id = uuid4()
        self._outbox.append(self._owner.boot, at, make)
        self._log.warning("disk_full", state=state, free_bytes=free_bytes)
