"""The agent's watch over time: weighs what kernel and cloud say, keeps it for all, tells what it learnt."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from structlog.typing import FilteringBoundLogger

from contracts.devices import ClockSet
from edge import clock, known_time
from edge.core import timekeeping
from edge.core.timekeeping import Anchor
from edge.link.dates import dates_by_wall
from edge.metrics import ClockMetrics
from edge.outbox.store import Outbox

LOOK_EVERY_S: Final = 1.0
KEEP_EVERY_S: Final = 600.0
"""So often it is written down that time has passed, for a start without a battery."""
TELL_AFTER: Final = timedelta(seconds=3)
"""Until then every worker has looked, so that what it stamped by the old anchor has a smaller number."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Who watches, and for whom.

    folder: where what is known is kept. valid: validity of the device's own certificate, which may be
    renewed; time before it is surely past. tls: what the cloud's certificates are verified by; their dates,
    if the wall clock serves.
    """

    agent: str
    boot: UUID
    folder: Path
    valid: Callable[[], tuple[datetime, datetime]]
    tls: tuple[ssl.SSLContext | None, ...] = ()


class Timekeeper:
    """`begin` before anything is stamped, `run` beside everything else."""

    def __init__(self, watched: Watched, metrics: ClockMetrics, log: FilteringBoundLogger) -> None:
        self._watched = watched
        self._metrics = metrics
        self._log = log
        self._os_boot = clock.os_boot()
        self._known_until: datetime | None = None
        self._kept_at: datetime | None = None
        self._wall_ahead = clock.wall_now() - clock.steady_now()
        self._wall_serves: bool | None = None
        self._refused = False
        self._owed: list[tuple[datetime, ClockSet]] = []
        self._learnt = asyncio.Event()

    def begin(self) -> None:
        """Adopts what an earlier run of this start of the system knew, or a guess, and asks the kernel."""
        at, wall = clock.steady_now(), clock.wall_now()
        kept = known_time.read(self._watched.folder)
        self._known_until = kept.known_until if kept is not None else None
        if kept is not None and kept.os_boot == self._os_boot and kept.uncertainty_s is not None:
            clock.adopt(kept.anchor)
        else:
            floor = max(self._watched.valid()[0], self._known_until or clock.EPOCH)
            clock.adopt(timekeeping.guess(at, wall, floor))
        bound_s = clock.max_error_s()
        if bound_s is not None and self._within(wall):
            found, _ = timekeeping.weigh(clock.anchor(), timekeeping.of_kernel(at, wall, bound_s), at)
            clock.adopt(found)
        self._log.info("time_known", source=clock.anchor().source, **_told(clock.anchor(), at))
        self._keep(at)
        self._look_at_wall(at, wall)

    async def run(self, outbox: Outbox) -> None:
        """Looks every second, for ever. outbox: where it tells what it learnt."""
        while True:
            at, wall = clock.steady_now(), clock.wall_now()
            self._look_at_wall(at, wall)
            bound_s = clock.max_error_s()
            if bound_s is not None and self._within(wall):
                self._weigh(timekeeping.of_kernel(at, wall, bound_s), at)
            if self._learnt.is_set() or self._kept_at is None or _s(at - self._kept_at) > KEEP_EVERY_S:
                self._learnt.clear()
                await asyncio.to_thread(self._keep, at)
            await self._tell(at, outbox)
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._learnt.wait()
            except TimeoutError:
                continue

    def heard(self, sent: datetime, received: datetime, said: datetime) -> None:
        """The cloud read its clock between these two steady instants."""
        self._weigh(timekeeping.of_exchange(sent, received, said), received)

    def _within(self, wall: datetime) -> bool:
        """A kernel that calls a clock kept although our own certificate says otherwise is not believed."""
        return self._watched.valid()[0] <= wall <= self._watched.valid()[1]

    def _weigh(self, evidence: Anchor, at: datetime) -> None:
        before = clock.anchor()
        after, verdict = timekeeping.weigh(before, evidence, at)
        if evidence.source == "ntp":
            if verdict == "refused" and not self._refused:
                self._log.warning("time_refused", source=evidence.source, **_apart(before, evidence))
            self._refused = verdict == "refused"
        if after is before:
            return
        clock.adopt(after)
        self._learnt.set()
        if verdict not in {"learnt", "mended"}:
            return
        self._log.warning(
            "time_learnt", verdict=verdict, source=after.source, **_apart(before, after), **_told(after, at)
        )
        if timekeeping.is_material(before, after):
            self._owed.append((at + TELL_AFTER, self._clock_set(before, after, at)))

    def _clock_set(self, before: Anchor, after: Anchor, at: datetime) -> ClockSet:
        """What was learnt; its number is given when it is told."""
        return ClockSet(
            message_id=uuid4(),
            agent=self._watched.agent,
            boot=self._watched.boot,
            seq=1,
            observed_at=timekeeping.utc_of(after, at),
            clock=timekeeping.knowledge(after, at),
            before=timekeeping.knowledge(before, at),
            after=timekeeping.knowledge(after, at),
            offset_s=round(timekeeping.offset_s(before, after), 6),
            source=after.source,
        )

    async def _tell(self, at: datetime, outbox: Outbox) -> None:
        while self._owed and self._owed[0][0] <= at:
            message = self._owed.pop(0)[1]

            def make(seq: int, message: ClockSet = message) -> ClockSet:
                return message.model_copy(update={"seq": seq})

            stored = await asyncio.to_thread(outbox.append, message.boot, clock.utc_now(), make)
            self._log.info(
                "outbox_appended",
                message_id=str(stored.message_id),
                kind=stored.kind,
                boot=str(stored.key.boot),
                seq=stored.key.seq,
            )

    def _keep(self, at: datetime) -> None:
        """Writes down what is known; a disk that is full costs only this."""
        own = clock.anchor()
        if own.uncertainty_s is not None:
            self._known_until = timekeeping.utc_of(own, at)
        try:
            known_time.write(self._watched.folder, self._os_boot, own, self._known_until)
        except OSError as error:
            self._log.warning("time_not_kept", reason=str(error))
            return
        self._kept_at = at

    def _look_at_wall(self, at: datetime, wall: datetime) -> None:
        own = clock.anchor()
        step_s = timekeeping.stepped_s(self._wall_ahead, wall - at)
        self._wall_ahead = wall - at
        if step_s is not None:
            self._metrics.wall_steps.inc()
            self._log.warning("wall_clock_stepped", step_s=round(step_s, 3))
        bound_s = timekeeping.uncertainty_s(own, at)
        self._metrics.wall_offset_s.set(_s(wall - timekeeping.utc_of(own, at)))
        self._metrics.uncertainty_s.set(float("nan") if bound_s is None else bound_s)
        serves = timekeeping.wall_serves(wall, own, at, self._watched.valid())
        if serves != self._wall_serves:
            self._wall_serves = serves
            for tls in self._watched.tls:
                if tls is not None:
                    dates_by_wall(tls, serves)
            if not serves:
                self._log.warning("certificate_dates_not_by_wall_clock", wall=wall.isoformat())


def _s(span: timedelta) -> float:
    return span.total_seconds()


def _told(anchor: Anchor, at: datetime) -> dict[str, object]:
    bound_s = timekeeping.uncertainty_s(anchor, at)
    return {"now": timekeeping.utc_of(anchor, at).isoformat(), "uncertainty_s": bound_s}


def _apart(before: Anchor, after: Anchor) -> dict[str, float]:
    return {"offset_s": round(timekeeping.offset_s(before, after), 3)}
