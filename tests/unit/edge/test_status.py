"""The agent's farewell: said however unluckily the end falls."""

import asyncio
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import aiomqtt

from contracts.messages import AgentStatus, encode
from edge.link import status


class Broker:
    """Answers when it is told to, and is waited for as the MQTT client waits: by `asyncio.wait_for`."""

    def __init__(self) -> None:
        self.published: list[AgentStatus] = []
        self.answer = asyncio.Event()
        self.asked = asyncio.Event()

    async def publish(self, _topic: str, payload: bytes, **_how: Any) -> None:
        self.published.append(AgentStatus.model_validate_json(payload))
        self.asked.set()
        await asyncio.wait_for(self.answer.wait(), timeout=5)


def said(*, online: bool) -> AgentStatus:
    return AgentStatus(
        agent="box",
        boot=UUID(int=1),
        online=online,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        software="1",
        accepted_seq=0,
    )


async def test_an_end_that_comes_in_the_same_turn_as_the_brokers_answer_is_not_lost() -> None:
    broker = Broker()
    running = asyncio.ensure_future(
        status.run(
            cast("aiomqtt.Client", broker),
            "box",
            lambda: said(online=True),
            lambda: encode(said(online=False)),
        )
    )
    await broker.asked.wait()
    await asyncio.sleep(0)  # it waits now
    broker.answer.set()
    await asyncio.sleep(0)  # the answer is there, and its waiter has not run yet
    running.cancel()
    await asyncio.wait({running}, timeout=status.EVERY_S / 2)
    assert running.done()
    assert [status.online for status in broker.published] == [True, False]
