"""Keeps a worker process running for each camera, and listens to what it says."""

import asyncio
import contextlib
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from structlog.typing import FilteringBoundLogger

from contracts.devices import DeviceFault, Words
from contracts.messages import CameraNow, CameraState
from edge.clock import monotonic_s, steady_now, utc_now
from edge.core import restart
from edge.core.desired import Look
from edge.core.report import LINE, Appended, Line, Stats, Suspected
from edge.metrics import CameraMetrics
from edge.outbox.desk import Desk, Head

RESTART: Final = restart.Policy(base_s=0.5, cap_s=30.0, jitter=0.3, healthy_s=60.0)
STOP_S: Final = 8.0
WORKER_ENVIRONMENT: Final = {"PYTHONUNBUFFERED": "1", "MALLOC_ARENA_MAX": "2"}
"""glibc gives every thread an arena of its own, which keeps what the decoder freed: memory grew in steps."""
FIRST_LINE_S: Final = 60.0
"""A worker that begins on a busy box takes seconds to say its first line."""
SILENT_S: Final = 15.0
"""Afterwards it says one each second; so long a silence means that it hangs, and it is killed."""
LATE_S: Final = 20.0
"""After so long without a first line nobody may think any more that the camera is watched as before."""
CRASHING: Final = "worker_crashing"
CRASHING_WORDS: Final = Words(
    zh="摄像头的处理程序在一分钟内多次崩溃", en="The camera's program crashed several times within a minute"
)
CRASHING_ADVICE: Final = Words(
    zh="查看日志中的 worker_ended；检查摄像头的编码设置与固件，必要时重启摄像头",  # noqa: RUF001 - Chinese punctuation
    en="Look for worker_ended in the log; check the camera's encoding and firmware, restart it if need be",
)


@dataclass(frozen=True, slots=True)
class Program:
    """What a worker is started with."""

    config: Path
    boot: UUID


@dataclass(slots=True)
class Seen:
    """What the supervisor knows of a camera now."""

    since: datetime
    stats: Stats | None = None
    said_at: datetime | None = None
    frames_per_s: float = 0.0


