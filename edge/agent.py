"""The agent's composition root: cameras, sensors, outbox, link and uploads of one box, put together here."""

import asyncio
import contextlib
import os
import signal
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import aiomqtt
import prometheus_client
import sdnotify
from prometheus_client import CollectorRegistry, ProcessCollector
from structlog.typing import FilteringBoundLogger

from contracts.messages import AgentStatus, encode
from edge import logs, metrics, room, watchdog
from edge.clock import utc_now
from edge.config.desired import own
from edge.config.profiles import Library
from edge.config.settings import MetricsSettings, Settings, plain_secrets
from edge.core import desired, disk
from edge.core import watchdog as watchdog_core
from edge.core.outbox import Policy
from edge.core.picture_health.faults import FAULTS
from edge.evidence.identity import DeviceFiles
from edge.link import client, renewing, status, upload
from edge.link.downlink import Downlink
from edge.link.uplink import Uplink
from edge.link.upload import Store, Upload
from edge.link.way import Way
from edge.onvif.watch import Watch, wanted
from edge.outbox.desired import DesiredFile
from edge.outbox.desk import Desk
from edge.outbox.keeper import Keeper, Owner
from edge.outbox.rescue import Start, open_or_rescue
from edge.outbox.reserve import RESERVE_BYTES
from edge.outbox.store import Depth, Outbox
from edge.records import tell_box
from edge.sensors import stations
from edge.steering import Steering
from edge.supervisor import Program, Supervisor
from edge.timekeeper import Timekeeper, Watched
from edge.warning.warner import Warner
from edge.watchdog import Notify

