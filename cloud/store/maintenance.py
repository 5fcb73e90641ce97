"""Faults and the work orders that follow from them: moved together, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from cloud.core import alarm as alarms
from cloud.core import chatter
from cloud.core import fault as faults
from cloud.core import work_order as orders
from cloud.core.cause import CAUSE_WAIT
from cloud.core.machine import Record
from cloud.store import faults as fault_rows
from cloud.store import topology
from cloud.store import work_orders as order_rows
from cloud.store.changes import Change
from cloud.store.pool import Connection


async def raise_fault(
    conn: Connection,
    subject: faults.Subject,
    kind: str,
    finding: faults.Finding,
    *,
    estate: str,
    since: datetime,
    at: datetime,
    wait: timedelta | None = None,
) -> list[Change]:
    """Raise a fault that is there `since` then, as far as known, `at` this moment.

    wait: how long its cause may take to show before people are told and work is ordered; None: as long as
    what it hangs on takes. Where the same is open already, it is brought up to date.
    """
    held = await fault_rows.hold_condition(conn, subject, kind)
    if held is not None:
        await fault_rows.renew(conn, held.id, finding)
        return await step_fault(conn, held, faults.Update(finding.severity), at)
    unrest = await _unrest(conn, subject, kind, since)
    if wait is None:
        wait = CAUSE_WAIT if unrest else await topology.wait_for_cause(conn, subject, kind)
    raised, effects = faults.raise_fault(at, finding.severity, finding.reason, wait=wait)
    fault = await fault_rows.insert(conn, subject, kind, finding, estate=estate, fault=raised, since=since)
    changes = [Change("fault", str(fault)), *await _follow_fault(conn, fault, effects, at)]
    if unrest:
        changes += await _chatter(conn, subject, fault, estate, at)
    return changes


async def _unrest(conn: Connection, subject: faults.Subject, kind: str, since: datetime) -> bool:
    """Whether a condition that comes now comes and goes too often, or did and has not been calm since."""
    if kind not in chatter.WATCHED:
        return False
    if await fault_rows.is_open(conn, subject, faults.CHATTERING):
        return True
    before = await fault_rows.raised_since(conn, subject, kind, since - chatter.WINDOW)
    return chatter.is_chattering(before, since)


async def _chatter(
    conn: Connection, subject: faults.Subject, fault: UUID, estate: str, at: datetime
) -> list[Change]:
    """Put a fault beneath the one alarm that says that its device comes and goes."""
    found = faults.Finding("serious", "")
    changes = await raise_fault(conn, subject, faults.CHATTERING, found, estate=estate, since=at, at=at)
    unrest = await fault_rows.hold_condition(conn, subject, faults.CHATTERING)
    held = await fault_rows.hold(conn, fault)
    assert unrest is not None
    assert held is not None
    return [*changes, *await step_fault(conn, held, alarms.Suppress(str(unrest.id)), at)]


async def clear_fault(conn: Connection, subject: faults.Subject, kind: str, at: datetime) -> list[Change]:
    """The device is well again: its open fault closes by itself, and its work order is told."""
    held = await fault_rows.hold_condition(conn, subject, kind)
    return [] if held is None else await step_fault(conn, held, faults.Clear(), at)


async def end_shelves(conn: Connection, at: datetime) -> list[Change]:
    """Faults whose time on the shelf is over come back. Two timers at once share the work."""
    changes: list[Change] = []
    for held in await fault_rows.hold_shelved(conn, at):
        changes += await step_fault(conn, held, alarms.TimePassed(), at)
    return changes


async def open_order(conn: Connection, new: order_rows.New, at: datetime) -> tuple[UUID, list[Change]]:
    """A person makes an order; its number among ours, and what pages may show."""
    due_at = await order_rows.deadline(conn, new.source, new.severity, at)
    order = await order_rows.insert(conn, new, due_at, at)
    return order, [Change("work_order", str(order))]


async def apply(conn: Connection, order: UUID, given: orders.Act, at: datetime) -> list[Change] | None:
    """Move a work order by its machine; None when there is no such order.

    Raises:
        Forbidden: The machine does not allow it.
    """
    # The fault first: every path that holds both locks takes them in this order.
    fault = await fault_rows.hold_of_order(conn, order)
    held = await order_rows.hold(conn, order)
    return None if held is None else await _step_order(conn, held, given, at, fault=fault)


async def cover(conn: Connection, order: UUID, at: datetime) -> list[Change]:
    """A computation shows a blind spot's cells covered: its order is told, as by a device that is well."""
    held = await order_rows.hold(conn, order)
    if held is None or held.order.fault_cleared or held.order.state in {"closed", "cancelled"}:
        return []
    return await _step_order(conn, held, orders.FaultCleared(), at)


