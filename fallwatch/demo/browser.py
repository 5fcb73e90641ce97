"""A user of the pages without a browser: logs in, reads JSON, hears server-sent events."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

Json = dict[str, Any]


@asynccontextmanager
async def logged_in(base_url: str, username: str, password: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a session.

    Raises:
        httpx.HTTPError: Not reachable, or not let in.
    """
    headers = {"X-Fallwatch": "1"}
    async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=10, trust_env=False) as client:
        answer = await client.post("/api/session", json={"username": username, "password": password})
        answer.raise_for_status()
        yield client


async def read(client: httpx.AsyncClient, path: str) -> Json:
    """A JSON object."""
    answer = await client.get(path)
    answer.raise_for_status()
    found: Json = answer.json()
    return found


async def changes(client: httpx.AsyncClient, since: int) -> AsyncIterator[Json]:
    """Changes after `since` as the live line brings them; ends when the server closes it."""
    timeout = httpx.Timeout(10, read=30)
    async with client.stream("GET", "/api/live", params={"since": since}, timeout=timeout) as answer:
        answer.raise_for_status()
        kind = ""
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data" and kind == "change":
                yield json.loads(value)
