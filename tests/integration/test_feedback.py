"""What the desk says of alerts: a set to learn from, figures, and a region that a person may accept."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import yaml

from cloud import clock
from cloud.core import alarm
from cloud.store import desired, desk, pool
from contracts.messages import FallingObject, TrackPoint
from models.desk import desk_labels
from tests.fixtures.world import World

CLIP = b"not a film, but whoever exports does not look"


async def _closed(world: World, reasons: Sequence[str], x_px: float) -> list[FallingObject]:
    """Alerts with a clip each, closed with these reasons; all at nearly the same place of the picture."""
    falls = []
    for number, reason in enumerate(reasons):
        track = tuple(TrackPoint(t_s=i / 25, x_px=x_px + number, y_px=400 + 4.0 * i) for i in range(12))
        fall = world.device.fall().model_copy(update={"track": track})
        content = CLIP + str(number).encode() + reason.encode() + str(x_px).encode()
        await world.send(fall, world.device.clip(fall, content))
        await world.upload(world.device, content)
        async with pool.transaction(world.pool) as conn:
            rows = await conn.execute("SELECT id FROM alert WHERE message_id = %s", (fall.message_id,))
            row = await rows.fetchone()
            assert row is not None
            now = clock.utc_now() - timedelta(seconds=1)
            await desk.apply(conn, row[0], alarm.Acknowledge("desk"), now)
            await desk.apply(conn, row[0], alarm.Close("desk", reason), now)
        falls.append(fall)
    return falls


async def test_a_set_is_exported_that_training_reads_and_each_clip_is_in_the_audit_log(
    world: World, database_url: str, tmp_path: Path
) -> None:
    falls = await _closed(world, ["false_bird", "real_throw", "false_laundry"], 300)
    config, folder = tmp_path / "export.yaml", tmp_path / "set"
    evidence = {"url": f"file://{world.evidence}", "staging_dir": "staging"}
    config.write_text(yaml.safe_dump({"database_url": database_url, "evidence": evidence}))
    command = [sys.executable, "-m", "fallwatch", "dataset", "export", str(folder), "--config", str(config)]
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, "--by", "li", "--purpose", "to train the verifier"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "3 labels" in done.stdout
    labels = desk_labels(folder / "labels.jsonl")
    assert [(label.label, label.reason) for label in labels] == [
        (False, "bird"),
        (True, ""),
        (False, "laundry"),
    ]
    assert labels[0].track[0] == (6.0, falls[0].track[0].x_px, falls[0].track[0].y_px)
    assert (folder / labels[0].clip).read_bytes().startswith(CLIP)
    lines = (folder / "provenance.jsonl").read_text().splitlines()
    assert {json.loads(line)["closed_by"] for line in lines} == {"desk"}
    assert "desk" not in (folder / "labels.jsonl").read_text()
    async with pool.transaction(world.pool) as conn:
        rows = await conn.execute(
            "SELECT by, purpose, estate FROM audit WHERE action = 'exported_for_training'"
        )
        assert await rows.fetchall() == [("li", "to train the verifier", "garden")] * 3


async def test_a_region_is_accepted_by_a_person_and_a_real_fall_in_it_takes_the_proposal_away(
    world: World,
) -> None:
    await _closed(world, ["false_laundry"] * 4, 300)
    path = "/api/cameras/cam-east/ignore-proposals"
    async with world.logged_in("maintenance") as client:
        (week,) = (await client.get("/api/feedback")).json()["weeks"]
        assert (week["real"], week["false"], week["precision"]) == (0, {"false_laundry": 4}, 0)
        (found,) = (await client.get(path)).json()["proposals"]
        (camera_now,) = (await client.get("/api/feedback")).json()["cameras"]
        assert (camera_now["false"], camera_now["share_false"]) == ({"false_laundry": 4}, 1)
        assert (found["hides_false"], found["hides_real"]) == ({"false_laundry": 4}, 0)
        refused = await client.post(path, json={"key": found["key"]})
        assert refused.status_code == 409
        done = await client.post(path, json={"key": found["key"], "replaces_own": True})
        assert done.status_code == 200, done.text
        async with pool.transaction(world.pool) as conn:
            state = await desired.newest(conn, "box-a")
        assert state is not None
        (camera,) = state.cameras
        assert camera.ignore is not None
        assert [list(point) for point in camera.ignore[0]] == found["polygon"]
        shown = (await client.get(path)).json()
        assert (shown["proposals"], shown["wanted"]) == ([], [found["polygon"]]), "it is wanted already"
        await _closed(world, ["real_throw"], 310)
        assert (await client.get(path)).json()["proposals"] == []
        late = await client.post(path, json={"key": found["key"], "replaces_own": True})
        assert late.status_code == 409


async def test_a_region_that_was_declined_comes_again_only_when_it_would_hide_twice_as_much(
    world: World,
) -> None:
    await _closed(world, ["false_bird"] * 3, 300)
    path = "/api/cameras/cam-east/ignore-proposals"
    async with world.logged_in("maintenance") as client:
        (found,) = (await client.get(path)).json()["proposals"]
        done = await client.post(
            f"{path}/decline", json={"key": found["key"], "reason": "children play there"}
        )
        assert done.status_code == 200, done.text
        assert (done.json()["proposals"], done.json()["declined"][0]["reason"]) == ([], "children play there")
        await _closed(world, ["false_bird"] * 3, 301)
        assert len((await client.get(path)).json()["proposals"]) == 1
