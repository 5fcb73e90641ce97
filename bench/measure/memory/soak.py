"""Runs the agent with all that could make it grow, faster than time passes, and measures its memory."""

import asyncio
import contextlib
import json
import ssl
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

from bench.measure.memory import cloud, film, hasty
from bench.measure.memory.cloud import Cloud
from bench.measure.memory.growth import Sample
from bench.measure.running import ROOT
from contracts import topics
from contracts.devices import DesiredCamera, DesiredState
from contracts.messages import encode
from edge.clock import utc_now
from fallwatch.local import mosquitto, ports
from fallwatch.local.pki import Authority

AGENT = "memory-box"
SAMPLE_EVERY_S = 2.0
DESIRED_EVERY_H = 0.25
END_S = 30.0
MB = 1e6


@dataclass(slots=True)
class Soaked:
    """samples: by process. counted: the agent's own metrics at the end, summed over cameras."""

    speed: float
    hours: float = 0.0
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    cloud: Cloud = field(default_factory=Cloud)
    desired: int = 0
    ended: int | None = None
    """With what the agent ended by itself; None: it did not."""
    counted: dict[str, float] = field(default_factory=dict)


async def soak(folder: Path, minutes: float, speed: float, progress: Callable[[float], None]) -> Soaked:
    """The agent for `minutes` of ours, `speed` times as many of its own.

    Raises:
        NotHere: This machine cannot hurry a program.
        PartError: The broker did not start.
    """
    done = Soaked(speed)
    authority = Authority.open(folder / "pki")
    environment = hasty.environment(speed, folder)
    video = film.fall(folder / "films")
    with mosquitto.running(folder / "mosquitto", authority) as broker:
        server = await asyncio.start_server(done.cloud.take, ports.HOST, 0)
        uploads, own = server.sockets[0].getsockname()[1], ports.any_free()
        config = folder / "edge.yaml"
        config.write_text(json.dumps(_settings(authority, broker.url, uploads, own, video)))
        tls, issued = ssl.create_default_context(cafile=authority.ca_path), authority.issue("cloud")
        tls.load_cert_chain(issued.certificate, issued.key)
        async with server, cloud.connection(broker.host, broker.port, tls) as client:
            confirming = asyncio.ensure_future(done.cloud.confirm(client, AGENT))
            async with _agent(config, environment, folder / "agent.log") as agent:
                await _watch(done, agent, client, minutes, progress)
                done.counted = {} if done.ended is not None else await _counted(own)
            confirming.cancel()
            with contextlib.suppress(asyncio.CancelledError, ExceptionGroup):
                await confirming
    return done


def _settings(authority: Authority, broker: str, uploads: int, own: int, video: Path) -> dict[str, Any]:
    """One camera that is plain, one with masks, one that is never there; sensors; little room for clips."""
    issued = authority.issue(AGENT)
    device = {"certificate": str(issued.certificate), "key": str(issued.key)}
    mask = {"picture": list(film.SIZE), "masks": [[[0, 0], [150, 0], [150, 360], [0, 360]]]}
    sensor = {"kind": "simulated", "quantity": "temperature", "unit": "Cel", "period_s": 5}
    return {
        "agent": AGENT,
        "data_dir": "data",
        "broker": {"url": broker, "ca": str(authority.ca_path)} | device,
        "evidence": {"url": f"http://{ports.HOST}:{uploads}", "keep_bytes": 20_000_000},
        "device": device,
        "metrics": {"port": own},
        "cameras": [
            {"id": "plain", "url": str(video)},
            {"id": "masked", "url": str(video)} | mask,
            {"id": "dark", "url": f"rtsp://{ports.HOST}:9/none"},
        ],
        "sensors": [{"id": f"sensor-{number}"} | sensor for number in range(3)],
    }


@contextlib.asynccontextmanager
async def _agent(
    config: Path, environment: dict[str, str], log: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("wb") as out:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "edge", "agent", str(config)),
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            try:
                async with asyncio.timeout(END_S):
                    await child.wait()
            except TimeoutError:
                child.kill()
                await child.wait()


async def _watch(
    done: Soaked,
    agent: asyncio.subprocess.Process,
    client: aiomqtt.Client,
    minutes: float,
    progress: Callable[[float], None],
) -> None:
    began_s = asyncio.get_running_loop().time()
    while (passed_s := asyncio.get_running_loop().time() - began_s) < minutes * 60:
        done.hours = passed_s * done.speed / 3600
        if agent.returncode is not None:
            done.ended = agent.returncode
            return
        _sample(done, psutil.Process(agent.pid))
        if done.hours >= DESIRED_EVERY_H * (done.desired + 1):
            done.desired += 1
            await client.publish(topics.desired(AGENT), encode(_wish(done.desired)), qos=1, retain=True)
        progress(passed_s)
        await asyncio.sleep(SAMPLE_EVERY_S)


def _wish(version: int) -> DesiredState:
    """Another sensitivity of the camera that is not there: only its worker is started anew."""
    camera = DesiredCamera(camera="dark", sensitivity=0.4 + 0.2 * (version % 2))
    return DesiredState(version=version, issued_at=utc_now(), issued_by="bench", cameras=(camera,))


def _sample(done: Soaked, agent: psutil.Process) -> None:
    for one in (agent, *agent.children()):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            words, used = one.cmdline(), one.memory_full_info()
            if one != agent and "camera" not in words:
                continue  # between fork and exec
            name = "agent" if one == agent else words[words.index("camera") + 2]
            sample = Sample(done.hours, used.rss / MB, used.pss / MB)
            done.samples.setdefault(name, []).append(sample)


async def _counted(port: int) -> dict[str, float]:
    """The agent's counters, summed over their labels."""
    async with httpx.AsyncClient(timeout=20) as client:
        text = (await client.get(f"http://{ports.HOST}:{port}/metrics")).text
    totals: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name.startswith("fallwatch") and sample.name.endswith("_total"):
                totals[sample.name] = totals.get(sample.name, 0) + sample.value
    return totals
