"""Runs the cameras as the box's settings and the cloud want it, and watches what a new wish does to them."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from structlog.typing import FilteringBoundLogger

from contracts.base import MAX_SEQ, MAX_TEXT, Durable
from contracts.devices import DesiredReport, DesiredState
from contracts.messages import CameraState
from edge.camera.sight import untold
from edge.clock import steady_now, utc_now
from edge.config.desired import Own, objection
from edge.core import desired as machine
from edge.core.desired import Apply, Look, Policy, Report, Unreadable, Wanted
from edge.core.picture_health.faults import FAULTS
from edge.outbox.desired import DesiredFile, DesiredFileError, Kept
from edge.outbox.desk import Desk, Head
from edge.outbox.schema import OutboxError
from edge.supervisor import Supervisor

LOOK_EVERY_S: Final = 1.0
SAVE_EVERY_S: Final = 10.0
"""So much of a probation may be watched again after a power cut."""


@dataclass(slots=True)
class Steering:
    """own: what the box's file has. `offer` may be called at any time; the newest wish counts."""

    own: Own
    file: DesiredFile
    desk: Desk
    supervisor: Supervisor
    policy: Policy
    log: FilteringBoundLogger
    _kept: Kept = field(default_factory=Kept)
    _offered: DesiredState | Unreadable | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _running: "dict[str, asyncio.Task[None]]" = field(default_factory=dict)
    _saved_s: float = 0.0

    @property
    def thresholds(self) -> Mapping[str, float]:
        """Rule → threshold instead of its profile's, as it counts now."""
        counting = self._kept.desired.counting
        return {} if counting is None else counting.thresholds

    def offer(self, payload: bytes) -> None:
        """A retained wish of the cloud, as it came."""
        found = read(payload)
        if found is None:
            self.log.warning("desired_malformed", begins=payload[:80].decode(errors="replace"))
            return
        self._offered = found
        self._wake.set()

    async def run(self) -> None:
        """Keeps every camera that is to watch running, for ever."""
        async with asyncio.TaskGroup() as group:
            await self._begin(group)
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._wake.wait()
                self._wake.clear()
                offered = self._offered
                if offered is not None:
                    done = await self._step(await self._judged(offered), group)
                    if done and self._offered is offered:  # else a newer one has come meanwhile
                        self._offered = None
                await self._step(machine.Looked(self._looks()), group)

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        try:
            self._kept = await asyncio.to_thread(self.file.load)
        except DesiredFileError as error:
            reason = str(error)
            aside = await asyncio.to_thread(self.file.set_aside)
            consequence = "the box's own settings count until the cloud is heard"
            self.log.warning("desired_set_aside", reason=reason, aside=aside.name, consequence=consequence)
        for camera in self.own.cameras:
            await self._start(camera.id, group)
        await self._step(machine.Began(), group)

    async def _judged(self, offered: DesiredState | Unreadable) -> Wanted | Unreadable:
        """With why the box cannot do it. A broker gives a wish at each connection: it is judged once."""
        if isinstance(offered, Unreadable):
            return offered
        if offered.version <= self._kept.desired.seen:
            return Wanted(offered)
        return Wanted(offered, await asyncio.to_thread(_objection, self.own, offered))

    async def _step(self, given: machine.Input, group: asyncio.TaskGroup) -> bool:
        """Carries out what follows; False when it could not be kept, and so has not happened."""
        before = self._kept.desired.counting
        desired, effects = machine.step(self.policy, self._kept.desired, given, steady_now())
        reports = tuple(effect for effect in effects if isinstance(effect, Report))
        kept = Kept(desired=desired, owed=(*self._kept.owed, *reports))
        passed_s = desired.trial.passed_s if desired.trial is not None else 0.0
        if effects or isinstance(given, machine.Began) or passed_s >= self._saved_s + SAVE_EVERY_S:
            try:
                await asyncio.to_thread(self.file.save, kept)
            except OSError as error:
                self.log.warning("desired_not_kept", reason=str(error), consequence="tried again")
                return False
            self._saved_s = passed_s
        self._kept = kept
        for effect in effects:
            match effect:
                case Report():
                    self._log_report(effect)
                case Apply(cameras):
                    if _limits(before) != _limits(desired.counting):
                        cameras = frozenset(camera.id for camera in self.own.cameras)
                    for camera in sorted(cameras):
                        await self._restart(camera, group)
        if kept.owed:
            await self._tell(kept)
        return True

    async def _tell(self, kept: Kept) -> None:
        """Puts owed reports into the outbox. After a kill in between they are told twice: no harm."""
        for report in kept.owed:
            if not await self._send("desired_report", partial(_reported, report)):
                return
        self._kept = kept.model_copy(update={"owed": ()})
        with contextlib.suppress(OSError):  # told again after the next start
            await asyncio.to_thread(self.file.save, self._kept)

    async def _send(self, kind: str, make: Callable[[Head], Durable]) -> bool:
        try:
            return await self.desk.send(kind, utc_now(), make)
        except (OutboxError, sqlite3.Error) as error:
            self.log.warning("outbox_refused", reason=str(error))
            return False

    def _log_report(self, report: Report) -> None:
        bad = report.outcome in {"refused", "rolled_back"}
        (self.log.warning if bad else self.log.info)(
            f"desired_{report.outcome}", version=report.version, now=report.now, reason=report.reason
        )

    def _looks(self) -> dict[str, Look]:
        return {camera: self.supervisor.look(camera) for camera in self._running}

    async def _restart(self, camera: str, group: asyncio.TaskGroup) -> None:
        """Ends the camera's worker, politely, and starts it with what counts now."""
        task = self._running.pop(camera, None)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
            self.supervisor.forget(camera)
        await self._start(camera, group)

    async def _start(self, camera: str, group: asyncio.TaskGroup) -> None:
        counting = self._kept.desired.counting
        wanted = machine.wanted_of(counting, camera)
        if wanted is None or wanted.enabled:
            self._running[camera] = group.create_task(self.supervisor.keep(camera))
        elif counting is not None:
            await self._send("camera_state", partial(_off, camera, counting))


