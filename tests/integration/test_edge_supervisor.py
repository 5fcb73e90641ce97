"""Workers that crash or hang: only they are started again, with growing pauses; a storm becomes a fault."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from prometheus_client import CollectorRegistry

from contracts.devices import DeviceFault
from contracts.messages import EVENT, CameraState, Event
from edge import logs, metrics, supervisor
from edge.core import restart
from edge.outbox.desk import Desk
from edge.outbox.store import Outbox
from edge.supervisor import CRASHING, Program, Supervisor

BOOT = uuid4()
SAYS = 'echo \'{"report": "appended", "kind": "camera_minute"}\''
QUICK = restart.Policy(base_s=0.02, cap_s=0.1, jitter=0.3, healthy_s=0.5)

Workers = Callable[[str], None]


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workers:
    """`workers(script)`: from now on a camera's program is this shell script; its camera is `$5`."""
    program = tmp_path / "worker"
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(supervisor, "RESTART", QUICK)
    # Longer than a busy machine lets a good program wait for its turn.
    monkeypatch.setattr(supervisor, "SILENT_S", 2.5)

    def become(script: str) -> None:
        fresh = tmp_path / "worker.new"
        fresh.write_text(f"#!/bin/sh\n{script}\n")
        fresh.chmod(0o700)
        fresh.replace(program)

    return become


async def run(outbox: Outbox, done: Callable[[Supervisor], object]) -> Supervisor:
    """Keeps two cameras until `done`."""
    log, registry = logs.logger("test"), CollectorRegistry()
    desk = Desk("box", BOOT, outbox, lambda: None, metrics.delivery(registry), log)
    found = Supervisor(
        Program(Path("edge.yaml"), BOOT),
        lambda _: None,
        lambda *_: None,
        desk,
        metrics.cameras(registry),
        log,
    )
    tasks = [asyncio.create_task(found.keep(camera)) for camera in ("cam-bad", "cam-good")]
    async with asyncio.timeout(30):
        while not done(found):  # noqa: ASYNC110 - a condition with a deadline
            await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return found


def events(outbox: Outbox, boot: UUID) -> list[Event]:
    """What was told."""
    keys = [message.key for message in outbox.waiting(100) if message.key.boot == boot]
    return [EVENT.validate_json(stored.body) for stored in outbox.fetch(keys)]


def faults(outbox: Outbox, boot: UUID) -> list[tuple[str, str]]:
    """(subject, state) of the faults that were told."""
    told = [event for event in events(outbox, boot) if isinstance(event, DeviceFault)]
    assert {event.fault for event in told} <= {CRASHING}
    return [(event.subject, event.state) for event in told]


async def test_five_crashes_of_one_camera_s_program_are_one_fault_until_it_runs_again(
    tmp_path: Path, workers: Workers
) -> None:
    outbox = Outbox.open(tmp_path / "outbox.db")
    good = f"while true; do {SAYS}; sleep 0.1; done"
    workers(f"if [ $5 = cam-bad ]; then kill -SEGV $$; fi; {good}")
    found = await run(outbox, lambda kept: kept.crashes["cam-bad"] >= 7)
    assert faults(outbox, BOOT) == [("cam-bad", "raised")]
    assert found.crashes["cam-good"] == 0
    workers(good)
    await run(outbox, lambda _: len(faults(outbox, BOOT)) == 2)
    assert faults(outbox, BOOT) == [("cam-bad", "raised"), ("cam-bad", "cleared")], "also after a restart"


async def test_a_program_that_says_nothing_any_more_is_told_as_lost_killed_and_started_again(
    tmp_path: Path, workers: Workers
) -> None:
    outbox = Outbox.open(tmp_path / "outbox.db")
    good = f"while true; do {SAYS}; sleep 0.1; done"
    workers(f"{SAYS}; if [ $5 = cam-bad ]; then kill -STOP $$; fi; {good}")
    found = await run(outbox, lambda kept: kept.crashes["cam-bad"] >= 2)
    assert found.crashes["cam-good"] == 0
    assert lost(outbox) >= {"cam-bad"}


async def test_a_program_that_begins_with_silence_is_told_as_lost_before_it_is_killed(
    tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Outbox.open(tmp_path / "outbox.db")
    monkeypatch.setattr(supervisor, "LATE_S", 0.1)
    workers("exec sleep 60")
    found = await run(outbox, lambda _: lost(outbox) == {"cam-bad", "cam-good"})
    assert not found.crashes


def lost(outbox: Outbox) -> set[str]:
    return {event.camera for event in events(outbox, BOOT) if isinstance(event, CameraState)}
