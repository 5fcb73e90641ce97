"""What an inspector found is told of any draw, however many came after it."""

from datetime import timedelta
from uuid import UUID, uuid4

from cloud import clock
from cloud.core.sampling import drawn
from cloud.store import inspections, pool
from tests.fixtures.world import World

LISTED = 50


async def test_what_was_drawn_before_all_draws_that_are_listed_is_still_inspected(world: World) -> None:
    async with world.logged_in("bureau") as client:
        body = {"seed": "20261101", "what": "camera", "size": 1, "purpose": "spring inspection"}
        first = (await client.post("/api/bureau/draws", json=body)).json()
        async with pool.transaction(world.pool) as conn:
            every = await inspections.population(conn, "camera")
            at = clock.utc_now() + timedelta(seconds=1)
            for _ in range(LISTED):
                later = inspections.Draw(uuid4(), "7", "camera", 1, len(every), "", "autumn", at, "bureau")
                await inspections.keep(conn, later, drawn(every, later.seed, later.size))
        listed = (await client.get("/api/bureau/draws")).json()["draws"]
        assert UUID(first["id"]) not in {UUID(one["id"]) for one in listed}

        (pick,) = first["picks"]
        found = {"subject": pick["subject"]["id"], "outcome": "passed"}
        answer = await client.post(f"/api/bureau/draws/{first['id']}/found", json=found)
        assert answer.status_code == 200, answer.text
        assert answer.json()["picks"][0]["outcome"] == "passed"
