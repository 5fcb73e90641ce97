"""Switching a device, each kind against the real protocol; and what is said when it cannot be switched."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import TypeAdapter
from pymodbus.client import ModbusTcpClient

from edge.config.warning import Switch, WarningDevice
from edge.warning.switches import SwitchError, turning
from edge.warning.trial import tried

SWITCH: TypeAdapter[Switch] = TypeAdapter(Switch)


def switch(**settings):
    return turning(SWITCH.validate_python(settings))


def coils(port):
    client = ModbusTcpClient("127.0.0.1", port=port)
    assert client.connect()
    try:
        return client.read_coils(0, count=8, device_id=1).bits
    finally:
        client.close()


async def test_a_coil_is_switched_on_and_off_again(modbus_device) -> None:
    port = modbus_device()
    async with switch(kind="modbus_coil", host="127.0.0.1", port=port, coil=3) as siren:
        await siren(True)
        assert coils(port) == [False] * 3 + [True] + [False] * 4
        await siren(False)
        assert coils(port) == [False] * 8


async def test_a_trial_switches_on_and_off_again_and_says_why_where_it_cannot(modbus_device) -> None:
    port, seen = modbus_device(), []
    settings = {"kind": "modbus_coil", "host": "127.0.0.1", "port": port, "coil": 3}
    device = WarningDevice.model_validate({"id": "siren", "cameras": ["cam"], "switch": settings})
    trial = asyncio.ensure_future(tried(device, 0.5))
    while not trial.done():
        seen.append(coils(port)[3])
        await asyncio.sleep(0.02)
    await trial
    assert True in seen
    assert not coils(port)[3]
    gone = device.model_copy(update={"switch": device.switch.model_copy(update={"port": free_port()})})
    with pytest.raises(SwitchError, match=r"not switched off: .* cannot be reached"):
        await tried(gone, 0.1)


async def test_a_coil_that_is_not_there_is_told_with_the_devices_own_reason(modbus_device) -> None:
    async with switch(kind="modbus_coil", host="127.0.0.1", port=modbus_device(), coil=900) as siren:
        with pytest.raises(SwitchError, match=r"refused to write coil 900 of unit 1: .*exception_code=2"):
            await siren(True)


async def test_a_modbus_device_that_is_gone_or_hangs_is_told(silent_port) -> None:
    async with switch(kind="modbus_coil", host="127.0.0.1", port=free_port(), coil=0) as gone:
        with pytest.raises(SwitchError, match="cannot be reached"):
            await gone(True)
    async with switch(kind="modbus_coil", host="127.0.0.1", port=silent_port, coil=0) as hangs:
        with pytest.raises(SwitchError, match="gave no answer"):
            await hangs(True)


async def test_an_http_device_gets_its_requests_as_they_are_set() -> None:
    with http_device() as (port, seen):
        on = {"url": f"http://127.0.0.1:{port}/lamp?key=s3cret", "body": '{"on": true}'}
        off = {"url": f"http://127.0.0.1:{port}/lamp/off", "method": "GET"}
        async with switch(kind="http", switch_on=on, switch_off=off) as lamp:
            await lamp(True)
            await lamp(False)
        assert seen == [("POST", "/lamp?key=s3cret", '{"on": true}'), ("GET", "/lamp/off", "")]


async def test_an_http_device_that_refuses_is_told_without_the_secrets_of_its_address() -> None:
    with http_device() as (port, _):
        url = f"http://user:s3cret@127.0.0.1:{port}/refuse?key=s3cret"
        async with switch(kind="http", switch_on={"url": url}, switch_off={"url": url}) as lamp:
            with pytest.raises(SwitchError, match=rf"127.0.0.1:{port} answered 503") as told:
                await lamp(True)
        assert "s3cret" not in str(told.value)


async def test_an_http_device_whose_address_is_none_is_told(silent_port) -> None:
    for url in (f"htp://127.0.0.1:{silent_port}", "http://127.0.0.1:99999", "no address"):
        async with switch(kind="http", switch_on={"url": url}, switch_off={"url": url}) as lamp:
            with pytest.raises(SwitchError):
                await lamp(True)


async def test_a_relay_is_found_by_its_device_and_switched(onvif_device) -> None:
    async with switch(kind="onvif_relay", url=onvif_device.url) as lamp:
        await lamp(True)
        await lamp(False)
    assert onvif_device.state()["relay_log"] == ["active", "inactive"]


async def test_a_relay_whose_device_was_away_is_switched_when_it_is_back(onvif_device) -> None:
    async with switch(kind="onvif_relay", url=onvif_device.url, relay="Relay_1") as lamp:
        onvif_device.change(mode="nonsense")
        with pytest.raises(SwitchError, match="answered nonsense"):
            await lamp(True)
        onvif_device.change(mode="well")
        await lamp(True)
    assert onvif_device.state()["relay"] == "active"


async def test_a_relay_that_refused_the_password_is_not_asked_again_soon(onvif_device) -> None:
    async with switch(kind="onvif_relay", url=onvif_device.url.replace("s3cret", "wrong")) as lamp:
        for _ in range(20):
            with pytest.raises(SwitchError, match="refuses the user 'viewer'") as told:
                await lamp(False)
            assert "wrong" not in str(told.value)
    assert onvif_device.state()["refused"] <= 2


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Something that accepts connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def http_device() -> Iterator[tuple[int, list[tuple[str, str, str]]]]:
    """A port, and the requests that came."""
    seen: list[tuple[str, str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            seen.append((self.command, self.path, body))
            self.send_response(503 if self.path.startswith("/refuse") else 204)
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - as http.server calls it

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1], seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
