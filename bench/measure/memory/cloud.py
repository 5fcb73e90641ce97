"""Stands in for the cloud: confirms what comes and swallows clips, so that only the box is measured."""

import asyncio
import contextlib
import json
import ssl
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

import aiomqtt

from contracts import topics
from contracts.base import SeqRange
from contracts.messages import Confirm, encode

CONFIRM_EVERY_S = 0.1
MAX_HEADER_LINES = 64
MOST = 400  # ranges in one confirmation


@dataclass(slots=True)
class Cloud:
    """kinds: messages that were confirmed, by kind. clips: uploads that were complete."""

    kinds: Counter[str] = field(default_factory=Counter)
    uploaded: Counter[str] = field(default_factory=Counter)
    clip_bytes: int = 0
    _waiting: dict[UUID, list[int]] = field(default_factory=lambda: defaultdict(list))

    async def confirm(self, client: aiomqtt.Client, agent: str) -> None:
        """Confirms an agent's messages for ever."""
        await client.subscribe(topics.event(agent), qos=1)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._hear(client))
            group.create_task(self._answer(client, agent))

    async def _hear(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            told = json.loads(message.payload)
            self.kinds[told["kind"]] += 1
            self._waiting[UUID(told["boot"])].append(told["seq"])

    async def _answer(self, client: aiomqtt.Client, agent: str) -> None:
        while True:
            await asyncio.sleep(CONFIRM_EVERY_S)
            for boot, seqs in self._waiting.items():
                some = sorted(set(seqs[:MOST]))
                del seqs[:MOST]
                if some:
                    ranges = tuple(SeqRange(boot=boot, first=seq, last=seq) for seq in some)
                    await client.publish(topics.receipt(agent), encode(Confirm(ranges=ranges)), qos=1)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the upload: HEAD asks how much is here, PATCH brings more."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while request := await reader.readline():
                method, path, _ = request.decode().split()
                headers = dict([pair async for pair in _headers(reader)])
                sha256 = path.rpartition("/")[2]
                if method == "PATCH":
                    length = int(headers["content-length"])
                    await reader.readexactly(length)
                    self.uploaded[sha256] += length
                    self.clip_bytes += length
                there = self.uploaded[sha256]
                writer.write(f"HTTP/1.1 204 No Content\r\nUpload-Offset: {there}\r\n\r\n".encode())
                await writer.drain()
        writer.close()


async def _headers(reader: asyncio.StreamReader) -> AsyncIterator[tuple[str, str]]:
    for _ in range(MAX_HEADER_LINES):
        line = (await reader.readline()).decode().strip()
        if not line:
            return
        name, _, value = line.partition(":")
        yield name.lower(), value.strip()


def connection(host: str, port: int, tls: ssl.SSLContext) -> aiomqtt.Client:
    """The cloud's connection to the broker."""
    return aiomqtt.Client(
        host, port, identifier="memory-cloud", protocol=aiomqtt.ProtocolVersion.V5, tls_context=tls
    )
