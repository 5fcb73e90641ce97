"""Where somebody can be told: what an address of each kind looks like, and how little of it is shown."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from cloud.core.delivery import ChannelKind

EMAIL: Final = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190}")
KEY: Final = re.compile(r"[A-Za-z0-9_-]{3,128}")
ROBOTS: Final[dict[ChannelKind, tuple[str, str]]] = {
    "wecom": ("qyapi.weixin.qq.com", "key"),
    "dingtalk": ("oapi.dingtalk.com", "access_token"),
    "feishu": ("open.feishu.cn", ""),
    "lark": ("open.larksuite.com", ""),
}
"""Kind → host of its robots, and where in their address the key stands: a parameter, or the path's end."""
SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Sealed:
    """Where a channel leads, under a key that the database does not hold. by: the key's name."""

    channel: UUID
    by: str
    content: bytes


class NoAddress(ValueError):  # noqa: N818 - says what was found
    """It is no address of this kind. The message is for whoever typed it."""


def address(kind: ChannelKind, text: str) -> str:
    """What is kept of what a person typed: of a robot's whole address, as its operator shows it, its key.

    Raises:
        NoAddress: It is none of this kind.
    """
    text = text.strip()
    match kind:
        case "email":
            if not EMAIL.fullmatch(text):
                raise NoAddress("that is no e-mail address")
            return text
        case "webhook":
            return _webhook(text)
        case _:
            key = _key(kind, text)
            if not KEY.fullmatch(key):
                raise NoAddress(f"that is neither the address nor the key of a robot of {kind}")
            return key


def _webhook(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise NoAddress("a webhook begins with https:// and has no name or password in it")
    return text


def _key(kind: ChannelKind, text: str) -> str:
    if "://" not in text:
        return text
    host, parameter = ROBOTS[kind]
    parts = urlsplit(text)
    if parts.hostname != host:
        raise NoAddress(f"the robots of {kind} are at {host}")
    if parameter:
        return parse_qs(parts.query).get(parameter, [""])[0]
    return parts.path.rstrip("/").rpartition("/")[2]


def masked(kind: ChannelKind, text: str) -> str:
    """What a list shows of it: enough to know it again, too little to write there."""
    match kind:
        case "email":
            name, _, domain = text.partition("@")
            return f"{name[:1]}…@{domain}"
        case "webhook":
            parts = urlsplit(text)
            return f"{parts.scheme}://{parts.hostname}/…"
        case _:
            return f"…{text[-SHOWN:]}"
