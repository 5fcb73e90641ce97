"""Ports that are taken are stepped around, and those that are chosen stay ours."""

import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from fallwatch.local import ports

EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


@contextmanager
def _listening(number: int) -> Iterator[None]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((ports.HOST, number))
        listener.listen()
        yield


def test_a_taken_port_is_stepped_around_and_told() -> None:
    wanted = ports.any_free()
    with _listening(wanted), ports.claimed(wanted) as port:
        assert port.number > wanted
        assert port.stepped
        assert ports.answers(wanted)


def test_a_free_port_is_the_wanted_one() -> None:
    wanted = ports.any_free()
    with ports.claimed(wanted) as port:
        assert (port.number, port.stepped) == (wanted, False)


def test_nobody_can_listen_on_a_port_before_it_is_handed_over() -> None:
    with ports.claimed(ports.any_free()) as port:
        with pytest.raises(OSError, match="in use"), _listening(port.number):
            pass
        with _listening(port.hand_over()):
            assert ports.answers(port.number)


def test_a_port_that_was_handed_over_and_is_not_used_yet_is_nobody_elses() -> None:
    with ports.claimed(ports.any_free()) as first:
        first.hand_over()
        with ports.claimed(first.number) as second:
            assert second.number != first.number
    with ports.claimed(first.number) as again:
        assert again.number == first.number


def test_another_process_steps_around_what_this_one_has_claimed() -> None:
    ask = (
        "import sys; from fallwatch.local import ports\n"
        "with ports.claimed(int(sys.argv[1])) as port: print(port.number)"
    )
    with ports.claimed(ports.any_free()) as port:
        port.hand_over()
        told = subprocess.run(
            [sys.executable, "-c", ask, str(port.number)], capture_output=True, text=True, check=True
        )
        assert int(told.stdout) > port.number


def test_all_who_ask_at_once_get_different_ports() -> None:
    wanted = ports.any_free()
    with ExitStack() as claims, ThreadPoolExecutor(8) as threads:
        chosen = list(threads.map(lambda _: claims.enter_context(ports.claimed(wanted)), range(24)))
        assert len({port.number for port in chosen}) == 24


def test_any_free_port_is_none_that_outgoing_connections_take() -> None:
    first = int(EPHEMERAL.read_text().split()[0])
    for seed in range(5):
        random.seed(seed)
        assert 1024 < ports.any_free() < first