MEASURE_EVERY_S: Final = 1.0
END_S: Final = 10.0  # an orderly end takes less


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this run of the agent is."""

    agent: str
    boot: UUID
    software: str


async def run(settings: Settings, config: Path) -> None:
    """Runs the agent until SIGTERM or SIGINT, then ends it in order.

    config: the file that the settings came from; camera workers read it too.

    Raises:
        EndpointError, KeyFileError, OutboxError: It cannot begin; the message says why.
    """
    me = Identity(settings.agent, uuid4(), metadata.version("fallwatch"))
    log = logs.logger("agent").bind(agent=me.agent)
    where = client.endpoint(settings.broker)
    device = DeviceFiles(settings.device.certificate, settings.device.key)
    evidence, registry = upload.endpoint_tls(settings.evidence), CollectorRegistry()
    watched = Watched(me.agent, me.boot, settings.data_dir, lambda: device.valid, (where.tls, evidence))
    time = Timekeeper(watched, metrics.clock(registry), log)
    time.begin()
    start = Start(me.agent, me.boot, utc_now(), settings.clips_dir)
    outbox, rescued = open_or_rescue(settings.outbox_path, start, settings.outbox.max_messages)
    if rescued is not None:
        log.error("outbox_rescued", **asdict(rescued))
    ProcessCollector(registry=registry)
    for key in plain_secrets(config):
        log.warning(
            "secret_in_plain_text", key=key, advice="fallwatch edge secret set NAME, and ${NAME} there"
        )
    log.info("agent_started", boot=str(me.boot), software=me.software, cameras=len(settings.cameras))
    with contextlib.closing(outbox), _metrics_served(settings.metrics, registry, log):
        notify = sdnotify.SystemdNotifier().notify  # does nothing where systemd did not start us
        parts = _Parts(settings, config, me, outbox, registry=registry, notify=notify, time=time, log=log)
        await _until_told(asyncio.ensure_future(parts.run(where, device, evidence)), notify)
    log.info("agent_stopped", boot=str(me.boot))


async def _until_told(root: "asyncio.Task[None]", notify: Notify) -> None:
    """Waits for the task's end or a signal, which cancels it.

    The end is not waited for without bound: the event loop, when it closes, cancels what is left once more.

    Raises:
        Exception: What ended the task, if no signal did.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    telling = asyncio.ensure_future(told.wait())
    await asyncio.wait({root, telling}, return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    notify("STOPPING=1")
    root.cancel()
    await asyncio.wait({root}, timeout=END_S)
    if root.done() and not root.cancelled():
        root.result()


class _Parts:
    """The parts of a running agent, each given what it needs and no more."""

    def __init__(
        self,
        settings: Settings,
        config: Path,
        me: Identity,
        outbox: Outbox,
        *,
        time: Timekeeper,
        registry: CollectorRegistry,
        notify: Notify,
        log: FilteringBoundLogger,
    ) -> None:
        self._settings = settings
        self._notify = notify
        self._me = me
        self._outbox = outbox
        self._log = log
        self._delivery = metrics.delivery(registry)
        self._library = Library(settings.profiles)
        self._sensors = metrics.sensors(registry)
        policy = Policy(
            window=settings.outbox.window,
            drain_per_s=settings.outbox.drain_per_s,
            resend_after_s=settings.outbox.resend_after_s,
        )
        self._disk = metrics.disk(registry)
        self._time = time
        way = Way(me.boot, time.heard)
        self._uplink = Uplink(me.agent, outbox, policy, self._delivery, log, way=way)
        self._upload: Upload | None = None
        program = Program(config.resolve(), me.boot)
        self._desk = Desk(me.agent, me.boot, outbox, self._uplink.wake.set, self._delivery, log)
        self._warner = Warner(settings.warning.devices, self._desk, metrics.warnings(registry))
        self._supervisor = Supervisor(
            program, self._appended, self._warner.suspected, self._desk, metrics.cameras(registry), log
        )
        wished = settings.desired
        self._steering = Steering(
            own=own(settings.cameras, settings.sensors, self._library, FAULTS),
            file=DesiredFile(settings.desired_path),
            desk=self._desk,
            supervisor=self._supervisor,
            policy=desired.Policy(probation_s=wished.probation_s, dark_s=wished.dark_s),
            log=log,
        )
        self._downlink = Downlink(
            me.agent, outbox, self._uplink.settled, self._delivery, log, wanted=self._steering.offer, way=way
        )

    async def run(self, where: client.Endpoint, device: DeviceFiles, tls: ssl.SSLContext | None) -> None:
        """Everything at once, until cancelled. tls: for uploads, None for plain HTTP."""
        evidence = self._settings.evidence
        store = Store(evidence.url, self._me.agent, device, tls)
        self._upload = Upload(store, self._outbox, evidence.keep_bytes, self._delivery, self._log)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._time.run(self._outbox))
            group.create_task(self._link(where))
            group.create_task(self._upload.run())
            cloud = renewing.Cloud(evidence.url, self._me.agent, tls)
            again = partial(client.present, where, self._settings.broker)
            group.create_task(renewing.run(cloud, device, again, self._log))
            group.create_task(self._measure())
            group.create_task(self._steering.run())
            group.create_task(self._warner.run())
            group.create_task(self._watchdog())
            group.create_task(self._keeper().run())
            group.create_task(tell_box(self._desk, self._me.software))
            for camera in self._settings.cameras:
                if camera.onvif is not None:
                    asked = wanted(camera.make, self._library)
                    group.create_task(Watch(camera.id, camera.onvif, asked, self._desk).run())
            group.create_task(room.watch(self._settings.data_dir, self._disk, self._log))
            group.create_task(self._read_sensors())

    async def _read_sensors(self) -> None:
        def thresholds() -> Mapping[str, float]:
            return self._steering.thresholds

        site = stations.Site(self._library, self._settings.data_dir, self._me.agent)
        await stations.run(self._settings.sensors, site, thresholds, self._sensors, self._desk)

    async def _watchdog(self) -> None:
        ping_every_s = watchdog_core.ping_every_s(os.environ, os.getpid())
        await watchdog.run(self._notify, ping_every_s, lambda: self._supervisor.signs, self._state, self._log)

    def _state(self) -> str:
        """The agent in one line, for `systemctl status`."""
        cameras = self._supervisor.now()
        streaming = sum(camera.state == "streaming" for camera in cameras)
        depth = self._outbox.depth().messages
        return f"{streaming} of {len(cameras)} cameras streaming, {depth} messages wait"

    def _keeper(self) -> Keeper:
        owner, wake = Owner(self._me.agent, self._me.boot), self._uplink.wake.set
        policy = disk.Policy(self._settings.outbox.keep_free_bytes, RESERVE_BYTES)
        return Keeper(owner, self._outbox, policy, wake, self._log)

    async def _link(self, where: client.Endpoint) -> None:
        await client.stay_connected(
            lambda: client.client(
                where, self._me.agent, self._offline(), self._delivery.receipts_dropped.inc
            ),
            self._talk,
            self._delivery,
            self._log,
        )

    async def _talk(self, connection: aiomqtt.Client) -> None:
        await self._downlink.subscribe(connection)
        async with asyncio.TaskGroup() as group:
            group.create_task(status.run(connection, self._me.agent, self._status, self._offline))
            group.create_task(self._downlink.run(connection))
            group.create_task(self._uplink.run(connection))

    async def _measure(self) -> None:
        """Keeps the gauges of the outbox true."""
        while True:
            depth = await asyncio.to_thread(self._outbox.depth)
            self._delivery.depth.set(depth.messages)
            self._delivery.oldest_s.set(_age_s(depth))
            self._delivery.upload_backlog.set(depth.clips)
            await asyncio.sleep(MEASURE_EVERY_S)

    def _appended(self, kind: str) -> None:
        """A worker put something into the outbox."""
        self._delivery.appended.labels(kind).inc()
        self._uplink.wake.set()
        if kind == "clip_sealed" and self._upload is not None:
            self._upload.wake.set()

    def _status(self) -> AgentStatus:
        depth = self._outbox.depth()
        return AgentStatus(
            agent=self._me.agent,
            boot=self._me.boot,
            online=True,
            at=utc_now(),
            software=self._me.software,
            accepted_seq=self._outbox.accepted(self._me.boot),
            outbox_depth=depth.messages,
            outbox_oldest_s=round(_age_s(depth), 3),
            cameras=self._supervisor.now(),
        )

    def _offline(self) -> bytes:
        """What is said of us when we are gone."""
        return encode(
            AgentStatus(
                agent=self._me.agent,
                boot=self._me.boot,
                online=False,
                at=utc_now(),
                software=self._me.software,
                accepted_seq=self._outbox.accepted(self._me.boot),
            )
        )


def _age_s(depth: Depth) -> float:
    return max((utc_now() - depth.oldest_at).total_seconds(), 0.0) if depth.oldest_at else 0.0


@contextlib.contextmanager
def _metrics_served(
    settings: MetricsSettings, registry: CollectorRegistry, log: FilteringBoundLogger
) -> Iterator[None]:
    """Metrics over HTTP while the block runs. A taken port costs the metrics, not the watching."""
    if settings.port == 0:
        yield
        return
    try:
        server, thread = prometheus_client.start_http_server(settings.port, settings.host, registry)
    except OSError as error:
        log.warning("metrics_not_served", host=settings.host, port=settings.port, reason=str(error))
        yield
        return
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
