"""Faults and work orders: their rows one by one, and what moves both."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cloud.core.alarm import Acknowledge, Shelve
from cloud.core.fault import Fault, Finding
from cloud.core.machine import Record
from cloud.core.work_order import Finish, Take, WorkOrder
from cloud.store import counts, faults, maintenance, work_order_lists, work_orders
from cloud.store.work_order_lists import Wanted
from cloud.store.work_orders import New, Place
from contracts.devices import Words
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import EAST, At, Case, later

JPEG = b"\xff\xd8\xff a picture"
FROZEN = Finding("serious", "no change for 40 s", value=40, unit="s", what=Words(zh="画面", en="picture"))
SEEN = Finding("critical", "no change for 90 s", value=90, unit="s", thumbnail=JPEG)
NOTE = Record(later(12), "noted", "li", "seen from the street")
FAULT = Fault(later(11), "serious", announced_at=later(11))
MILDER = Fault(later(12), "warning", announced_at=later(11))
SHELVE = Shelve("li", later(60), "the painters are there")
OPEN = WorkOrder("open", "fault", later(900))
LEAK = New("complaint", "warning", Place("garden", "3", "east", 7, 2), "瓷砖松动", "", "12345", "li")
HOURS = {("complaint", "warning"): 48.0}
TAKE, FINISH = Take("li"), Finish("li", "restarted it")


async def _stepped(at: At, given: Acknowledge | Shelve) -> object:
    held = await faults.hold(at.conn, at.oldest["fault"])
    assert held is not None
    return await maintenance.step_fault(at.conn, held, given, later(14))


async def _bound_anew(at: At) -> None:
    """The order was made for this fault: it is taken off it and bound again."""
    await at.conn.execute("DELETE FROM work_order_fault")
    await work_orders.bind(at.conn, at.oldest["work_order"], at.oldest["fault"], later(13))


CASES: Final[Mapping[str, Case]] = {
    "faults.insert": lambda at: faults.insert(
        at.conn, EAST, "frozen", FROZEN, estate="garden", fault=FAULT, since=later(11)
    ),
    "faults.hold_condition": lambda at: faults.hold_condition(at.conn, EAST, "frozen"),
    "faults.newest_picture": lambda at: faults.newest_picture(at.conn, "cam-east"),
    "faults.hold": lambda at: faults.hold(at.conn, at.oldest["fault"]),
    "faults.hold_untold": lambda at: faults.hold_untold(at.conn, later(12)),
    "faults.renew": lambda at: faults.renew(at.conn, at.oldest["fault"], SEEN),
    "faults.move": lambda at: faults.move(at.conn, at.oldest["fault"], MILDER),
    "faults.write_down": lambda at: faults.write_down(at.conn, at.oldest["fault"], NOTE),
    "faults.is_open": lambda at: faults.is_open(at.conn, EAST, "frozen"),
    "faults.raised_since": lambda at: faults.raised_since(at.conn, EAST, "frozen", NOW),
    "faults.thumbnail": lambda at: faults.thumbnail(at.conn, at.oldest["fault"]),
    "faults.severity": lambda at: faults.severity(at.conn, at.oldest["fault"]),
    "work_orders.insert_for_fault": lambda at: work_orders.insert_for_fault(
        at.conn, at.oldest["fault"], later(900), later(13)
    ),
    "work_orders.insert": lambda at: work_orders.insert(at.conn, LEAK, later(800), later(13)),
    "work_orders.bind": _bound_anew,
    "work_orders.hold": lambda at: work_orders.hold(at.conn, at.oldest["work_order"]),
    "work_orders.hold_of_fault": lambda at: work_orders.hold_of_fault(at.conn, at.oldest["fault"]),
    "faults.hold_of_order": lambda at: faults.hold_of_order(at.conn, at.oldest["work_order"]),
    "work_orders.move": lambda at: work_orders.move(at.conn, at.oldest["work_order"], OPEN),
    "work_orders.write_down": lambda at: work_orders.write_down(at.conn, at.oldest["work_order"], NOTE),
    "maintenance.raise_fault": lambda at: maintenance.raise_fault(
        at.conn, EAST, "dark", FROZEN, estate="garden", since=later(13), at=later(14)
    ),
    "maintenance.apply": lambda at: maintenance.apply(at.conn, at.oldest["work_order"], TAKE, later(14)),
    "maintenance.apply (no such order)": lambda at: maintenance.apply(at.conn, UUID(int=0), FINISH, NOW),
    "maintenance.step_fault": lambda at: _stepped(at, SHELVE),
    "faults.hold_shelved": lambda at: faults.hold_shelved(at.conn, later(61)),
    "maintenance.end_shelves": lambda at: maintenance.end_shelves(at.conn, later(61)),
    "maintenance.clear_fault": lambda at: maintenance.clear_fault(at.conn, EAST, "dark", later(15)),
    "work_orders.hold_recurring": lambda at: work_orders.hold_recurring(at.conn, at.oldest["fault"], NOW),
    "work_orders.hold_due": lambda at: work_orders.hold_due(at.conn, later(850)),
    "work_orders.set_deadlines": lambda at: work_orders.set_deadlines(at.conn, HOURS),
    "work_orders.deadline": lambda at: work_orders.deadline(at.conn, "complaint", "warning", NOW),
    "maintenance.open_order": lambda at: maintenance.open_order(at.conn, LEAK, later(15)),
    "maintenance.mark_overdue": lambda at: maintenance.mark_overdue(at.conn, later(850)),
    "work_order_lists.find": lambda at: work_order_lists.find(at.conn, at.oldest["work_order"]),
    "work_order_lists.since": lambda at: work_order_lists.since(at.conn, NOW),
    "work_order_lists.select": lambda at: work_order_lists.select(at.conn, Wanted(estate="garden")),
    "work_order_lists.history": lambda at: work_order_lists.history(at.conn, [at.oldest["work_order"]]),
    "faults.since": lambda at: faults.since(at.conn, NOW),
    "counts.by_state": lambda at: counts.by_state(at.conn),
    "counts.open_faults": lambda at: counts.open_faults(at.conn),
}
