"""Faults and the work orders that follow from them: moved together, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cloud.core import alarm as alarms
from cloud.core import fault as faults
from cloud.core import work_order as orders
from cloud.core.machine import Record
from cloud.store import faults as fault_rows
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
) -> list[Change]:
    """Raise a fault that is there `since` then, as far as known, and order work `at` this moment.

    Where the same is open already, it is brought up to date.
    """
    held = await fault_rows.hold_condition(conn, subject, kind)
    if held is not None:
        await fault_rows.renew(conn, held.id, finding)
        return await step_fault(conn, held, faults.Update(finding.severity), at)
    raised, effects = faults.raise_fault(at, finding.severity, finding.reason)
    fault = await fault_rows.insert(conn, subject, kind, finding, estate=estate, fault=raised, since=since)
    return [Change("fault", str(fault)), *await _follow_fault(conn, fault, effects, at)]


async def clear_fault(conn: Connection, subject: faults.Subject, kind: str, at: datetime) -> list[Change]:
    """The device is well again: its open fault closes by itself, and its work order is told."""
    held = await fault_rows.hold_condition(conn, subject, kind)
    return [] if held is None else await step_fault(conn, held, faults.Clear(), at)


async def end_shelves(conn: Connection, at: datetime) -> list[Change]:
    """Faults whose time on the shelf is over come back. Two timers at once share the work."""
    rows = await conn.execute(
        "SELECT id FROM fault WHERE shelved_until <= %s ORDER BY id FOR UPDATE SKIP LOCKED", (at,)
    )
    changes: list[Change] = []
    for (fault,) in await rows.fetchall():
        held = await fault_rows.hold(conn, fault)
        assert held is not None
        changes += await step_fault(conn, held, alarms.TimePassed(), at)
    return changes


async def apply(
    conn: Connection, order: UUID, given: orders.Take | orders.Finish, at: datetime
) -> list[Change] | None:
    """Move a work order by its machine; None when there is no such order.

    Raises:
        Forbidden: The machine does not allow it.
    """
    # The fault first: every path that holds both locks takes them in this order.
    row = await (
        await conn.execute(
            "SELECT fault.id FROM fault JOIN work_order ON work_order.fault = fault.id"
            " WHERE work_order.id = %s FOR UPDATE OF fault",
            (order,),
        )
    ).fetchone()
    return None if row is None else await _step_order(conn, row[0], given, at)


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
                changes.append(Change("work_order", str(await order_rows.insert(conn, fault, at))))
            case faults.TellWorkOrder():
                changes += await _step_order(conn, fault, orders.FaultCleared(), at)
    return changes


async def _step_order(conn: Connection, fault: UUID, given: orders.Input, at: datetime) -> list[Change]:
    held = await order_rows.hold_of_fault(conn, fault)
    if held is None:
        return []
    after, effects = orders.step(held.order, given, at)
    await order_rows.move(conn, held.id, after)
    changes = [Change("work_order", str(held.id))]
    for effect in effects:
        match effect:
            case Record():
                await order_rows.write_down(conn, held.id, effect)
            case orders.AcknowledgeFault(by):
                changes += await _acknowledge_fault(conn, fault, by, at)
    return changes


async def _acknowledge_fault(conn: Connection, fault: UUID, by: str, at: datetime) -> list[Change]:
    held = await fault_rows.hold(conn, fault)
    if held is None or held.fault.state != "raised":
        return []
    return await step_fault(conn, held, faults.Acknowledge(by), at)
