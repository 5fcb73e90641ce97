"""Serves the application, and stops without cutting off what can still finish."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from cloud.api.services import Services
from cloud.config import ApiSettings

GRACE_S = 5


class _Server(uvicorn.Server):
    """A server that leaves signals to its caller, who has more to stop than it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield


async def serve(app: FastAPI, at: ApiSettings) -> None:
    """Serve until cancelled; then finish the requests at hand."""
    config = uvicorn.Config(
        app,
        host=at.host,
        port=at.port,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        services = getattr(app.state, "services", None)
        if isinstance(services, Services):
            # Streams have no end of their own.
            services.hub.close()
        server.should_exit = True
        await running
        raise
