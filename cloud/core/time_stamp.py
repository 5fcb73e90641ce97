"""What a time-stamping authority answered (RFC 3161): whether it vouches for some bytes, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.x509 import Certificate
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response


class Unstamped(ValueError):  # noqa: N818 - says what was found
    """No authority that is trusted vouches for these bytes. The message says why."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The bytes were there at `at`, give or take `accuracy`; None where the authority does not say."""

    at: datetime
    accuracy: timedelta | None
    serial: int


def stamped(
    response: bytes, document: bytes, roots: Sequence[Certificate], nonce: int | None = None
) -> Stamp:
    """What the answer `response`, DER of a TimeStampResp, says of `document`.

    roots: the authorities that are trusted. nonce: of the request, where it is known.

    Raises:
        Unstamped: The answer cannot be read, refuses, is of other bytes or another request, or of nobody who
            is trusted.
    """
    if not roots:
        raise Unstamped("no time-stamping authority is trusted")
    try:
        answer = decode_timestamp_response(response)
    except ValueError as error:
        raise Unstamped("the authority's answer cannot be read") from error
    if answer.status not in {0, 1}:
        raise Unstamped(f"the authority refuses: {'; '.join(answer.status_string) or answer.status}")
    builder = VerifierBuilder(roots=list(roots), nonce=nonce)
    try:
        builder.build().verify_message(answer, document)
    except (VerificationError, ValueError) as error:
        raise Unstamped(f"the time stamp does not hold: {error}") from error
    told = answer.tst_info
    return Stamp(told.gen_time, _accuracy(told.accuracy), told.serial_number)


def _accuracy(told: object) -> timedelta | None:
    if told is None:
        return None
    parts = (getattr(told, name, None) or 0 for name in ("seconds", "millis", "micros"))
    seconds, millis, micros = parts
    return timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)
