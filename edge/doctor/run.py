"""Measures one box as its settings describe it and says what is wrong with it."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from edge.clock import max_error_s, utc_now
from edge.config.camera import CameraSettings
from edge.config.profiles import Library
from edge.config.sensor import SimulatedSettings
from edge.config.settings import Settings
from edge.core import doctor
from edge.core.doctor import CameraSeen, ClockSeen, DeviceSeen, Finding, RingWanted
from edge.doctor import files, peers, sights
from edge.evidence.seal import DeviceKey, KeyFileError
from edge.link.client import EndpointError, endpoint

MAX_AT_ONCE: Final = 16
"""Cameras that are watched at the same time."""
LISTEN_S: Final = 10.0
"""To a device that publishes when it likes to."""
Note = Callable[[str], None]


def examined(settings: Settings, note: Note, *, cameras: bool = True) -> Iterator[Finding]:
    """All findings, in the order in which one mends them. note: is told what is being looked at.

    cameras: whether to watch them, which takes some seconds each.
    """
    now = utc_now()
    yield from _identity(settings, note)
    note("disk and outbox")
    yield doctor.disk(files.disk(settings.data_dir), settings.evidence.keep_bytes)
    waiting = files.outbox(settings.outbox_path)
    yield from doctor.outbox(waiting, settings.outbox.max_messages, now)
    masked = any(camera.masks or camera.homes for camera in settings.cameras)
    yield from doctor.limits(files.open_files(), files.core_bytes(), masked=masked)
    yield from _peers(settings, note)
    if settings.sensors:
        yield from _sensors(settings, note)
    if cameras and settings.cameras:
        evidence = settings.evidence
        ring = RingWanted(evidence.before_s, evidence.after_s, evidence.ring_s, evidence.ring_bytes)
        yield from _cameras(settings.cameras, ring, note)


_ENROL: Final = "Enrol the box, or name the right files in the settings; run this as the agent's user."


def _identity(settings: Settings, note: Note) -> Iterator[Finding]:
    """Certificates and keys, each file once."""
    note("certificates and keys")
    broker, device = settings.broker, settings.device
    for path in dict.fromkeys(each for each in (device.certificate, broker.certificate) if each):
        yield from _certificate(path, broker.ca, settings.agent)
    for path in dict.fromkeys(each for each in (device.key, broker.key) if each):
        try:
            yield doctor.key_file(str(path), files.mode(path))
        except OSError as error:
            yield Finding("key", str(path), "fault", f"cannot be read: {error.strerror}", _ENROL)
    if not (device.certificate.exists() and device.key.exists()):
        return
    try:
        DeviceKey.load(device.certificate, device.key)
    except KeyFileError as error:
        yield Finding("key", str(device.key), "fault", str(error), _ENROL)


def _certificate(path: Path, ca: Path | None, agent: str) -> Iterable[Finding]:
    try:
        seen = files.certificate(path, ca)
    except (OSError, ValueError) as error:
        return [Finding("certificate", str(path), "fault", f"cannot be read: {error}", _ENROL)]
    return doctor.certificate(seen, agent, utc_now())


def _peers(settings: Settings, note: Note) -> Iterator[Finding]:
    broker, evidence = settings.broker, settings.evidence
    note("broker")
    try:
        where = endpoint(broker)
    except EndpointError as error:
        yield Finding("broker", "settings", "fault", str(error), "Mend the section broker of the settings.")
    else:
        answer = peers.broker(where, settings.agent)
        subject = f"{where.host}:{where.port}"
        yield doctor.reached("broker", subject, answer.fault, answer.advice, answer.took_s)
    note("cloud")
    try:
        tls = files.trust(evidence.ca)
    except OSError as error:
        yield Finding("cloud", str(evidence.ca), "fault", f"cannot be read: {error}", "Mend evidence.ca.")
        tls = None
    answer = peers.cloud(evidence.url, tls)
    yield doctor.reached("cloud", evidence.url, answer.fault, answer.advice, answer.took_s)
    yield from doctor.clock(ClockSeen(max_error_s(), answer.ahead_s))


def _sensors(settings: Settings, note: Note) -> Iterator[Finding]:
    """Each device, read once as the agent would; those that are simulated are left out."""
    # Whoever does not ask for sensors needs none of their protocols.
    from edge.sensors.look import Row, look  # noqa: PLC0415
    from edge.sensors.stations import Site  # noqa: PLC0415

    note(f"sensors (up to {LISTEN_S:.0f} s)")
    site = Site(Library(settings.profiles), settings.data_dir, settings.agent)
    real = [each for each in settings.sensors if not isinstance(each, SimulatedSettings)]
    devices: dict[str, list[Row]] = {}
    for row in asyncio.run(look(real, site, LISTEN_S)):
        devices.setdefault(row.device, []).append(row)
    for name, rows in devices.items():
        values = {row.point: row.found for row in rows if row.read}
        unread = {row.point: row.found for row in rows if not row.read}
        yield doctor.device(DeviceSeen(name, values, unread))


def _cameras(cameras: tuple[CameraSettings, ...], ring: RingWanted, note: Note) -> Iterator[Finding]:
    note(f"cameras ({sights.WATCH_S:.0f} s of each)")
    with ThreadPoolExecutor(min(len(cameras), MAX_AT_ONCE)) as pool:
        seen: list[CameraSeen] = list(pool.map(sights.camera, cameras))
    for each in seen:
        yield from doctor.camera(each, ring)
    yield doctor.load(seen, files.cores())
