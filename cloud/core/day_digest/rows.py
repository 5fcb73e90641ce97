"""What is kept, as the rows of a day: the same whether it comes from the database or from a certificate."""

# ruff: noqa: D102 - what a field is, is said where it is kept

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from cloud.core.camera_duty import Doubt
from cloud.core.day_digest.facts import Row
from cloud.core.day_digest.tables import (
    CAMERA,
    DOUBT,
    ESTATE,
    FAULT,
    FAULT_LINE,
    ORDER,
    ORDER_LINE,
    PLANNED,
    SIGHT,
    STATE,
    of_device,
    of_orders,
)
from cloud.core.ledger import Raw
from cloud.core.watched import Watched


class Fault(Protocol):
    """A fault, of whichever kind."""

    @property
    def id(self) -> object: ...
    @property
    def subject_type(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def since(self) -> datetime: ...
    @property
    def cleared_at(self) -> datetime | None: ...
    @property
    def severity(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Line(Protocol):
    """A line of a history."""

    @property
    def at(self) -> datetime: ...
    @property
    def what(self) -> str: ...
    @property
    def by(self) -> str: ...
    @property
    def note(self) -> str: ...


class Order(Protocol):
    """A work order."""

    @property
    def number(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def facade(self) -> str | None: ...
    @property
    def floor(self) -> int | None: ...
    @property
    def bay(self) -> int | None: ...
    @property
    def title(self) -> str: ...
    @property
    def opened_at(self) -> datetime: ...


def of_raw(raw: Raw, estate: str) -> Iterator[Row]:
    """Cameras of an estate, their states, and maintenance that was entered for it."""
    own = {camera.id for camera in raw.cameras if camera.estate == estate}
    for camera in raw.cameras:
        if camera.id in own:
            yield Row(f"camera/{camera.id}", CAMERA, (camera.id, camera.agent, camera.due_from))
    for state in raw.states:
        if state.camera in own:
            values = (state.camera, state.since, state.state, state.reason)
            yield Row(f"camera/{state.camera}", STATE, values)
    for one in raw.planned:
        if one.estate == estate:
            part = ESTATE if one.camera is None else f"camera/{one.camera}"
            holds, entered = (one.begins_at, one.ends_at), (one.entered_at, one.entered_by)
            yield Row(part, PLANNED, (one.estate, one.camera, *holds, *entered, one.reason))


def minutes(raw: Raw, estate: str) -> dict[str, list[Watched]]:
    """What the cameras of an estate watched, by camera, oldest first."""
    found: dict[str, list[Watched]] = {camera.id: [] for camera in raw.cameras if camera.estate == estate}
    for run in raw.watched:
        if run.camera in found:
            found[run.camera].append(run)
    return {camera: sorted(runs, key=lambda run: run.begin) for camera, runs in found.items() if runs}


def fault(one: Fault) -> Row:
    """A fault."""
    values = (str(one.id), one.subject_type, one.subject, one.kind, one.since, one.cleared_at)
    return Row(of_device(one.subject_type, one.subject), FAULT, (*values, one.severity, one.reason))


def fault_line(subject: tuple[str, str], fault: object, line: Line) -> Row:
    """A line of a fault's history. subject: type and name of what the fault is of."""
    return Row(of_device(*subject), FAULT_LINE, (str(fault), line.at, line.what, line.by, line.note))


def severities(faults: Iterable[tuple[object, Sequence[Line]]]) -> dict[str, str]:
    """Fault → how grave the last line of its history says that it is, where one does."""
    found = {}
    for fault, lines in faults:
        for line in lines:
            what, _, severity = line.what.partition(":")
            if what == "severity":
                found[str(fault)] = severity
    return found


def doubt(one: Doubt) -> Row:
    """A doubt about where a camera looks."""
    values = (one.camera, one.since, one.ended_at, one.ended_by, one.reason)
    return Row(f"camera/{one.camera}", DOUBT, values)


def sight(facade: str, camera: str, holds: tuple[datetime, datetime | None], sha256: str) -> Row:
    """What a camera sees of a facade. sha256: as `facts.sight_sha256`."""
    return Row(f"facade/{facade}", SIGHT, (camera, facade, *holds, sha256))


def order(one: Order, building: str | None) -> Row:
    """A work order as it was opened."""
    where = (one.subject, one.facade, building)
    values = (one.number, one.source, one.kind, *where, one.floor, one.bay, one.title, one.opened_at)
    return Row(of_orders(*where), ORDER, values)


def order_line(part: str, order: tuple[int, datetime], line: Line) -> Row:
    """A line of an order's history. part: that of the order. order: its number, and when it was opened."""
    return Row(part, ORDER_LINE, (*order, line.at, line.what, line.by, line.note))
