"""One sensor's settings."""

from typing import Literal

from pydantic import Field

from contracts.ids import SensorId
from edge.config.base import Section


class SensorSettings(Section):
    """One sensor, simulated: a sine around `mean`."""

    id: SensorId
    kind: Literal["simulated"]
    quantity: str = Field(min_length=1, max_length=64)
    unit: str = Field(max_length=16)
    period_s: float = Field(default=5, gt=0)
    mean: float = 20
    amplitude: float = 1
    cycle_s: float = Field(default=600, gt=0)
