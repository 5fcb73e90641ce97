"""Switches one device: a Modbus coil, an HTTP request, a relay of an ONVIF device."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import httpx
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from edge.config.warning import HttpRequest, HttpSwitch, ModbusCoil, OnvifRelay, Switch
from edge.onvif.address import OnvifError
from edge.onvif.relay import Relay

TIMEOUT_S: Final = 2.0
"""For the whole of one switching: who waits longer than that warns nobody."""

MAX_PORT: Final = 65_535

Turn = Callable[[bool], Awaitable[None]]
"""Switches on or off. Raises SwitchError."""


class SwitchError(Exception):
    """A device was not switched, as far as anybody knows. The message says which and why, without secrets."""


@asynccontextmanager
async def turning(switch: Switch) -> AsyncIterator[Turn]:
    """How the device of these settings is switched, until the block ends."""
    match switch:
        case ModbusCoil():
            yield lambda on: _coil(switch, on=on)
        case HttpSwitch():
            yield lambda on: _request(switch.switch_on if on else switch.switch_off)
        case OnvifRelay():
            relay = Relay(switch.url.get_secret_value(), switch.relay)
            try:
                yield lambda on: _relay(relay, on=on)
            finally:
                await relay.close()


async def _relay(relay: Relay, *, on: bool) -> None:
    try:
        await relay.switch(on=on)
    except OnvifError as error:
        raise SwitchError(str(error)) from error


async def _coil(coil: ModbusCoil, *, on: bool) -> None:
    """A connection for each switching: one that is kept may be dead for minutes before anybody notices."""
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # what goes wrong is told by answers
    where = f"the Modbus device {coil.host}:{coil.port}"
    client = AsyncModbusTcpClient(coil.host, port=coil.port, timeout=TIMEOUT_S, retries=0, reconnect_delay=0)
    try:
        if not await client.connect():
            raise SwitchError(f"{where} cannot be reached")
        answer = await client.write_coil(coil.coil, on, device_id=coil.unit)
    except ModbusException as error:
        raise SwitchError(f"{where} gave no answer: {error}") from error
    finally:
        client.close()
    if answer.isError():
        raise SwitchError(f"{where} refused to write coil {coil.coil} of unit {coil.unit}: {answer}")


async def _request(request: HttpRequest) -> None:
    url = _address(request.url.get_secret_value())
    where = f"{url.host}:{url.port or url.scheme}"
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            answer = await client.request(request.method, url, content=request.body or None)
    except httpx.HTTPError as error:
        raise SwitchError(f"{where} gave no answer: {type(error).__name__}") from error
    if not answer.is_success:
        raise SwitchError(f"{where} answered {answer.status_code} {answer.reason_phrase}")


def _address(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host or not 0 < (url.port or 80) <= MAX_PORT:
        raise SwitchError("the address of the request must be http://host:port/path")
    return url
