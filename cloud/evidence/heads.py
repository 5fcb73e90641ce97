"""Signs heads of the log: never one that does not continue the last that was signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.core import merkle
from cloud.core.head import Head, Unbelieved, believed, key_id, signed
from cloud.core.merkle import Unproved
from cloud.core.signature import public_key
from cloud.store import audit, log
from cloud.store.audit import Act
from cloud.store.log import HeadRow, Leaf
from cloud.store.pool import Connection


class LogBroken(Exception):  # noqa: N818 - says what was found
    """The log is not the one whose head was signed last: somebody has changed it. Nothing was signed."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and whose heads are ours. earlier: keys that signed before this one."""

    key: ec.EllipticCurvePrivateKey
    earlier: tuple[ec.EllipticCurvePublicKey, ...] = ()

    @property
    def trusted(self) -> tuple[ec.EllipticCurvePublicKey, ...]:
        """Every key by which a head of this log may be signed."""
        return (self.key.public_key(), *self.earlier)


def load(key: Path, earlier: Iterable[Path] = ()) -> Signer:
    """The service's key, and the public ones that it followed; all PEM.

    Raises:
        ValueError, OSError: One cannot be read, or is another kind of key.
    """
    return Signer(_private(key), tuple(map(_public, earlier)))


def _public(path: Path) -> ec.EllipticCurvePublicKey:
    try:
        return public_key(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error


def _private(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path} is no private key without a password") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(f"{path} is no ECDSA P-256 key")  # noqa: TRY004 - the file is wrong, not the program
    return key


async def sign(conn: Connection, signer: Signer, at: datetime) -> HeadRow | None:
    """Seal what waits and sign a head of all that is sealed; None while the log is empty.

    Raises:
        LogBroken: The log does not continue the last head, or that one was signed by nobody we know.
    """
    try:
        await log.seal_all(conn, at)
        size = await log.size(conn)
        if size == 0:
            return None
        root, last = await log.root(conn, size), await log.newest_head(conn)
        if last is not None:
            await _require_continued(conn, signer, last, (size, root))
    except (Unproved, Unbelieved) as error:
        raise LogBroken(str(error)) from error
    head = Head(
        number=1 if last is None else last.number + 1,
        size=size,
        root=root.hex(),
        at=at,
        previous="" if last is None else last.signed.digest,
        key=key_id(signer.key.public_key()),
    )
    made = signed(head, signer.key)
    await log.put_head(conn, head.number, size, at, made)
    return HeadRow(head.number, size, at, made.text, made.signature, None, None)


async def entered(conn: Connection, signer: Signer, act: Act, at: datetime) -> tuple[Leaf, HeadRow]:
    """Enter an act into the log; its entry, and a new head that speaks of it.

    Raises:
        LogBroken: As `sign`.
    """
    number = await audit.enter(conn, act, at)
    head = await sign(conn, signer, at)
    assert head is not None
    (entry,) = await log.about(conn, "audit", [str(number)])
    return entry, head


async def covering(conn: Connection, signer: Signer, index: int, at: datetime) -> HeadRow | None:
    """A head that speaks of leaf `index`: one that is there, time-stamped if possible, else a new one.

    Raises:
        LogBroken: As `sign`.
    """
    return await log.head_covering(conn, index) or await sign(conn, signer, at)


async def _require_continued(conn: Connection, signer: Signer, last: HeadRow, now: tuple[int, bytes]) -> None:
    head = believed(last.signed, signer.trusted)
    if (head.number, head.size) != (last.number, last.size):
        raise Unbelieved(f"head {last.number} says that it is head {head.number} of {head.size} entries")
    proof = await log.consistency(conn, head.size, now[0])
    merkle.require_consistency((head.size, bytes.fromhex(head.root)), now, proof)
