"""The composition root of the HTTP interface: everything is made here and handed on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Any, Final

from cryptography.x509 import Certificate
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp
from structlog.typing import FilteringBoundLogger

from cloud import logs, metrics
from cloud.api import problems
from cloud.api.factor import Keys
from cloud.api.guard import Guard
from cloud.api.live import Hub
from cloud.api.oidc import Provider
from cloud.api.routes import (
    accounts,
    alerts,
    audit_log,
    bureau,
    certificates,
    channels,
    coverage,
    custody,
    desired,
    desk,
    duty,
    enrolment,
    evidence,
    exports,
    faults,
    feedback,
    grants,
    handovers,
    holds,
    inspections,
    ledger,
    maintenance,
    months,
    oidc,
    ops,
    pages,
    plans,
    poses,
    proof,
    records,
    sequence,
    session,
    work_orders,
)
from cloud.api.services import Services, SessionRules
from cloud.config import AccessSettings, NotifySettings, Settings, SettingsError
from cloud.core.access import ROLES
from cloud.core.authority import Authority
from cloud.evidence import authority, keeper, verify
from cloud.evidence.blobs import Blobs
from cloud.evidence.bundle.collect import CannotExport
from cloud.evidence.bundle.export import Exporter, exporter
from cloud.evidence.certificate import issue as issuing
from cloud.evidence.certificate.collect import CannotCertify
from cloud.evidence.keeper import Means
from cloud.notify.seal import ChannelKeys, keys_of
from cloud.store import pool
from cloud.store.pool import Pool

HASHING_AT_ONCE = 2
DRAWING_AT_ONCE = 1
MAX_BODY_BYTES = 256 * 1024
"""Of JSON. What takes more (clips, photographs) says so at its route."""
DESCRIPTION = (
    "What the pages use; anything else may use it likewise. A session cookie says who asks, the header"
    " `X-Fallwatch: 1` that no foreign page sends what changes something. See docs/http.md."
)
OFFERED: Final[Mapping[str, Any]] = {
    "title": "Fallwatch",
    "version": pages.VERSION,
    "description": DESCRIPTION,
    "max_body_size": MAX_BODY_BYTES,
    # No interactive documentation: it loads its scripts from elsewhere.
    "docs_url": None,
    "redoc_url": None,
}
"""What the application says of itself, and how much it takes."""
MODULES = (
    session,
    oidc,
    accounts,
    grants,
    audit_log,
    desk,
    alerts,
    custody,
    handovers,
    holds,
    maintenance,
    faults,
    work_orders,
    ledger,
    desired,
    sequence,
    bureau,
    months,
    proof,
    records,
    inspections,
    coverage,
    plans,
    poses,
    duty,
    channels,
    feedback,
    enrolment,
    evidence,
    exports,
    certificates,
    ops,
    pages,
)


def _routes() -> Sequence[BaseRoute]:
    offered = APIRouter(responses=problems.RESPONSES, max_body_size=MAX_BODY_BYTES)
    for module in MODULES:
        offered.include_router(module.router)
    return offered.routes


ROUTES: Final = _routes()
"""The same ones for every application: what each takes and answers is worked out once in a process."""


def create_app(settings: Settings) -> FastAPI:
    """The application; it opens its connections when it is started.

    Raises:
        SettingsError: No evidence store is configured, or the device authority cannot be read.
    """
    if settings.evidence is None:
        raise SettingsError("no evidence store: set evidence in the settings or S3_URL in the environment")
    store, ca = settings.evidence, _ca(settings.device_ca)
    issuer = authority.held(settings.device_ca, settings.enrolment)
    channel_keys, means = _channel_keys(settings.notify), keeper.means(store)
    web = Path(str(resources.files("dashboards"))) / "web"
    keys, provider = _keys(settings.access), _provider(settings.access)
    registry, log = CollectorRegistry(), logs.logger("api")
    measured = metrics.api(registry)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with pool.opened(settings.database_url) as opened:
            hub = Hub(settings.database_url, opened, measured, log)
            app.state.services = Services(
                hub=hub,
                blobs=_blobs(means, opened, log),
                signer=means.signer,
                staging=store.staging_dir,
                ca=ca,
                authority=issuer,
                registry=registry,
                metrics=measured,
                log=log,
                templates=Jinja2Templates(directory=web / "templates"),
                sessions=_rules(settings, has_keys=keys is not None),
                keys=keys,
                channel_keys=channel_keys,
                provider=provider,
                secure_cookies=settings.api.secure_cookies,
                exporting=_exporting(means, settings.device_ca, opened, issuer),
                certifying=_certifying(means, settings.coverage.minute_s, opened),
                drawing=asyncio.Semaphore(DRAWING_AT_ONCE),
                hashing=asyncio.Semaphore(HASHING_AT_ONCE),
                targets=settings.ledger.targets(),
                coverage=settings.coverage,
                _pool=opened,
            )
            listening = asyncio.create_task(hub.run())
            log.info("started", host=settings.api.host, port=settings.api.port)
            try:
                yield
            finally:
                hub.close()
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    app = _Guarded(lambda inner: Guard(inner, measured, log), lifespan=lifespan, **OFFERED)
    problems.install(app)
    app.router.routes.extend(ROUTES)
    for name in ("static", "vendor"):
        app.mount(f"/{name}", StaticFiles(directory=web / name, check_dir=False), name=name)
    return app


class _Guarded(FastAPI):
    """With a middleware around all others, the library's own too."""

    def __init__(self, guard: Callable[[ASGIApp], ASGIApp], **offered: Any) -> None:
        super().__init__(**offered)
        self._guard = guard

    def build_middleware_stack(self) -> ASGIApp:
        """The library's stack, guarded."""
        return self._guard(super().build_middleware_stack())


