"""What a camera reports of itself, pulled from it (ONVIF Core Specification, pull-point notification)."""

import asyncio
from datetime import timedelta
from typing import Any, Final, Self

from edge.core.onvif import Notice, plain_topic
from edge.onvif.address import OnvifError
from edge.onvif.camera import Camera

SERVICE: Final = "http://www.onvif.org/ver10/events/wsdl"
LASTS: Final = timedelta(minutes=10)
"""What a subscription is asked for; the library renews it in time."""
MOST: Final = 100
"""Notices in one answer."""


class Events:
    """A subscription."""

    def __init__(self, camera: Camera, manager: Any, lost: asyncio.Event) -> None:
        self._camera = camera
        self._manager = manager
        self._lost = lost

    @classmethod
    async def subscribed(cls, camera: Camera) -> Self | None:
        """A subscription to everything; None where the camera has no events. Raises as `Camera.ask`."""
        if SERVICE not in camera.library.xaddrs:
            return None
        lost = asyncio.Event()
        manager = await camera.ask(
            "its events", lambda: camera.library.create_pullpoint_manager(LASTS, lost.set)
        )
        # Cameras that can tell how things stand now; others tell from the next change on.
        await camera.ask("how things stand", manager.set_synchronization_point)
        return cls(camera, manager, lost)

    async def pull(self, wait_s: float) -> tuple[Notice, ...]:
        """What was reported meanwhile; waits for so long at the most. Raises as `Camera.ask`."""
        if self._lost.is_set():
            raise OnvifError(f"the camera at {self._camera.where} ended our subscription to its events")
        service = self._manager.get_service()
        asked = {"Timeout": timedelta(seconds=round(wait_s)), "MessageLimit": MOST}
        answer = await self._camera.ask(
            "its events", lambda: service.PullMessages(asked), more_s=max(wait_s, 0.0)
        )
        return tuple(_notice(message) for message in answer.NotificationMessage or ())

    async def close(self) -> None:
        """Ends the subscription, as far as the camera still listens."""
        await self._camera.ask("the end of its events", self._manager.shutdown)


def _notice(message: Any) -> Notice:
    topic = plain_topic(str(getattr(message.Topic, "_value_1", "") or ""))
    content = getattr(message.Message, "_value_1", None)
    source = _items(getattr(content, "Source", None))
    return Notice(topic, next(iter(source.values()), ""), _items(getattr(content, "Data", None)))


def _items(part: Any) -> dict[str, str]:
    return {str(item.Name): str(item.Value) for item in getattr(part, "SimpleItem", None) or ()}
