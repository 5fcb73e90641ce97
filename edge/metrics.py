"""The names of all metrics of the edge, in one place. Each program makes its own registry."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge


@dataclass(frozen=True, slots=True)
class CameraMetrics:
    """What the agent tells of its cameras, from what their workers report."""

    frames: Counter
    dropped: Counter
    damaged: Counter
    decode_s: Counter
    detect_s: Counter
    falls: Counter
    clips: Counter
    reconnects: Counter
    restarts: Counter
    up: Gauge
    frames_per_s: Gauge
    ring_bytes: Gauge
    stalls: Counter
    memory_bytes: Gauge


@dataclass(frozen=True, slots=True)
class DiskMetrics:
    """What the agent tells of the file system that its data is on."""

    free_bytes: Gauge
    hours_left: Gauge


@dataclass(frozen=True, slots=True)
class DeliveryMetrics:
    """What the agent tells of the outbox and of what leaves it."""

    depth: Gauge
    oldest_s: Gauge
    appended: Counter
    refused: Counter
    published: Counter
    resent: Counter
    confirmed: Counter
    rejected: Counter
    receipts_malformed: Counter
    receipts_dropped: Counter
    connects: Counter
    connected: Gauge
    upload_backlog: Gauge
    uploads: Counter
    uploaded_bytes: Counter


@dataclass(frozen=True, slots=True)
class WarningMetrics:
    """What the agent tells of suspicions and of the devices that warn of them."""

    suspicions: Counter
    given: Counter
    dropped: Counter
    on: Gauge


def warnings(registry: CollectorRegistry) -> WarningMetrics:
    """The metrics of warning before something lands."""
    return WarningMetrics(
        suspicions=Counter(
            "fallwatch_camera_suspicions",
            "Things that seemed to fall, before any verdict",
            ["camera"],
            registry=registry,
        ),
        given=Counter("fallwatch_warnings", "Warnings by outcome", ["device", "outcome"], registry=registry),
        dropped=Counter(
            "fallwatch_warnings_dropped",
            "Suspicions dropped because a device was still being switched",
            ["device"],
            registry=registry,
        ),
        on=Gauge(
            "fallwatch_warning_on",
            "1 while a siren, lamp or loudspeaker is on",
            ["device"],
            registry=registry,
        ),
    )


@dataclass(frozen=True, slots=True)
class ClockMetrics:
    """What the agent knows of time."""

    uncertainty_s: Gauge
    wall_offset_s: Gauge
    wall_steps: Counter


def clock(registry: CollectorRegistry) -> ClockMetrics:
    """The metrics of an agent's own time."""
    return ClockMetrics(
        uncertainty_s=Gauge(
            "fallwatch_clock_uncertainty_seconds",
            "How far the box's own time may be off; NaN while nobody has told it",
            registry=registry,
        ),
        wall_offset_s=Gauge(
            "fallwatch_clock_wall_offset_seconds",
            "The system's wall clock less the box's own time",
            registry=registry,
        ),
        wall_steps=Counter(
            "fallwatch_clock_wall_steps", "Times that somebody set the wall clock", registry=registry
        ),
    )


@dataclass(frozen=True, slots=True)
class SensorMetrics:
    """What the agent tells of the devices that it reads."""

    values: Counter
    unread: Counter


def sensors(registry: CollectorRegistry) -> SensorMetrics:
    """The metrics of an agent's sensors, each labelled with the device and its point."""
    labels = ["device", "point"]
    return SensorMetrics(
        values=Counter("fallwatch_sensor_values", "Values read from sensors", labels, registry=registry),
        unread=Counter("fallwatch_sensor_unread", "Readings that gave no value", labels, registry=registry),
    )


def cameras(registry: CollectorRegistry) -> CameraMetrics:
    """The metrics of an agent's cameras, each labelled with the camera."""

    def counter(name: str, text: str) -> Counter:
        return Counter(f"fallwatch_camera_{name}", text, ["camera"], registry=registry)

    def gauge(name: str, text: str) -> Gauge:
        return Gauge(f"fallwatch_camera_{name}", text, ["camera"], registry=registry)

    return CameraMetrics(
        frames=counter("frames", "Frames decoded and searched"),
        dropped=counter("frames_dropped", "Frames decoded and not searched, because the detector was behind"),
        damaged=counter("frames_damaged", "Packets and pictures that could not be used"),
        decode_s=counter("decode_seconds", "Time spent reading and decoding"),
        detect_s=counter("detect_seconds", "Time spent in the detector"),
        falls=counter("falls", "Falling objects detected"),
        clips=Counter("fallwatch_camera_clips", "Clips by outcome", ["camera", "outcome"], registry=registry),
        reconnects=counter("reconnects", "Connections to the camera that had to be made again"),
        restarts=counter("worker_restarts", "Camera workers that ended and were started again"),
        up=gauge("up", "1 while the camera delivers frames"),
        frames_per_s=gauge("frames_per_second", "Frames searched in the last second"),
        ring_bytes=gauge("ring_bytes", "Encoded video kept in memory"),
        stalls=counter("stalls", "Gaps between frames in which something could have fallen unseen"),
        memory_bytes=gauge(
            "memory_bytes", "Resident memory of the camera's worker, shared libraries included"
        ),
    )


def disk(registry: CollectorRegistry) -> DiskMetrics:
    """The metrics of an agent's disk."""
    return DiskMetrics(
        free_bytes=Gauge("fallwatch_disk_free_bytes", "Room on the disk of data_dir", registry=registry),
        hours_left=Gauge(
            "fallwatch_disk_hours_left",
            "Hours until it is full, at the rate of the last six hours; +Inf where it does not fill",
            registry=registry,
        ),
    )


def delivery(registry: CollectorRegistry) -> DeliveryMetrics:
    """The metrics of an agent's outbox, link and uploads."""

    def counter(name: str, text: str) -> Counter:
        return Counter(f"fallwatch_{name}", text, registry=registry)

    def gauge(name: str, text: str) -> Gauge:
        return Gauge(f"fallwatch_{name}", text, registry=registry)

    return DeliveryMetrics(
        depth=gauge("outbox_depth", "Messages that the cloud has not confirmed"),
        oldest_s=gauge("outbox_oldest_seconds", "Age of the oldest unconfirmed message"),
        appended=Counter(
            "fallwatch_outbox_appended", "Messages stored by the agent", ["kind"], registry=registry
        ),
        refused=Counter(
            "fallwatch_outbox_refused", "Telemetry refused at the limit", ["kind"], registry=registry
        ),
        published=counter("link_published", "Messages acknowledged by the broker"),
        resent=counter("link_resent", "Messages sent again because no receipt came in time"),
        confirmed=counter("outbox_confirmed", "Messages confirmed by the cloud and forgotten"),
        rejected=counter("outbox_rejected", "Messages that the cloud can never store"),
        receipts_malformed=counter("link_receipts_malformed", "Receipts that could not be read"),
        receipts_dropped=counter("link_receipts_dropped", "Receipts dropped because the inbox was full"),
        connects=Counter(
            "fallwatch_link_connects", "Connections to the broker", ["outcome"], registry=registry
        ),
        connected=gauge("link_connected", "1 while connected to the broker"),
        upload_backlog=gauge("upload_backlog", "Clips that wait for upload"),
        uploads=Counter("fallwatch_uploads", "Clip uploads by outcome", ["outcome"], registry=registry),
        uploaded_bytes=counter("uploaded_bytes", "Bytes of clips that the cloud took"),
    )
