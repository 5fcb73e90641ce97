"""Puts a worker's messages into the outbox, logs them under their id and wakes the agent."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from structlog.typing import FilteringBoundLogger

from contracts.base import Durable
from edge.camera.telling import Sender
from edge.core.report import Appended, Line
from edge.outbox.store import Clip, Outbox, OutboxFull


class AgentGone(Exception):  # noqa: N818 - says what happened
    """Nobody reads the worker's lines any more."""


def say(line: Line) -> None:
    """A line on standard output, at once.

    Raises:
        AgentGone: Its reader has gone.
    """
    try:
        sys.stdout.write(line.model_dump_json() + "\n")
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise AgentGone("nobody reads standard output") from error


@dataclass(frozen=True, slots=True)
class Post:
    """Where the messages of one worker go."""

    sender: Sender
    outbox: Outbox
    tell: Callable[[Line], None]
    log: FilteringBoundLogger

    def send(
        self, message_id: UUID, make: Callable[[int], Durable], at: datetime, clip: Clip | None = None
    ) -> bool:
        """Stores a message durably; False when it is telemetry and the outbox is full."""
        try:
            stored = self.outbox.append(self.sender.boot, at, make, clip)
        except OutboxFull as refusal:
            self.log.warning("outbox_refused", message_id=str(message_id), reason=str(refusal))
            return False
        self.log.info(
            "outbox_appended",
            message_id=str(message_id),
            kind=stored.kind,
            boot=str(stored.key.boot),
            seq=stored.key.seq,
        )
        self.tell(Appended(kind=stored.kind))
        return True
