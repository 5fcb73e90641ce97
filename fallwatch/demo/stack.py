"""Starts the whole product on this machine, part by part, and ends it in reverse order."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cloud.evidence import keys
from fallwatch.demo import database, layout, outside, video
from fallwatch.demo.layout import Addresses, BrokerAccess, Var
from fallwatch.demo.progress import Progress
from fallwatch.demo.video import OwnStream
from fallwatch.local import mosquitto, ports, postgres, rtsp, time_stamps, wait
from fallwatch.local.children import Child, PartError, spawn
from fallwatch.local.modbus import ModbusDevice
from fallwatch.local.pki import Authority
from fallwatch.local.ports import Port
from fallwatch.local.rtsp import RtspCamera

START_TIMEOUT_S = 60
RENDER_TIMEOUT_S = 240
WANTED_PORTS = {
    "page": 8080,
    "broker": 8883,
    "camera_east": 8554,
    "camera_west": 8555,
    "cabinet": 5020,
    "agent_metrics": 9101,
    "ingest_metrics": 9102,
    "letters": 8090,
}
ADDRESSES = tuple(name for name in WANTED_PORTS if name != "broker")


@dataclass(frozen=True)
class Stack:
    """What runs."""

    addresses: Addresses
    passwords: Mapping[str, str]
    database_url: str
    cloud_broker: BrokerAccess
    device_ca: Path
    camera_west: RtspCamera
    letters: Path
    children: tuple[Child, ...]

    def expect_running(self) -> None:
        """Raises PartError with the last words of a part that has ended."""
        for child in self.children:
            child.expect_running()


@dataclass(frozen=True)
class Wish:
    """What the user asked for."""

    var: Var
    own_video: str | None
    environ: Mapping[str, str]


@contextmanager
def running(wish: Wish, progress: Progress) -> Iterator[Stack]:
    """The whole product, ready to be looked at.

    Raises:
        PartError: A part cannot run here, or ended; the message is for the person at the keyboard.
        TimeoutError: A part did not answer in time.
    """
    var = wish.var
    own = _own_video(wish, progress)
    with ExitStack() as parts:
        rendered = ("east", "west") if own is None else ("west",)
        renderers = [parts.enter_context(_started(_renderer(var, name))) for name in rendered]
        claims = _claims(wish, parts, progress)
        addresses = Addresses(**{name: claims[name].number for name in ADDRESSES})
        authority = Authority.open(var.root / "pki")
        database_url = _database(wish, parts, progress)
        cloud_access, edge_access = _broker(wish, parts, progress, claims, authority)
        _evidence(wish, progress)
        parts.enter_context(_started(_cabinet(var, claims)))
        keys.make(var.keys)
        stamps = parts.enter_context(time_stamps.running(var.root / "time-stamps"))
        layout.write_cloud(var, addresses, cloud_access, layout.Trust(authority.ca_path, stamps))
        device = authority.issue(layout.AGENT)
        layout.write_edge(var, addresses, edge_access, device, east_is_rendered=own is None)
        passwords = database.passwords(var.users)
        with progress.step("database migrated, estate and users in it"):
            outside.prepare_database(
                _database_name(wish), database_url, dict(passwords), addresses.letters_url
            )
        parts.enter_context(_started(_letterbox(var, claims)))
        cloud = _cloud(var, parts, claims, database_url)
        with progress.step("cloud: ingest, api, timers, notify"):
            wait.until(lambda: _ready(cloud, addresses), START_TIMEOUT_S, "the cloud's first answer")
        _await_scenes(renderers, progress)
        east_url, west = _cameras(var, parts, claims, own, progress)
        agent = parts.enter_context(_started(_agent(var, claims, east_url)))
        yield Stack(
            addresses,
            passwords,
            database_url,
            cloud_access,
            authority.ca_path,
            west,
            var.letters,
            (*cloud, agent),
        )
        progress.say("stopping …")


def _own_video(wish: Wish, progress: Progress) -> Path | OwnStream | None:
    if wish.own_video is None:
        return None
    if video.is_stream(wish.own_video):
        with progress.step("your camera answers"):
            return video.answering(wish.own_video)
    return video.servable(Path(wish.own_video), wish.var.root / "videos", progress)


def _claims(wish: Wish, parts: ExitStack, progress: Progress) -> Mapping[str, Port]:
    """All ports at once, kept from others until their parts start, which may be minutes later."""
    chosen: dict[str, Port] = {}
    for name, wanted in WANTED_PORTS.items():
        if name == "broker" and wish.environ.get("MQTT_URL"):
            continue
        port = parts.enter_context(ports.claimed(wanted))
        if port.stepped:
            progress.say(f"port {port.wanted} is taken: {name.replace('_', ' ')} takes {port.number}")
        chosen[name] = port
    return chosen


def _database_name(wish: Wish) -> str:
    return "the database that DATABASE_URL names" if wish.environ.get("DATABASE_URL") else "the database"


def _database(wish: Wish, parts: ExitStack, progress: Progress) -> str:
    if given := wish.environ.get("DATABASE_URL"):
        progress.say("database: the one that DATABASE_URL names")
        return given
    data_dir = wish.var.root / "postgres"
    place = postgres.location(data_dir)
    if place != data_dir.absolute():
        progress.say(f"PostgreSQL's account may not enter {data_dir}: its data lie in {place}")
    with progress.step("PostgreSQL"):
        server = parts.enter_context(postgres.running(data_dir))
        database.create(server.url("postgres"))
    return server.url(database.NAME)


def _broker(
    wish: Wish, parts: ExitStack, progress: Progress, claims: Mapping[str, Port], authority: Authority
) -> tuple[BrokerAccess, BrokerAccess]:
    """How the cloud and how the agent reach the broker."""
    if given := wish.environ.get("MQTT_URL"):
        return _outside_broker(given, authority, progress)
    with progress.step("mosquitto with TLS and a certificate for each device"):
        folder, port = wish.var.root / "mosquitto", claims["broker"].hand_over()
        url = parts.enter_context(mosquitto.running(folder, authority, port)).url
    return (
        BrokerAccess(url, authority.ca_path, authority.issue("cloud")),
        BrokerAccess(url, authority.ca_path, authority.issue(layout.AGENT)),
    )


def _outside_broker(url: str, authority: Authority, progress: Progress) -> tuple[BrokerAccess, BrokerAccess]:
    if layout.by_password(url):
        cloud = edge = BrokerAccess(url)
    else:
        progress.say(f"the broker that MQTT_URL names must trust {authority.ca_path}, and is trusted by it")
        cloud = BrokerAccess(url, authority.ca_path, authority.issue("cloud"))
        edge = BrokerAccess(url, authority.ca_path, authority.issue(layout.AGENT))
    with progress.step("broker: the one that MQTT_URL names"):
        outside.expect_broker(cloud)
    return cloud, edge


def _evidence(wish: Wish, progress: Progress) -> None:
    if url := wish.environ.get("S3_URL"):
        with progress.step("evidence: the bucket that S3_URL names"):
            outside.expect_bucket(url)


def _cloud(var: Var, parts: ExitStack, claims: Mapping[str, Port], database_url: str) -> tuple[Child, ...]:
    env = _environ(DATABASE_URL=database_url)
    for name in ("page", "ingest_metrics"):
        claims[name].hand_over()
    return tuple(
        parts.enter_context(
            _started(
                spawn(
                    name,
                    _fallwatch("cloud", name, "--config", var.cloud_settings),
                    var.logs / f"{name}.log",
                    env=env,
                )
            )
        )
        for name in ("ingest", "api", "timers", "notify")
    )


def _ready(cloud: tuple[Child, ...], addresses: Addresses) -> bool:
    for child in cloud:
        child.expect_running()
    return ports.answers(addresses.ingest_metrics) and _answers(f"{addresses.page_url}/readyz")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _renderer(var: Var, name: str) -> Child:
    command: list[str | Path] = [sys.executable, "-m", "models.synth", name, var.scenes]
    return spawn(f"the renderer of scene {name}", command, var.logs / f"render-{name}.log")


def _await_scenes(renderers: list[Child], progress: Progress) -> None:
    if any(renderer.running for renderer in renderers):
        progress.say("rendering what the cameras will see, once …")

    def is_done(renderer: Child) -> bool:
        progress.remind("  still rendering …")
        return not renderer.running

    for renderer in renderers:
        wait.until(partial(is_done, renderer), RENDER_TIMEOUT_S, renderer.name)
        if renderer.popen.returncode != 0:
            renderer.expect_running()


def _cameras(
    var: Var,
    parts: ExitStack,
    claims: Mapping[str, Port],
    own: Path | OwnStream | None,
    progress: Progress,
) -> tuple[str, RtspCamera]:
    """The first camera's address and the second camera."""

    def camera(name: str, file: Path) -> RtspCamera:
        port = claims[f"camera_{name}"].hand_over()
        return parts.enter_context(rtsp.running(file, port, var.logs / f"camera-{name}.log"))

    with progress.step("cameras over RTSP"):
        west = camera("west", _scene(var, "west"))
        if isinstance(own, OwnStream):
            progress.say(f"camera 1 is {own.shown}")
            return own.url, west
        return camera("east", own or _scene(var, "east")).url, west


