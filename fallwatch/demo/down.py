"""Ends what a demo left behind: `python -m fallwatch.demo.down [VAR]`. No other process is touched."""

import os
import signal
import sys
from pathlib import Path

from fallwatch.demo import mark
from fallwatch.local import wait

PATIENCE_S = 30
"""PostgreSQL writes its cluster down before it ends."""


def down(var: Path) -> int:
    """End the demo on this folder, in order first, by force where that does not help; how many there were."""
    launcher = mark.launcher(var)
    living = mark.marked(var)
    if launcher is not None:
        _send(launcher, signal.SIGTERM)
        _gone(var, PATIENCE_S)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in mark.marked(var):
            _send(pid, number)
        if _gone(var, PATIENCE_S):
            break
    return len(living)


def _gone(var: Path, timeout_s: float) -> bool:
    try:
        wait.until(lambda: mark.launcher(var) is None and not mark.marked(var), timeout_s, "the demo's end")
    except TimeoutError:
        return False
    return True


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def main() -> int:
    """Tell what was ended."""
    var = Path(sys.argv[1] if len(sys.argv) > 1 else "var").absolute()
    count = down(var)
    print(f"ended {count} processes of the demo" if count else "no demo runs here")
    return 0


if __name__ == "__main__":
    sys.exit(main())
