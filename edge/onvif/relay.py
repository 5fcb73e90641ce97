"""A relay output of an ONVIF device: a siren or a lamp at a camera."""

from contextlib import AsyncExitStack
from typing import Final

from edge.clock import monotonic_s
from edge.onvif.address import OnvifError, Refused, address
from edge.onvif.camera import Camera, opened

LOCK_OUT_S: Final = 900.0
"""A device that refused the password is not asked for so long: cameras lock an account after a few tries."""


class Relay:
    """One relay. Its device stays known between two switchings, because asking anew takes a second."""

    def __init__(self, url: str, token: str) -> None:
        """url: of the device. token: the relay's; empty: its first."""
        self._url = url
        self._token = token
        self._stack: AsyncExitStack | None = None
        self._camera: Camera | None = None
        self._refused: tuple[float, Refused] | None = None

    async def switch(self, *, on: bool) -> None:
        """Switches it. Raises OnvifError: it was not switched, as far as anybody knows."""
        if self._refused is not None and monotonic_s() < self._refused[0]:
            raise self._refused[1]
        try:
            camera = self._camera or await self._open()
            await camera.ask("whether its relay switched", lambda: self._set(camera, on=on))
        except BaseException as error:
            if isinstance(error, Refused):
                self._refused = monotonic_s() + LOCK_OUT_S, error
            await self.close()  # the next one begins anew
            raise

    async def close(self) -> None:
        """Lets go of the device."""
        stack, self._stack, self._camera = self._stack, None, None
        if stack is not None:
            await stack.aclose()

    async def _open(self) -> Camera:
        stack = AsyncExitStack()
        self._stack = stack
        camera = await stack.enter_async_context(opened(address(self._url)))
        if not self._token:
            self._token = await camera.ask("its relays", lambda: _first(camera))
        self._camera = camera
        return camera

    async def _set(self, camera: Camera, *, on: bool) -> None:
        service = await camera.library.create_devicemgmt_service()
        state = "active" if on else "inactive"
        await service.SetRelayOutputState({"RelayOutputToken": self._token, "LogicalState": state})


async def _first(camera: Camera) -> str:
    service = await camera.library.create_devicemgmt_service()
    relays = await service.GetRelayOutputs()
    if not relays:
        raise OnvifError(f"the device at {camera.where} has no relay")
    return str(relays[0].token)
