"""Tells that a camera refuses our password, once, and that it takes it again."""

from datetime import datetime
from typing import Final, Literal
from uuid import uuid4

from contracts.devices import DeviceFault, Words
from edge import clock
from edge.camera.post import Post

NAME: Final = "wrong_password"
WHAT: Final = Words(zh="摄像头拒绝了用户名或密码", en="The camera refuses our name or password")
ADVICE: Final = Words(
    zh="在设置中改正密码并重启网关；为避免锁定，网关每隔数分钟才重试一次",  # noqa: RUF001 - Chinese punctuation
    en="Correct the password in the settings and restart the agent; it tries again only every few minutes, "
    "so that the camera does not lock it out",
)


class Login:
    """Remembers over a restart whether the fault is open."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._open = NAME in post.outbox.faults_open(post.sender.camera)

    def refused(self, at: datetime) -> None:
        """The camera refused us at this steady instant."""
        if not self._open:
            self._open = True
            self._tell("raised", at)

    def accepted(self, at: datetime) -> None:
        """Frames come."""
        if self._open:
            self._open = False
            self._tell("cleared", at)

    def _tell(self, state: Literal["raised", "cleared"], at: datetime) -> None:
        sender, message_id, observed_at, known = (
            self._post.sender,
            uuid4(),
            clock.utc_of(at),
            clock.known(),
        )

        def make(seq: int) -> DeviceFault:
            return DeviceFault(
                message_id=message_id,
                agent=sender.agent,
                boot=sender.boot,
                seq=seq,
                observed_at=observed_at,
                clock=known,
                subject_type="camera",
                subject=sender.camera,
                fault=NAME,
                state=state,
                severity="serious",
                what=WHAT,
                advice=ADVICE,
            )

        self._post.log.warning("camera_login", message_id=str(message_id), state=state)
        self._post.send(message_id, make, clock.utc_now())
