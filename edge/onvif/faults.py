"""A camera's faults as they are told: begun and ended by conditions, known over a restart."""

from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from contracts.base import MAX_TEXT
from contracts.devices import DeviceFault, Words
from edge.clock import steady_now, utc_of
from edge.core import condition
from edge.core.condition import Cleared, Condition, Measured, Policy, Raised, Steady, Unstable
from edge.core.onvif import Meaning
from edge.outbox.desk import Desk

AT_ONCE: Final = Policy(on_delay_s=0.0, off_delay_s=0.0)


class Faults:
    """Those of one camera that ONVIF tells of."""

    def __init__(self, camera: str, desk: Desk) -> None:
        self._camera = camera
        self._desk = desk
        self._open = desk.outbox.faults_open(camera)
        self._conditions: dict[str, tuple[Policy, Condition, Meaning]] = {}

    def is_bad(self, fault: str) -> bool:
        """Whether it counts as bad now."""
        known = self._conditions.get(fault)
        return fault in self._open if known is None else condition.is_bad(known[1])

    async def measured(
        self,
        meaning: Meaning,
        measured: Measured,
        *,
        policy: Policy = AT_ONCE,
        value: float | None = None,
        threshold: float | None = None,
    ) -> None:
        """Takes a measurement of a fault, and tells what follows. value, threshold: seconds."""
        at = steady_now()
        _, before, _ = self._conditions.get(meaning.fault) or (policy, self._begun(meaning, at), meaning)
        after, effects = condition.step(policy, before, measured, at)
        self._conditions[meaning.fault] = policy, after, meaning
        for effect in effects:
            match effect:
                case Raised(since):
                    await self._tell(meaning, "raised", since, value, threshold)
                case Cleared(since):
                    await self._tell(meaning, "cleared", since, value, threshold)
                case Unstable(since):
                    await self._tell(_on_and_off(meaning), "raised", since, value, threshold)
                case Steady(since) if not condition.is_bad(after):
                    await self._tell(meaning, "cleared", since, value, threshold)
                case Steady():  # `Raised` follows
                    pass

    def _begun(self, meaning: Meaning, at: datetime) -> Condition:
        return condition.start(at, bad=meaning.fault in self._open)

    async def _tell(
        self,
        meaning: Meaning,
        state: Literal["raised", "cleared"],
        since: datetime,
        value: float | None,
        threshold: float | None,
    ) -> None:
        what = Words(zh=meaning.zh[:MAX_TEXT], en=meaning.en[:MAX_TEXT])
        await self._desk.send(
            "device_fault",
            utc_of(since),
            lambda head: DeviceFault(
                **head,
                subject_type="camera",
                subject=self._camera,
                fault=meaning.fault,
                state=state,
                severity=meaning.severity,
                value=value,
                threshold=threshold,
                unit="" if value is None else "s",
                what=what,
            ),
        )


def _on_and_off(meaning: Meaning) -> Meaning:
    return replace(meaning, zh=f"{meaning.zh}(时有时无)", en=f"{meaning.en}, on and off")
