"""Passwords are kept as Argon2id hashes (RFC 9106), with the library's recommended costs."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()

NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$Co2NZPEr1VudV5dEBcDdeQ$9+N9L4x61Xl8M47h05fR02s8t7vyDq6aI9XoxJNs6Eg"
"""Checked when a name is unknown, so that the answer takes as long as for a known one."""


def hashed(password: str) -> str:
    """A salted hash to keep."""
    return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether `password` is the one. Takes some 50 ms and 64 MiB on purpose; call it in a thread."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
