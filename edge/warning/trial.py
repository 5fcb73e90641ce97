"""Switches a device on and off again by hand: a siren that nobody tried is no siren."""

import asyncio
from collections.abc import Awaitable

from edge.config.warning import WarningDevice
from edge.warning.switches import TIMEOUT_S, SwitchError, turning


async def tried(device: WarningDevice, for_s: float) -> None:
    """On, and off again after so long; off as well when it is interrupted or does not answer.

    Raises:
        SwitchError: It was not switched, as far as anybody knows; says which way and why.
    """
    async with turning(device.switch) as turn:
        try:
            await _within(turn(True), "on")
            await asyncio.sleep(for_s)
        finally:
            await _within(turn(False), "off")


async def _within(switching: Awaitable[None], way: str) -> None:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await switching
    except TimeoutError:
        raise SwitchError(f"not switched {way}: no answer within {TIMEOUT_S:g} s") from None
    except SwitchError as error:
        raise SwitchError(f"not switched {way}: {error}") from error
