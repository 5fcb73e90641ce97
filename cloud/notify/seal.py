"""The keys that seal where people are told: whoever reads the database cannot write to their groups with it.

They are none of the evidence's: who sends to the outside need not be able to open a clip.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from cloud.core import sealed
from cloud.core.channel import Sealed
from cloud.core.sealed import Damaged
from cloud.store import duty, pool
from cloud.store.notifications import Claimed
from cloud.store.pool import Pool

NONCE_BYTES: Final = 12


class Locked(Exception):  # noqa: N818 - says what is so
    """A channel that cannot be opened here. The message says why."""


class ChannelKeys:
    """The first seals, all open: so a new one is put before the others."""

    def __init__(self, lines: Sequence[str]) -> None:
        """lines: 32 bytes each, in base64 of either alphabet.

        Raises:
            ValueError: One is no key, or there is none.
        """
        keys = [_key(line.strip()) for line in lines]
        if not keys:
            raise ValueError("there is no key")
        self._keys = {sealed.master_id(key): key for key in keys}
        self.newest: Final = sealed.master_id(keys[0])

    def sealed(self, channel: UUID, address: str, secret: str) -> Sealed:
        """An address and its secret, for that channel and no other."""
        content = json.dumps([address, secret]).encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        wrapped = sealed.wrap(self._keys[self.newest], nonce, content, _context(channel))
        return Sealed(channel, self.newest, wrapped)

    def opened(self, found: Sealed) -> tuple[str, str]:
        """(address, secret).

        Raises:
            Locked: It was sealed with a key that is not here, or for another channel.
        """
        if found.by not in self._keys:
            raise Locked(f"sealed with the key {found.by}, which is not among notify.channel_keys")
        try:
            address, secret = json.loads(
                sealed.unwrap(self._keys[found.by], found.content, _context(found.channel))
            )
        except Damaged as error:
            raise Locked(str(error)) from error
        return address, secret


def keys_of(lines: Sequence[str]) -> ChannelKeys | None:
    """The keys that the settings name; None where they name none.

    Raises:
        ValueError: One is no key.
    """
    return ChannelKeys(lines) if lines else None


def opened(claimed: Claimed, keys: ChannelKeys | None) -> Claimed:
    """With address and secret, as a channel needs them.

    Raises:
        Locked: Its channel is sealed, and not with a key that is here.
    """
    if claimed.sealed is None or claimed.sealed_by is None:
        return claimed
    if keys is None:
        raise Locked("sealed, and notify.channel_keys is not set")
    address, secret = keys.opened(Sealed(claimed.channel, claimed.sealed_by, claimed.sealed))
    return replace(claimed, address=address, secret=secret)


async def seal_all(opened_: Pool, keys: ChannelKeys) -> tuple[int, int]:
    """Seal with the newest key what is not; (how many were, how many could not be opened for it)."""
    done = locked = 0
    async with pool.transaction(opened_) as conn:
        for row in await duty.hold_unsealed(conn, keys.newest):
            address, secret = row.address or "", row.secret or ""
            if row.sealed is not None:
                try:
                    address, secret = keys.opened(row.sealed)
                except Locked:
                    locked += 1
                    continue
            await duty.seal_channel(conn, keys.sealed(row.id, address, secret))
            done += 1
    return done, locked


def _key(line: str) -> bytes:
    try:
        key = base64.b64decode(line.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as error:
        raise ValueError("one is no base64") from error
    if len(key) != sealed.KEY_BYTES:
        raise ValueError(f"one has {len(key)} bytes; 32 are needed")
    return key


def _context(channel: UUID) -> str:
    return f"channel {channel}"
