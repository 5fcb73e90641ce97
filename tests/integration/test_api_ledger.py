"""Work orders made by hand and the ledger, over the interface: figures, and an export that proves itself."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from cloud import clock
from cloud.core import ledger_file
from cloud.ledger import command
from cloud.store import accounts, pool
from cloud.store.accounts import Account
from tests.fixtures.estates import PNG
from tests.fixtures.world import HASH, World

FINDING = {
    "source": "patrol",
    "severity": "warning",
    "title": "瓷砖松动",
    "estate": "garden",
    "facade": "east",
    "floor": 12,
    "bay": 3,
}


@pytest.fixture
async def colleague(world: World) -> str:
    """A second technician."""
    async with pool.transaction(world.pool) as conn:
        person = Account("wang", "王师傅", "Wang", "maintenance", HASH, every_estate=True)
        await accounts.put(conn, person)
    return "wang"


async def test_a_finding_of_a_patrol_is_done_by_one_and_approved_by_another(
    world: World, colleague: str
) -> None:
    async with world.logged_in("maintenance") as mine, world.logged_in(colleague) as other:
        made = await mine.post("/api/work-orders", json=FINDING)
        order = made.json()
        path = f"/api/work-orders/{order['id']}"
        assert (made.status_code, order["state"], order["facade"]["id"], order["building"]) == (
            *(201, "open", "east"),
            "3",
        )
        assert order["due_at"] > order["opened_at"]
        assert (await mine.post(f"{path}/assign", json={"to": "nobody"})).status_code == 422
        assert (await mine.post(f"{path}/assign", json={"to": colleague})).json()["state"] == "assigned"
        await other.post(f"{path}/take")
        waiting = (await other.post(f"{path}/wait", json={"reason": "等吊篮"})).json()
        assert (waiting["state"], waiting["reason"]) == ("waiting", "等吊篮")
        await other.post(f"{path}/take")
        image = {"Content-Type": "image/png"}
        shown = await other.post(f"{path}/photos?stage=after", content=PNG, headers=image)
        (photo,) = shown.json()["photos"]
        assert (photo["stage"], photo["by"]) == ("after", colleague)
        finished = (await other.post(f"{path}/finish", json={"measure": "重新粘贴"})).json()
        assert finished["state"] == "finished"
        assert (await other.post(f"{path}/verify", json={})).status_code == 409, "not by who finished it"
        assert (await mine.post(f"{path}/reject", json={"reason": "还是松的"})).json()["state"] == "taken"
        await other.post(f"{path}/finish", json={"measure": "换了砖"})
        closed = (await mine.post(f"{path}/verify", json={"note": "看过"})).json()
        assert (closed["state"], closed["verified_by"]) == ("closed", "maintenance")
        told = [line["what"] for line in closed["history"]]
        assert told == [
            *("opened", "assigned", "taken", "waiting", "taken", "finished", "rejected", "finished"),
            "verified",
        ]
        content = await mine.get(photo["url"])
        assert (content.content, content.headers["Content-Type"]) == (PNG, "image/png")
        found = (await mine.get("/api/work-orders?source=patrol&state=closed&facade=east")).json()["orders"]
        assert [one["id"] for one in found] == [order["id"]]
        assert (await mine.get("/api/work-orders?source=complaint")).json()["orders"] == []
    async with pool.transaction(world.pool) as conn:
        rows = await conn.execute(
            "SELECT action, by, estate FROM audit WHERE subject_type = 'work_order' ORDER BY id"
        )
        entered = await rows.fetchall()
    assert [what for what, _, _ in entered] == [*told[:5], "photographed", *told[5:], "viewed"]
    assert {estate for _, _, estate in entered} == {"garden"}


NO_PHOTOS = (
    (b"<svg onload='x'/>", "image/png", 415),
    (PNG + b"MZ", "image/png", 415),
    (PNG, "image/jpeg", 415),
    (PNG + bytes(5 * 1024 * 1024), "image/png", 413),
)
NO_PLACES: tuple[tuple[dict[str, object], int], ...] = (
    ({"estate": "nowhere"}, 404),
    ({"facade": "north"}, 422),
    ({"floor": 99}, 422),
    ({"camera": "x"}, 422),
)


async def test_what_is_no_photograph_and_no_place_is_refused(world: World) -> None:
    async with world.logged_in("maintenance") as client:
        order = (await client.post("/api/work-orders", json=FINDING)).json()["id"]
        path = f"/api/work-orders/{order}/photos?stage=before"
        for content, media_type, status in NO_PHOTOS:
            answer = await client.post(path, content=content, headers={"Content-Type": media_type})
            assert answer.status_code == status, answer.text
        assert (await client.get(f"/api/work-orders/{order}")).json()["photos"] == []
        for more, status in NO_PLACES:
            answer = await client.post("/api/work-orders", json=FINDING | more)
            assert answer.status_code == status, answer.text


async def test_the_figures_are_those_of_the_export_which_proves_itself(world: World) -> None:
    now = clock.utc_now().replace(second=0, microsecond=0)
    hour = timedelta(hours=1)
    await world.send(
        world.device.camera("streaming", at=now - 10 * hour),
        world.device.camera("lost", at=now - 4 * hour),
        world.device.camera("streaming", at=now - 3 * hour),
        *(world.device.minute(now - 10 * hour + timedelta(minutes=n), 54.0) for n in range(120)),
    )
    ahead, late = now + hour, now - 2 * hour
    async with world.logged_in("maintenance") as client:
        for begins_at in (ahead, late):
            planned = {"begins_at": begins_at.isoformat(), "ends_at": (begins_at + hour).isoformat()}
            answer = await client.post(
                "/api/ledger/planned", json={"estate": "garden", "reason": "换镜头"} | planned
            )
            assert (answer.status_code, answer.json()["counts"]) == (201, begins_at == ahead)
        await client.post("/api/work-orders", json=FINDING)
        asked = {"begin": (now - 10 * hour).isoformat(), "end": now.isoformat(), "facade": "east"}
        found = (await client.get("/api/ledger", params=asked)).json()
        figures = {figure["key"]: figure for figure in found["figures"]}
        assert (figures["availability"]["numerator"], figures["availability"]["denominator"]) == (
            32400,
            36000,
        )
        assert (figures["availability"]["value"], figures["availability"]["meets"]) == (0.9, False)
        assert figures["recording"]["numerator"] == 120 * 54
        assert figures["clips"]["value"] is None
        (camera,) = found["cameras"]
        assert [outage["begin"] for outage in camera["outages"]] == [
            (now - 4 * hour).isoformat().replace("+00:00", "Z")
        ]
        export = await client.get("/api/ledger/export", params=asked)
        listed = await client.get("/api/ledger/orders", params={"facade": "east"})
    assert ledger_file.check(export.content) == ()
    told = {
        tuple(line.split(",")[:3]): line.split(",")[3:5]
        for line in ledger_file.unpacked(export.content)["figures.csv"].splitlines()
    }
    for key, figure in figures.items():
        numbers = [float(number) for number in told["all", "", key]]
        assert numbers == [figure["numerator"], figure["denominator"]]
    assert listed.content.decode("utf-8-sig").startswith("工单,来源,状态")
    assert "瓷砖松动" in listed.content.decode()
    file = world.evidence.with_name("ledger.zip")
    file.write_bytes(export.content)
    assert "every figure follows" in CliRunner().invoke(command, ["check", str(file)]).output
    file.write_bytes(export.content[:-40])
    assert CliRunner().invoke(command, ["check", str(file)]).exit_code == 1
