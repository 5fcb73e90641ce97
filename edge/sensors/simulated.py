"""A sensor for demonstrations and tests: a sine around a mean, the same at the same instant."""

import math
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Simulated:
    """mean, amplitude: in the sensor's unit. cycle_s: length of a period."""

    mean: float
    amplitude: float
    cycle_s: float

    async def read(self, at: datetime) -> float:
        """The sine's value at this instant, to three decimals."""
        return round(self.mean + self.amplitude * math.sin(2 * math.pi * at.timestamp() / self.cycle_s), 3)
