"""The box's secrets on its disk, encrypted: `${NAME}` in the settings is looked for here too.

AES-256-GCM (NIST SP 800-38D), a nonce of its own for each value, the name authenticated with it: a value
cannot be put under another name. The key is a file of its own, made on the box, or a credential that systemd
hands over.
"""

import base64
import binascii
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from edge.config.base import Section, SettingsError
from edge.config.files import put

NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*"
CREDENTIAL: Final = "fallwatch-secrets-key"
"""As systemd knows the key: `LoadCredentialEncrypted=fallwatch-secrets-key`."""
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class SecretsSettings(Section):
    """Where they lie; in `data_dir`, if None."""

    file: Path | None = None
    key: Path | None = None


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    version: Literal[1] = 1
    secrets: dict[Annotated[str, StringConstraints(pattern=f"^{NAME}$")], str] = {}
    """Name → base64 of nonce and ciphertext."""


@dataclass(frozen=True, slots=True)
class SecretFile:
    """The file of secrets, and where its key is."""

    path: Path
    key: Path
    credentials: Path | None = None
    """The folder that systemd hands over; a key in it goes before the file."""

    def names(self) -> tuple[str, ...]:
        """The names of the secrets that are kept.

        Raises:
            SettingsError: The file is damaged.
        """
        return tuple(sorted(self._content().secrets))

    def read(self, name: str) -> str | None:
        """A secret; None where there is none of that name.

        Raises:
            SettingsError: The file is damaged, or its key is missing or another one.
        """
        kept = self._content().secrets.get(name)
        if kept is None:
            return None
        try:
            raw = base64.b64decode(kept, validate=True)
            cipher = AESGCM(self._key())
            return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], name.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            if isinstance(error, SettingsError):
                raise
            raise SettingsError(
                f"{self.path}: {name} was not encrypted with this key, or was changed: set it again"
            ) from None

    def set(self, name: str, value: str) -> None:
        """Keeps a secret, in place of one of the same name; makes the key where there is none.

        Raises:
            SettingsError: No name, the file is damaged, or something cannot be written.
        """
        if not re.fullmatch(NAME, name):
            raise SettingsError(f"{name!r} is no name: letters, digits and _, no digit first")
        content = self._content()
        if not content.secrets:
            self._make_key()
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + AESGCM(self._key()).encrypt(nonce, value.encode(), name.encode())
        self._save(content.secrets | {name: base64.b64encode(sealed).decode()})

    def remove(self, name: str) -> bool:
        """Forgets a secret; False where there is none of that name.

        Raises:
            SettingsError: The file is damaged or cannot be written.
        """
        kept = self._content().secrets
        if name not in kept:
            return False
        self._save({other: value for other, value in kept.items() if other != name})
        return True

    def _content(self) -> _Content:
        try:
            return _Content.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return _Content()
        except OSError as error:
            raise SettingsError(f"{self.path} cannot be read: {error.strerror}") from error
        except ValidationError:
            raise SettingsError(f"{self.path} is damaged: move it away and set the secrets again") from None

    def _save(self, secrets: dict[str, str]) -> None:
        try:
            put(self.path, _Content(secrets=secrets).model_dump_json(indent=1).encode(), 0o600)
        except OSError as error:
            raise SettingsError(f"{self.path} cannot be written: {error.strerror}") from error

    def _key(self) -> bytes:
        if self.credentials is not None and (self.credentials / CREDENTIAL).is_file():
            return _key_in(self.credentials / CREDENTIAL, private=False)
        return _key_in(self.key, private=True)

    def _make_key(self) -> None:
        if self.key.exists() or (self.credentials is not None and (self.credentials / CREDENTIAL).is_file()):
            return
        try:
            put(self.key, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n", 0o600)
        except OSError as error:
            raise SettingsError(f"{self.key} cannot be written: {error.strerror}") from error


def _key_in(path: Path, *, private: bool) -> bytes:
    """The key in a file. private: whether others' right to read it is refused."""
    try:
        if private and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsError(f"{path} can be read by others: chmod 600 {path}")
        key = base64.b64decode(path.read_bytes().strip(), validate=True)
    except OSError as error:
        raise SettingsError(
            f"the key of the secrets, {path}, cannot be read: {error.strerror}; without it set them anew"
        ) from error
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{path} holds no key of {KEY_BYTES} bytes as base64")
    return key


@dataclass(frozen=True, slots=True)
class Known(Mapping[str, str]):
    """What `${NAME}` may name: the environment, then the box's secrets, read only when they are asked for."""

    environ: Mapping[str, str]
    file: SecretFile

    def __getitem__(self, name: str) -> str:
        found = self.environ.get(name)
        if found is None:
            found = self.file.read(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter({*self.environ, *self.file.names()})

    def __len__(self) -> int:
        return len({*self.environ, *self.file.names()})
