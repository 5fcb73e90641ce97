"""The same program on real servers: a PostgreSQL, a broker, an S3 store, a camera of others."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg
import pytest
from psycopg.errors import UndefinedTable

from fallwatch.demo import mark
from fallwatch.local import mosquitto, ports
from fallwatch.local.children import spawn
from fallwatch.local.pki import Authority
from fallwatch.local.rtsp import RtspCamera
from models.synth import presets
from models.synth.video import RenderedScene, render
from tests.fixtures.s3 import SECRET, S3Server

Wait = Callable[[Callable[[], object], float, str], None]
BROKER_PASSWORD = "hunter2@/: 渔"
"""With characters that a URL must escape."""
CAMERA_PASSWORD = "hunter4"


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demo's own camera shows, rendered once for all tests here."""
    folder = tmp_path_factory.mktemp("scenes")
    render(presets.WEST, folder, "west")
    return folder


@pytest.fixture
def var(reachable_tmp_path: Path, scenes: Path) -> Iterator[Path]:
    folder = reachable_tmp_path / "var"
    shutil.copytree(scenes, folder / "scenes")
    yield folder
    assert mark.marked(folder) == [], "the demo left processes behind"


@dataclass
class Seen:
    """What anybody on this machine can read of the demo's processes while they run."""

    programs: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)


@contextmanager
def _watched(var: Path) -> Iterator[Seen]:
    """Looks at the arguments of the demo's processes, ten times a second."""
    seen, ended = Seen(), threading.Event()

    def look() -> None:
        while not ended.wait(0.1):
            for pid in mark.marked(var):
                try:
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
                except (FileNotFoundError, ProcessLookupError):
                    continue
                seen.programs |= {Path(word).name for word in words}
                seen.words |= set(words)

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield seen
    finally:
        ended.set()
        watching.join()


@contextmanager
def _password_broker(folder: Path, wait_until: Wait) -> Iterator[str]:
    """A mosquitto without TLS that lets in one user by password."""
    port, words = ports.any_free(), folder / "passwords"
    subprocess.run(
        ["mosquitto_passwd", "-b", "-c", str(words), "fall watch", BROKER_PASSWORD],
        check=True,
        capture_output=True,
    )
    settings = folder / "mosquitto.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {words}\nuser root\n"
    )
    child = spawn("mosquitto", ["/usr/sbin/mosquitto", "-c", settings], folder / "mosquitto.log")
    try:
        wait_until(lambda: ports.answers(port), 10, "the broker")
        yield f"mqtt://{quote('fall watch')}:{quote(BROKER_PASSWORD, safe='')}@127.0.0.1:{port}"
    finally:
        child.stop()


@pytest.mark.timeout(400)
def test_the_demo_walks_on_real_servers_and_tells_no_password(  # noqa: PLR0917 - fixtures
    var: Path,
    reachable_tmp_path: Path,
    empty_database_url: str,
    s3_server: S3Server,
    rtsp_camera: Callable[[Path], RtspCamera],
    scene_video: RenderedScene,
    wait_until: Wait,
) -> None:
    elsewhere = reachable_tmp_path / "elsewhere"
    elsewhere.mkdir()
    bucket = s3_server.bucket()
    camera = rtsp_camera(scene_video.video).url
    with _password_broker(elsewhere, wait_until) as broker, _watched(var) as seen:
        environ = {
            **os.environ,
            **s3_server.environ,
            "DATABASE_URL": empty_database_url,
            "MQTT_URL": broker,
            "S3_URL": f"s3://{bucket}/demo",
            "VIDEO": camera.replace("rtsp://", f"rtsp://admin:{CAMERA_PASSWORD}@"),
        }
        done = _once(var, environ)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["verified"] is True
    assert result["events_sent"] == result["events_confirmed"] > 0
    assert f"<Key>demo/clips/{result['clip_sha256'][:2]}/{result['clip_sha256']}.fwe</Key>" in s3_server.keys(
        bucket
    )
    for own in ("postgres", "mosquitto", "evidence"):
        assert not (var / own).exists(), f"the demo made a {own} of its own"
    assert {"ingest", "api", "timers", "agent"} <= seen.programs
    assert not {"postgres", "mosquitto"} & seen.programs
    _expect_untold(_secrets(environ), done, var, seen)


