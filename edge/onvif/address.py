"""A camera's ONVIF address, from settings or the command line."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
SERVICE: Final = "/onvif/device_service"


class OnvifError(Exception):
    """A camera did not do what it was asked. The message is one sentence, without secrets."""


class Refused(OnvifError):  # noqa: N818 - says what happened
    """It does not accept the user or the password. Asking again soon may lock the account."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a camera's device service is, and who asks."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)

    def __str__(self) -> str:
        """Without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def address(url: str, password: str | None = None) -> Address:
    """The address in `http://user:password@host:port`. password: where the address has none.

    Raises:
        OnvifError: It has another form; the message does not repeat it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise OnvifError("an ONVIF address must be http://user:password@host:port") from None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or not parts.username:
        raise OnvifError("an ONVIF address must be http://user:password@host:port")
    if parts.path not in {"", "/", SERVICE}:
        raise OnvifError(f"the path of an ONVIF address must be empty or {SERVICE}")
    return Address(
        parts.scheme,
        parts.hostname,
        port or DEFAULT_PORTS[parts.scheme],
        unquote(parts.username),
        unquote(parts.password) if parts.password is not None else password or "",
    )
