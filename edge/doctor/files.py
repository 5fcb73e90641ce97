"""Looks at what lies on the box: certificates, keys, the disk, the outbox, system limits."""

import os
import resource
import shutil
import ssl
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from edge.core.doctor import Certificate, Disk, OutboxSeen
from edge.outbox.rescue import look_at
from edge.outbox.schema import OutboxDamaged, OutboxError
from edge.outbox.store import Outbox


def certificate(path: Path, ca: Path | None) -> Certificate:
    """What the first certificate of a PEM file says. ca: of the authority that should have issued it.

    Raises:
        OSError, ValueError: It cannot be read as a certificate.
    """
    found = x509.load_pem_x509_certificate(path.read_bytes())
    names = found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Certificate(
        str(path),
        str(names[0].value) if names else "",
        found.not_valid_before_utc,
        found.not_valid_after_utc,
        None if ca is None else any(_issued(found, each) for each in _authorities(ca)),
    )


def _authorities(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())


def _issued(found: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        found.verify_directly_issued_by(by)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def mode(path: Path) -> int:
    """The permission bits of a file.

    Raises:
        OSError: It is not there.
    """
    return path.stat().st_mode & 0o7777


def disk(folder: Path) -> Disk:
    """The file system that the folder is on, or will be: it need not be there yet."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    usage = shutil.disk_usage(there)
    try:
        with tempfile.TemporaryFile(dir=there) as trial:
            trial.write(bytes(4096))
            trial.flush()
            os.fsync(trial.fileno())
    except OSError as error:
        return Disk(str(folder), usage.free, usage.total, error.strerror or str(error))
    return Disk(str(folder), usage.free, usage.total)


def outbox(path: Path) -> OutboxSeen | None:
    """What waits in the outbox; None: there is none yet. A running agent may go on using it."""
    if not path.exists():
        return None
    try:
        _leave_damage_to_the_agent(path)
        opened = Outbox.open(path)
    except OutboxError as error:
        return OutboxSeen(str(path), damage=str(error))
    try:
        depth = opened.depth()
    finally:
        opened.close()
    return OutboxSeen(str(path), depth.messages, depth.oldest_at, depth.rejected, depth.clips)


def _leave_damage_to_the_agent(path: Path) -> None:
    """To open a file whose log is damaged cuts the log off there: only the agent saves what comes after.

    Raises:
        OutboxDamaged: Found twice in the same place, so no agent was writing there.
    """
    try:
        look_at(path)
    except OutboxDamaged as first:
        try:
            look_at(path)
        except OutboxDamaged as second:
            if str(first) == str(second):
                raise


def open_files() -> int:
    """How many files this user's programs may open."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def core_bytes() -> int:
    """How large a core dump may be; -1: without bound."""
    return resource.getrlimit(resource.RLIMIT_CORE)[0]


def cores() -> int:
    """Cores that this user's programs may run on."""
    return len(os.sched_getaffinity(0))


def trust(ca: Path | None) -> ssl.SSLContext | None:
    """What a TLS client believes: the authorities in the file; None: the system's."""
    return None if ca is None else ssl.create_default_context(cafile=ca)