@pytest.mark.timeout(300)
def test_a_broker_of_others_takes_the_certificates_of_the_demo(
    var: Path,
    reachable_tmp_path: Path,
    empty_database_url: str,
    scene_video: RenderedScene,
    wait_until: Wait,
) -> None:
    elsewhere = reachable_tmp_path / "elsewhere"
    elsewhere.mkdir()
    with mosquitto.running(elsewhere, Authority.open(var / "pki")) as broker:
        environ = {
            **os.environ,
            "DATABASE_URL": empty_database_url,
            "MQTT_URL": broker.url,
            "VIDEO": str(scene_video.video),
        }
        with subprocess.Popen(_command(var), stderr=subprocess.PIPE, text=True, env=environ) as demo:
            wait_until(lambda: _is_online(empty_database_url), 120, "word of the agent")
            demo.send_signal(signal.SIGTERM)
            _, said = demo.communicate(timeout=60)
    assert demo.returncode == 0, said
    assert not (var / "mosquitto").exists()


def _is_online(database_url: str) -> bool:
    """Whether the agent's word has come through the broker; there may be no tables yet."""
    with psycopg.connect(database_url) as conn, suppress(UndefinedTable):
        return conn.execute("SELECT 1 FROM agent_status WHERE state = 'online'").fetchone() is not None
    return False


def _command(var: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "fallwatch", "demo", "--var", str(var), *words]


def _once(var: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(var, "--once"), capture_output=True, text=True, env=environ, timeout=390, check=False
    )


def _secrets(environ: Mapping[str, str]) -> list[str]:
    found = [SECRET, CAMERA_PASSWORD, BROKER_PASSWORD, quote(BROKER_PASSWORD, safe="")]
    return [*found, unquote(urlsplit(environ["DATABASE_URL"]).password or "")]


def _expect_untold(
    secrets: list[str], done: subprocess.CompletedProcess[str], var: Path, seen: Seen | None = None
) -> None:
    for secret in secrets:
        assert secret not in done.stdout + done.stderr
        files = [path for path in var.rglob("*") if path.is_file()]
        assert [path for path in files if secret.encode() in path.read_bytes()] == []
        if seen is not None:
            assert [word for word in seen.words if secret in word] == []


@pytest.mark.parametrize(
    ("name", "url", "told"),
    [
        ("DATABASE_URL", "postgresql://fallwatch:hunter2@127.0.0.1:{dead}/x", "Connection refused"),
        ("S3_URL", "s3://key:hunter2@bucket", "AWS_ACCESS_KEY_ID"),
        ("S3_URL", "ftp://fallwatch:hunter2@bucket", "file:// or s3://"),
        ("S3_URL", "s3://nowhere", "NoSuchBucket"),
        ("MQTT_URL", "https://fallwatch:hunter2@127.0.0.1:{dead}", "mqtts://host:port"),
        ("MQTT_URL", "mqtt://fallwatch:hunter2@127.0.0.1:{dead}", "Connection refused"),
        ("MQTT_URL", "mqtt://fallwatch:hunter2@127.0.0.1:{broker}", "Not authorized"),
    ],
)
def test_a_server_that_cannot_be_used_ends_the_start_with_a_sentence_that_names_it(  # noqa: PLR0917 - fixtures
    var: Path,
    reachable_tmp_path: Path,
    empty_database_url: str,
    s3_server: S3Server,
    scene_video: RenderedScene,
    wait_until: Wait,
    name: str,
    url: str,
    told: str,
) -> None:
    with _password_broker(reachable_tmp_path, wait_until) as broker:
        found = url.format(dead=ports.any_free(), broker=urlsplit(broker).port)
        environ = {
            **os.environ,
            **s3_server.environ,
            "DATABASE_URL": empty_database_url,
            "MQTT_URL": broker,
            "VIDEO": str(scene_video.video),
            name: found,
        }
        done = _once(var, environ)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("demo: the ")
    assert f"{name} names cannot be used: " in last
    assert told in last
    assert "Traceback" not in done.stderr
    _expect_untold(["hunter2", *_secrets(environ)], done, var)
