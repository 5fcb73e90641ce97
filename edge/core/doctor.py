"""What is wrong with a box and what to do, in words, from what `edge/doctor` has measured of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Level = Literal["ok", "warning", "fault"]
GIB: Final = 1024**3
RENEW: Final = timedelta(days=30)
STALE: Final = timedelta(minutes=10)
MIN_FRAMES_PER_S: Final = 12.0  # below, a fall of two floors is seen in fewer pictures than a verdict wants
MAX_CLOCK_S: Final = 2.0
FALL_S: Final = 8.0  # the longest fall that a ring must hold, 60 floors with drag
FULL_SHARE: Final = 0.8
BUSY_SHARE: Final = 0.8
MIN_OPEN_FILES: Final = 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer. check: what was looked at; subject: of what. advice: what to do; empty: nothing."""

    check: str
    subject: str
    level: Level
    what: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A device's certificate in a file. of_authority: the broker's authority issued it; None: unknown."""

    path: str
    common_name: str
    begins: datetime
    ends: datetime
    of_authority: bool | None = None


def certificate(seen: Certificate, agent: str, at: datetime) -> Iterable[Finding]:
    """Whether it is valid now and for a while, and ours."""

    def told(level: Level, what: str, advice: str = "") -> Finding:
        return Finding("certificate", seen.path, level, what, advice)

    if seen.common_name != agent:
        yield told(
            "fault",
            f"it is made out to {seen.common_name!r}, this box is {agent!r}",
            "Put the box's own certificate there, or mend `agent` in the settings.",
        )
    if seen.of_authority is False:
        yield told(
            "fault",
            "it was not issued by the authority in broker.ca",
            "Enrol the box anew, or put the right authority there.",
        )
    if at < seen.begins:
        yield told(
            "fault",
            f"it is not valid before {seen.begins:%Y-%m-%d}",
            "Check the box's clock; else enrol anew.",
        )
    elif at >= seen.ends:
        yield told("fault", f"it ended on {seen.ends:%Y-%m-%d}", "Enrol the box anew.")
    elif seen.ends - at < RENEW:
        days = (seen.ends - at).days
        yield told("warning", f"it ends in {days} days", "Renew it: nothing can be sent once it has ended.")
    else:
        yield told("ok", f"valid until {seen.ends:%Y-%m-%d}")


def key_file(path: str, mode: int) -> Finding:
    """Whether nobody but its owner may read a private key. mode: permission bits."""
    if mode & 0o077:
        what = f"others may read it (mode {mode & 0o777:o})"
        return Finding("key", path, "fault", what, f"chmod 600 {path}")
    return Finding("key", path, "ok", "only its owner may read it")


@dataclass(frozen=True, slots=True)
class ClockSeen:
    """bound_s: what NTP promised the kernel; None: not synchronised. ahead_s: of the cloud's clock."""

    bound_s: float | None
    ahead_s: float | None


def clock(seen: ClockSeen) -> Iterable[Finding]:
    """Whether the box knows what time it is."""
    if seen.ahead_s is not None and abs(seen.ahead_s) > MAX_CLOCK_S:
        way = "ahead of" if seen.ahead_s > 0 else "behind"
        yield Finding(
            "clock",
            "cloud",
            "fault",
            f"the box's clock is {abs(seen.ahead_s):.0f} s {way} the cloud's",
            "Set it; then have it kept by NTP (timedatectl set-ntp true).",
        )
    if seen.bound_s is None:
        yield Finding(
            "clock",
            "kernel",
            "warning",
            "the kernel's clock is not synchronised",
            "Start an NTP client (systemd-timesyncd, chrony); until then no time of an event is trusted.",
        )
    else:
        yield Finding("clock", "kernel", "ok", f"synchronised, right within {seen.bound_s * 1e3:.0f} ms")


@dataclass(frozen=True, slots=True)
class Disk:
    """The file system of the box's data. refused: why a file could not be written there; empty: it could."""

    path: str
    free_bytes: int
    total_bytes: int
    refused: str = ""


