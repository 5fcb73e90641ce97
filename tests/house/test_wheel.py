"""The wheel, installed in a clean environment with one side's packages only, is the program.

What the checkout offers by accident (files that no wheel holds, packages of the other side, the current
folder on the path) is out of reach here: the environment is new, the folder empty, PYTHONSAFEPATH set.
"""

import json
import os
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from tests.house.tree import ROOT, committed

pytestmark = pytest.mark.timeout(600)

PACKAGES = ("contracts", "edge", "cloud", "models", "dashboards", "firmware_configs", "fallwatch")

IMPORT_ALL = """
import importlib, importlib.util, json, pkgutil, sys
def gone(name):
    raise ImportError(f"cannot import {name}")
names = []
for root in sys.argv[2].split(","):
    package = importlib.import_module(root)
    names += [root, *(m.name for m in pkgutil.walk_packages(package.__path__, f"{root}.", onerror=gone))]
for name in names:
    importlib.import_module(name)
present = [name for name in sys.argv[1].split(",") if importlib.util.find_spec(name)]
print(json.dumps({"imported": names, "present": present}))
"""


@dataclass(frozen=True)
class Installed:
    """A clean environment that holds the wheel and one side's pinned packages."""

    folder: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A program of the environment, run from an empty folder."""
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
        }
        return subprocess.run(
            [self.folder / "bin" / command[0], *command[1:]],
            cwd=elsewhere,
            env={**kept, "PYTHONSAFEPATH": "1", "COLUMNS": "100"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def import_everything(self, *roots: str, absent: tuple[str, ...]) -> dict[str, list[str]]:
        """Import every module under `roots`; says which were, and which of `absent` are there after all."""
        done = self.run("python", "-c", IMPORT_ALL, ",".join(absent), ",".join(roots))
        assert done.returncode == 0, done.stderr
        told: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
        return told


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
        text=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def _install(side: str, wheel: Path, folder: Path) -> Installed:
    venv.create(folder)
    # Our own pip installs there, and what is never imported need not be compiled.
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install"]
    pip += ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps"]
    requirements = ROOT / "requirements" / f"{side}.txt"
    for wanted in (["--require-hashes", "--requirement", requirements], [wheel]):
        installed = subprocess.run([*pip, *wanted], capture_output=True, text=True, check=False)
        assert installed.returncode == 0, installed.stderr
    return Installed(folder)


@pytest.fixture(scope="module")
def edge_box(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return _install("edge", wheel, tmp_path_factory.mktemp("edge"))


@pytest.fixture(scope="module")
def cloud_box(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return _install("cloud", wheel, tmp_path_factory.mktemp("cloud"))


@pytest.fixture
def short_video(tmp_path: Path) -> Path:
    """Two seconds of a grey wall with grain, H.264, 320x240, 25 pictures a second. Nothing falls."""
    path = tmp_path / "wall.mp4"
    grain = np.random.default_rng(1)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for _ in range(50):
            luma = grain.normal(120, 2, (240, 320)).clip(0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.dstack([luma] * 3), format="rgb24")))
        container.mux(stream.encode(None))
    return path


def test_the_wheel_holds_every_committed_file_of_the_packages(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {str(path) for path in committed() if path.parts[0] in PACKAGES}
    assert not wanted - held


def test_the_wheel_holds_the_front_end_libraries(wheel: Path) -> None:
    folder = ROOT / "dashboards" / "web" / "vendor"
    vendored = {str(path.relative_to(ROOT)) for path in folder.rglob("*") if path.is_file()}
    assert any(name.endswith("/lit-html.js") for name in vendored), "run: make setup"
    assert vendored <= set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_no_tests_and_no_tools(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} <= set(PACKAGES)


def test_the_help_of_a_bare_edge_box_names_the_commands(edge_box: Installed) -> None:
    shown = edge_box.run("fallwatch", "--help")
    assert shown.returncode == 0, shown.stderr
    for command in ("detect", "edge", "cloud", "demo"):
        assert command in shown.stdout


def test_the_wheel_says_its_version(edge_box: Installed) -> None:
    shown = edge_box.run(
        "python", "-c", "from importlib.metadata import version; print(version('fallwatch'))"
    )
    assert shown.stdout.strip() == "0.1.0"


def test_a_bare_edge_box_reads_a_video_to_its_end(edge_box: Installed, short_video: Path) -> None:
    done = edge_box.run("fallwatch", "detect", str(short_video), "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


def test_a_bare_edge_box_says_what_is_no_video(edge_box: Installed) -> None:
    done = edge_box.run("fallwatch", "detect", "nothing.mp4", "--format", "jsonl")
    assert done.returncode == 2
    assert "nothing.mp4" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_edge_imports_without_a_package_of_the_cloud(edge_box: Installed) -> None:
    absent = ("fastapi", "psycopg", "jinja2", "obstore", "uvicorn", "argon2", "pytest")
    told = edge_box.import_everything("contracts", "edge", absent=absent)
    assert told["present"] == []
    assert "edge.camera" in told["imported"]


def test_the_cloud_imports_without_a_package_of_the_edge(cloud_box: Installed) -> None:
    told = cloud_box.import_everything("contracts", "cloud", absent=("onnxruntime", "psutil", "pytest"))
    assert told["present"] == []
    assert "cloud.store" in told["imported"]


def test_the_cloud_in_a_clean_environment_has_a_command_line(cloud_box: Installed) -> None:
    shown = cloud_box.run("fallwatch", "cloud", "--help")
    assert shown.returncode == 0, shown.stderr
    for command in ("migrate", "ingest", "api", "timers"):
        assert command in shown.stdout
