"""systemd hears of the agent while it lives, and no longer: over a real notification socket."""

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sdnotify
import structlog

from edge import watchdog
from edge.clock import monotonic_s
from edge.core.watchdog import SILENCE_S, ping_every_s, silent


@pytest.mark.parametrize(
    ("environ", "every_s"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 10.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 10.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_pings_come_three_times_as_often_as_systemd_asks(
    environ: dict[str, str], every_s: float | None
) -> None:
    assert ping_every_s(environ, 7) == every_s


def test_whoever_is_silent_for_too_long_is_named() -> None:
    signs = {"west": 100.0, "east": 100.0 + SILENCE_S}
    assert silent(signs, 100.0 + SILENCE_S) == ()
    assert silent(signs, 101.0 + SILENCE_S) == ("west",)


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def heard_until(systemd: socket.socket, wanted: str) -> list[str]:
    heard = []
    while wanted not in heard:
        heard.append(systemd.recv(4096).decode())
    return heard


def watched(signs: dict[str, float], block: threading.Event | None = None) -> threading.Thread:
    """The watchdog in a loop of its own, in a thread; ends with the loop's only other task."""

    def state() -> str:
        return "1 of 1 cameras streaming"

    async def agent() -> None:
        notifier: Any = sdnotify.SystemdNotifier()
        pinging = asyncio.ensure_future(
            watchdog.run(notifier.notify, 0.02, lambda: signs, state, structlog.get_logger())
        )
        while "end" not in signs:
            await asyncio.sleep(0.01)
            if block is not None and "hang" in signs:
                signs.pop("hang")
                assert block.wait(10)  # the whole loop hangs, as in a call that never returns
        pinging.cancel()
        notifier.socket.close()

    thread = threading.Thread(target=lambda: asyncio.run(agent()))
    thread.start()
    return thread


def test_it_says_that_it_is_ready_once_then_that_it_is_alive(systemd: socket.socket) -> None:
    signs = {"east": monotonic_s()}
    thread = watched(signs)
    heard = heard_until(systemd, "WATCHDOG=1") + heard_until(systemd, "WATCHDOG=1")
    signs["end"] = monotonic_s()
    thread.join()
    assert heard[0] == "READY=1"
    assert heard.count("READY=1") == 1
    assert "STATUS=1 of 1 cameras streaming" in heard


def test_a_loop_that_hangs_is_silent_until_it_goes_on(systemd: socket.socket) -> None:
    signs, block = {"east": monotonic_s()}, threading.Event()
    thread = watched(signs, block)
    heard_until(systemd, "WATCHDOG=1")
    signs["hang"] = monotonic_s()
    systemd.settimeout(0.5)
    with pytest.raises(TimeoutError):
        heard_until(systemd, "never")
    block.set()
    systemd.settimeout(10)
    heard_until(systemd, "WATCHDOG=1")
    signs["end"] = monotonic_s()
    thread.join()


def test_a_camera_whose_supervision_hangs_is_named_and_no_ping_goes_out(systemd: socket.socket) -> None:
    signs = {"east": monotonic_s(), "west": monotonic_s() - SILENCE_S - 1}
    thread = watched(signs)
    heard = heard_until(systemd, "STATUS=hangs: west")
    heard += [systemd.recv(4096).decode() for _ in range(3)]
    signs["west"] = monotonic_s()
    after = heard_until(systemd, "WATCHDOG=1")
    signs["end"] = monotonic_s()
    thread.join()
    assert "WATCHDOG=1" not in heard
    assert after
    assert os.environ["NOTIFY_SOCKET"]
