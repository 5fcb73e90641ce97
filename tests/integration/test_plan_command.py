"""One plan, two ways in: no older file undoes what was drawn, and what stands is written as a file."""

import asyncio
import json
from pathlib import Path

from click.testing import CliRunner, Result

from cloud import clock
from cloud.__main__ import main
from cloud.core.drawn import Drawing, redrawn
from cloud.core.estate import Estate, Facade
from cloud.store import plans, pool, registry
from contracts import documents
from fallwatch.coverage import command as coverage
from tests.fixtures.coverage import modelled


async def draw(url: str) -> Estate:
    """A manager leaves the west facade unwatched, and has the south one watched."""
    name = {"zh": "3 栋南立面", "en": "Building 3 south"}
    wall = {"building": "3", "edge": 1}
    south = {"id": "garden-3-south", "building": "3", "name": name, "floors": 18, "bays": 4, "wall": wall}
    async with pool.opened(url, max_size=1) as opened, pool.transaction(opened) as conn:
        _, before = await plans.newest(conn, "garden")
        assert before is not None
        facades = [*(each for each in before.facades if each.id != "west"), Facade.model_validate(south)]
        after = redrawn(before, Drawing(before.buildings, before.occluders, facades))
        await registry.draw(conn, after, before)
        await plans.enter(conn, after, "chen", clock.utc_now())
    return after


def test_what_was_drawn_is_written_as_a_file_and_no_older_file_undoes_it(
    database_url: str, tmp_path: Path
) -> None:
    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words, env={"DATABASE_URL": database_url})

    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(documents.written({"estates": [modelled().estates[0].model_dump(mode="json")]}))
    assert "garden: plan 1" in run("seed", str(old)).output
    drawn = asyncio.run(draw(database_url))

    refused = run("seed", str(old))
    assert refused.exit_code == 1
    assert "plan 2 of garden was entered by chen" in refused.output
    assert "--replaces garden=2" in refused.output

    written = run("plan", "export", "garden", "-o", str(new))
    assert written.exit_code == 0, written.output
    told = json.loads(CliRunner().invoke(coverage, [str(new), "--json"]).stdout)["estates"][0]
    assert {cell["facade"] for cell in told["cells"]} == {each.id for each in drawn.facades}
    assert run("seed", str(new)).output == "seeded garden\n", "nothing of the plan differs"
    assert "there is no estate nowhere" in run("plan", "export", "nowhere").output

    assert run("seed", str(old), "--replaces", "garden=1").exit_code == 1
    assert "garden: plan 3" in run("seed", str(old), "--replaces", "garden=2").output
