"""What the desk does with alerts over HTTP, on a real server and database: each step and its trace."""

from datetime import timedelta
from typing import Any

import httpx

from cloud import clock
from cloud.store import desk, pool
from tests.fixtures.cloud import placed
from tests.fixtures.world import World


async def alert_of(world: World, client: httpx.AsyncClient) -> str:
    await world.send(world.device.fall())
    (alert,) = (await client.get("/api/desk")).json()["open"]
    return str(alert["id"])


async def test_an_alert_lives_through_everything_that_a_desk_does(world: World) -> None:
    async with world.logged_in("desk") as client:
        alert = await alert_of(world, client)

        async def did(what: str, body: dict[str, Any] | None = None) -> Any:
            return await client.post(f"/api/alerts/{alert}/{what}", json=body or {})

        unseen = await did("shelve", {"minutes": 30, "reason": "later"})
        assert (unseen.status_code, unseen.json()["state"]) == (409, "not acknowledged")
        await did("acknowledge")
        assert (await did("assign", {"to": "maintenance"})).status_code == 422, "not of the desk"
        assert (await did("assign", {"to": "manager"})).json()["assigned_to"] == "manager"
        await did("note", {"text": "a flower pot, nobody below"})
        shelved = (await did("shelve", {"minutes": 480, "reason": "the police come at eight"})).json()
        assert (shelved["shelved_by"], shelved["shelve_reason"]) == ("desk", "the police come at eight")
        assert (await did("shelve", {"minutes": 481, "reason": "longer"})).status_code == 422
        await did("unshelve")
        confirmed = (await did("confirm", {"note": "swept, the path is open"})).json()
        assert (confirmed["state"], confirmed["confirmed_by"]) == ("confirmed", "desk")
        await did("close", {"reason": "false_laundry", "note": "a quilt"})
        assert (await did("reopen", {"reason": ""})).status_code == 422, "not without a reason"
        reopened = (await did("reopen", {"reason": "a second piece was found"})).json()
        assert (reopened["state"], reopened["assigned_to"]) == ("acknowledged", "desk")
        told = [line["what"].partition("T")[0] for line in reopened["history"]]
    until = f"shelved:{(clock.utc_now().date())}"
    assert told[0] == "raised"
    assert told[4].startswith(until[:12])
    assert [*told[1:4], *told[5:]] == [
        *("acknowledged", "assigned:manager", "note", "unshelved", "confirmed"),
        *("closed:false_laundry", "reopened"),
    ]
    async with pool.transaction(world.pool) as conn:
        found = await conn.execute(
            "SELECT action, by, purpose FROM audit WHERE subject_type = 'alert' ORDER BY id"
        )
        audited = await found.fetchall()
    assert [action for action, _, _ in audited] == [
        *("acknowledged", "assigned", "note", "shelved", "unshelved", "confirmed", "closed", "reopened")
    ]
    assert audited[3] == ("shelved", "desk", "the police come at eight")


async def test_an_alert_is_called_by_the_facade_that_the_box_tells(world: World) -> None:
    """A facade of no estate of the box, or none: the first that the camera sees."""
    for facade in ("west", "park-east", None):
        await world.send(world.device.fall(place=placed(7, facade)))
    async with world.logged_in("desk") as client:
        alerts = (await client.get("/api/desk")).json()["open"]
    assert {one["place"].get("facade"): one["facade"]["id"] for one in alerts} == {
        "west": "west",
        "park-east": "east",
        None: "east",
    }


async def test_floors_of_a_moved_camera_are_told_with_a_doubt_until_its_pose_is_confirmed(
    world: World,
) -> None:
    device = world.device
    for minute, fault in enumerate((None, "raised", None)):
        device.at = clock.utc_now() - timedelta(minutes=30 - minute)
        if fault is not None:
            await world.send(device.fault("moved", fault, severity="serious"))
        await world.send(device.fall(place=placed(7)))
    async with world.logged_in("maintenance") as client:
        confirmed = await client.post("/api/cameras/cam-east/pose/confirm", json={"reason": "looked"})
        assert confirmed.status_code == 200, confirmed.text
    device.at = clock.utc_now() + timedelta(seconds=1)
    await world.send(device.fall(place=placed(7)))
    async with world.logged_in("desk") as client:
        told = sorted((await client.get("/api/desk")).json()["open"], key=lambda one: one["observed_at"])
    assert [one["pose_doubted"] for one in told] == [False, True, True, False]


async def test_what_is_shelved_comes_back_by_itself(world: World) -> None:
    async with world.logged_in("desk") as client:
        alert = await alert_of(world, client)
        await client.post(f"/api/alerts/{alert}/acknowledge", json={})
        await client.post(f"/api/alerts/{alert}/shelve", json={"minutes": 1, "reason": "later"})
        async with pool.transaction(world.pool) as conn:
            assert await desk.end_shelves(conn, clock.utc_now()) == []
            await conn.execute("UPDATE alert SET shelved_until = now()")
        async with pool.transaction(world.pool) as conn:
            (changed,) = await desk.end_shelves(conn, clock.utc_now())
        found = (await client.get(f"/api/alerts/{alert}")).json()
    assert (changed.subject, found["shelved_until"]) == (alert, None)
    assert found["history"][-1]["what"] == "shelf_ended"


async def test_the_desk_sees_first_what_nobody_has_seen_and_what_is_urgent(world: World) -> None:
    for score in (0.3, 0.9, 0.6):
        await world.send(world.device.fall(score=score))
    async with world.logged_in("desk") as client:
        before = (await client.get("/api/desk")).json()["open"]
        await client.post(f"/api/alerts/{before[0]['id']}/acknowledge", json={})
        after = (await client.get("/api/desk")).json()["open"]
    assert [alert["score"] for alert in before] == [0.9, 0.6, 0.3]
    assert [alert["score"] for alert in after] == [0.6, 0.3, 0.9]
    assert [reason["because"] for reason in before[0]["priority_reasons"]] == ["score", "below", "height"]


async def test_a_shift_hands_over_what_is_open_and_the_next_one_takes_it(world: World) -> None:
    async with world.logged_in("desk") as giver, world.logged_in("manager") as receiver:
        alert = await alert_of(world, giver)
        colleagues = (await giver.get("/api/desk")).json()["colleagues"]
        assert {"desk", "manager"} <= set(colleagues)
        body = {"to": "manager", "note": "quiet", "notes": {alert: "the owner calls back"}}
        assert (await giver.post("/api/handovers", json=body | {"to": "desk"})).status_code == 422
        replaced = (await giver.post("/api/handovers", json=body)).json()["id"]
        handover = (await giver.post("/api/handovers", json=body)).json()["id"]
        assert (await giver.post(f"/api/handovers/{handover}/accept", json={})).status_code == 409
        assert (await receiver.post(f"/api/handovers/{replaced}/accept", json={})).status_code == 409
        offered = (await receiver.get("/api/desk")).json()["handovers"]
        assert [(one["id"], one["state"]) for one in offered] == [
            (handover, "offered"),
            (replaced, "withdrawn"),
        ]
        assert offered[0]["items"] == [{"alert": alert, "note": "the owner calls back", "state": "raised"}]
        assert (await receiver.post(f"/api/handovers/{handover}/accept", json={})).status_code == 200
        after = (await giver.get("/api/desk")).json()
    newest = after["handovers"][0]
    assert (newest["state"], newest["from"], newest["to"]) == ("accepted", "desk", "manager")
    assert after["open"][0]["assigned_to"] == "manager"
    assert after["change"] > 0
