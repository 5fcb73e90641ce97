"""What all machines share: a transition table as data, a diagram drawn from it, a line of history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Table = Mapping[tuple[str, str], str]
"""(state, input) → state. What is not in the table is forbidden."""


@dataclass(frozen=True, slots=True)
class Record:
    """Effect: a line in the history of what the machine stands for."""

    at: datetime
    what: str
    by: str
    note: str


class Forbidden(ValueError):  # noqa: N818 - it is an answer, not a failure
    """The machine does not allow this input in this state."""

    def __init__(self, machine: str, state: str, what: str) -> None:
        super().__init__(f"{machine} is {state}: {what} is not possible now")
        self.machine = machine
        self.state = state
        self.what = what


def following(machine: str, table: Table, state: str, what: str) -> str:
    """The state after input `what`.

    Raises:
        Forbidden: The table has no such transition.
    """
    try:
        return table[state, what]
    except KeyError:
        raise Forbidden(machine, state, what) from None


def mermaid(table: Table, initial: str) -> str:
    """The table as a Mermaid state diagram, final states marked; text that documentation shows."""
    return "\n".join(["stateDiagram-v2", *_drawn(table, initial)]) + "\n"


def mermaid_regions(name: str, regions: Mapping[str, Table]) -> str:
    """Tables that run side by side as regions of one state."""
    lines = ["stateDiagram-v2", f"    state {name} {{"]
    for number, table in enumerate(regions.values()):
        (initial, _), *_ = table
        lines += ["        --"] if number else []
        lines += [f"    {line}" for line in _drawn(table, initial)]
    return "\n".join([*lines, "    }"]) + "\n"


def _drawn(table: Table, initial: str) -> list[str]:
    lines = [f"    [*] --> {initial}"]
    lines += [f"    {state} --> {after}: {what}" for (state, what), after in table.items()]
    leaving = {state for (state, _), after in table.items() if after != state}
    final = sorted(set(table.values()) - leaving)
    return [*lines, *(f"    {state} --> [*]" for state in final)]
