"""Who speaks by HTTPS: a short-lived token, signed with the device's own key (JWT ES256, RFC 7515 `x5c`)."""

import base64
import binascii
import hashlib
from datetime import datetime, timedelta
from typing import Any, Final

import jwt
from cryptography import x509

from cloud.evidence.verify import Objection, device_name, require_device
from cloud.store.identities import Shown

AUDIENCE: Final = "fallwatch-evidence"
RENEWAL: Final = "fallwatch-renewal"
MAX_LIFE: Final = timedelta(seconds=60)
SKEW: Final = timedelta(seconds=120)
"""How far a box's clock may be off before its uploads are refused."""


def uploading(token: str, sha256: str, ca: x509.Certificate, at: datetime) -> Shown:
    """Who signed `token` for the clip `sha256`.

    Raises:
        Objection: The token, its certificate or its times are not to be believed.
    """
    held, claims = _signed(token, AUDIENCE, ca, at)
    if claims.get("sha256") != sha256:
        raise Objection("the token is for another clip")
    return held


def renewing(token: str, csr: str, ca: x509.Certificate, at: datetime) -> Shown:
    """Who signed `token` for this certificate request (PEM).

    Raises:
        Objection: The token, its certificate or its times are not to be believed.
    """
    held, claims = _signed(token, RENEWAL, ca, at)
    if claims.get("sha256") != hashlib.sha256(csr.encode()).hexdigest():
        raise Objection("the token is for another request")
    return held


def _signed(token: str, audience: str, ca: x509.Certificate, at: datetime) -> tuple[Shown, dict[str, Any]]:
    try:
        chain = jwt.get_unverified_header(token).get("x5c")
        if not isinstance(chain, list) or len(chain) != 1 or not isinstance(chain[0], str):
            raise Objection("the token carries no certificate")
        certificate = x509.load_der_x509_certificate(base64.b64decode(chain[0], validate=True))
        key = require_device(certificate, ca, at)
        claims = jwt.decode(
            token,
            key,
            algorithms=["ES256"],
            audience=audience,
            # Times are judged below, by the clock that we are given.
            options={"require": ["sub", "aud", "iat", "exp"], "verify_exp": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, binascii.Error) as error:
        raise Objection("the token cannot be believed") from error
    except ValueError as error:
        raise (
            error if isinstance(error, Objection) else Objection("the certificate cannot be read")
        ) from error
    _require_times(claims, at)
    name = device_name(certificate)
    if claims["sub"] != name:
        raise Objection("the token names another agent than its certificate")
    return Shown(name, certificate.serial_number, certificate.not_valid_after_utc), claims


def _require_times(claims: dict[str, object], at: datetime) -> None:
    issued, expires = claims["iat"], claims["exp"]
    if not isinstance(issued, int | float) or not isinstance(expires, int | float):
        raise Objection("the token's times cannot be read")
    now = at.timestamp()
    if expires - issued > MAX_LIFE.total_seconds():
        raise Objection("the token lives too long")
    if not issued - SKEW.total_seconds() <= now <= expires + SKEW.total_seconds():
        raise Objection("the token is not of this time")
