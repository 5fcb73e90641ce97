"""Months as they are counted, records of equipment, draws for inspections."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from cloud.core import months as calendar
from cloud.core.equipment_record import Paper
from cloud.core.sampling import drawn, population_digest
from cloud.store import inspections, months, plans, records
from tests.fixtures.cloud import NOW
from tests.fixtures.coverage import garden, mount
from tests.integration.queries.made import At, Case, later

MONTH = calendar.month_of(NOW)
DRAW = UUID(int=7)
PAPER = Paper(place="3 栋东侧灯杆", installed_on=date(2026, 1, 9), keeper="物业", serial="7")


async def _counted(at: At) -> object:
    found = await months.counted(at.conn, MONTH, later(600), 60.0)
    return found.facades, found.cameras, found.overdue


async def _keep(at: At) -> object:
    every = await inspections.population(at.conn, "camera")
    draw = inspections.Draw(
        DRAW, "20261101", "camera", 1, len(every), population_digest(every), "", later(12), "li"
    )
    return await inspections.keep(at.conn, draw, drawn(every, draw.seed, draw.size))


async def _inspect(at: At) -> object:
    (pick,) = await inspections.picks(at.conn, [DRAW])
    return await inspections.inspect(at.conn, pick, inspections.Inspected("passed", "clean", "li", later(13)))


async def _find(at: At) -> object:
    (pick,) = await inspections.picks(at.conn, [DRAW])
    return await inspections.find(at.conn, DRAW, pick.subject)


CASES: Final[Mapping[str, Case]] = {
    "plans.enter (once more)": lambda at: plans.enter(at.conn, garden(), "li", later(10)),
    "months.due": lambda at: months.due(at.conn, later(600)),
    "months.count": lambda at: months.count(at.conn, "garden", MONTH, later(600), 54),
    "months.count_due": lambda at: months.count_due(at.conn, later(620), 54),
    "months.due (afterwards)": lambda at: months.due(at.conn, later(621)),
    "months.counted": _counted,
    "months.known": lambda at: months.known(at.conn),
    "months.places": lambda at: months.places(at.conn),
    "records.enter": lambda at: records.enter(at.conn, "camera", "cam-east", PAPER, "li", later(11)),
    "records.enter (of no camera)": lambda at: records.enter(
        at.conn, "camera", "nobody", PAPER, "li", later(11)
    ),
    "records.items": lambda at: records.items(at.conn),
    "records.item": lambda at: records.item(at.conn, "camera", "cam-east"),
    "inspections.population": lambda at: inspections.population(at.conn, "facade"),
    "inspections.keep": _keep,
    "inspections.draws": lambda at: inspections.draws(at.conn),
    "inspections.picks": lambda at: inspections.picks(at.conn, [DRAW]),
    "inspections.find": _find,
    "inspections.inspect": _inspect,
    "inspections.inspect (again)": _inspect,
    "plans.seed": lambda at: plans.seed(at.conn, garden(mount=mount(4.0, yaw_deg=280)), later(630)),
}
