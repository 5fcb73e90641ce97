"""The second factor: secrets that lie encrypted, codes that count once, recovery codes as hashes."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from cloud.core import totp
from cloud.store import second_factors
from cloud.store.pool import Connection
from cloud.store.sessions import By

ISSUER: Final = "Fallwatch"


class Keys:
    """The keys of secrets: the first encrypts, all decrypt, so that one can be changed."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Take Fernet keys (32 bytes, URL-safe base64).

        Raises:
            ValueError: One of them is none, or there is none.
        """
        if not keys:
            raise ValueError("no key")
        self._box = MultiFernet([Fernet(key) for key in keys])

    def sealed(self, secret: str) -> bytes:
        """Encrypted."""
        return self._box.encrypt(secret.encode())

    def opened(self, sealed: bytes) -> str:
        """Decrypted.

        Raises:
            ValueError: It was sealed with a key that we no longer have.
        """
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken as error:
            raise ValueError("a second factor was sealed with a key that is not among ours") from error


async def begin(conn: Connection, keys: Keys, username: str, at: datetime) -> tuple[str, str]:
    """(address for the telephone, the same as a data URI) of a new secret, which is not asked for yet."""
    secret = pyotp.random_base32()
    await second_factors.put(conn, username, keys.sealed(secret), at)
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    return address, segno.make(address, error="m").svg_data_uri(scale=4, border=2)


async def confirm(conn: Connection, keys: Keys, username: str, code: str, at: datetime) -> list[str] | None:
    """The telephone's first code makes the factor count; its recovery codes, shown this once. None: wrong."""
    held = await second_factors.hold(conn, username)
    if held is None or held.is_confirmed or not await _counts(conn, keys, username, held, code, at):
        return None
    codes = [totp.recovery_code(secrets.choice) for _ in range(totp.RECOVERY_CODES)]
    await second_factors.confirm(conn, username, [_digest(code) for code in codes], at)
    return codes


async def check(conn: Connection, keys: Keys, username: str, code: str, at: datetime) -> By | None:
    """By what somebody has shown that they hold their factor: a code, or a recovery code, used up by it."""
    held = await second_factors.hold(conn, username)
    if held is None or not held.is_confirmed:
        return None
    if await _counts(conn, keys, username, held, code, at):
        return "second_factor"
    if await second_factors.use_recovery(conn, username, _digest(code), at):
        return "recovery_code"
    return None


async def _counts(  # noqa: PLR0917 - they belong together
    conn: Connection, keys: Keys, username: str, held: second_factors.Factor, code: str, at: datetime
) -> bool:
    otp = pyotp.TOTP(keys.opened(held.secret), interval=totp.STEP_S)
    step = totp.step_of(totp.plain(code), otp.generate_otp, at, held.last_step)
    if step is None:
        return False
    await second_factors.counted(conn, username, step)
    return True


def _digest(code: str) -> bytes:
    return hashlib.sha256(totp.plain(code).encode()).digest()
