"""Asks a time-stamping authority (RFC 3161 over HTTP, 3.4) to vouch for heads, as long as it takes."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx
from cryptography import x509
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from cloud.core.time_stamp import Stamp, Unstamped, stamped
from cloud.store import log, pool
from cloud.store.log import HeadRow
from cloud.store.pool import Pool

QUERY: Final = "application/timestamp-query"
PATIENCE_S: Final = 15.0
MAX_REPLY_BYTES: Final = 256 * 1024
AT_ONCE: Final = 48
"""Heads of two days: more than an authority is away for, and soon asked for."""


class AuthorityAway(ConnectionError):  # noqa: N818 - says what is so
    """The authority did not give a time stamp that holds. Ask again later; the message says what came."""


@dataclass(frozen=True, slots=True)
class StampingAuthority:
    """Where it listens, and the certificates of whom it must be."""

    url: str
    roots: tuple[x509.Certificate, ...]


def authority(url: str, ca: Path) -> StampingAuthority:
    """The authority at `url`, whose certificate one of those in the file `ca`, PEM, has issued.

    Raises:
        ValueError, OSError: The file holds no certificate.
    """
    return StampingAuthority(url, tuple(x509.load_pem_x509_certificates(ca.read_bytes())))


async def ask(at: StampingAuthority, document: bytes) -> tuple[bytes, Stamp]:
    """(the authority's answer, DER; what it says), checked against this very request.

    Raises:
        AuthorityAway: No answer, or none that holds.
    """
    request = TimestampRequestBuilder().data(document).hash_algorithm(HashAlgorithm.SHA256).build()
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            answer = await client.post(at.url, content=request.as_bytes(), headers={"Content-Type": QUERY})
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise AuthorityAway(f"{at.url}: {str(error) or type(error).__name__}") from error
    if len(answer.content) > MAX_REPLY_BYTES:
        raise AuthorityAway(f"{at.url}: an answer of {len(answer.content)} bytes")
    try:
        return answer.content, stamped(answer.content, document, at.roots, request.nonce)
    except Unstamped as error:
        raise AuthorityAway(f"{at.url}: {error}") from error


async def of_head(
    opened: Pool, at: StampingAuthority, head: HeadRow, now: datetime
) -> tuple[bytes, datetime]:
    """(the authority's answer, DER; its time) for a head; asked for, and kept, where it has none.

    No transaction waits for the authority.

    Raises:
        AuthorityAway: No answer, or none that holds.
        DatabaseDown: Of the database.
    """
    if head.time_stamp is not None and head.stamped_at is not None:
        return head.time_stamp, head.stamped_at
    response, stamp = await ask(at, head.signed.document)
    async with pool.transaction(opened) as conn:
        await log.put_time_stamp(conn, head.number, response, stamp.at, now)
    return response, stamp.at


async def catch_up(opened: Pool, at: StampingAuthority, now: datetime) -> int:
    """Have heads stamped that are not, oldest first; how many.

    Raises:
        AuthorityAway: Of the first that failed; those before it are kept.
        DatabaseDown: Of the database.
    """
    async with pool.transaction(opened) as conn:
        missing = await log.unstamped(conn, AT_ONCE)
    for head in missing:
        await of_head(opened, at, head, now)
    return len(missing)
