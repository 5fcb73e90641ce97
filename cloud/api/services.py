"""What the routes work with, handed to each by argument; the only ways to the database.

A route reads with `reading`, changes with `acting`, both with the rights of whoever asks: what it forgets to
filter, the database does not show. `as_owner` is for what happens before it is known who asks.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from cryptography.x509 import Certificate
from fastapi import Depends, Request
from prometheus_client import CollectorRegistry
from starlette.templating import Jinja2Templates
from structlog.typing import FilteringBoundLogger

from cloud.api.factor import Keys
from cloud.api.live import Hub
from cloud.api.oidc import Provider
from cloud.api.problems import Problem
from cloud.config import CoverageSettings
from cloud.core.authority import Authority
from cloud.evidence.blobs import Blobs
from cloud.evidence.bundle.export import Exporter
from cloud.evidence.certificate.issue import Issuer
from cloud.evidence.heads import Signer
from cloud.metrics import ApiMetrics
from cloud.notify.seal import ChannelKeys
from cloud.store import audit, pool
from cloud.store.accounts import Account
from cloud.store.pool import Connection, Pool


@dataclass(frozen=True, slots=True)
class SessionRules:
    """life: after this a session ends; idle: or when nobody has used it for so long.

    factor_for: roles that must have a second factor.
    """

    life: timedelta
    idle: timedelta
    factor_for: frozenset[str]


@dataclass(frozen=True, slots=True)
class Services:
    """One of each, made in `app.py`."""

    hub: Hub
    blobs: Blobs
    signer: Signer | None
    """Signs a head of the log where a proof is wanted of what none speaks of yet."""
    staging: Path
    ca: Certificate | None
    authority: Authority | None
    registry: CollectorRegistry
    metrics: ApiMetrics
    log: FilteringBoundLogger
    templates: Jinja2Templates
    sessions: SessionRules
    keys: Keys | None
    channel_keys: ChannelKeys | None
    """With which is sealed where people are told; None: it is kept as it is."""
    provider: Provider | None
    secure_cookies: bool
    exporting: Exporter | None
    """With what evidence files are made; None where the settings do not give it."""
    certifying: Issuer | None
    """With what certificates are issued; None likewise."""
    drawing: asyncio.Semaphore
    """Drawing an annotated copy takes a core: alerts must not wait for it."""
    hashing: asyncio.Semaphore
    """Each check of a password takes 64 MiB on purpose; a flood of logins must not take the machine."""
    targets: Mapping[str, float]
    """What the ledger's figures are held against, by figure; 0…1."""
    coverage: CoverageSettings
    """From when on a minute counts as watched, and a blind spot as one of long standing."""
    _pool: Pool

    def reading(self, by: Account) -> AbstractAsyncContextManager[Connection]:
        """A transaction that sees one moment of what `by` may see, and changes nothing."""
        return pool.transaction(self._pool, snapshot=True, as_=by.principal)

    def acting(self, by: Account) -> AbstractAsyncContextManager[Connection]:
        """A transaction that sees and changes what `by` may, and leaves an entry in the audit log.

        Also for reading what is personal: a picture, a clip, where something came from.

        Raises:
            NotEntered: At the end, when no entry was made; nothing is committed.
        """
        return self._entered(by)

    def administering(self, by: Account) -> AbstractAsyncContextManager[Connection]:
        """As `acting`, for accounts and what belongs to them, which no policy guards: look at `within`."""
        return self._entered(by, is_owner=True)

    def as_owner(self) -> AbstractAsyncContextManager[Connection]:
        """A transaction that sees everything: for logging in, for devices, for counters without names."""
        return pool.transaction(self._pool)

    def factor_keys(self) -> Keys:
        """The keys of second factors.

        Raises:
            Problem: 503, none are set.
        """
        if self.keys is None:
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "second factors are not set up here")
        return self.keys

    @asynccontextmanager
    async def _entered(self, by: Account, *, is_owner: bool = False) -> AsyncIterator[Connection]:
        async with pool.transaction(self._pool, as_=None if is_owner else by.principal) as conn:
            yield conn
            await audit.expect_entry(conn)


def _services(request: Request) -> Services:
    found = request.app.state.services
    assert isinstance(found, Services)
    return found


Use = Annotated[Services, Depends(_services)]
