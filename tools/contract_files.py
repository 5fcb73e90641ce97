"""Writes what the contracts promise as files: a JSON Schema and a golden message for each kind.

    python tools/contract_files.py            write contracts/schemas, contracts/examples/v1 and the
                                              schemas of profiles, firmware_configs/schema.json,
                                              and of the estate file, cloud/schemas/estate.json
    python tools/contract_files.py --check    write nothing; exit 1 when a file is stale

The golden messages are real: the clip's signature verifies against the certificate beside it. Key, times and
identities are fixed and ECDSA is deterministic (RFC 6979), so the same bytes come out every time.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cloud.core.estate import EstateFile
from contracts import base
from contracts import devices as d
from contracts import messages as m
from contracts.profile import ProfileFile

FOLDER: Final = Path(__file__).resolve().parent.parent / "contracts"

AGENT: Final = "demo-box"
CAMERA: Final = "cam-east"
BOOT: Final = UUID("b0070000-0000-4000-8000-000000000001")
FALL: Final = UUID("fa110000-0000-4000-8000-000000000001")
FELL_AT: Final = datetime(2026, 3, 1, 6, 30, 12, 400_000, tzinfo=UTC)
CLIP: Final = b"the bytes of a clip stand here"
CLOCK: Final = base.Clock(offset_s=0.002, uncertainty_s=0.015)

MODELS: Final[Mapping[str, type[base.Part]]] = {
    "falling_object": m.FallingObject,
    "fall_ended": m.FallEnded,
    "clip_sealed": m.ClipSealed,
    "clip_failed": m.ClipFailed,
    "camera_state": m.CameraState,
    "camera_minute": m.CameraMinute,
    "sensor_reading": m.SensorReading,
    "device_fault": d.DeviceFault,
    "device_record": d.DeviceRecord,
    "warning_given": d.WarningGiven,
    "clock_set": d.ClockSet,
    "loss": d.Loss,
    "desired_state": d.DesiredState,
    "desired_report": d.DesiredReport,
    "clip_manifest": m.ClipManifest,
    "agent_status": m.AgentStatus,
    "confirm": m.Confirm,
    "reject": m.Reject,
}
"""Everything that crosses a wire or is signed, by the name of its files."""


def schemas() -> dict[str, str]:
    """File name → JSON Schema (2020-12) of each message, as it is sent."""
    return {
        f"schemas/{name}.json": json.dumps(_schema(name, model), ensure_ascii=False, indent=2) + "\n"
        for name, model in MODELS.items()
    }


def examples() -> dict[str, str]:
    """File name → the exact text of a message, one line, for each kind."""
    return {
        f"examples/v{base.PROTOCOL}/{name}.json": m.encode(message).decode() + "\n"
        for name, message in golden().items()
    }


def profile_schema() -> dict[str, str]:
    """File name → JSON Schema of a profile, as a person writes it, for editors."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "fallwatch:profile",
        **ProfileFile.model_json_schema(mode="validation"),
    }
    text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    return {"../firmware_configs/schema.json": text}


