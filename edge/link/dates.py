"""Certificates' dates where the wall clock is wrong: a box without a battery wakes in 1970."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from edge import clock

NO_CHECK_TIME: Final = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL (x509_vfy.h); Python has no name for it."""


def watch_dates(tls: ssl.SSLContext) -> ssl.SSLContext:
    """Has the peer's certificate held against the box's own time too, where that is known."""
    tls.sslsocket_class = _DatedSocket
    tls.sslobject_class = _DatedObject
    return tls


def dates_by_wall(tls: ssl.SSLContext, serves: bool) -> None:  # noqa: FBT001 - the only thing that is told
    """Whether OpenSSL compares the dates of the chain with the wall clock. All else is always verified."""
    flags = tls.verify_flags & ~NO_CHECK_TIME
    tls.verify_flags = ssl.VerifyFlags(flags if serves else flags | NO_CHECK_TIME)


class _DatedSocket(ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - the library's signature
        super().do_handshake(block)
        _expect_valid(self.getpeercert())


class _DatedObject(ssl.SSLObject):
    def do_handshake(self) -> None:
        super().do_handshake()
        _expect_valid(self.getpeercert())


def _expect_valid(certificate: Mapping[str, object] | None) -> None:
    """Raises SSLCertVerificationError outside of the certificate's dates by our own time, if we know it."""
    if not certificate or clock.anchor().uncertainty_s is None:
        return
    now = clock.utc_now()
    begins, ends = (_instant(certificate[name]) for name in ("notBefore", "notAfter"))
    if not begins <= now <= ends:
        raise ssl.SSLCertVerificationError(
            f"the peer's certificate is valid from {begins:%F} to {ends:%F}, by our own time it is {now:%F}"
        )


def _instant(text: object) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(text)), UTC)
