"""One camera's program: searches frames, tells of falls at once, cuts their clips, says how it is.

A straight loop over the decoder's frames. What must not be lost goes to the outbox; what is interesting only
now goes as JSON lines to standard output.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID, uuid4

import psutil
from structlog.typing import FilteringBoundLogger

from edge import clock
from edge.camera import telling
from edge.camera.clips import Clips, Owed
from edge.camera.inbox import Captured, Connection, Inbox, Trouble
from edge.camera.login import Login
from edge.camera.picture import PictureWatch
from edge.camera.places import Places
from edge.camera.post import Post
from edge.camera.reader import Reader
from edge.camera.sight import Sight, sight_of
from edge.camera.telling import Seen
from edge.clock import monotonic_s, steady_now, utc_now
from edge.config.base import SettingsError
from edge.config.sight import SightSettings
from edge.core import camera, clip_window, health, timebase, timekeeping
from edge.core.report import Stats, Suspected
from edge.core.vision import pipeline
from edge.core.vision.facade import Calibration, facing
from edge.core.vision.frame import Fall, Told
from edge.core.vision.origin import Origin, place_of
from edge.core.vision.preprocess import Verifier
from edge.core.vision.settings import DetectorSettings
from edge.known_time import Followed

POLL_S: Final = 0.25
STATS_EVERY_S: Final = 1.0
STOP_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Task:
    """What one worker is told. before_s, after_s: video that is wanted around a fall."""

    lost_after_s: float
    before_s: float
    after_s: float
    detector: DetectorSettings
    sight: SightSettings
    verifier: Verifier | None = None
    suspicion: float | None = None
    """How sure it must be that something falls for the agent to be told before the verdict; None: never."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A fall that was told, and whose end was not. first_s: stream time at which the told track begins."""

    message_id: UUID
    first_s: float
    whole: bool
    """Whether its whole track was told, and only its place is missing."""
    calibration: Calibration | None
    """Of the facade before which it fell."""


@dataclass(slots=True)
class Search:
    """The detector on one connection: its time stamps, and so its state, hold no longer than that."""

    last: Captured
    state: pipeline.State
    sight: Sight
    trouble: str = ""
    going_on: dict[int, Alarm] = field(default_factory=dict)
    """By the track's id; the detector ends each that it has decided."""


@dataclass(slots=True)
class Counted:
    """Totals since the worker began."""

    frames: int = 0
    dropped: int = 0
    detect_s: float = 0.0
    falls: int = 0
    stalls: int = 0
    refused: int = 0


class Stop(Protocol):
    """Something that is set when the end is asked for."""

    def is_set(self) -> bool:
        """Whether it has been."""


