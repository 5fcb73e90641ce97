"""Where people are told, sealed: for one channel, by a key that can be changed."""

import base64
from dataclasses import replace
from uuid import UUID

import pytest

from cloud.notify.seal import ChannelKeys, Locked, keys_of

CHANNEL, OTHER = UUID(int=1), UUID(int=2)
OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (250, 251))


def test_what_is_sealed_opens_for_its_channel_alone_and_shows_nothing() -> None:
    keys = ChannelKeys([OLD])
    found = keys.sealed(CHANNEL, "https://hook.example.org/k3y", "s3cret")
    assert keys.opened(found) == ("https://hook.example.org/k3y", "s3cret")
    assert b"k3y" not in found.content
    with pytest.raises(Locked, match="does not open"):
        keys.opened(replace(found, channel=OTHER))


def test_a_new_key_seals_and_the_old_one_still_opens_until_it_is_taken_away() -> None:
    found = ChannelKeys([OLD]).sealed(CHANNEL, "k3y", "")
    both = ChannelKeys([NEW, OLD])
    assert both.opened(found) == ("k3y", "")
    assert both.sealed(CHANNEL, "k3y", "").by == both.newest == ChannelKeys([NEW]).newest
    with pytest.raises(Locked, match="not among"):
        ChannelKeys([NEW]).opened(found)


def test_keys_are_32_bytes_in_either_alphabet_and_nothing_else() -> None:
    assert keys_of(()) is None
    assert ChannelKeys([OLD.replace("+", "-").replace("/", "_")]).newest == ChannelKeys([OLD]).newest
    for wrong in ("k3y", base64.b64encode(b"short").decode()):
        with pytest.raises(ValueError, match=r"base64|bytes"):
            ChannelKeys([wrong])
