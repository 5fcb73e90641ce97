"""Turns what the worker found into messages. Pure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.base import MAX_TEXT, Clock
from contracts.messages import (
    MAX_TRACK_POINTS,
    CameraMinute,
    CameraState,
    ClipFailed,
    ClipManifest,
    ClipSealed,
    Estimate,
    FallEnded,
    FallingObject,
    Origin,
    Place,
    TrackPoint,
)
from edge.core import camera, health, timebase
from edge.core.vision import origin as origins
from edge.core.vision.frame import Fall
from edge.evidence.clip import CutClip
from edge.evidence.seal import Seal


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks."""

    agent: str
    boot: UUID
    camera: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A fall with all that a message about it needs."""

    fall: Fall
    timebase: timebase.Timebase
    width: int
    height: int
    place: Place | None = None


def fall_message(
    sender: Sender, message_id: UUID, seen: Seen, decided_at: datetime, clock: Clock
) -> Callable[[int], FallingObject]:
    """The alert's message; times of the track count from its first point."""
    t_s = seen.fall.track.t_s
    points, origin = _points(seen.fall, float(t_s[0])), _origin(seen.fall)
    return lambda seq: FallingObject(
        message_id=message_id,
        agent=sender.agent,
        boot=sender.boot,
        seq=seq,
        observed_at=timebase.utc(seen.timebase, float(t_s[0])),
        clock=clock,
        camera=sender.camera,
        frame_width=seen.width,
        frame_height=seen.height,
        track=points,
        last_visible_at=timebase.utc(seen.timebase, float(t_s[-1])),
        decided_at=decided_at,
        score=min(max(float(seen.fall.score), 0.0), 1.0),
        origin=origin,
        place=seen.place,
    )


def end_message(
    sender: Sender, message_id: UUID, event: UUID, seen: Seen, *, first_s: float, clock: Clock
) -> Callable[[int], FallEnded]:
    """The whole track of a fall that was told before. first_s: its alert's track begins, stream time."""
    points, origin = _points(seen.fall, first_s), _origin(seen.fall)
    return lambda seq: FallEnded(
        message_id=message_id,
        agent=sender.agent,
        boot=sender.boot,
        seq=seq,
        observed_at=timebase.utc(seen.timebase, float(seen.fall.track.t_s[-1])),
        clock=clock,
        camera=sender.camera,
        event=event,
        track=points,
        origin=origin,
        place=seen.place,
    )


def place(found: origins.Origin | None) -> Place | None:
    """Where on the facade it came from; None where nobody knows, or where the track is hardly a throw."""
    if found is None or found.odd > origins.ODD:
        return None
    height = _estimate(found.height_m)
    if height is None:
        return None
    return Place(
        from_above=found.from_above,
        floor=found.floor,
        floor_low=found.floor_low,
        floor_high=found.floor_high,
        floor_probability=round(min(max(found.floor_probability, 0.0), 1.0), 3),
        bay=found.bay,
        flat=found.flat,
        flat_probability=round(min(max(found.flat_probability, 0.0), 1.0), 3),
        height_m=height,
        speed_m_s=_estimate(found.speed_m_s),
        energy_j_per_kg=_estimate(found.energy_j_per_kg),
        size_m=_estimate(found.size_m),
        facade=found.facade,
    )


def _estimate(interval: origins.Interval | None) -> Estimate | None:
    if interval is None:
        return None
    numbers = (interval.value, interval.low, interval.high)
    if not all(map(math.isfinite, numbers)):
        return None
    value, low, high = (round(number, 2) for number in numbers)
    return Estimate(value=value, low=low, high=high)


def _points(fall: Fall, first_s: float) -> tuple[TrackPoint, ...]:
    track = fall.track
    return tuple(
        TrackPoint(
            t_s=round(float(track.t_s[row]) - first_s, 4),
            x_px=round(float(track.xy_px[row][0]), 2),
            y_px=round(float(track.xy_px[row][1]), 2),
        )
        for row in _thinned(range(len(track.t_s)), MAX_TRACK_POINTS)
    )


def _origin(fall: Fall) -> Origin | None:
    release = fall.release
    if release is None:
        return None
    return Origin(
        x_px=round(release.x_px, 2),
        y_px=round(release.y_px, 2),
        uncertainty_px=round(release.uncertainty_px, 2),
    )


def state_message(
    sender: Sender, message_id: UUID, announce: camera.Announce, clock: Clock
) -> Callable[[int], CameraState]:
    """A camera began or ceased to deliver."""
    return lambda seq: CameraState(
        message_id=message_id,
        agent=sender.agent,
        boot=sender.boot,
        seq=seq,
        observed_at=announce.since,
        clock=clock,
        camera=sender.camera,
        state=announce.state,
        reason=announce.reason[:MAX_TEXT],
    )


def minute_message(
    sender: Sender, message_id: UUID, done: health.MinuteDone, clock: Clock
) -> Callable[[int], CameraMinute]:
    """How much of a minute was watched."""
    return lambda seq: CameraMinute(
        message_id=message_id,
        agent=sender.agent,
        boot=sender.boot,
        seq=seq,
        observed_at=done.minute,
        clock=clock,
        camera=sender.camera,
        watched_s=round(done.watched_s, 3),
        frames=done.frames,
        dropped=done.dropped,
    )


def manifest(sender: Sender, event: UUID, clip: CutClip, shown: "Shown", sealed_at: datetime) -> ClipManifest:
    """What the device signs about a clip."""
    return ClipManifest(
        event=event,
        agent=sender.agent,
        camera=sender.camera,
        sha256=clip.sha256,
        size_bytes=clip.size_bytes,
        codec=clip.codec,
        frame_width=clip.width,
        frame_height=clip.height,
        started_at=shown.started_at,
        duration_s=round(clip.duration_s, 4),
        event_offset_s=round(shown.event_offset_s, 4),
        complete=clip.complete,
        masked=clip.masked,
        blurred=clip.blurred,
        sealed_at=sealed_at,
        clock=shown.clock,
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """When a clip shows what. event_offset_s: clip time at which the track begins, seconds."""

    started_at: datetime
    event_offset_s: float
    clock: Clock


def sealed_message(
    sender: Sender, message_id: UUID, about: ClipManifest, sealed: Seal
) -> Callable[[int], ClipSealed]:
    """A clip is on the disk and signed."""
    return lambda seq: ClipSealed(
        message_id=message_id,
        agent=sender.agent,
        boot=sender.boot,
        seq=seq,
        observed_at=about.sealed_at,
        clock=about.clock,
        camera=sender.camera,
        event=about.event,
        sha256=about.sha256,
        size_bytes=about.size_bytes,
        manifest=sealed.manifest,
        signature=sealed.signature,
        certificate=sealed.certificate_pem,
    )


def failed_message(
    sender: Sender, message_id: UUID, event: UUID, reason: str, at: datetime
) -> Callable[[int], ClipFailed]:
    """There will be no clip."""
    return lambda seq: ClipFailed(
        message_id=message_id,
        agent=sender.agent,
        boot=sender.boot,
        seq=seq,
        observed_at=at,
        camera=sender.camera,
        event=event,
        reason=reason[:MAX_TEXT],
    )


def _thinned(rows: Sequence[int], most: int) -> list[int]:
    """At most `most` of the rows, evenly spread, first and last among them."""
    if len(rows) <= most:
        return list(rows)
    step = (len(rows) - 1) / (most - 1)
    return [rows[round(index * step)] for index in range(most)]