def disk(seen: Disk, keep_bytes: int) -> Finding:
    """Whether there is room. keep_bytes: uploaded clips that may stay on it."""
    if seen.refused:
        return Finding(
            "disk",
            seen.path,
            "fault",
            f"nothing can be written: {seen.refused}",
            "Mend the file system or its permissions: the agent cannot keep a single message.",
        )
    free, total = seen.free_bytes / GIB, seen.total_bytes / GIB
    what = f"{free:.1f} of {total:.1f} GiB are free"
    if seen.free_bytes < max(0.05 * seen.total_bytes, GIB / 2):
        return Finding("disk", seen.path, "fault", what, "Free some, or lower evidence.keep_bytes.")
    if seen.free_bytes < keep_bytes / 2:
        advice = f"Clips may take {keep_bytes / GIB:.1f} GiB (evidence.keep_bytes): free some or lower it."
        return Finding("disk", seen.path, "warning", what, advice)
    return Finding("disk", seen.path, "ok", what)


@dataclass(frozen=True, slots=True)
class OutboxSeen:
    """The outbox as it lies on the disk. damage: what SQLite says of the file; empty: nothing."""

    path: str
    messages: int = 0
    oldest_at: datetime | None = None
    rejected: int = 0
    clips: int = 0
    damage: str = ""


def outbox(seen: OutboxSeen | None, max_messages: int, at: datetime) -> Iterable[Finding]:
    """Whether messages are kept and leave. seen: None: there is no file yet."""
    if seen is None:
        yield Finding("outbox", "", "ok", "none yet; it is made at the first start")
        return
    if seen.damage:
        yield Finding(
            "outbox",
            seen.path,
            "fault",
            f"the file is damaged: {seen.damage}",
            "Start the agent: it sets the file aside, saves what can be read and reports the rest.",
        )
        return
    age = at - seen.oldest_at if seen.oldest_at else timedelta(0)
    what = f"{seen.messages} messages wait, the oldest for {age.total_seconds():.0f} s; {seen.clips} clips"
    if seen.messages > FULL_SHARE * max_messages:
        yield Finding("outbox", seen.path, "fault", what, "Mend the link: soon the oldest telemetry goes.")
    elif age > STALE:
        yield Finding("outbox", seen.path, "warning", what, "See broker and cloud below: nothing leaves.")
    else:
        yield Finding("outbox", seen.path, "ok", what)
    if seen.rejected:
        yield Finding(
            "outbox",
            seen.path,
            "warning",
            f"the cloud could never store {seen.rejected} messages",
            "Look into the cloud's dead letters; box and cloud may be of different versions.",
        )


def reached(check: str, subject: str, fault: str, advice: str, took_s: float) -> Finding:
    """Whether a peer answers. fault: why not; empty: it did."""
    if fault:
        return Finding(check, subject, "fault", fault, advice)
    return Finding(check, subject, "ok", f"answers in {took_s * 1e3:.0f} ms")


@dataclass(frozen=True, slots=True)
class CameraSeen:
    """A camera that was watched for some seconds.

    key_frame_s: the longest time from one key frame to the next, None where no second one came. cpu_s: of one
    core, for each second of video, decoding and detection. fault: why there is no picture; empty: there is.
    """

    camera: str
    fault: str = ""
    advice: str = ""
    codec: str = ""
    width: int = 0
    height: int = 0
    frames_per_s: float = 0.0
    bytes_per_s: float = 0.0
    watched_s: float = 0.0
    key_frame_s: float | None = None
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class RingWanted:
    """What the evidence settings say: seconds before and after a fall, and the ring's bounds."""

    before_s: float
    after_s: float
    ring_s: float
    ring_bytes: int