class Worker:
    """The loop, and what it remembers between two frames."""

    def __init__(
        self,
        task: Task,
        reader: Reader,
        inbox: Inbox,
        post: Post,
        clips: Clips,
        *,
        picture: PictureWatch,
        time: Followed,
    ) -> None:
        self._time = time
        self._task = task
        self._reader = reader
        self._inbox = inbox
        self._post = post
        self._clips = clips
        self._picture = picture
        self._log: FilteringBoundLogger = post.log
        self._camera = camera.start(steady_now())
        self._watch = health.start(utc_now())
        self._search: Search | None = None
        self._places = Places()
        self._login = Login(post)
        self._counted = Counted()
        self._told_s = monotonic_s()

    def run(self, stop: Stop) -> None:
        """Watches until `stop` is set; then tells what it still owes."""
        self._clips.tell_of_the_lost(utc_now())
        self._reader.start()
        try:
            while not stop.is_set():
                item, dropped = self._inbox.take(POLL_S)
                self._counted.dropped += dropped
                match item:
                    case Captured():
                        self._searched(item, dropped)
                    case Trouble():
                        self._troubled(item)
                self._passed()
        finally:
            self._reader.stop(STOP_S)
        now = utc_now()
        self._end_search()
        self._places.tell_all()
        self._places.close()
        self._clips.finish(now)
        self._picture.close()
        for done in health.finish(self._watch):
            self._tell_minute(done, now)

    def _searched(self, captured: Captured, dropped: int) -> None:
        if self._search is not None and self._search.last.connection is not captured.connection:
            self._end_connection(self._search.last.connection)
        if self._search is None:
            self._search = self._begun(captured)
        search = self._search
        search.last = captured
        began_s = monotonic_s()
        search.state, told = pipeline.step(
            search.state, captured.frame, self._task.detector, self._task.verifier
        )
        self._counted.detect_s += monotonic_s() - began_s
        self._counted.frames += 1
        self._tell_suspicions(told, captured)
        self._tell_falls(told, search)
        seen_at, now = steady_now(), utc_now()
        self._login.accepted(seen_at)
        self._camera, announced = camera.step(
            self._camera, camera.FrameSeen(), seen_at, self._task.lost_after_s
        )
        self._announce(announced)
        taken_at = timebase.utc(captured.timebase, captured.frame.pts_s)
        self._picture.saw(captured.frame, dropped, taken_at, seen_at)
        at = clock.utc_of(taken_at)
        self._counted.stalls += health.stalled(self._watch, at)
        self._watch, minutes = health.searched(self._watch, at, dropped)
        for done in minutes:
            self._tell_minute(done, now)

    def _troubled(self, trouble: Trouble) -> None:
        self._log.warning("camera_trouble", reason=trouble.reason)
        if trouble.refused:
            self._login.refused(trouble.at)
        self._camera, announced = camera.step(
            self._camera, camera.Trouble(trouble.reason), trouble.at, self._task.lost_after_s
        )
        self._announce(announced)
        if trouble.connection is not None:
            self._picture.ended()
            self._end_connection(trouble.connection)

    def _passed(self) -> None:
        """What time alone brings about."""
        self._reader.expect_running()
        self._learn_the_time()
        looked_at, now = steady_now(), utc_now()
        self._camera, announced = camera.step(
            self._camera, camera.TimePassed(), looked_at, self._task.lost_after_s
        )
        self._announce(announced)
        self._picture.passed(looked_at)
        self._watch, minutes = health.passed(self._watch, now)
        for done in minutes:
            self._tell_minute(done, now)
        self._places.tell_ready()
        self._clips.cut_ready(now)
        if monotonic_s() - self._told_s >= STATS_EVERY_S:
            self._told_s = monotonic_s()
            self._post.tell(self._stats())

    def _learn_the_time(self) -> None:
        """Adopts what the agent has learnt; the begun minute is told by what was known while it ran."""
        news = self._time.news()
        if news is None:
            return
        if timekeeping.is_material(clock.anchor(), news):
            for done in health.finish(self._watch):
                self._tell_minute(done, utc_now())
            clock.adopt(news)
            self._watch = health.start(utc_now())
        clock.adopt(news)

    def _end_connection(self, connection: Connection) -> None:
        if self._search is not None and self._search.last.connection is connection:
            self._end_search()
        self._clips.cut_ended(connection, utc_now())

    def _end_search(self) -> None:
        if self._search is None:
            return
        search, self._search = self._search, None
        told = pipeline.finish(search.state, self._task.detector, self._task.verifier)
        self._tell_falls(told, search)

    def _begun(self, captured: Captured) -> Search:
        height, width = captured.frame.luma.shape
        trouble = ""
        try:
            sight = sight_of(self._task.sight, (width, height))
        except SettingsError as error:
            # The stream's shape was changed at the camera: falls are still found, floors are not known.
            trouble = str(error)
            self._log.error("sight_unusable", reason=trouble)
            sight = Sight(self._task.sight.sensitivity, find_facade=self._task.sight.find_facade)
        state = pipeline.start(
            height, width, self._task.detector, sight.ignore, find_facade=sight.find_facade
        )
        return Search(captured, state, sight, trouble)

    def _tell_suspicions(self, told: Told, captured: Captured) -> None:
        """Says at once what may be falling: somebody may still step aside."""
        limit = self._task.suspicion
        if limit is None:
            return
        for one in told.suspected:
            if one.reaches(limit):
                first_at = timebase.utc(captured.timebase, one.first_s)
                now, sure = clock.steady_now(), round(one.sure, 3)
                self._post.tell(Suspected(track=one.track, first_at=first_at, at=now, sure=sure))

    def _tell_falls(self, told: Told, search: Search) -> None:
        for fall in told.decided:
            self._fell(fall, search)
        for fall in told.ended:
            alarm = search.going_on.pop(fall.track.id, None)
            if alarm is not None:
                self._ended(fall, alarm, search)

    def _ended(self, fall: Fall, alarm: Alarm, search: Search) -> None:
        """Tells the whole track of a fall that was told while it went on, and where it came from."""
        calibration, last = alarm.calibration, search.last
        if alarm.whole and calibration is None:
            return
        height, width = last.frame.luma.shape
        self._clips.prolong(alarm.message_id, last.start_s + float(fall.track.t_s[-1]), fall)
        base, known = timebase.shifted(last.timebase, clock.anchor().ahead), clock.known()

        def tell(origin: Origin | None) -> None:
            message_id = uuid4()
            seen = Seen(fall, base, width, height, telling.place(origin))
            make = telling.end_message(
                self._post.sender, message_id, alarm.message_id, seen, first_s=alarm.first_s, clock=known
            )
            self._post.send(message_id, make, utc_now())

        self._places.ask(fall, calibration, tell)

    def _fell(self, fall: Fall, search: Search) -> None:
        """Tells of a fall at once, and owes its clip."""
        now, message_id, captured = utc_now(), uuid4(), search.last
        height, width = captured.frame.luma.shape
        calibration = facing(fall, search.sight.calibrations)
        place = None if calibration is None else place_of(fall, calibration)
        base, known = timebase.shifted(captured.timebase, clock.anchor().ahead), clock.known()
        seen = Seen(fall, base, width, height, telling.place(place))
        search.going_on[fall.track.id] = Alarm(message_id, float(fall.track.t_s[0]), fall.ended, calibration)
        self._counted.falls += 1
        self._log.info("fall_detected", message_id=str(message_id), score=fall.score, reasons=fall.reasons)
        make = telling.fall_message(self._post.sender, message_id, seen, now, known)
        self._post.send(message_id, make, now)
        wanted = clip_window.Wanted(
            start_s=captured.start_s + float(fall.track.t_s[0]),
            end_s=captured.start_s + float(fall.track.t_s[-1]),
            before_s=self._task.before_s,
            after_s=self._task.after_s,
        )
        self._clips.owe(Owed(message_id, captured.connection, wanted, seen, captured.start_s, known), now)

    def _announce(self, announced: tuple[camera.Announce, ...]) -> None:
        """Tells changes, whose instants are steady ones, in UTC."""
        for change in (replace(found, since=clock.utc_of(found.since)) for found in announced):
            message_id = uuid4()
            self._log.info(
                "camera_state", message_id=str(message_id), state=change.state, reason=change.reason
            )
            self._post.send(
                message_id,
                telling.state_message(self._post.sender, message_id, change, clock.known()),
                utc_now(),
            )

    def _tell_minute(self, done: health.MinuteDone, now: datetime) -> None:
        message_id = uuid4()
        make = telling.minute_message(self._post.sender, message_id, done, clock.known())
        self._counted.refused += not self._post.send(message_id, make, now)

    def _stats(self) -> Stats:
        counted, tally, search = self._counted, self._reader.tally, self._search
        return Stats(
            state=self._camera.state,
            since=clock.utc_of(self._camera.since),
            frames=counted.frames,
            dropped=counted.dropped,
            damaged=tally.damaged,
            decode_s=tally.decode_s,
            detect_s=counted.detect_s,
            falls=counted.falls,
            clips_sealed=self._clips.sealed,
            clips_failed=self._clips.failed,
            refused=counted.refused,
            reconnects=max(tally.connects - 1, 0),
            ring_bytes=tally.ring_bytes,
            stalls=counted.stalls,
            memory_bytes=psutil.Process().memory_info().rss,
            searched_share=1.0 if search is None else pipeline.searched_share(search.state),
            sight_trouble="" if search is None else search.trouble,
        )
