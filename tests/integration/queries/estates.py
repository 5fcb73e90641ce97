"""Estates and what stands in them."""

from collections.abc import Mapping
from typing import Final

from cloud.core.estate import Estate
from cloud.store import migrate, partitions, registered, registry, topology
from tests.fixtures.cloud import NAME, NOW, estate_file
from tests.integration.queries.made import EAST, At, Case, later

SWITCHED = Estate.model_validate(
    {
        "id": "garden",
        "name": NAME,
        "nodes": [
            {"id": "cabinet-3", "kind": "cabinet", "name": NAME},
            {
                "id": "switch-3",
                "kind": "switch",
                "name": NAME,
                "hangs_on": ["cabinet-3"],
                "told_by": ["cabinet"],
            },
        ],
        "agents": [
            {
                "id": "box-a",
                "name": NAME,
                "cameras": [
                    {"id": "cam-east", "name": NAME, "hangs_on": ["switch-3"]},
                    {"id": "cam-west", "name": NAME, "hangs_on": ["switch-3"]},
                ],
                "sensors": [{"id": "cabinet", "name": NAME, "quantity": "temperature", "unit": "Cel"}],
            }
        ],
    }
)


async def _ensured(at: At) -> None:
    """Partitions are of plain PostgreSQL alone: what was made is not compared."""
    await partitions.ensure(at.conn, NOW)


CASES: Final[Mapping[str, Case]] = {
    "migrate.is_current": lambda at: migrate.is_current(at.conn),
    "partitions.ensure": _ensured,
    "registry.seed": lambda at: registry.seed(at.conn, estate_file("box-a")),
    "registry.seed (again)": lambda at: registry.seed(at.conn, estate_file("box-a")),
    "registry.draw": lambda at: registry.draw(at.conn, estate_file("box-a").estates[0], SWITCHED),
    "registered.of_estate": lambda at: registered.of_estate(at.conn, "garden"),
    "registered.devices": lambda at: registered.devices(at.conn, "garden"),
    "topology.seed": lambda at: topology.seed(at.conn, SWITCHED),
    "topology.of_estate": lambda at: topology.of_estate(at.conn, "garden"),
    "topology.wait_for_cause": lambda at: topology.wait_for_cause(at.conn, EAST, "camera_lost"),
    "topology.names": lambda at: topology.names(at.conn),
    "registry.owned": lambda at: registry.owned(at.conn, ["box-a", "nobody"]),
    "registry.is_known": lambda at: registry.is_known(at.conn, "box-a"),
    "registry.estates": lambda at: registry.estates(at.conn),
    "registry.facades": lambda at: registry.facades(at.conn),
    "registry.facades (of an estate)": lambda at: registry.facades(at.conn, "garden"),
    "registry.facade": lambda at: registry.facade(at.conn, "east"),
    "registry.coverage": lambda at: registry.coverage(at.conn),
    "registry.grounds": lambda at: registry.grounds(at.conn, "cam-east"),
    "registry.grounds (told)": lambda at: registry.grounds(at.conn, "cam-east", "west"),
    "registry.estate_of_agent": lambda at: registry.estate_of_agent(at.conn, "box-a"),
    "registry.mark_seen": lambda at: registry.mark_seen(at.conn, {"cam-east": NOW}),
    "registry.mark_seen (later)": lambda at: registry.mark_seen(at.conn, {"cam-east": later(5)}),
    "registry.cameras": lambda at: registry.cameras(at.conn),
    "registry.cameras (one)": lambda at: registry.cameras(at.conn, ["cam-east"]),
    "registry.camera_names": lambda at: registry.camera_names(at.conn),
    "registry.facades_now": lambda at: registry.facades_now(at.conn),
}
