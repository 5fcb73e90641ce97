"""Alerts, and what corrects them."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cloud.core import alarm as machine
from cloud.core.handover import Withdraw
from cloud.core.machine import Record
from cloud.store import alerts, clocks, desk, equipment, handovers, holds
from tests.fixtures.cloud import NOW
from tests.integration.queries.made import DEVICE, FALL, OTHER_FALL, At, Case, later

END, LEARNT, SIREN = DEVICE.ended(FALL, floor=7), DEVICE.clock_set(-3.5), DEVICE.warning(FALL)
ANSWER, CLOSE = machine.Acknowledge("li"), machine.Close("li", "real", "a flower pot")
SHELVE = machine.Shelve("li", later(60), "the painters are there")
LINE = Record(NOW, "note", "li", "nobody was below")

WITHDRAW = Withdraw("li")


def _noted(at: At) -> handovers.Said:
    return handovers.Said("quiet", {at.oldest["alert"]: "the painters come at ten"})


CASES: Final[Mapping[str, Case]] = {
    "alerts.raise_alert": lambda at: alerts.raise_alert(at.conn, FALL, NOW),
    "alerts.raise_alert (a copy)": lambda at: alerts.raise_alert(at.conn, FALL, later(1)),
    "alerts.raise_alert (another)": lambda at: alerts.raise_alert(at.conn, OTHER_FALL, later(1)),
    "alerts.end": lambda at: alerts.end(at.conn, END, later(1)),
    "clocks.learn": lambda at: clocks.learn(at.conn, LEARNT),
    "equipment.warn": lambda at: equipment.warn(at.conn, SIREN),
    "equipment.warnings": lambda at: equipment.warnings(at.conn, "cam-east", NOW, NOW),
    "alerts.open_alerts": lambda at: alerts.open_alerts(at.conn),
    "alerts.write_down": lambda at: alerts.write_down(at.conn, at.oldest["alert"], LINE),
    "desk.may_have": lambda at: desk.may_have(at.conn, at.oldest["alert"], "li"),
    "desk.apply": lambda at: desk.apply(at.conn, at.oldest["alert"], ANSWER, later(2)),
    "desk.apply (shelve)": lambda at: desk.apply(at.conn, at.oldest["alert"], SHELVE, later(2)),
    "desk.end_shelves": lambda at: desk.end_shelves(at.conn, later(60)),
    "handovers.offer": lambda at: handovers.offer(at.conn, "li", "wu", _noted(at), later(60)),
    "handovers.apply": lambda at: handovers.apply(at.conn, at.oldest["handover"], WITHDRAW, later(60)),
    "handovers.offer (again)": lambda at: handovers.offer(at.conn, "li", "wu", _noted(at), later(60)),
    "handovers.since": lambda at: handovers.since(at.conn, NOW),
    "desk.apply (close)": lambda at: desk.apply(at.conn, at.oldest["alert"], CLOSE, later(61)),
    "alerts.closed_since": lambda at: alerts.closed_since(at.conn, NOW, 10),
    "alerts.find": lambda at: alerts.find(at.conn, at.oldest["alert"]),
    "alerts.find (of no alert)": lambda at: alerts.find(at.conn, UUID(int=0)),
    "holds.place": lambda at: holds.place(
        at.conn, at.oldest["alert"], by="li", reason="court 4", until=None, at=later(70)
    ),
    "holds.lift (of none)": lambda at: holds.lift(
        at.conn, at.oldest["alert"], UUID(int=0), by="li", reason="over", at=later(71)
    ),
    "holds.active": lambda at: holds.active(at.conn, later(71)),
    "alerts.among": lambda at: alerts.among(at.conn, [at.oldest["alert"], UUID(int=0)]),
    "holds.of_alert": lambda at: holds.of_alert(at.conn, at.oldest["alert"]),
    "alerts.history": lambda at: alerts.history(at.conn, at.oldest["alert"]),
}
