"""Chooses TCP ports on 127.0.0.1, steps around those that are taken, and keeps them until they are used."""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

HOST = "127.0.0.1"
_STEPS = 50
_ANY = range(20_000, 30_000)
"""Below 32768, where Linux takes ports for outgoing connections: those come and go at any moment."""


@dataclass(frozen=True)
class Port:
    """A port that is ours: nobody else can listen there before it is handed over."""

    number: int
    wanted: int
    _hold: socket.socket

    @property
    def stepped(self) -> bool:
        """Whether the wanted port was taken."""
        return self.number != self.wanted

    def hand_over(self) -> int:
        """Its number, for a program that is started now and listens there."""
        self._hold.close()
        return self.number


def is_free(number: int) -> bool:
    """Whether nobody listens on this port, on the loopback or on every address."""
    for host in (HOST, "0.0.0.0"):  # noqa: S104 - asked about, not served
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, number))
            except OSError:
                return False
    return True


@contextmanager
def claimed(wanted: int) -> Iterator[Port]:
    """The wanted port or the next free one above it, kept from others while the block runs.

    Until `hand_over` a listening socket keeps everybody off. From then on a name in Linux's abstract socket
    space, which vanishes with this process however it ends, keeps off whoever else asks here: another demo
    or test, which may have chosen its ports minutes before its programs listen.

    Raises:
        OSError: None of the next 50 is free.
    """
    for number in range(wanted, wanted + _STEPS):
        with _named(number) as named:
            if not named or not is_free(number):
                continue
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as hold:
                # Connections of an earlier server may still linger, which is no reason to step aside.
                hold.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if not _listens(hold, number):
                    continue
                yield Port(number, wanted, hold)
                return
    raise OSError(f"none of the ports {wanted} to {wanted + _STEPS - 1} is free on {HOST}")


@contextmanager
def _named(number: int) -> Iterator[bool]:
    """Whether this port's name was free; it is ours while the block runs."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as name:
        try:
            name.bind(f"\0fallwatch-port-{number}")
        except OSError:
            yield False
        else:
            yield True


def _listens(hold: socket.socket, number: int) -> bool:
    try:
        hold.bind((HOST, number))
        hold.listen(1)
    except OSError:
        return False
    return True


def any_free() -> int:
    """Some port that nobody uses now, by chance, so that two who ask at once hardly get the same.

    Raises:
        OSError: None was found.
    """
    for number in random.sample(_ANY, _STEPS):
        if is_free(number):
            return number
    raise OSError(f"no free port was found from {_ANY.start} to {_ANY.stop - 1} on {HOST}")


def answers(number: int) -> bool:
    """Whether something accepts connections there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, number)) == 0
