"""The tables from which certificates are counted, and what a line of each says."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Table:
    """What a line says, field by field.

    key: so many fields first say which row it is; 0: all of them, and none may change. at: since when it is
    so. until: until when; null while it lasts, and filled in once. with_end: what is said when it ends.
    """

    name: str
    zh: str
    fields: tuple[str, ...]
    key: int = 0
    at: str = ""
    until: str = ""
    with_end: tuple[str, ...] = ()

    def place(self, field: str) -> int:
        """Where a field stands."""
        return self.fields.index(field)


CAMERA: Final = Table("camera", "摄像机", ("camera", "agent", "first_seen_at"), key=1, until="first_seen_at")
"""agent: the box on which it hangs. first_seen_at: since when it is due; a late report makes it earlier."""
MINUTES: Final = Table("minutes", "监看分钟", ("camera", "begin", "minutes", "ms"))
"""So many minutes in a row, of each of which so many milliseconds were watched; as long as they can be."""
STATE: Final = Table("state", "画面状态", ("camera", "since", "state", "reason"))
FAULT: Final = Table(
    "fault",
    "故障",
    ("id", "subject_type", "subject", "kind", "since", "cleared_at", "severity", "reason"),
    key=1,
    at="since",
    until="cleared_at",
    with_end=("reason",),
)
FAULT_LINE: Final = Table("fault_line", "故障记录", ("fault", "at", "what", "by", "note"), at="at")
DOUBT: Final = Table(
    "doubt",
    "朝向存疑",
    ("camera", "since", "ended_at", "ended_by", "reason"),
    key=2,
    at="since",
    until="ended_at",
    with_end=("ended_by", "reason"),
)
PLANNED: Final = Table(
    "planned",
    "检修登记",
    ("estate", "camera", "begins_at", "ends_at", "entered_at", "entered_by", "reason"),
    at="begins_at",
)
SIGHT: Final = Table(
    "sight",
    "摄像机视野",
    ("camera", "facade", "begins_at", "ends_at", "sha256"),
    key=3,
    at="begins_at",
    until="ends_at",
)
GRID: Final = Table(
    "grid",
    "立面划分",
    ("facade", "begins_at", "ends_at", "floors", "bays", "spans_px", "object_m"),
    key=2,
    at="begins_at",
    until="ends_at",
)
ORDER: Final = Table(
    "order",
    "工单",
    ("number", "source", "kind", "subject", "facade", "building", "floor", "bay", "title", "opened_at"),
    at="opened_at",
)
ORDER_LINE: Final = Table(
    "order_line", "工单记录", ("number", "opened_at", "at", "what", "by", "note"), at="at"
)

TABLES: Final = {
    table.name: table
    for table in (
        *(CAMERA, MINUTES, STATE, FAULT, FAULT_LINE, DOUBT),
        *(PLANNED, SIGHT, GRID, ORDER, ORDER_LINE),
    )
}


INSTANTS: Final = frozenset(
    {"at", "begin", "begins_at", "cleared_at", "ended_at", "ends_at", "entered_at"}
    | {"first_seen_at", "opened_at", "since"}
)
"""The fields that are instants."""


def of_device(subject_type: str, subject: str) -> str:
    """The part to which the lines about a device belong."""
    return f"{subject_type}/{subject}" if subject_type in {"camera", "agent"} else ESTATE


def of_orders(subject: str | None, facade: str | None, building: str | None) -> str:
    """The part to which an order and its lines belong: the nearest that is known."""
    for where, name in (("device", subject), ("facade", facade), ("building", building)):
        if name is not None:
            return f"orders/{where}/{name}"
    return "orders/estate"


ESTATE: Final = "estate"
"""The part of what is of the whole estate: its nodes' faults, its maintenance."""
