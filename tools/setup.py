"""Sets a checkout up: system packages, virtual environment, front-end libraries; tells what and how long.

Run by the system's Python, so only its standard library is used. A second run finds all and ends at once.
"""

from __future__ import annotations

import argparse
import glob
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "fallwatch-setup.json"
LOG = ROOT / "build" / "setup.log"
WEB = ROOT / "dashboards" / "web"
REQUIREMENTS = {"demo": "local", "dev": "dev"}
TICK_S = 10
PIP = ("-m", "pip", "install", "-q", "--no-input", "--disable-pip-version-check")
# On every core; what a package carries that is no Python yet, as a template, is passed over.
COMPILE = "import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2, workers=0)"
# A constraint of the machine's cannot hold beside hashes: pip wants one for it, too.
ALONE = {"PIP_CONSTRAINT": ""}


class SetupError(Exception):
    """One sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Part:
    """Something of the system that we need: there if one of the files is."""

    package: str
    files: tuple[str, ...]


LIBRARIES = "/usr/lib/*-linux-*"
SYSTEM = (
    Part("mosquitto", ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto")),
    Part("openssl", ("/usr/bin/openssl", "/usr/local/bin/openssl")),  # the demo's time-stamping authority
    Part("util-linux", ("/usr/bin/setpriv", "/bin/setpriv")),
    Part("python3-gi", ("/usr/lib/python3/dist-packages/gi/__init__.py",)),
    Part("gir1.2-gst-rtsp-server-1.0", (f"{LIBRARIES}/girepository-1.0/GstRtspServer-1.0.typelib",)),
    Part("gstreamer1.0-plugins-base", (f"{LIBRARIES}/gstreamer-1.0/libgstapp.so",)),
    Part("gstreamer1.0-plugins-good", (f"{LIBRARIES}/gstreamer-1.0/libgstrtp.so",)),
)
CHROMIUM = Part("chromium", ("/usr/bin/chromium", "/snap/bin/chromium", "/usr/bin/google-chrome"))
SYSTEM_FOR_DEVELOPERS = (
    CHROMIUM,
    Part("prometheus", ("/usr/bin/promtool", "/usr/local/bin/promtool")),  # its promtool tries the rules
    Part("libfaketime", (f"{LIBRARIES}/faketime/libfaketime.so.1",)),
    Part("libatomic1", (f"{LIBRARIES}/libatomic.so.1",)),  # Playwright's own Node
    Part(
        "fonts-noto-cjk", ("/usr/share/fonts/opentype/noto/NotoSansCJK*", "/usr/share/fonts/**/NotoSansCJK*")
    ),
)


def main() -> int:
    """Do what is missing; 0, or 1 with one sentence on standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--for", dest="purpose", choices=sorted(REQUIREMENTS), default="demo")
    purpose = parser.parse_args().purpose
    began_s = time.monotonic()
    try:
        _expect_python()
        done = [_system(purpose), _environment(purpose), _front_end()]
    except SetupError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("set-up: interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    if any(done):
        print(f"set-up: ready after {time.monotonic() - began_s:.0f} s", flush=True)
    return 0


def _expect_python() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells those who have an older one
        raise SetupError(f"Python {platform.python_version()} is too old: Fallwatch needs 3.11 or newer.")


def _system(purpose: str) -> bool:
    parts = SYSTEM + (SYSTEM_FOR_DEVELOPERS if purpose == "dev" else ())
    missing = [part.package for part in parts if not _there(part)]
    if _cannot_make_environments():
        missing.append(f"python3.{sys.version_info.minor}-venv")
    if CHROMIUM.package in missing and _is_ubuntu():
        # Ubuntu's package of that name only calls the snap store.
        missing.remove(CHROMIUM.package)
        print("set-up: for the browser tests run `snap install chromium`: Ubuntu has no such apt package")
    if not missing:
        return False
    apt = _apt()
    if apt is None:
        raise SetupError(
            f"these system packages are missing and only root may install them: "
            f"sudo apt-get install {' '.join(missing)}"
        )
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    _step("the lists of system packages", [*apt, "update", "-qq"], quiet)
    # Nobody needs the downloaded archives again: they would double what the packages take on the disk.
    lean = ["-o", "APT::Keep-Downloaded-Packages=false", "--no-install-recommends"]
    install = [*apt, "install", "-y", "-qq", *lean, *missing]
    _step(f"system packages {' '.join(missing)}", install, quiet)
    return True


def _there(part: Part) -> bool:
    return any(glob.glob(pattern, recursive=True) for pattern in part.files)  # noqa: PTH207 - absolute patterns


def _cannot_make_environments() -> bool:
    """Whether this Python cannot make a virtual environment with pip (Debian splits that off)."""
    if VENV.exists():
        return False
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, capture_output=True, check=False).returncode != 0


def _is_ubuntu() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and "\nID=ubuntu\n" in f"\n{release.read_text()}"


