"""Puts a camera's worker together and runs it until a signal or the agent's end."""

import ctypes
import signal
from uuid import UUID

from structlog.typing import FilteringBoundLogger

from contracts.devices import DesiredState
from edge import clock, logs
from edge.camera import classifier
from edge.camera.clips import Clips
from edge.camera.inbox import Inbox
from edge.camera.picture import PictureWatch
from edge.camera.post import AgentGone, Post, say
from edge.camera.reader import Reader
from edge.camera.sight import homes_of, masks_of, sight_of
from edge.camera.telling import Sender
from edge.camera.worker import Task, Worker
from edge.config.base import SettingsError
from edge.config.desired import with_desired
from edge.config.settings import Settings
from edge.core.desired import wanted_of
from edge.core.picture_health.faults import with_thresholds
from edge.core.vision.masks import Hidden
from edge.core.vision.preprocess import Verifier
from edge.core.vision.settings import DetectorSettings
from edge.evidence.identity import DeviceFiles
from edge.known_time import Followed
from edge.outbox.desired import DesiredFile, DesiredFileError
from edge.outbox.store import Outbox

PR_SET_PDEATHSIG = 1  # prctl(2)
END_S = 10  # an orderly end takes less; a decoder that hangs in its library is ended by the kernel


class Told:
    """Whether the end was asked for.

    `threading.Event` takes a lock to be set: a second signal, while the first is still handled, would wait
    for it for ever, and the camera with it.
    """

    _is_told = False

    def __call__(self, *_: object) -> None:
        """The handler of the signals: from here on an end is due, in order or by the kernel."""
        signal.alarm(END_S)
        self._is_told = True

    def is_set(self) -> bool:
        """Whether a signal has come."""
        return self._is_told


def run(settings: Settings, camera: str, boot: UUID) -> None:
    """Watches one camera of the settings. Ends on SIGTERM, SIGINT, or when the agent dies.

    Raises:
        SettingsError, KeyFileError, OutboxError: It cannot begin; the message says why.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    told = Told()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    counting, evidence = _counting(settings), settings.evidence
    wanted = wanted_of(counting, camera)
    chosen = with_desired(settings.camera(camera), wanted)
    log = logs.logger("camera").bind(camera=camera, agent=settings.agent)
    outbox = Outbox.open(settings.outbox_path, settings.outbox.max_messages)
    inbox = Inbox()
    masks, homes = masks_of(chosen), homes_of(chosen)
    reader = Reader(
        chosen.url.get_secret_value(), chosen.lost_after_s, evidence, inbox, masks, transport=chosen.transport
    )
    post = Post(Sender(settings.agent, boot, camera), outbox, say, log)
    device = DeviceFiles(settings.device.certificate, settings.device.key)
    clips = Clips(settings.clips_dir, device, post, log, Hidden(masks, homes))
    if chosen.picture is not None:
        sight_of(chosen, chosen.picture)  # what cannot be used is refused before the camera is opened
    detector = DetectorSettings(sensitivity=chosen.sensitivity)
    verifier = _verifier(log)
    task = Task(
        chosen.lost_after_s,
        evidence.before_s,
        evidence.after_s,
        detector,
        chosen,
        verifier,
        settings.warning.limit_for(camera),
    )
    time = Followed(settings.data_dir)
    clock.adopt(time.news() or clock.anchor())
    thresholds = {} if counting is None else counting.thresholds
    begins = {"sensitivity": chosen.sensitivity, "ignored": len(chosen.ignore), "thresholds": thresholds}
    log.info("worker_started", boot=str(boot), **begins)
    try:
        reference = settings.data_dir / "picture" / f"{camera}.npz"
        confirmed = wanted.view_confirmed_at if wanted is not None else None
        picture = PictureWatch(
            post,
            with_thresholds(thresholds),
            reference,
            clock.steady_now(),
            view="" if confirmed is None else confirmed.isoformat(),
            homes=homes,
        )
        Worker(task, reader, inbox, post, clips, picture=picture, time=time).run(told)
    except AgentGone:
        told()
        log.warning("agent_gone")
    finally:
        outbox.close()
    log.info("worker_stopped")


def _counting(settings: Settings) -> DesiredState | None:
    """What the cloud wants of this box, as it counts now.

    Raises:
        SettingsError: It cannot be read: its masks must not be missed.
    """
    try:
        return DesiredFile(settings.desired_path).load().desired.counting
    except DesiredFileError as error:
        raise SettingsError(f"{error}; start the agent, which sets it aside") from error


def _verifier(log: FilteringBoundLogger) -> Verifier | None:
    """The learned verifier; without it, or with one that cannot be trusted, the rules decide alone."""
    try:
        return classifier.default()
    except classifier.ClassifierError as error:
        reason = str(error)
    log.error("verifier_unusable", reason=reason, consequence="the rules decide alone")
    return None
