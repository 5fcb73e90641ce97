"""The bureau sees no resident's picture unless somebody has given leave for a reason, while that counts."""

from datetime import timedelta
from typing import Final

import httpx

from cloud import clock
from cloud.store import grants, pool
from cloud.store.grants import Grant
from tests.fixtures.estates import two_estates
from tests.fixtures.world import World

NEVER: Final = (
    "/api/desk",
    "/api/alerts/{alert}/custody",
    "/api/faults/{fault}/thumbnail",
    "/api/work-orders/photos/{photo}",
    "/api/cameras/{camera}/ignore-proposals",
)
"""Where pictures of people are, or the way to one, that no leave opens to the bureau."""
WITH_LEAVE: Final = ("/api/alerts/{alert}", "/api/evidence/clips/{sha256}")


async def test_the_bureau_sees_a_resident_only_with_leave_for_a_reason_and_only_while_it_counts(
    world: World,
) -> None:
    own, _ = await two_estates(world)
    never = [path.format(**own.named) for path in NEVER]
    looks = [path.format(**own.named) for path in WITH_LEAVE]
    leave = {
        "username": "bureau",
        "estate": "garden",
        "alert": own.named["alert"],
        "reason": "complaint 7",
        "until": (clock.utc_now() + timedelta(days=1)).isoformat(),
    }
    async with world.logged_in("bureau") as bureau, world.logged_in("manager") as manager:
        assert await _answers(bureau, *never, *looks) == {403}
        given = await manager.post("/api/grants", json=leave)
        assert given.status_code == 201, given.text
        assert (await bureau.get(looks[1])).status_code == 403, "nobody has said why they look"
        why = await bureau.post(f"{looks[0]}/viewings", json={"purpose": "review"})
        assert why.status_code == 201, why.text
        assert await _answers(bureau, *looks) == {200}
        assert await _answers(bureau, *never) == {403}, "leave is for the clip of an alert"
        orders = (await bureau.get("/api/work-orders")).json()["orders"]
        assert [order["photos"] for order in orders] == [[]] * len(orders) != []
        taken = await manager.post(f"/api/grants/{given.json()['id']}/revoke", json={})
        assert taken.status_code == 200, taken.text
        assert await _answers(bureau, *never, *looks) == {403}, "taken back"
        too_long = leave | {"until": (clock.utc_now() + timedelta(days=91)).isoformat()}
        assert (await manager.post("/api/grants", json=too_long)).status_code == 422
        assert (await manager.post("/api/grants", json=leave | {"reason": " "})).status_code == 422
        async with pool.transaction(world.pool) as conn:
            over = Grant("bureau", "garden", None, "complaint 8", clock.utc_now() - timedelta(seconds=1))
            await grants.give(conn, over, "manager", clock.utc_now() - timedelta(days=1))
        assert await _answers(bureau, *never, *looks) == {403}, "expired"
    async with pool.transaction(world.pool) as conn:
        told = await (await conn.execute("SELECT action, by, purpose FROM audit ORDER BY id")).fetchall()
    assert ("leave_given", "manager", "complaint 7") in told
    assert {("viewed", "bureau"), ("asked_to_view", "bureau"), ("leave_taken_back", "manager")} <= {
        (action, by) for action, by, _ in told
    }


async def _answers(client: httpx.AsyncClient, *paths: str) -> set[int]:
    return {(await client.get(path)).status_code for path in paths}