def _apt() -> list[str] | None:
    """The command that may install packages without asking, or None."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    return None


def _environment(purpose: str) -> bool:
    """Whether packages had to be installed."""
    stamp = _read_stamp()
    enough = {_mark("dev"), _mark(purpose)}
    if stamp.get("packages") in enough and _python().exists():
        return False
    if not _usable():
        if VENV.exists():
            shutil.rmtree(VENV)
        _step("a virtual environment in .venv", [sys.executable, "-m", "venv", str(VENV)])
    pip = [str(_python()), *PIP]
    wanted = f"requirements/{REQUIREMENTS[purpose]}.txt"
    count = sum("==" in line for line in (ROOT / wanted).read_text().splitlines())
    # The list is whole: nothing is left to be found. And pip would compile on one core.
    pinned = [*pip, "--no-deps", "--no-compile", "--require-hashes", "-r", wanted]
    _step(f"{count} pinned packages of {wanted}", pinned, ALONE)
    if purpose == "dev":
        camera = [*pip, "--no-deps", "--require-hashes", "-r", "requirements/camera.txt"]
        _step("the virtual camera of the tests", camera, ALONE)
    editable = [*pip, "--no-deps", "--no-build-isolation", "-e", "."]
    _step("Fallwatch itself", editable, ALONE)
    _step("bytecode of the packages", [str(_python()), "-c", COMPILE, str(VENV / "lib")])
    _write_stamp({**stamp, "packages": _mark(purpose)})
    return True


def _front_end() -> bool:
    """Whether front-end libraries had to be fetched."""
    lock = WEB / "package-lock.json"
    if not lock.exists():
        return False
    mark = hashlib.sha256(lock.read_bytes() + (WEB / "package.json").read_bytes()).hexdigest()
    stamp = _read_stamp()
    if stamp.get("front_end") == mark and (WEB / "vendor").is_dir():
        return False
    if (VENV / "bin" / "npm").exists():
        _vendor(VENV)
    else:
        # 200 MB that only fetching needs: they go again.
        with tempfile.TemporaryDirectory(prefix="fallwatch-node-") as folder:
            pip = [str(_python()), *PIP, "--no-deps", "--target", folder]
            _step("Node, for once", [*pip, "--require-hashes", "-r", "requirements/node.txt"], ALONE)
            _vendor(Path(folder))
    _write_stamp({**stamp, "front_end": mark})
    return True


def _vendor(node: Path) -> None:
    """Fetches the front-end libraries with the npm in `node` and copies them to where they are served."""
    found = {"PATH": f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    if node != VENV:
        found["PYTHONPATH"] = str(node)
    npm = str(node / "bin" / "npm")
    fetch = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _step("the front-end libraries", fetch, found, WEB)
    _step("their copy for the pages", [npm, "run", "--silent", "vendor"], found, WEB)


def _python() -> Path:
    return VENV / "bin" / "python"


def _usable() -> bool:
    """Whether the environment works and was made by this version of Python."""
    if not _python().exists():
        return False
    probe = [str(_python()), "-c", "import pip, sys; print('%d.%d' % sys.version_info[:2])"]
    told = subprocess.run(probe, capture_output=True, text=True, check=False)
    return (
        told.returncode == 0 and told.stdout.strip() == f"{sys.version_info.major}.{sys.version_info.minor}"
    )


def _mark(purpose: str) -> str:
    """What an environment for this purpose depends on, as a digest."""
    files = (ROOT / "requirements" / f"{REQUIREMENTS[purpose]}.txt", ROOT / "pyproject.toml")
    content = b"".join(file.read_bytes() for file in files)
    version = f"{purpose} {sys.version_info.major}.{sys.version_info.minor} {ROOT}"
    return hashlib.sha256(version.encode() + content).hexdigest()


def _read_stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return {str(key): str(value) for key, value in stamp.items()} if isinstance(stamp, dict) else {}


def _write_stamp(stamp: dict[str, str]) -> None:
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps(stamp))
    fresh.replace(STAMP)


def _step(what: str, command: Sequence[str], env: dict[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Runs a command whose words go to the log, and tells that it is alive.

    Raises:
        SetupError: It failed; has the end of what it said.
    """
    began_s = time.monotonic()
    print(f"set-up: {what} …", flush=True)
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("ab") as log:
        start = log.tell()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env={**os.environ, **(env or {})},
        )
        while True:
            try:
                status = process.wait(TICK_S)
                break
            except subprocess.TimeoutExpired:
                print(f"set-up:   … {time.monotonic() - began_s:.0f} s", flush=True)
            except KeyboardInterrupt:
                process.terminate()
                process.wait()
                raise
    if status != 0:
        with LOG.open("rb") as log:
            log.seek(start)
            words = log.read().decode(errors="replace").strip().splitlines()[-15:]
        raise SetupError(f"{what} could not be installed ({LOG} has more):\n" + "\n".join(words))
    print(f"set-up:   done in {time.monotonic() - began_s:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