def _cabinet(var: Var, claims: Mapping[str, Port]) -> Child:
    """A Modbus device with a temperature and a humidity. Nobody waits for it: the agent asks again."""
    device = ModbusDevice(var.root / "cabinet", claims["cabinet"].hand_over())
    device.say(layout.CABINET)
    return device.spawn()


def _letterbox(var: Var, claims: Mapping[str, Port]) -> Child:
    """Where messages go. Nobody waits for it: what is refused is sent again."""
    port = str(claims["letters"].hand_over())
    argv: list[str | Path] = [sys.executable, "-m", "fallwatch.demo.letterbox", port, var.letters]
    return spawn("the letterbox", argv, var.logs / "letterbox.log")


def _scene(var: Var, name: str) -> Path:
    """What the renderer said last."""
    path = Path((var.logs / f"render-{name}.log").read_text().splitlines()[-1])
    if not path.exists():
        raise PartError(f"{path} was rendered and is gone.")
    return path


def _agent(var: Var, claims: Mapping[str, Port], east_url: str) -> Child:
    claims["agent_metrics"].hand_over()
    env = _environ(**{layout.CAMERA_URL: east_url})
    return spawn(
        "the edge agent",
        _fallwatch("edge", "agent", var.edge_settings),
        var.logs / "agent.log",
        env=env,
    )


def _fallwatch(*words: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "fallwatch", *words]


def _environ(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "VIDEO"} | more


@contextmanager
def _started(child: Child) -> Iterator[Child]:
    try:
        yield child
    finally:
        child.stop()