def estate_schema() -> dict[str, str]:
    """File name → JSON Schema of the estate file, as a person writes it, for editors."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "fallwatch:estate",
        **EstateFile.model_json_schema(mode="validation"),
    }
    return {"../cloud/schemas/estate.json": json.dumps(schema, ensure_ascii=False, indent=2) + "\n"}


def golden() -> dict[str, base.Part]:
    """One message of each kind, always the same."""
    return {**_events(), **_equipment(), "clip_manifest": _manifest(), **_conversation()}


def _schema(name: str, model: type[base.Part]) -> dict[str, object]:
    schema = model.model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"fallwatch:v1:{name}",
        **schema,
    }


def _message_id(seq: int) -> UUID:
    return FALL if seq == 1 else UUID(f"0e550000-0000-4000-8000-{seq:012d}")


def _identity(seq: int, observed_at: datetime) -> dict[str, object]:
    return {
        "message_id": _message_id(seq),
        "agent": AGENT,
        "boot": BOOT,
        "seq": seq,
        "observed_at": observed_at,
        "clock": CLOCK,
    }


def _equipment() -> dict[str, base.Part]:
    """What is told of equipment, and what it is told."""
    at = FELL_AT + timedelta(minutes=3)
    figures = {"value": 0.4, "baseline": 11.5, "threshold": 5.8, "unit": "1"}
    return {
        "device_fault": d.DeviceFault.model_validate(
            {**_identity(8, at), "subject_type": "camera", "subject": CAMERA, "fault": "defocused"}
            | {"state": "raised", "severity": "serious", **figures, "thumbnail": "/9j/4AAQSkZJRg=="}
            | {"advice": {"zh": "请重新对焦并清洁镜头。", "en": "Focus again and clean the lens."}}
        ),
        "device_record": d.DeviceRecord.model_validate(
            {**_identity(9, at), "subject_type": "camera", "subject": CAMERA, "maker": "Example"}
            | {"model": "E-4K", "serial": "0042", "firmware": "5.7.1", "profile": "onvif-generic"}
            | {"profile_version": "1", "wanted_firmware": "5.7.3"}
        ),
        "warning_given": d.WarningGiven.model_validate(
            {**_identity(10, FELL_AT), "camera": CAMERA, "device": "siren-east", "outcome": "on"}
            | {"suspected_at": FELL_AT + timedelta(seconds=0.4), "acted_at": FELL_AT + timedelta(seconds=0.5)}
        ),
        "clock_set": d.ClockSet(
            **_identity(11, at),  # type: ignore[arg-type]
            before=base.Clock(),
            after=CLOCK,
            offset_s=-3600.25,
            source="cloud",
        ),
        "loss": d.Loss.model_validate(
            {**_identity(12, at), "what": "telemetry_thinned", "count": 3, "by_kind": {"sensor_reading": 3}}
            | {"ranges": [{"boot": BOOT, "first": 21, "last": 23}], "reason": "the disk is full"}
            | {"first_at": FELL_AT, "last_at": at}
        ),
        "desired_report": d.DesiredReport.model_validate(
            {**_identity(13, at), "version": 4, "outcome": "rolled_back", "now": 3}
            | {"reason": "cam-east gave no picture within the probation"}
        ),
        "desired_state": d.DesiredState.model_validate(
            {"version": 4, "issued_at": at, "issued_by": "maintenance", "profiles": {"onvif-generic": "1"}}
            | {"cameras": [{"camera": CAMERA, "sensitivity": 0.6, "picture": [1920, 1080]}]}
        ),
    }


def _events() -> dict[str, base.Part]:
    sealed = FELL_AT + timedelta(seconds=9.5)
    minute = FELL_AT.replace(second=0, microsecond=0)
    manifest = m.canonical(_manifest())
    key = _device_key()
    signature = key.sign(manifest.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    camera = {"camera": CAMERA}
    return {
        "falling_object": m.FallingObject.model_validate({**_identity(1, FELL_AT), **camera, **_fall()}),
        "fall_ended": m.FallEnded.model_validate(
            {**_identity(7, FELL_AT + timedelta(seconds=1.6)), **camera, "event": FALL, **_whole_fall()}
        ),
        "clip_sealed": m.ClipSealed.model_validate(
            {
                **_identity(2, sealed),
                **camera,
                "event": FALL,
                "sha256": hashlib.sha256(CLIP).hexdigest(),
                "size_bytes": len(CLIP),
                "manifest": manifest,
                "signature": base64.b64encode(signature).decode(),
                "certificate": _certificate(key),
            }
        ),
        "clip_failed": m.ClipFailed.model_validate(
            {**_identity(3, sealed), **camera, "event": FALL, "reason": "no space left on the device"}
        ),
        "camera_state": m.CameraState.model_validate(
            {**_identity(4, sealed), **camera, "state": "lost", "reason": "no packet for 8 s"}
        ),
        "camera_minute": m.CameraMinute.model_validate(
            {**_identity(5, minute), **camera, "watched_s": 58.5, "frames": 1463, "dropped": 2}
        ),
        "sensor_reading": m.SensorReading.model_validate(
            {
                **_identity(6, sealed),
                "sensor": "cabinet-temp",
                "quantity": "temperature",
                "value": 31.4,
                "unit": "Cel",
            }
        ),
    }


def _whole_fall() -> dict[str, object]:
    """The same fall to its end, before a facade that is calibrated."""
    return {
        "track": [_point(n / 5) for n in range(9)],
        "origin": m.Origin(x_px=640, y_px=198.5, uncertainty_px=4),
        "place": m.Place(
            from_above=False,
            floor=12,
            floor_low=11,
            floor_high=12,
            floor_probability=0.91,
            bay=3,
            flat="B",
            flat_probability=0.97,
            height_m=m.Estimate(value=34.3, low=32.9, high=35.8),
            speed_m_s=m.Estimate(value=19.8, low=16.9, high=23.1),
            energy_j_per_kg=m.Estimate(value=196.0, low=142.8, high=266.8),
            size_m=m.Estimate(value=0.32, low=0.24, high=0.41),
        ),
    }


def _point(t_s: float) -> m.TrackPoint:
    """Where it is seen: 22 px to the metre."""
    return m.TrackPoint(t_s=t_s, x_px=640 + 20.0 * t_s, y_px=200 + round(0.5 * 9.81 * 22 * t_s**2, 1))


def _fall() -> dict[str, object]:
    """What a fall of 0.8 s looks like at 5 pictures a second."""
    track = [_point(n / 5) for n in range(5)]
    return {
        "frame_width": 1920,
        "frame_height": 1080,
        "track": track,
        "last_visible_at": FELL_AT + timedelta(seconds=0.8),
        "decided_at": FELL_AT + timedelta(seconds=1.2),
        "score": 0.93,
        "origin": m.Origin(x_px=640, y_px=198.5, uncertainty_px=6),
    }


def _manifest() -> m.ClipManifest:
    return m.ClipManifest(
        event=FALL,
        agent=AGENT,
        camera=CAMERA,
        sha256=hashlib.sha256(CLIP).hexdigest(),
        size_bytes=len(CLIP),
        codec="h264",
        frame_width=1920,
        frame_height=1080,
        started_at=FELL_AT - timedelta(seconds=6.4),
        duration_s=13.6,
        event_offset_s=6.4,
        complete=True,
        sealed_at=FELL_AT + timedelta(seconds=9.5),
        clock=CLOCK,
    )


def _conversation() -> dict[str, base.Part]:
    return {
        "agent_status": m.AgentStatus(
            agent=AGENT,
            boot=BOOT,
            online=True,
            at=FELL_AT + timedelta(seconds=10),
            software="0.1.0",
            accepted_seq=6,
            outbox_depth=2,
            outbox_oldest_s=0.4,
            cameras=(m.CameraNow(camera=CAMERA, state="streaming", since=FELL_AT, frames_per_s=25),),
        ),
        "confirm": m.Confirm(
            ranges=(base.SeqRange(boot=BOOT, first=1, last=4), base.SeqRange(boot=BOOT, first=6, last=6))
        ),
        "reject": m.Reject(boot=BOOT, seq=5, reason="watched_s: Input should be less than or equal to 60"),
    }


def _device_key() -> ec.EllipticCurvePrivateKey:
    """A key that everyone knows: it signs examples and nothing else."""
    number = int.from_bytes(hashlib.sha256(b"fallwatch example device").digest())
    return ec.derive_private_key(number, ec.SECP256R1())


def _certificate(key: ec.EllipticCurvePrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AGENT)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def main() -> int:
    """Write the files, or with `--check` name those that are stale."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is stale")
    check = parser.parse_args().check
    wanted = {
        FOLDER / name: text
        for name, text in {**schemas(), **examples(), **profile_schema(), **estate_schema()}.items()
    }
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text() != text]
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(FOLDER.parent)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path])
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
