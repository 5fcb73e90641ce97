"""Keeps a worker process running for each camera, and listens to what it says."""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from pydantic import ValidationError
from structlog.typing import FilteringBoundLogger

from contracts.messages import CameraNow
from edge.clock import monotonic_s, steady_now, utc_now
from edge.core import restart
from edge.core.desired import Look
from edge.core.report import LINE, Appended, Line, Stats, Suspected
from edge.metrics import CameraMetrics

RESTART: Final = restart.Policy(base_s=0.5, cap_s=30.0, jitter=0.3, healthy_s=60.0)
STOP_S: Final = 8.0


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
    metrics: CameraMetrics
    log: FilteringBoundLogger
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
        machine = restart.Restart()
        self.cameras[camera] = Seen(utc_now())
        while True:
            self.signs[camera] = monotonic_s()
            machine, effects = restart.step(RESTART, machine, restart.TimePassed(), steady_now())
            if effects:
                code = await self._run(camera, log)
                machine, effects = restart.step(RESTART, machine, restart.Ended(luck.random()), steady_now())
                self.metrics.restarts.labels(camera).inc()
                self.crashes[camera] += 1
                log.error("worker_ended", code=code, failures=machine.failures)
                self._ended(camera)
            when = restart.due(machine, steady_now())
            wait_s = (when - steady_now()).total_seconds() if when else 0.0
            await asyncio.sleep(min(max(wait_s, 0.0), RESTART.cap_s))

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
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert child.stdout is not None
        try:
            await self._listen(camera, child.stdout, log)
            return await child.wait()
        finally:
            await _end(child)

    async def _listen(self, camera: str, lines: asyncio.StreamReader, log: FilteringBoundLogger) -> None:
        while line := await lines.readline():
            self.signs[camera] = monotonic_s()
            try:
                self._heard(camera, LINE.validate_json(line))
            except ValidationError:
                log.warning("worker_line_malformed", begins=line[:80].decode(errors="replace"))

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


def _gain(before: Stats | None, now: Stats, name: str) -> float:
    """How much a total grew; never negative."""
    earlier = getattr(before, name) if before is not None else 0
    return max(float(getattr(now, name) - earlier), 0.0)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Ends a child that still runs: politely, then not."""
    if child.returncode is not None:
        return
    child.terminate()
    try:
        async with asyncio.timeout(STOP_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
