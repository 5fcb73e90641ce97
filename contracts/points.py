"""What a device's profile says of each value that can be read: where it stands and what it means."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from contracts.base import Part
from contracts.rules import Rule
from contracts.units import Unit

PointName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]


class PointHead(Part):
    """What every point has."""

    name: PointName
    quantity: str = Field(min_length=1, max_length=64)
    """Standard name: `temperature`, `voltage`, `door`."""
    unit: Unit
    """Of the value after scale and offset."""
    possible: tuple[float, float] | None = None
    """Values outside of it are no values: a broken probe, a wrong register."""
    rules: tuple[Rule, ...] = Field(default=(), max_length=20)

    @field_validator("possible")
    @classmethod
    def _run_upwards(cls, possible: tuple[float, float] | None) -> tuple[float, float] | None:
        if possible is not None and not possible[0] < possible[1]:
            raise ValueError("the first number must be below the second")
        return possible


class Scaled(PointHead):
    """value = what was read · scale + offset, in `unit`."""

    scale: float = 1
    offset: float = 0

    @field_validator("scale")
    @classmethod
    def _is_not_nothing(cls, scale: float) -> float:
        if scale == 0:
            raise ValueError("any number but 0")
        return scale


Order = Literal["big", "little"]
Table = Literal["coil", "discrete_input", "holding_register", "input_register"]
"""Read by function 1, 2, 3, 4 (Modbus Application Protocol 1.1b3, section 6)."""


class ModbusPoint(Scaled):
    """A value in a Modbus table."""

    table: Table
    address: int = Field(ge=0, le=65_534)
    """As it is sent, counted from 0; not the 30001 or 40001 of manuals."""
    type: Literal["bool", "int16", "uint16", "int32", "uint32", "float32"]
    byte_order: Order = "big"
    """Inside a register; the standard's is big."""
    word_order: Order = "big"
    """Of two registers: big has the more significant first."""
    no_value: tuple[int, ...] = ()
    """What stands in the register when there is no value, before scaling: 32767 of a broken probe."""

    @field_validator("type")
    @classmethod
    def _fits_its_table(cls, name: str, given: ValidationInfo) -> str:
        table = given.data.get("table")
        if table is not None and (name == "bool") != (table in {"coil", "discrete_input"}):
            raise ValueError("bool is the type of coils and discrete inputs, and of them only")
        return name

    @property
    def registers(self) -> int:
        """How many registers, coils or inputs it takes."""
        return 2 if self.type.endswith("32") else 1


class SnmpPoint(Scaled):
    """A value of an SNMP agent."""

    oid: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)+$")]
    """The object; for a table its column."""
    index: int = Field(default=0, ge=0, le=8)
    """How many numbers the settings add for a row of the table: `link.3` adds one. 0: the object is whole."""
    values: dict[int, float] | None = None
    """Number that was read → value, for an enumeration; any other is no value."""


class MqttPoint(Scaled):
    """A value that a device publishes on the estate's own network."""

    topic: str = Field(min_length=1, max_length=200, pattern=r"^[^#+\x00]+$")
    """`{device}` stands for the name that the settings give."""
    path: str = ""
    """Keys into a JSON payload, joined by dots: `DS18B20.Temperature`; empty: the payload is the value."""
    values: dict[str, float] | None = None
    """Word that was read → value: `{open: 1, closed: 0}`; true and false are 1 and 0 without."""
    heard_within_s: float = Field(ge=1, le=30 * 86_400)
    """Heard of longer ago, it cannot be read."""


Measure = Literal[
    "cpu_temperature",
    "cpu_load",
    "memory_used",
    "disk_used",
    "disk_free",
    "disk_read_only",
    "disk_worn",
    "disk_errors",
    "throttled",
    "under_voltage",
    "clock_error",
]
"""What a box can tell of itself; docs/design/sensors.md says from where."""


class BoxPoint(PointHead):
    """A value that the box measures of itself."""

    measure: Measure
