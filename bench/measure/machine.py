"""On what was measured: a figure without its machine says little."""

import os
import platform
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np


def machine() -> dict[str, Any]:
    """Cores, processor and versions of this machine."""
    return {
        "cores": usable_cores(),
        "processor": _processor(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "opencv": cv2.__version__,
        "av": av.__version__,
    }


def told() -> str:
    """The same in a line for people."""
    here = machine()
    return (
        f"{here['processor']}, {here['cores']} cores; Python {here['python']}, OpenCV {here['opencv']}, "
        f"PyAV {here['av']}, NumPy {here['numpy']}"
    )


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    if listed.exists():
        for line in listed.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
