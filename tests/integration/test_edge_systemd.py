"""The unit for systemd and the agent agree: the real agent notifies a real socket, and the unit is sound."""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fallwatch.local.pki import Authority
from tests.fixtures.programs import identity, program
from tests.house.tree import ROOT

Wait = Callable[[Callable[[], object], float, str], None]
UNIT = ROOT / "docker" / "systemd" / "fallwatch-edge.service"


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "300000")
        yield listening


def heard_until(systemd: socket.socket, wanted: str) -> list[str]:
    heard = [systemd.recv(4096).decode()]
    while heard[-1] != wanted:
        heard.append(systemd.recv(4096).decode())
    return heard


def test_the_agent_is_ready_alive_silent_while_it_hangs_and_says_that_it_stops(
    systemd: socket.socket, authority: Authority, tmp_path: Path
) -> None:
    issued = authority.issue("systemd-box")
    config = tmp_path / "edge.yaml"
    config.write_text(
        json.dumps(
            {
                "agent": "systemd-box",
                "data_dir": "edge",
                "broker": {"url": "mqtt://127.0.0.1:9"},
                "evidence": {"url": "http://127.0.0.1:9"},
                "device": identity(issued),
                "metrics": {"port": 0},
                "cameras": [{"id": "none", "url": str(tmp_path / "none.mp4")}],
            }
        )
    )
    with program(["edge", "agent", str(config)], tmp_path / "agent.log") as agent:
        heard = heard_until(systemd, "WATCHDOG=1")
        assert heard[0] == "READY=1"
        assert heard[1].startswith("STATUS=0 of ")
        os.kill(agent.pid, signal.SIGSTOP)
        systemd.settimeout(1)
        with pytest.raises(TimeoutError):
            heard_until(systemd, "never")
        os.kill(agent.pid, signal.SIGCONT)
        systemd.settimeout(20)
        heard_until(systemd, "WATCHDOG=1")
        agent.terminate()
        heard_until(systemd, "STOPPING=1")
        assert agent.wait(20) == 0


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    there = tmp_path / UNIT.name  # the program and the user of the unit are not on this machine
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    there.write_text(
        UNIT.read_text()
        .replace("/opt/fallwatch/bin/fallwatch", "/bin/true")
        .replace("User=fallwatch", f"User={user}")
    )
    checked = subprocess.run(
        [analyze, "verify", "--man=no", str(there)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr
    assert UNIT.name not in checked.stderr


def test_a_unit_with_a_word_that_systemd_does_not_know_would_be_noticed(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    there = tmp_path / UNIT.name
    there.write_text(UNIT.read_text().replace("ProtectSystem=strict", "ProtectSystems=strict"))
    checked = subprocess.run(
        [analyze, "verify", "--man=no", str(there)], capture_output=True, text=True, check=False
    )
    assert "ProtectSystems" in checked.stderr


def test_the_unit_asks_for_pings_and_lets_the_agent_ask_for_its_clock() -> None:
    lines = [line for line in UNIT.read_text().splitlines() if not line.startswith("#")]
    assert {"Type=notify", "WatchdogSec=30", "LimitCORE=0", "Restart=always"} <= set(lines)
    assert "adjtimex" in next(line for line in lines if line.startswith("SystemCallFilter="))
    assert not any(line.startswith("ProtectClock=") for line in lines)
