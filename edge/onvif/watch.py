"""Asks a camera about itself for as long as the agent runs: who it is, its clock, what it reports."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from structlog.typing import FilteringBoundLogger

from contracts.devices import DeviceRecord, firmware_differs
from contracts.profile import CameraProfile
from edge.clock import known, monotonic_s, steady_now, utc_now
from edge.config.camera import MakeSettings
from edge.config.onvif import OnvifSettings
from edge.config.profiles import Library
from edge.core import onvif, restart
from edge.core.condition import Limit, Policy
from edge.core.onvif import Identity, Meaning, Notice, Offset
from edge.onvif.address import OnvifError, Refused, address
from edge.onvif.camera import Camera, opened
from edge.onvif.events import Events
from edge.onvif.faults import AT_ONCE, Faults
from edge.outbox.desk import Desk

AGAIN: Final = restart.Policy(base_s=5.0, cap_s=300.0, jitter=0.3, healthy_s=60.0)
LOCK_OUT_S: Final = 900.0
"""After a refused password: cameras lock an account after a few tries, some for half an hour."""
PULL_S: Final = 20.0
UNSUBSCRIBE_S: Final = 2.0
"""A courtesy: a subscription ends by itself."""
FAILED: Final = Policy(on_delay_s=120.0, off_delay_s=0.0)
CLOCK_OFF: Final = Meaning(
    "camera_clock_off", "warning", "摄像机时钟不准", "the camera's clock is off: mend its time server"
)
MAX_FIELD: Final = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a camera should be, by its profile; empty: nobody says."""

    profile: str = ""
    version: str = ""
    firmware: str = ""


def wanted(make: MakeSettings | None, library: Library) -> Wanted:
    """What the profile of the camera's make says; nothing for a camera that is named by its address."""
    profile = library.profile(make.profile) if make is not None else None
    if not isinstance(profile, CameraProfile):
        return Wanted()
    return Wanted(profile.id, profile.version, profile.wanted_firmware)