def camera(seen: CameraSeen, ring: RingWanted) -> Iterable[Finding]:
    """Whether it shows what the detector and the ring of video need."""
    if seen.fault:
        yield Finding("camera", seen.camera, "fault", seen.fault, seen.advice)
        return
    key = "none seen twice" if seen.key_frame_s is None else f"every {seen.key_frame_s:.1f} s"
    yield Finding(
        "camera",
        seen.camera,
        "ok",
        f"{seen.codec} {seen.width} x {seen.height}, {seen.frames_per_s:.1f} pictures/s, "
        f"{seen.bytes_per_s * 8e-6:.1f} Mbit/s, key frames {key}",
    )
    if seen.frames_per_s < MIN_FRAMES_PER_S:
        yield _warn(
            seen,
            f"only {seen.frames_per_s:.1f} pictures a second",
            f"Set at least {MIN_FRAMES_PER_S:.0f}, better 25: between two pictures a floor goes by.",
        )
    interval_s = seen.key_frame_s if seen.key_frame_s is not None else seen.watched_s
    wanted_s = ring.before_s + ring.after_s + FALL_S + interval_s
    if wanted_s > ring.ring_s:
        yield _warn(
            seen,
            f"a clip needs {wanted_s:.0f} s of video, the ring holds {ring.ring_s:.0f} s",
            f"Set evidence.ring_s to {wanted_s:.0f}, or a key frame every 2 s in the camera.",
        )
    if seen.bytes_per_s * min(ring.ring_s, wanted_s) > ring.ring_bytes:
        yield _warn(
            seen,
            f"{seen.bytes_per_s * ring.ring_s / 1024**2:.0f} MiB come in {ring.ring_s:.0f} s",
            f"Set evidence.ring_bytes to {seen.bytes_per_s * ring.ring_s:.0f}, or a lower bit rate.",
        )


def _warn(seen: CameraSeen, what: str, advice: str) -> Finding:
    return Finding("camera", seen.camera, "warning", what, advice)


def load(cameras: Sequence[CameraSeen], cores: int) -> Finding:
    """Whether the box can carry all its cameras. cores: that its programs may use."""
    busy = sum(seen.cpu_s for seen in cameras)
    what = f"the cameras need {busy:.2f} of {cores} cores"
    if busy > BUSY_SHARE * cores:
        advice = "Fewer cameras, their lower stream, or a larger box: pictures are dropped when it rains."
        return Finding("load", "cores", "warning", what, advice)
    return Finding("load", "cores", "ok", what)


@dataclass(frozen=True, slots=True)
class DeviceSeen:
    """A sensor's device. values: with unit, by point. unread: why not, by point."""

    name: str
    values: Mapping[str, str]
    unread: Mapping[str, str]


def device(seen: DeviceSeen) -> Finding:
    """Whether a device answers, and with what."""
    read = ", ".join(f"{point} {value}" for point, value in seen.values.items())
    if not seen.unread:
        return Finding("sensor", seen.name, "ok", read)
    reasons = "; ".join(f"{point}: {reason}" for point, reason in seen.unread.items())
    if not seen.values:
        advice = "Check its power, its cable, and its address and password in the settings."
        return Finding("sensor", seen.name, "fault", reasons, advice)
    advice = "Hold these points of its profile against its manual; or leave them out of the settings."
    return Finding("sensor", seen.name, "warning", f"{reasons}; read: {read}", advice)


def limits(open_files: int, core_bytes: int, *, masked: bool) -> Iterable[Finding]:
    """System limits. core_bytes: of a core dump. masked: some camera has masks."""
    if open_files < MIN_OPEN_FILES:
        what = f"only {open_files} files may be open"
        yield Finding("limits", "files", "warning", what, "LimitNOFILE=4096 in the unit, or ulimit -n 4096.")
    else:
        yield Finding("limits", "files", "ok", f"{open_files} files may be open")
    if masked and core_bytes:
        yield Finding(
            "limits",
            "core",
            "warning",
            "a crash may write unmasked pictures into a core dump",
            "LimitCORE=0 in the unit, or ulimit -c 0.",
        )


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among the findings."""
    levels = {finding.level for finding in findings}
    return "fault" if "fault" in levels else "warning" if "warning" in levels else "ok"
