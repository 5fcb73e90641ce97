"""Asks the cloud for the device's certificate: the first with a token, the next with the one it holds."""

import hashlib
import ssl
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
from cryptography.hazmat.primitives.asymmetric import ec

from edge.config.files import put
from edge.evidence import identity
from edge.evidence.seal import KeyFileError, Signer
from edge.link.token import bearer

AUDIENCE: Final = "fallwatch-renewal"
TIMEOUT_S: Final = 30.0
CHANGES: Final = {"X-Fallwatch": "1"}


class EnrolmentError(Exception):
    """There is no certificate. The message says why, and what to do where somebody can."""


def enrol(
    url: str, token: str, agent: str, key: ec.EllipticCurvePrivateKey, tls: ssl.SSLContext | None
) -> tuple[str, str]:
    """The first certificate for this key, and the authority's, both PEM.

    Raises:
        EnrolmentError: The cloud was not reached, refused, or answered with something else.
    """
    body = {"token": token, "csr": identity.request(key, agent)}
    with httpx.Client(timeout=TIMEOUT_S, verify=tls or True) as client:
        try:
            reply = client.post(f"{url.rstrip('/')}/api/devices/enrol", json=body, headers=CHANGES)
        except httpx.HTTPError as error:
            raise EnrolmentError(f"{url} was not reached: {str(error) or type(error).__name__}") from error
    return _answer(reply, key, agent)


async def renew(client: httpx.AsyncClient, url: str, agent: str, device: Signer, at: datetime) -> str:
    """The next certificate for the same key, PEM.

    Raises:
        EnrolmentError: The cloud was not reached, refused, or answered with something else.
    """
    csr = identity.request(device.private_key, agent)
    headers = CHANGES | bearer(device, agent, AUDIENCE, hashlib.sha256(csr.encode()).hexdigest(), at)
    try:
        reply = await client.post(f"{url.rstrip('/')}/api/devices/renew", json={"csr": csr}, headers=headers)
    except httpx.HTTPError as error:
        raise EnrolmentError(f"{url} was not reached: {str(error) or type(error).__name__}") from error
    return _answer(reply, device.private_key, agent)[0]


def _answer(reply: httpx.Response, key: ec.EllipticCurvePrivateKey, agent: str) -> tuple[str, str]:
    try:
        content = reply.json()
    except ValueError:
        content = {}
    if not reply.is_success:
        detail = content.get("detail") if isinstance(content, dict) else None
        raise EnrolmentError(f"the cloud answered {reply.status_code}: {detail or reply.text[:200]}")
    try:
        certificate, authority = str(content["certificate"]), str(content["authority"])
        identity.accepted(certificate, key, agent)
    except (KeyError, TypeError, KeyFileError) as error:
        raise EnrolmentError(f"the cloud's answer cannot be used: {error}") from error
    return certificate, authority


def keep(certificate: str, path: Path) -> None:
    """Puts a certificate where the agent looks for it, in one step.

    Raises:
        EnrolmentError: It cannot be written.
    """
    try:
        put(path, certificate.encode(), 0o644)
    except OSError as error:
        raise EnrolmentError(f"{path} cannot be written: {error}") from error
