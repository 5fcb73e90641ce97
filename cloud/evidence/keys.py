"""The service's keys on the disk, and the estates' keys that they wrap."""

import base64
import binascii
import os
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cloud import clock
from cloud.core import sealed
from cloud.core.head import key_id
from cloud.core.sealed import Damaged
from cloud.core.signature import public_pem
from cloud.evidence import heads
from cloud.evidence.heads import Signer
from cloud.store import estate_keys, pool
from cloud.store.estate_keys import KeyRow
from cloud.store.pool import Connection, Pool

LOG_KEY: Final = "log.key"
LOG_PUBLIC: Final = "log.pub"
EARLIER: Final = "log-*.pub"
MASTERS: Final = "master.keys"


class KeyLost(Exception):  # noqa: N818 - says what is so
    """The key with which a clip was sealed is not to be had. The message says why."""


@dataclass(frozen=True, slots=True)
class Masters:
    """The keys that wrap those of the estates, by their names; the last wraps new ones."""

    keys: dict[str, bytes]

    @property
    def newest(self) -> str:
        """The name of the one that wraps."""
        return next(reversed(self.keys))


@dataclass(frozen=True, slots=True)
class Keys:
    """What the folder `evidence.keys` holds."""

    signer: Signer
    masters: Masters


def load(folder: Path) -> Keys:
    """The keys in a folder.

    Raises:
        ValueError, OSError: One is missing, open to others, or none; the message names the file.
    """
    for name in (LOG_KEY, MASTERS):
        if (folder / name).stat().st_mode & 0o077:
            raise ValueError(f"{folder / name} may be read by others: chmod 600")
    return Keys(heads.load(folder / LOG_KEY, sorted(folder.glob(EARLIER))), _masters(folder / MASTERS))


def make(folder: Path) -> list[Path]:
    """Make what is missing in a folder; the new files."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    if not (folder / LOG_KEY).exists():
        _put_log_key(folder)
        made += [folder / LOG_KEY, folder / LOG_PUBLIC]
    if not (folder / MASTERS).exists():
        _write(folder / MASTERS, _line(secrets.token_bytes(sealed.KEY_BYTES)), 0o600)
        made.append(folder / MASTERS)
    return made


def renew_log_key(folder: Path) -> Path:
    """A new key for the log; the file in which the public part of the last one goes on being trusted."""
    last = load(folder).signer.key.public_key()
    earlier = folder / f"log-{key_id(last)[:16]}.pub"
    _write(earlier, public_pem(last), 0o644)
    _put_log_key(folder)
    return earlier


def _put_log_key(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    _write(folder / LOG_KEY, _pem(key), 0o600)
    _write(folder / LOG_PUBLIC, public_pem(key.public_key()), 0o644)


def renew_master(folder: Path) -> None:
    """A new master key behind the others. Until all is wrapped anew (`rewrap`), none may be taken out."""
    path = folder / MASTERS
    _write(path, path.read_bytes() + _line(secrets.token_bytes(sealed.KEY_BYTES)), 0o600)


def _masters(path: Path) -> Masters:
    keys = {}
    for line in path.read_text().split():
        try:
            key = base64.b64decode(line, validate=True)
        except binascii.Error as error:
            raise ValueError(f"{path} holds a line that is no key") from error
        if len(key) != sealed.KEY_BYTES:
            raise ValueError(f"{path} holds a key of {len(key)} bytes; 32 are needed")
        keys[sealed.master_id(key)] = key
    if not keys:
        raise ValueError(f"{path} holds no key")
    return Masters(keys)


class EstateKeys:
    """The estates' keys, out of the database. None is kept in memory: a destroyed one is gone at once."""

    def __init__(self, opened: Pool, masters: Masters) -> None:
        self._pool, self._masters = opened, masters

    async def newest(self, estate: str) -> tuple[UUID, bytes]:
        """(id, key) with which an estate's next clip is sealed; its first is made when it is needed."""
        async with pool.transaction(self._pool) as conn:
            row = await estate_keys.newest(conn, estate)
            if row is None or row.wrapped is None:
                await estate_keys.lock(conn)
                row = await estate_keys.newest(conn, estate)
            if row is None or row.wrapped is None:
                row = await rotate(conn, self._masters, estate, clock.utc_now())
        return row.id, _unwrapped(self._masters, row)

    async def by_id(self, key: UUID) -> bytes:
        """A key by which a clip was sealed.

        Raises:
            KeyLost: It was destroyed, or nobody can unwrap it.
        """
        async with pool.transaction(self._pool) as conn:
            row = await estate_keys.find(conn, key)
        if row is None:
            raise KeyLost(f"the database knows no key {key}")
        return _unwrapped(self._masters, row)


async def rotate(conn: Connection, masters: Masters, estate: str, at: datetime) -> KeyRow:
    """A new version of an estate's key, for its clips from now on."""
    await estate_keys.lock(conn)
    last = await estate_keys.newest(conn, estate)
    version = 1 if last is None else last.version + 1
    row = KeyRow(uuid4(), estate, version, masters.newest, None, at, None)
    row = _wrapped(masters, row, secrets.token_bytes(sealed.KEY_BYTES))
    await estate_keys.add(conn, row)
    return row


async def rewrap(conn: Connection, masters: Masters) -> int:
    """Every key under the newest master key; how many were under another.

    Raises:
        KeyLost: One is wrapped by a master key that is not here.
    """
    await estate_keys.lock(conn)
    old = [
        row
        for row in await estate_keys.everything(conn)
        if row.wrapped is not None and row.master != masters.newest
    ]
    for row in old:
        fresh = _wrapped(masters, replace(row, master=masters.newest), _unwrapped(masters, row))
        assert fresh.wrapped is not None
        await estate_keys.rewrap(conn, row.id, fresh.master, fresh.wrapped)
    return len(old)


def _wrapped(masters: Masters, row: KeyRow, key: bytes) -> KeyRow:
    nonce = secrets.token_bytes(12)
    return replace(row, wrapped=sealed.wrap(masters.keys[row.master], nonce, key, _context(row)))


def _unwrapped(masters: Masters, row: KeyRow) -> bytes:
    if row.wrapped is None:
        raise KeyLost(f"version {row.version} of the key of {row.estate} was destroyed")
    master = masters.keys.get(row.master)
    if master is None:
        raise KeyLost(f"the key of {row.estate} is wrapped by master key {row.master}, which is not here")
    try:
        return sealed.unwrap(master, row.wrapped, _context(row))
    except Damaged as error:
        raise KeyLost(str(error)) from error


def _context(row: KeyRow) -> str:
    return f"estate {row.estate}, version {row.version}, {row.id}"


def _line(key: bytes) -> bytes:
    return base64.b64encode(key) + b"\n"


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, on the disk, and never readable by others in between."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
