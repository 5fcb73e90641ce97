"""Proves by HTTPS who asks: a short-lived token, signed with the device's key (JWT ES256, RFC 7515 `x5c`)."""

import base64
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import jwt

from edge.evidence.seal import Signer

TOKEN_S: Final = 60


def bearer(device: Signer, agent: str, audience: str, sha256: str, at: datetime) -> dict[str, str]:
    """The header of a request about the thing with this SHA-256."""
    token = jwt.encode(
        {
            "sub": agent,
            "aud": audience,
            "sha256": sha256,
            "iat": at,
            "exp": at + timedelta(seconds=TOKEN_S),
            "jti": str(uuid4()),
        },
        device.private_key,
        algorithm="ES256",
        headers={"x5c": [base64.b64encode(device.certificate_der).decode()]},
    )
    return {"Authorization": f"Bearer {token}"}
