"""Wall clocks are set, drift or begin in 1970: event times are right, or say that they are not known."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fallwatch.local.mosquitto import Broker
from fallwatch.local.pki import Authority
from tests.faults import clocks
from tests.faults import test_sigkill as box
from tests.faults.clocks import Estate, Wait
from tests.fixtures.programs import program

EVENTS = 50


@pytest.mark.parametrize("fault", clocks.faults(), ids=lambda fault: fault.name.partition(": ")[2])
def test_whatever_is_done_to_the_wall_clock_times_are_right_or_marked_untrusted(  # noqa: PLR0917 - fixtures
    fault: clocks.ClockFault,
    database_url: str,
    broker: Broker,
    authority: Authority,
    tmp_path: Path,
    wait_until: Wait,
) -> None:
    cloud = str(box.write_cloud_settings(tmp_path, broker, authority, database_url))
    seed = [sys.executable, "-m", "cloud", "seed", box.estate(tmp_path), "--config", cloud]
    subprocess.run(seed, cwd=box.ROOT, check=True)
    with program(["cloud", "ingest", "--config", cloud], tmp_path / "ingest.log"):
        row: dict[str, Any] = clocks.row(
            fault, EVENTS, Estate(tmp_path, broker, authority, database_url, wait_until)
        )
    sys.stdout.write("\n" + json.dumps(row) + "\n")
    assert (row["lost"], row["duplicated"], row["wrong"]) == (0, 0, 0)
    assert row["accepted"] >= 2 * EVENTS
    assert row["uncertainty_s"] < 5