class Watch:
    """One camera. own_error_s: how wrong our own clock may be; None: nobody knows, so no other is judged."""

    def __init__(
        self,
        camera: str,
        settings: OnvifSettings,
        wanted: Wanted,
        desk: Desk,
        own_error_s: Callable[[], float | None] = lambda: known().uncertainty_s,
    ) -> None:
        self._id = camera
        self._settings = settings
        self._wanted = wanted
        self._desk = desk
        self._own_error_s = own_error_s
        self._log: FilteringBoundLogger = desk.log.bind(camera=camera)
        self._faults = Faults(camera, desk)
        self._told: Identity | None = None

    async def run(self) -> None:
        """For ever; a camera that fails is tried again later and later."""
        luck = random.Random()  # noqa: S311 - spreads tries, guards nothing
        machine = restart.Restart()
        while True:
            machine, effects = restart.step(AGAIN, machine, restart.TimePassed(), steady_now())
            pause_s = 0.0
            if effects:
                pause_s = await self._once()
                machine, _ = restart.step(AGAIN, machine, restart.Ended(luck.random()), steady_now())
            await asyncio.sleep(max(pause_s, restart.wait_s(AGAIN, machine, steady_now())))

    async def _once(self) -> float:
        """Talks with the camera until it fails; how long it must not be asked, s."""
        try:
            async with opened(address(self._settings.url.get_secret_value())) as camera:
                await self._talk(camera)
        except OnvifError as error:
            self._log.warning("onvif_failed", reason=str(error))
            refused = isinstance(error, Refused)  # that is certain, and asking again is not
            await self._faults.measured(_failed(str(error)), "bad", policy=AT_ONCE if refused else FAILED)
            return LOCK_OUT_S if refused else 0.0
        return 0.0

    async def _talk(self, camera: Camera) -> None:
        await self._check(camera)
        due_s = monotonic_s() + self._settings.check_s
        events = await self._subscribed(camera)
        try:
            while True:
                left_s = max(due_s - monotonic_s(), 0.0)
                if events is None:
                    await asyncio.sleep(left_s)
                else:
                    for notice in await events.pull(min(PULL_S, left_s)):
                        await self._noticed(notice)
                if monotonic_s() >= due_s:
                    await self._check(camera)
                    due_s = monotonic_s() + self._settings.check_s
        finally:
            if events is not None:
                await self._unsubscribed(events)

    async def _subscribed(self, camera: Camera) -> Events | None:
        """Its events, if it has any that can be used; the rest goes on without them."""
        if not self._settings.events:
            return None
        try:
            return await Events.subscribed(camera)
        except OnvifError as error:
            self._log.warning("onvif_events_unusable", reason=str(error))
            return None

    async def _unsubscribed(self, events: Events) -> None:
        try:
            async with asyncio.timeout(UNSUBSCRIBE_S):
                await events.close()
        except (OnvifError, TimeoutError) as error:
            self._log.info("onvif_events_not_ended", reason=str(error))

    async def _check(self, camera: Camera) -> None:
        """Who it is, and its clock."""
        identity = await camera.identity()
        await self._identified(identity)
        await self._timed(camera, await camera.clock())
        await self._faults.measured(_failed(""), "good", policy=FAILED)

    async def _identified(self, identity: Identity) -> None:
        if identity != self._told:
            self._told = identity
            self._log.info("camera_identified", model=identity.model, firmware=identity.firmware)
            await self._record(identity)
        wanted = self._settings.wanted_firmware or self._wanted.firmware
        differs = firmware_differs(wanted, identity.firmware)
        mismatch = Meaning(
            "firmware_mismatch",
            "warning",
            f"固件版本为 {identity.firmware} (应为 {wanted})",
            f"its firmware is {identity.firmware}, wanted is {wanted}",
        )
        await self._faults.measured(mismatch, "bad" if differs else "good")

    async def _record(self, identity: Identity) -> None:
        wanted = self._settings.wanted_firmware or self._wanted.firmware
        await self._desk.send(
            "device_record",
            utc_now(),
            lambda head: DeviceRecord(
                **head,
                subject_type="camera",
                subject=self._id,
                maker=_field(identity.maker),
                model=_field(identity.model),
                serial=_field(identity.serial),
                firmware=_field(identity.firmware),
                profile=self._wanted.profile,
                profile_version=self._wanted.version,
                wanted_firmware=wanted,
            ),
        )

    async def _timed(self, camera: Camera, offset: Offset) -> None:
        own_s, limit_s = self._own_error_s(), self._settings.clock_limit_s
        if own_s is None:
            await self._faults.measured(CLOCK_OFF, "unknown")
            return
        off_s = max(offset.at_least_s - own_s, 0.0)
        limit = Limit(limit_s, limit_s / 2)
        bad = limit.breached(off_s, before=self._faults.is_bad(CLOCK_OFF.fault))
        if bad and self._settings.set_clock and await camera.set_clock():
            self._log.info("camera_clock_set", offset_s=offset.offset_s)
            offset = await camera.clock()
            bad = limit.breached(max(offset.at_least_s - own_s, 0.0), before=False)
        await self._faults.measured(
            CLOCK_OFF, "bad" if bad else "good", value=offset.offset_s, threshold=limit_s
        )

    async def _noticed(self, notice: Notice) -> None:
        report = onvif.meaning_of(notice, self._settings.inputs)
        if report is not None:
            await self._faults.measured(report.meaning, "bad" if report.bad else "good")


def _failed(reason: str) -> Meaning:
    return Meaning(
        "onvif_failed", "warning", f"ONVIF 查询失败 {reason}", f"it cannot be asked by ONVIF: {reason}"
    )


def _field(text: str) -> str:
    return text.replace("\x00", "")[:MAX_FIELD]