def _objection(own: Own, wanted: DesiredState) -> str:
    """Why this box cannot do what is wanted; a tenth of a second for each facade. Empty where it can."""
    return objection(own, wanted) or untold(own, wanted)


def _reported(report: Report, head: Head) -> DesiredReport:
    return DesiredReport(
        **head,
        version=report.version,
        outcome=report.outcome,
        now=report.now,
        reason=report.reason[:MAX_TEXT],
    )


def _off(camera: str, wanted: DesiredState, head: Head) -> CameraState:
    """Nobody may think that a camera watches which was switched off."""
    reason = f"switched off by {wanted.issued_by}, desired state {wanted.version}"[:MAX_TEXT]
    return CameraState(**head, camera=camera, state="lost", reason=reason)


def _limits(desired: DesiredState | None) -> dict[str, float]:
    """The thresholds by which each camera's worker watches its picture."""
    wanted = {} if desired is None else desired.thresholds
    return {name: value for name, value in wanted.items() if name in FAULTS}


class _Numbered(BaseModel):
    """What must be readable of a wish, so that it can be refused."""

    model_config = ConfigDict(extra="ignore")
    version: int = Field(ge=1, le=MAX_SEQ)


def read(payload: bytes) -> DesiredState | Unreadable | None:
    """The wish in a payload; why not, where at least its version can be read; None where nothing can."""
    try:
        return DesiredState.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = f"{'.'.join(str(step) for step in first['loc']) or 'message'}: {first['msg']}"
    try:
        return Unreadable(_Numbered.model_validate_json(payload).version, reason)
    except ValidationError:
        return None
