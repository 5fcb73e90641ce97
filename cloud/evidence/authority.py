"""The devices' authority on the disk: its key, and the list of revoked certificates that the broker reads."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.config import EnrolmentSettings, SettingsError
from cloud.core.authority import Authority, revocations
from cloud.evidence import verify


def held(certificate: Path | None, enrolment: EnrolmentSettings | None) -> Authority | None:
    """The authority, where the settings say that this machine holds its key.

    Raises:
        SettingsError: It cannot be used.
    """
    if certificate is None or enrolment is None:
        return None
    try:
        return load(certificate, enrolment.ca_key, enrolment.days)
    except (OSError, ValueError) as error:
        raise SettingsError(f"enrolment.ca_key cannot be used: {error}") from error


def load(certificate: Path, key: Path, days: float) -> Authority:
    """The authority whose certificate and key, both PEM, lie there. days: life of what it signs.

    Raises:
        ValueError, OSError: Unreadable, no P-256 key, or the key is another's.
    """
    ca = verify.authority(certificate)
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{key} is no private key without a password") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{key} is no ECDSA key")  # noqa: TRY004 - the file is wrong, not the program
    if private.public_key() != ca.public_key():
        raise ValueError(f"{key} is not the key of {certificate}")
    return Authority(ca, private, timedelta(days=days))


def write_list(
    path: Path, authority: Authority, revoked: Iterable[tuple[int, datetime]], at: datetime
) -> None:
    """Replaces the list of revoked certificates in one step: a broker reads the old one or the new one.

    Raises:
        OSError: It cannot be written.
    """
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(revocations(authority, revoked, at))
    fresh.chmod(0o644)
    fresh.replace(path)
