"""What we start cannot outlive us."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from fallwatch.local.children import spawn

PARENT = """
import sys
from pathlib import Path
from fallwatch.local.children import spawn
child = spawn("sleeper", ["sleep", "600"], Path(sys.argv[1]))
print(child.popen.pid, flush=True)
sys.stdin.read()
"""


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_child_dies_with_its_parent_even_by_sigkill(
    tmp_path: Path, wait_until: Callable[[Callable[[], object], float, str], None]
) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        # `setpriv` has "sleep" among its arguments, too: only once it has become `sleep` is the bond tied.
        wait_until(lambda: Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"sleep"), 20, "the program")
        parent.send_signal(signal.SIGKILL)
    wait_until(lambda: not _alive(pid), 20, "the child's end")


def test_stopping_a_child_ends_what_it_started(
    tmp_path: Path, wait_until: Callable[[Callable[[], object], float, str], None]
) -> None:
    log = tmp_path / "log"
    child = spawn("shell", ["sh", "-c", "sleep 600 & echo $!; wait"], log)
    wait_until(lambda: log.read_text().strip(), 20, "the grandchild's number")
    grandchild = int(log.read_text())
    assert os.getpgid(grandchild) == child.popen.pid
    child.stop()
    wait_until(lambda: not _alive(grandchild), 20, "the grandchild's end")
