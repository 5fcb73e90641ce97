"""A sensor for demonstrations and tests: a sine around a mean, the same at the same instant."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from edge.core.rules import Answer, Value


@dataclass(frozen=True, slots=True)
class Simulated:
    """point: its only point. mean, amplitude: in the sensor's unit. cycle_s: length of a period."""

    point: str
    mean: float
    amplitude: float
    cycle_s: float

    async def read(self, at: datetime) -> Mapping[str, Answer]:
        """The sine's value at this instant, to three decimals."""
        value = self.mean + self.amplitude * math.sin(2 * math.pi * at.timestamp() / self.cycle_s)
        return {self.point: Value(round(value, 3), at)}
