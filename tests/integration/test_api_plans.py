"""Plans are redrawn, poses found from clicks and advice given, as the interface does it."""

from datetime import timedelta
from typing import Any

import httpx
import numpy as np

from cloud import clock
from cloud.core.estate import EstateFile
from cloud.core.geometry import build
from cloud.core.geometry.parts import LensPart, Mount
from cloud.store import accounts, plans, pool, registry
from contracts import documents
from tests.fixtures.coverage import LENS, TOWER, furnish, mount
from tests.fixtures.estates import park
from tests.fixtures.world import HASH, World

SIZE = (1920, 1080)
CORNERS = ((2, 0), (2, 4), (9, 0), (9, 4), (5, 2))


async def plan(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/estates/garden/plan")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def clicks(hung: Mount) -> list[dict[str, Any]]:
    """Where the camera shows crossings of the east facade: 24 m broad from (12, 0), floors of 3 m."""
    camera = build.camera("cam-east", hung, LensPart.model_validate(LENS), SIZE)
    places = np.array([(12.0, edge * 3.0, (line - 1) * 3.0) for line, edge in CORNERS])
    drawn = camera.lens.draw(*((places - camera.place_m) @ camera.axes.T).T)
    assert drawn.drawn.all()
    return [
        {"facade": "east", "line": line, "edge": edge, "at": [float(u), float(v)]}
        for (line, edge), u, v in zip(CORNERS, drawn.u_px, drawn.v_px, strict=True)
    ]


async def test_a_plan_is_redrawn_and_what_follows_is_told(world: World) -> None:
    await furnish(world.pool, clock.utc_now() - timedelta(hours=1))
    async with world.logged_in("manager") as client:
        before = await plan(client)
        assert (before["version"], before["blind"] < before["cells"]) == (1, True)
        (east,) = (one for one in before["cameras"] if one["id"] == "cam-east")
        drawing = {
            "replaces": 1,
            "reason": "a tree was planted, and the camera turned away",
            "buildings": before["buildings"],
            "occluders": [{"kind": "tree", "at": [30, 12], "radius_m": 3, "height_m": 8}],
            "cameras": {
                "cam-east": {
                    "mount": {**east["mount"], "yaw_deg": 90},
                    **{key: east[key] for key in ("lens", "resolution")},
                }
            },
        }
        answer = await client.put("/api/estates/garden/plan", json=drawing)
        assert answer.status_code == 200, answer.text
        after = answer.json()
        assert (after["version"], after["entered_by"]) == (2, "manager")
        assert after["blind"] > before["blind"]
        assert [one["watches"] for one in after["cameras"] if one["id"] == "cam-east"] == [{}]
        assert after["occluders"][0]["kind"] == "tree"

        late = await client.put("/api/estates/garden/plan", json=drawing)
        assert (late.status_code, late.json()["version"]) == (409, 2)
        inside = {**east["mount"], "x_m": 6, "y_m": 12}
        drawing |= {
            "replaces": 2,
            "cameras": {"cam-east": {**drawing["cameras"]["cam-east"], "mount": inside}},
        }
        wrong = await client.put("/api/estates/garden/plan", json=drawing)
        assert wrong.status_code == 422
        assert "cam-east hangs 6.00 m inside building 3" in wrong.json()["detail"]


def drawing(**more: Any) -> dict[str, Any]:
    """A tower, its east facade, and a camera that nobody has hung up yet."""
    name = {"zh": "3 栋东立面", "en": "Building 3 east"}
    wall = {"building": "3", "edge": 2}
    facade = {"id": "garden-3-east", "building": "3", "name": name, "floors": 18, "bays": 8, "wall": wall}
    hung = {"mount": mount(12.0), "lens": LENS, "resolution": SIZE}
    camera = {"id": "cam-pole", "name": {"zh": "东杆", "en": "East pole"}, "agent": "garden-box-2", **hung}
    drawn = {"replaces": 0, "reason": "drawn", "buildings": [TOWER], "occluders": [], "facades": [facade]}
    return drawn | {"added": [camera]} | more


async def test_a_plan_is_begun_where_there_is_none_and_registers_what_it_draws(world: World) -> None:
    async with pool.transaction(world.pool) as conn:
        await registry.seed(conn, park())
        await accounts.put(
            conn, accounts.Account("chen", "陈", "Chen", "manager", HASH, frozenset({"garden"}))
        )
    async with world.logged_in("chen") as client:
        empty = await plan(client)
        assert (empty["version"], empty["buildings"], empty["cells"]) == (0, [], 0)
        assert {one["id"] for one in empty["facades"]} == {"east", "west"}
        answer = await client.put("/api/estates/garden/plan", json=drawing())
        assert answer.status_code == 200, answer.text
        begun = answer.json()
        assert [(one["id"], one["cells"] > 0) for one in begun["facades"]] == [("garden-3-east", True)]
        assert [one["planned"] for one in begun["cameras"] if one["id"] == "cam-pole"] == [True]
        assert begun["blind"] < begun["cells"]

        held = await client.put("/api/estates/garden/plan", json=drawing(replaces=1, facades=[], added=[]))
        assert held.json()["facades"] == []
        async with pool.transaction(world.pool) as conn:
            rows = await conn.execute("SELECT count(*) FROM facade_grid WHERE facade = 'garden-3-east'")
            assert await rows.fetchone() == (1,), "what was seen of it is kept"
        taken = drawing(replaces=2, added=[])
        taken["facades"][0]["id"] = "park-east"
        refused = await client.put("/api/estates/garden/plan", json=taken)
        assert [each["code"] for each in refused.json()["objections"]] == ["id_elsewhere"]


async def test_a_file_that_a_drawn_plan_would_be_undone_by_is_named(world: World) -> None:
    await furnish(world.pool, clock.utc_now() - timedelta(hours=1))
    async with world.logged_in("manager") as client:
        before = (await client.get("/api/estates/garden/plan/file")).text
        answer = await client.put("/api/estates/garden/plan", json=drawing(replaces=1, facades=None))
        assert answer.status_code == 200, answer.text
        written = await client.get("/api/estates/garden/plan/file")
        assert 'filename="garden-2.yaml"' in written.headers["Content-Disposition"]
    old, new = (documents.parse(text, EstateFile, "x").estates[0] for text in (before, written.text))
    async with pool.transaction(world.pool) as conn:
        drawn = await plans.undone_by(conn, old)
        assert drawn is not None
        assert (drawn.version, drawn.entered_by) == (2, "manager")
        assert await plans.undone_by(conn, new) is None
        await registry.seed(conn, EstateFile(estates=(new,)))
        assert await plans.seed(conn, new, clock.utc_now()) is None, "it is what stands"


async def test_a_map_s_file_is_read_and_what_of_it_cannot_be_used_is_told_by_line(world: World) -> None:
    text = "building,length,width,floors,x,y\n3,30,14,18,0,0\n4,30,14,many,60,0\n"
    async with world.logged_in("manager") as client:
        read = await client.post("/api/estates/garden/plan/read", json={"name": "a.csv", "text": text})
        found = read.json()
        assert [one["id"] for one in found["buildings"]] == ["3"]
        assert "garden-3-south" in {one["id"] for one in found["facades"]}
        assert [(one["code"], one["at"]["number"]) for one in found["refused"]] == [("number_unread", 3)]
        none = await client.post("/api/estates/garden/plan/read", json={"name": "a.json", "text": "{"})
        assert (none.status_code, none.json()["objections"][0]["code"]) == (422, "no_json")


async def test_a_pose_is_found_from_clicks_and_ends_the_doubt_about_it(world: World) -> None:
    await furnish(world.pool, clock.utc_now() - timedelta(hours=1))
    await world.send(world.device.fault("moved", severity="serious"))
    turned = Mount.model_validate({**mount(4.0, yaw_deg=278), "roll_deg": 88.5})
    points = clicks(turned)
    async with world.logged_in("manager") as client:
        asked: dict[str, Any] = {"picture": SIZE, "points": points}
        assert (await plan(client))["cameras"][0]["doubted_since"] is not None
        solved = await client.post("/api/cameras/cam-east/pose/solve", json=asked)
        assert solved.status_code == 200, solved.text
        told = solved.json()
        assert told["rms_px"] < 0.1
        assert abs(told["mount"]["yaw_deg"] % 360 - 278) < 0.01
        assert told["errors"]["yaw_deg"] > 0
        assert [each["facade"] for each in told["homographies"]] == ["east"]

        few = await client.post("/api/cameras/cam-east/pose/solve", json={**asked, "points": points[:3]})
        assert few.status_code == 422
        assert "3 points: a pose needs at least 4" in few.json()["detail"]

        body = {**asked, "replaces": 1, "reason": "was knocked by a lorry"}
        entered = await client.put("/api/cameras/cam-east/pose", json=body)
        assert entered.status_code == 200, entered.text
        now = await plan(client)
        assert (now["version"], now["cameras"][0]["doubted_since"]) == (2, None)
        assert abs(now["cameras"][0]["mount"]["roll_deg"] - 88.5) < 0.01


async def test_a_pose_that_is_entered_tells_the_box_where_its_picture_shows_the_facade(world: World) -> None:
    """What else is wanted of the camera stays; a picture of another shape is not silently stretched."""
    await furnish(world.pool, clock.utc_now() - timedelta(hours=1))
    points = clicks(Mount.model_validate(mount(4.0, yaw_deg=272)))
    asked: dict[str, Any] = {"picture": SIZE, "points": points}
    wish = {"camera": "cam-east", "sensitivity": 0.7, "picture": [960, 540]}
    async with world.logged_in("maintenance") as client:
        put = await client.put("/api/agents/box-a/desired", json={"replaces": 0, "cameras": [wish]})
        assert put.status_code == 200, put.text
    async with world.logged_in("manager") as client:
        tried = (await client.post("/api/cameras/cam-east/pose/solve", json=asked)).json()["told"]
        assert tried == {"agent": "box-a", "facades": ["east"], "version": None}
        body = {**asked, "replaces": 1, "reason": "measured"}
        entered = await client.put("/api/cameras/cam-east/pose", json=body)
        assert entered.json()["told"] == {**tried, "version": 2}
    async with world.logged_in("maintenance") as client:
        wanted = (await client.get("/api/agents/box-a/desired")).json()["wanted"]
        (camera,) = wanted["cameras"]
        assert (camera["sensitivity"], camera["picture"]) == (0.7, [960, 540])
        (east,) = camera["facades"]
        assert (east["id"], east["floors"], east["bays"], east["floor_height_m"]) == ("east", 18, 8, 3.0)
        for point in east["points"]:
            assert all(-0.5 <= at <= most for at, most in zip(point["at"], (960, 540), strict=True))
        square = {**wish, "picture": [640, 480], "masks": [[[0, 0], [9, 0], [9, 9]]]}
        put = await client.put("/api/agents/box-a/desired", json={"replaces": 2, "cameras": [square]})
        assert put.status_code == 200, put.text
    async with world.logged_in("manager") as client:
        refused = await client.put("/api/cameras/cam-east/pose", json={**body, "replaces": 2})
        assert refused.status_code == 422
        assert "was drawn in one of 640 x 480" in refused.json()["detail"]
        assert (await plan(client))["version"] == 2


async def test_advice_closes_cells_of_a_facade(world: World) -> None:
    await furnish(world.pool, clock.utc_now() - timedelta(hours=1))
    async with world.logged_in("bureau") as client:
        answer = await client.get("/api/coverage/facades/east/advice")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        left = told["blind_before"]
        for camera in told["cameras"]:
            left -= camera["closes"]
            assert camera["blind_left"] == left
        assert told["blind_after"] == left


async def test_a_pose_before_no_facade_still_has_the_box_take_its_view_as_usual(world: World) -> None:
    """Else the picture's fault would stay, and with it the camera blind."""
    await furnish(world.pool, clock.utc_now() - timedelta(hours=1))
    away = Mount.model_validate({**mount(4.0, yaw_deg=90), "roll_deg": 0})
    camera = build.camera("cam-east", away, LensPart.model_validate(LENS), SIZE)
    places = np.array(
        [(70.0, -6.0, 12.0), (70.0, 14.0, 12.0), (75.0, 4.0, 30.0), (85.0, -9.0, 30.0), (60.0, 8.0, 22.0)]
    )
    drawn = camera.lens.draw(*((places - camera.place_m) @ camera.axes.T).T)
    assert drawn.drawn.all()
    points = [
        {"place": list(map(float, place)), "at": [float(u), float(v)]}
        for place, u, v in zip(places, drawn.u_px, drawn.v_px, strict=True)
    ]
    async with world.logged_in("manager") as client:
        body = {"picture": SIZE, "points": points, "replaces": 1, "reason": "turned away"}
        entered = await client.put("/api/cameras/cam-east/pose", json=body)
        assert entered.status_code == 200, entered.text
        assert entered.json()["told"] == {"agent": "box-a", "facades": [], "version": 1}
    async with world.logged_in("maintenance") as client:
        (wished,) = (await client.get("/api/agents/box-a/desired")).json()["wanted"]["cameras"]
    assert wished["view_confirmed_at"] is not None
    assert "facades" not in wished
