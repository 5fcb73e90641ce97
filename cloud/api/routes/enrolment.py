"""How devices get their certificates: the first with a token, the next with the one that they hold."""

import hashlib
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from cloud import clock
from cloud.api.answers.upkeep import Certificate
from cloud.api.problems import Problem
from cloud.api.services import Services, Use
from cloud.api.shapes import instant
from cloud.core import authority as issuing
from cloud.core.authority import Authority, RequestRefused
from cloud.evidence import token
from cloud.evidence.verify import Objection
from cloud.store import identities, registry
from cloud.store.identities import Shown

router = APIRouter(prefix="/api/devices")

Pem = Annotated[str, StringConstraints(min_length=1, max_length=8192)]


class Enrolling(BaseModel):
    """A first request."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    token: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    csr: Pem


class Renewing(BaseModel):
    """A request by a device that holds a certificate."""

    model_config = ConfigDict(extra="forbid")
    csr: Pem


@router.post("/enrol")
async def enrol(body: Enrolling, services: Use) -> Certificate:
    """A device's first certificate, for a one-time token and a key that was made on the device."""
    authority, now = _authority(services), clock.utc_now()
    digest = hashlib.sha256(body.token.encode()).digest()
    async with services.as_owner() as conn:
        agent = await identities.use_token(conn, digest, now)
        if agent is None:
            raise _refused(services, "", "the token is unknown, was used or has expired")
        wanted = _requested(body.csr, agent)  # Refused, the token is not used up: the transaction is undone.
        made, shown = _issued(wanted, agent, authority, now)
        await identities.enrol(conn, shown, now)
    services.log.info("device_enrolled", agent=agent, serial=shown.number)
    return _answer(made, authority)


@router.post("/renew")
async def renew(body: Renewing, request: Request, services: Use) -> Certificate:
    """The next certificate, for a request that the holder of the present one has signed."""
    authority, now = _authority(services), clock.utc_now()
    _, _, bearer = request.headers.get("authorization", "").partition(" ")
    try:
        held = token.renewing(bearer, body.csr, authority.certificate, now)
    except Objection as objection:
        raise _refused(services, "", str(objection)) from objection
    wanted = _requested(body.csr, held.agent)
    async with services.as_owner() as conn:
        if not await registry.is_known(conn, held.agent):
            raise _refused(services, held.agent, f"{held.agent} is in no estate")
        if not await identities.counts(conn, held):
            raise _refused(services, held.agent, "the certificate was revoked")
        await identities.know(conn, held, now)
        made, shown = _issued(wanted, held.agent, authority, now)
        await identities.know(conn, shown, now)
    services.log.info("certificate_renewed", agent=held.agent, serial=shown.number)
    return _answer(made, authority)


def _authority(services: Services) -> Authority:
    if services.authority is None:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "this cloud issues no certificates: enrolment is not set up"
        )
    return services.authority


def _requested(pem: str, agent: str) -> x509.CertificateSigningRequest:
    try:
        return issuing.request(pem, agent)
    except RequestRefused as refused:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(refused)) from refused


def _refused(services: Services, agent: str, reason: str) -> Problem:
    services.log.warning("certificate_refused", agent=agent, reason=reason)
    return Problem(HTTPStatus.UNAUTHORIZED, reason, headers={"WWW-Authenticate": "Bearer"})


def _issued(
    wanted: x509.CertificateSigningRequest, agent: str, authority: Authority, now: datetime
) -> tuple[x509.Certificate, Shown]:
    made = issuing.certificate(wanted, agent, authority, x509.random_serial_number(), now)
    return made, Shown(agent, made.serial_number, made.not_valid_after_utc)


def _answer(made: x509.Certificate, authority: Authority) -> Certificate:
    pem = serialization.Encoding.PEM
    return {
        "certificate": made.public_bytes(pem).decode(),
        "authority": authority.certificate.public_bytes(pem).decode(),
        "ends_at": instant(made.not_valid_after_utc),
    }