def _blobs(means: Means, opened: Pool, log: FilteringBoundLogger) -> Blobs:
    if means.masters is None:
        log.warning("evidence_not_sealed", what="evidence.keys is not set: clips are stored as they are")
    blobs = means.blobs(opened)
    assert blobs is not None, "there is an evidence store"
    return blobs


def _certifying(given: Means, least_s: float, opened: pool.Pool) -> issuing.Issuer | None:
    """None where certificates are not set up; who asks for one is told."""
    try:
        return issuing.issuer(given, least_s, opened)
    except CannotCertify:
        return None


def _exporting(
    given: Means, device_ca: Path | None, opened: pool.Pool, issuer: Authority | None
) -> Exporter | None:
    try:
        return exporter(given, device_ca, opened, issuer)
    except CannotExport:
        return None


def _keys(access: AccessSettings) -> Keys | None:
    if not access.second_factor_keys:
        return None
    try:
        return Keys(access.second_factor_keys)
    except ValueError as error:
        raise SettingsError(f"access.second_factor_keys: {error}") from error


def _channel_keys(notify: NotifySettings) -> ChannelKeys | None:
    try:
        return keys_of(notify.channel_keys)
    except ValueError as error:
        raise SettingsError(f"notify.channel_keys: {error}") from error


def _provider(access: AccessSettings) -> Provider | None:
    if access.oidc is None:
        return None
    if strange := sorted(set(access.oidc.roles.values()) - set(ROLES)):
        raise SettingsError(f"access.oidc.roles: not roles of ours: {', '.join(strange)}")
    return Provider(access.oidc)


def _rules(settings: Settings, *, has_keys: bool) -> SessionRules:
    if strange := sorted(set(settings.access.second_factor_for) - set(ROLES)):
        raise SettingsError(f"access.second_factor_for: not roles of ours: {', '.join(strange)}")
    return SessionRules(
        life=timedelta(hours=settings.api.session_hours),
        idle=timedelta(minutes=settings.access.idle_minutes),
        factor_for=frozenset(settings.access.second_factor_for if has_keys else ()),
    )


def _ca(path: Path | None) -> Certificate | None:
    if path is None:
        return None
    try:
        return verify.authority(path)
    except (OSError, ValueError) as error:
        raise SettingsError(f"device_ca cannot be read: {error}") from error
