"""Keeps the gauges of the disk true: how much is free, and for how many hours that will do."""

import asyncio
import shutil
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from edge.clock import monotonic_s
from edge.core import filling
from edge.metrics import DiskMetrics


async def watch(folder: Path, metrics: DiskMetrics, log: FilteringBoundLogger) -> None:
    """Measures the file system that the folder is on, for ever."""
    seen = filling.Filling()
    while True:
        try:
            free = shutil.disk_usage(folder).free
        except OSError as error:
            log.warning("disk_not_measured", folder=str(folder), reason=str(error))
        else:
            seen = filling.measured(seen, monotonic_s(), free)
            metrics.free_bytes.set(free)
            metrics.hours_left.set(filling.hours_left(seen))
        await asyncio.sleep(filling.EVERY_S)
