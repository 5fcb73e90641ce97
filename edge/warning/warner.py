"""Listens for suspicions and switches the devices that are to warn of them; decides nothing itself."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from structlog.typing import FilteringBoundLogger

from contracts.base import MAX_TEXT
from contracts.devices import WarningGiven
from edge.clock import steady_now, utc_now, utc_of
from edge.config.warning import WarningDevice
from edge.core import warning
from edge.core.report import Suspected
from edge.core.warning import Policy, Switched, Tell, TimePassed
from edge.metrics import WarningMetrics
from edge.outbox.desk import Desk
from edge.warning.switches import TIMEOUT_S, SwitchError, Turn, turning

MAX_WAITING: Final = 16
"""Suspicions that wait for a device; what comes when it is full is dropped and counted."""


@dataclass(slots=True)
class _Kept:
    """A device with what is known of it."""

    settings: WarningDevice
    policy: Policy
    machine: warning.Device
    inbox: "asyncio.Queue[warning.Suspected]" = field(default_factory=lambda: asyncio.Queue(MAX_WAITING))


class Warner:
    """All devices of an agent."""

    def __init__(self, devices: Iterable[WarningDevice], desk: Desk, metrics: WarningMetrics) -> None:
        self._desk = desk
        self._metrics = metrics
        self._log: FilteringBoundLogger = desk.log
        self._kept = tuple(
            _Kept(
                one,
                Policy(one.hold_s, one.rest_s, one.per_hour),
                warning.start(steady_now()),
            )
            for one in devices
        )

    def suspected(self, camera: str, line: Suspected) -> None:
        """A camera's worker said that something may be falling."""
        self._metrics.suspicions.labels(camera).inc()
        self._log.info("fall_suspected", camera=camera, track=line.track, sure=line.sure)
        for kept in self._kept:
            if camera in kept.settings.cameras:
                try:
                    kept.inbox.put_nowait(warning.Suspected(camera, line.first_at, line.at))
                except asyncio.QueueFull:
                    self._metrics.dropped.labels(kept.settings.id).inc()

    async def run(self) -> None:
        """Keeps all devices, for ever; switches them off when cancelled."""
        async with asyncio.TaskGroup() as group:
            for kept in self._kept:
                group.create_task(self._keep(kept))

    async def _keep(self, kept: _Kept) -> None:
        async with turning(kept.settings.switch) as turn:
            try:
                while True:
                    await self._step(kept, turn, await _next(kept))
            finally:
                if kept.machine.state != "off":
                    await self._switch(kept, turn, on=False)

    async def _step(self, kept: _Kept, turn: Turn, given: warning.Input) -> None:
        kept.machine, effects = warning.step(kept.policy, kept.machine, given, steady_now())
        for effect in effects:
            match effect:
                case warning.Switch(on=on):
                    failed = await self._switch(kept, turn, on=on)
                    await self._step(kept, turn, Switched(on, failed))
                case Tell():
                    await self._tell(kept, effect)

    async def _switch(self, kept: _Kept, turn: Turn, *, on: bool) -> str:
        """Why the device did not do it; empty if it did."""
        device, failed = kept.settings.id, ""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await turn(on)
        except SwitchError as error:
            failed = str(error)
        except TimeoutError:
            failed = f"no answer within {TIMEOUT_S:g} s"
        if failed:
            self._log.error("warning_device_failed", device=device, on=on, reason=failed)
        else:
            self._log.info("warning_device_switched", device=device, on=on)
            self._metrics.on.labels(device).set(on)
        return failed

    async def _tell(self, kept: _Kept, told: Tell) -> None:
        cause, device, acted_at = told.cause, kept.settings.id, utc_now()
        self._metrics.given.labels(device, told.outcome).inc()
        await self._desk.send(
            "warning_given",
            utc_of(cause.first_at),
            lambda head: WarningGiven(
                **head,
                camera=cause.camera,
                device=device,
                outcome=told.outcome,
                suspected_at=utc_of(cause.at),
                acted_at=acted_at,
                reason=told.reason[:MAX_TEXT],
            ),
        )


async def _next(kept: _Kept) -> warning.Input:
    """The next suspicion, or that a time has come."""
    when = warning.due(kept.machine)
    wait_s = max((when - steady_now()).total_seconds(), 0.0) if when is not None else None
    with suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            return await kept.inbox.get()
    return TimePassed()
