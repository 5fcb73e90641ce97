"""Wishes of the cloud as they reach the cameras' supervision."""

import asyncio
from pathlib import Path
from uuid import uuid4

from prometheus_client import CollectorRegistry

from contracts.devices import DesiredCamera, DesiredReport, DesiredState
from contracts.messages import EVENT
from edge import logs, metrics
from edge.config.desired import own
from edge.config.profiles import Library
from edge.core.desired import Policy
from edge.outbox.desired import DesiredFile
from edge.outbox.desk import Desk
from edge.outbox.store import Outbox
from edge.steering import Steering
from edge.supervisor import Program, Supervisor


def wish(version: int) -> bytes:
    """Of a camera that the box has not."""
    at, cameras = "2026-05-01T00:00:00Z", (DesiredCamera(camera="north"),)
    state = DesiredState(version=version, issued_at=at, issued_by="op", cameras=cameras)
    return state.model_dump_json().encode()


def refused(outbox: Outbox) -> list[int]:
    """The versions of which the box has told that it cannot do them."""
    stored = outbox.fetch([message.key for message in outbox.waiting(100)])
    told = [EVENT.validate_json(each.body) for each in stored]
    reports = [each for each in told if isinstance(each, DesiredReport)]
    assert {each.outcome for each in reports} <= {"refused"}
    return [each.version for each in reports]


async def test_a_wish_that_comes_while_the_one_before_is_told_is_not_forgotten(tmp_path: Path) -> None:
    later, boot = [wish(2)], uuid4()
    outbox, log, registry = Outbox.open(tmp_path / "outbox.db"), logs.logger("test"), CollectorRegistry()

    def appended() -> None:
        if later:
            steering.offer(later.pop())

    desk = Desk("box", boot, outbox, appended, metrics.delivery(registry), log)
    program, cameras = Program(tmp_path / "edge.yaml", boot), metrics.cameras(registry)
    supervisor = Supervisor(program, lambda _: None, lambda *_: None, desk, cameras, log)
    steering = Steering(
        own=own([], [], Library(), ()),
        file=DesiredFile(tmp_path / "desired.json"),
        desk=desk,
        supervisor=supervisor,
        policy=Policy(),
        log=log,
    )
    steering.offer(wish(1))
    running = asyncio.create_task(steering.run())
    async with asyncio.timeout(20):
        while refused(outbox) != [1, 2]:  # noqa: ASYNC110 - a condition with a deadline
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
