"""What the routes work with, handed to each by argument."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from cryptography.x509 import Certificate
from fastapi import Depends, Request
from prometheus_client import CollectorRegistry
from starlette.templating import Jinja2Templates
from structlog.typing import FilteringBoundLogger

from cloud.api.live import Hub
from cloud.core.authority import Authority
from cloud.evidence.blobs import Blobs
from cloud.metrics import ApiMetrics
from cloud.store.pool import Pool


@dataclass(frozen=True, slots=True)
class Services:
    """One of each, made in `app.py`."""

    pool: Pool
    hub: Hub
    blobs: Blobs
    staging: Path
    ca: Certificate | None
    authority: Authority | None
    registry: CollectorRegistry
    metrics: ApiMetrics
    log: FilteringBoundLogger
    templates: Jinja2Templates
    session_life: timedelta
    secure_cookies: bool
    hashing: asyncio.Semaphore
    """Each check of a password takes 64 MiB on purpose; a flood of logins must not take the machine."""


def _services(request: Request) -> Services:
    found = request.app.state.services
    assert isinstance(found, Services)
    return found


Use = Annotated[Services, Depends(_services)]
