"""When the agent may tell systemd that it is alive (sd_notify(3), systemd.service(5): WatchdogSec)."""

from collections.abc import Mapping
from typing import Final

SILENCE_S: Final = 120.0
"""A camera's supervision shows a sign of life at each line of its worker, about one a second, and in each
of its pauses, 39 s at the longest. So much silence means that it hangs."""
PINGS: Final = 3
"""So often within the time that systemd allows: one may be late."""


def ping_every_s(environ: Mapping[str, str], pid: int) -> float | None:
    """How often systemd wants to hear of us, seconds; None: it does not watch this process."""
    told, meant = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", str(pid))
    if not told.isdecimal() or int(told) == 0 or meant != str(pid):
        return None
    return int(told) * 1e-6 / PINGS


def silent(signs: Mapping[str, float], at_s: float) -> tuple[str, ...]:
    """Whose last sign of life is too long ago. signs, at_s: monotonic seconds."""
    return tuple(sorted(name for name, last_s in signs.items() if at_s - last_s > SILENCE_S))