@dataclass(slots=True)
class Supervisor:
    """All cameras of an agent.

    appended: called when a worker has put a message of a kind into the outbox. suspected: called with the
    camera when its worker says that something may be falling.
    """

    program: Program
    appended: Callable[[str], None]
    suspected: Callable[[str, Suspected], None]
    desk: Desk
    metrics: CameraMetrics
    log: FilteringBoundLogger
    machines: dict[str, restart.Restart] = field(default_factory=dict)
    cameras: dict[str, Seen] = field(default_factory=dict)
    crashes: Counter[str] = field(default_factory=Counter)
    """How often each camera's worker ended by itself."""
    signs: dict[str, float] = field(default_factory=dict)
    """When each camera's supervision last showed that it is alive, monotonic seconds."""

    def now(self) -> tuple[CameraNow, ...]:
        """Every camera as its worker last told."""
        return tuple(
            CameraNow(
                camera=name,
                state=seen.stats.state if seen.stats else "starting",
                since=seen.stats.since if seen.stats else seen.since,
                frames_per_s=round(seen.frames_per_s, 2),
            )
            for name, seen in list(self.cameras.items())
        )

    def look(self, camera: str) -> Look:
        """One camera as its worker last told."""
        seen = self.cameras.get(camera)
        if seen is None or seen.stats is None:
            return Look(state="starting", crashes=self.crashes[camera])
        return Look(
            state=seen.stats.state,
            frames_per_s=seen.frames_per_s,
            falls=seen.stats.falls,
            crashes=self.crashes[camera],
            searched_share=seen.stats.searched_share,
            trouble=seen.stats.sight_trouble,
        )

    def forget(self, camera: str) -> None:
        """The camera is not kept running any more."""
        self._ended(camera)
        del self.cameras[camera]
        self.signs.pop(camera, None)

    async def keep(self, camera: str) -> None:
        """Runs the camera's worker for ever, with growing pauses when it fails."""
        log = self.log.bind(camera=camera)
        luck = random.Random()  # noqa: S311 - spreads restarts, guards nothing
        told = await asyncio.to_thread(self.desk.outbox.faults_open, camera)
        self.machines[camera] = restart.Restart(storming=CRASHING in told)
        self.cameras[camera] = Seen(utc_now())
        while True:
            self.signs[camera] = monotonic_s()
            if restart.Start() in await self._step(camera, restart.TimePassed()):
                code = await self._run(camera, log)
                await self._step(camera, restart.Ended(luck.random()))
                self.metrics.restarts.labels(camera).inc()
                self.crashes[camera] += 1
                log.error("worker_ended", code=code, failures=self.machines[camera].failures)
                self._ended(camera)
            await asyncio.sleep(restart.wait_s(RESTART, self.machines[camera], steady_now()))

    async def _step(
        self, camera: str, given: restart.Ended | restart.TimePassed
    ) -> tuple[restart.Effect, ...]:
        """What the machine says; a storm of crashes, and its end, are told."""
        self.machines[camera], effects = restart.step(RESTART, self.machines[camera], given, steady_now())
        for effect in effects:
            match effect:
                case restart.Stormed(times):
                    await self._tell_crashes(camera, times)
                case restart.Calmed():
                    await self._tell_crashes(camera, 0)
                case _:
                    continue
        return effects

    async def _tell_crashes(self, camera: str, times: int) -> None:
        await self.desk.send(
            "device_fault",
            utc_now(),
            lambda head: DeviceFault(
                **head,
                subject_type="camera",
                subject=camera,
                fault=CRASHING,
                state="raised" if times else "cleared",
                severity="critical",
                value=float(times),
                threshold=float(RESTART.storm),
                unit="1",
                what=CRASHING_WORDS,
                advice=CRASHING_ADVICE,
            ),
        )

    async def _run(self, camera: str, log: FilteringBoundLogger) -> int:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "edge",
            "camera",
            str(self.program.config),
            camera,
            "--boot",
            str(self.program.boot),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, **WORKER_ENVIRONMENT},
        )
        assert child.stdout is not None
        try:
            await self._listen(camera, child.stdout, log)
            return await child.wait()
        except TimeoutError:
            log.error("worker_silent", pid=child.pid)  # noqa: TRY400 - where it waited tells nothing
            _kill(child)  # a process that hangs does not hear anything politer
            return await child.wait()
        finally:
            await _end(child)

    async def _listen(self, camera: str, lines: asyncio.StreamReader, log: FilteringBoundLogger) -> None:
        """Until its end. Raises TimeoutError when it says nothing for too long."""
        late_s, limit_s = LATE_S, FIRST_LINE_S
        while line := await self._line(camera, lines, late_s, limit_s):
            late_s = limit_s = SILENT_S
            self.signs[camera] = monotonic_s()
            await self._step(camera, restart.TimePassed())
            try:
                self._heard(camera, LINE.validate_json(line))
            except ValidationError:
                log.warning("worker_line_malformed", begins=line[:80].decode(errors="replace"))

    async def _line(self, camera: str, lines: asyncio.StreamReader, late_s: float, limit_s: float) -> bytes:
        """The next line. When none has come for `late_s`, the camera is told as lost."""
        reading = asyncio.ensure_future(lines.readline())
        try:
            done, _ = await asyncio.wait({reading}, timeout=late_s)
            if not done:
                await self.desk.send("camera_state", utc_now(), partial(_silent, camera))
            async with asyncio.timeout(limit_s - late_s):
                return await reading
        finally:
            reading.cancel()

    def _heard(self, camera: str, line: Line) -> None:
        match line:
            case Appended(kind=kind):
                self.appended(kind)
            case Suspected():
                self.suspected(camera, line)
            case Stats():
                self._measured(camera, line)

    def _measured(self, camera: str, stats: Stats) -> None:
        seen, now, m = self.cameras[camera], steady_now(), self.metrics
        before = seen.stats
        for counter, name in (
            (m.frames, "frames"),
            (m.dropped, "dropped"),
            (m.damaged, "damaged"),
            (m.decode_s, "decode_s"),
            (m.detect_s, "detect_s"),
            (m.falls, "falls"),
            (m.reconnects, "reconnects"),
            (m.stalls, "stalls"),
        ):
            counter.labels(camera).inc(_gain(before, stats, name))
        for outcome, name in (("sealed", "clips_sealed"), ("failed", "clips_failed")):
            m.clips.labels(camera, outcome).inc(_gain(before, stats, name))
        if seen.said_at is not None and (passed_s := (now - seen.said_at).total_seconds()) > 0:
            seen.frames_per_s = _gain(before, stats, "frames") / passed_s
        seen.stats, seen.said_at = stats, now
        m.up.labels(camera).set(stats.state == "streaming")
        m.frames_per_s.labels(camera).set(seen.frames_per_s)
        m.ring_bytes.labels(camera).set(stats.ring_bytes)
        m.memory_bytes.labels(camera).set(stats.memory_bytes)

    def _ended(self, camera: str) -> None:
        """A new worker counts from nought and has to find its camera again."""
        self.cameras[camera] = Seen(utc_now())
        self.metrics.up.labels(camera).set(0)
        self.metrics.frames_per_s.labels(camera).set(0)


def _silent(camera: str, head: Head) -> CameraState:
    return CameraState(**head, camera=camera, state="lost", reason="the camera's program hangs")


def _gain(before: Stats | None, now: Stats, name: str) -> float:
    """How much a total grew; never negative."""
    earlier = getattr(before, name) if before is not None else 0
    return max(float(getattr(now, name) - earlier), 0.0)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Ends a child that still runs: politely, then not."""
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):  # it may end at this very moment
        child.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await child.wait()
    except TimeoutError:
        _kill(child)
        await child.wait()


def _kill(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.kill()