async def uncover(conn: Connection, order: UUID, at: datetime) -> list[Change]:
    """They have been blind again for long before the order was closed."""
    held = await order_rows.hold(conn, order)
    if held is None or held.order.state not in {"taken", "waiting"}:
        return []
    due_at = await order_rows.deadline(conn, "blind_spot", "serious", at)
    return await _step_order(conn, held, orders.Recur(due_at), at)


async def mark_overdue(conn: Connection, at: datetime) -> list[Change]:
    """Orders whose deadline has passed are marked, each once."""
    changes: list[Change] = []
    for held in await order_rows.hold_due(conn, at):
        changes += await _step_order(conn, held, orders.TimePassed(), at)
    return changes


async def step_fault(
    conn: Connection, held: fault_rows.Held, given: faults.Input, at: datetime
) -> list[Change]:
    """Move a fault that is held by its machine, and do what follows.

    Raises:
        Forbidden: The machine does not allow it.
    """
    after, effects = faults.step(held.fault, given, at)
    await fault_rows.move(conn, held.id, after)
    return [Change("fault", str(held.id)), *await _follow_fault(conn, held.id, effects, at)]


async def _follow_fault(
    conn: Connection, fault: UUID, effects: Sequence[faults.Effect], at: datetime
) -> list[Change]:
    changes: list[Change] = []
    for effect in effects:
        match effect:
            case Record():
                await fault_rows.write_down(conn, fault, effect)
            case faults.OrderWork():
                changes += await _order_work(conn, fault, at)
            case faults.TellWorkOrder():
                held = await order_rows.hold_of_fault(conn, fault)
                if held is not None:
                    changes += await _step_order(conn, held, orders.FaultCleared(), at)
    return changes


async def _order_work(conn: Connection, fault: UUID, at: datetime) -> list[Change]:
    """A new order, or the one of the same fault that was thought to be over less than a week ago."""
    severity = await fault_rows.severity(conn, fault)
    due_at = await order_rows.deadline(conn, "fault", severity, at)
    held = await order_rows.hold_recurring(conn, fault, at - orders.RECURS_WITHIN)
    if held is None:
        order = await order_rows.insert_for_fault(conn, fault, due_at, at)
        return [Change("work_order", str(order))]
    await order_rows.bind(conn, held.id, fault, at)
    return await _step_order(conn, held, orders.Recur(due_at), at)


async def _step_order(
    conn: Connection,
    held: order_rows.Held,
    given: orders.Input,
    at: datetime,
    *,
    fault: fault_rows.Held | None = None,
) -> list[Change]:
    after, effects = orders.step(held.order, given, at)
    await order_rows.move(conn, held.id, after)
    changes = [Change("work_order", str(held.id))]
    for effect in effects:
        match effect:
            case Record():
                await order_rows.write_down(conn, held.id, effect)
            case orders.AcknowledgeFault(by):
                if fault is not None and fault.fault.state == "raised":
                    changes += await step_fault(conn, fault, faults.Acknowledge(by), at)
    return changes
