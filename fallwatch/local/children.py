"""Starts programs that cannot outlive us, and ends them.

`setpriv --pdeathsig` has the kernel signal the child when its parent dies, however it dies: also by SIGKILL,
where no clean-up of ours runs. Each child leads a process group, so that what it starts ends with it, and a
Ctrl-C at the terminal reaches only the launcher, which ends the children in order.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

NOBODY = ("--reuid", "nobody", "--regid", "nogroup", "--clear-groups")


class PartError(RuntimeError):
    """A real part cannot run on this machine. The message is for the person at the keyboard."""


@dataclass(frozen=True)
class Child:
    """A running program and where its output goes."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.popen.poll() is None

    def expect_running(self) -> None:
        """Raises PartError with the end of its output if it has ended."""
        if not self.running:
            raise PartError(f"{self.name} ended with status {self.popen.returncode}:\n{tail(self.log)}")

    def stop(self, signal_number: int = signal.SIGTERM, timeout_s: float = 10) -> None:
        """Asks it to end, and kills its whole process group if it does not in time."""
        if self.running:
            self.popen.send_signal(signal_number)
            try:
                self.popen.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
        end_group(self.popen.pid)

    def kill(self) -> None:
        """SIGKILL to the whole process group."""
        end_group(self.popen.pid)
        self.popen.wait()


def spawn(
    name: str,
    argv: Sequence[str | Path],
    log: Path,
    *,
    as_nobody: bool = False,
    parent_death: str = "TERM",
    env: Mapping[str, str] | None = None,
) -> Child:
    """Starts a program bound to this process's life.

    Args:
        name: For messages.
        argv: Program and arguments.
        log: Its standard output and error are appended here.
        as_nobody: Drop from root to `nobody`; without effect for other users.
        parent_death: The signal it gets when we die.
        env: Its environment; ours if None.

    Raises:
        PartError: `setpriv` or the program is not there.
    """
    command = [*prefix(as_nobody=as_nobody, parent_death=parent_death), *map(str, argv)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        try:
            popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise PartError(f"{name} cannot start: {error.filename} is not there") from error
    return Child(name, popen, log)


def prefix(*, as_nobody: bool = False, parent_death: str | None = None) -> list[str]:
    """What to put before a command so that it runs with fewer rights or dies with us."""
    if shutil.which("setpriv") is None:
        raise PartError("setpriv is not there: install the package util-linux")
    words = ["setpriv"]
    if parent_death is not None:
        words += ["--pdeathsig", parent_death]
    if as_nobody and os.geteuid() == 0:
        words += NOBODY
    return [*words, "--"] if len(words) > 1 else []


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log file, or nothing where there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def end_group(leader_pid: int) -> None:
    """SIGKILL to what is left of a process group; no complaint if nothing is."""
    try:
        os.killpg(leader_pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise PartError(f"process group {leader_pid} is not ours to end") from error
