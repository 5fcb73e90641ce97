"""The agent's retained status: that it is there, and where it stands."""

import asyncio
from collections.abc import Callable
from typing import Final

import aiomqtt

from contracts import topics
from contracts.messages import AgentStatus, encode
from edge.link.client import heed_cancellation

EVERY_S: Final = 10.0
FAREWELL_S: Final = 5.0  # shorter than an orderly end may take, longer than a busy broker needs


async def run(
    client: aiomqtt.Client, agent: str, now: Callable[[], AgentStatus], farewell: Callable[[], bytes]
) -> None:
    """Publishes the status at once and every ten seconds; on an orderly end, that the agent goes offline.

    Raises:
        MqttError: The connection broke; the broker publishes the last will.
    """
    try:
        while True:
            status = await asyncio.to_thread(now)
            await client.publish(topics.status(agent), encode(status), qos=1, retain=True)
            heed_cancellation()
            await asyncio.sleep(EVERY_S)
    except asyncio.CancelledError:
        # An orderly disconnect makes the broker forget the last will, so we say it ourselves.
        try:
            await client.publish(topics.status(agent), farewell(), qos=1, retain=True, timeout=FAREWELL_S)
        except aiomqtt.MqttError:
            return  # the connection broke in this moment: the last will says the same
        raise
