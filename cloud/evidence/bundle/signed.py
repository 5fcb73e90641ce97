"""What the device vouches for: its signature and certificate, and that the facts agree with them."""

# ruff: noqa: RUF001 - Chinese sentences have Chinese punctuation

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from cloud.core.authority import BEFORE
from cloud.core.words import Words, beijing
from cloud.evidence.bundle import members
from cloud.evidence.bundle.anchors import Anchors
from cloud.evidence.bundle.entries import announcement
from cloud.evidence.bundle.seen import Doubt, Seen
from cloud.evidence.verify import Objection, device_name, require_device, require_signature

AGREEMENT: Final = timedelta(seconds=0.5)
"""Between the fall's own time and where the clip shows it; both come from the same clock."""
A_SECOND: Final = timedelta(seconds=1)
"""Lists of revoked certificates know no fractions of it."""
INSTANT: Final[TypeAdapter[datetime]] = TypeAdapter(AwareDatetime)


def manifest(seen: Seen, anchors: Anchors) -> Words:
    """Whether the device in the certificate has signed the manifest."""
    found = seen.manifest
    device = _certificate(seen)
    text = seen.read(members.MANIFEST).decode("utf-8", "replace")
    try:
        key = require_device(device, _issuer(device, anchors), device.not_valid_before_utc)
    except Objection as objection:
        raise Doubt(
            Words(
                f"给清单签名的 {_named(device)} 的证书不是所信任的机构签发的，签名不能采信",
                f"the certificate of {_named(device)}, by which the manifest is signed, is not believed:"
                f" {objection}",
            )
        ) from objection
    try:
        require_signature(key, text, seen.read(members.SIGNATURE).decode("ascii", "replace").strip())
    except Objection as objection:
        raise Doubt(
            Words(
                f"{members.MANIFEST} 不是 {_named(device)} 的密钥签名的原文：内容或签名被改动",
                f"{members.MANIFEST} is not what the key of {_named(device)} signed: {objection}",
            )
        ) from objection
    if _named(device) != found.agent:
        raise Doubt(
            Words(
                f"清单自称出自 {found.agent}，签名的却是另一台设备 {_named(device)} 的密钥",
                f"the manifest says that it is of {found.agent}, and the key of another device,"
                f" {_named(device)}, has signed it",
            )
        )
    return Words(
        f"设备 {found.agent}（摄像机 {found.camera}）在 {beijing(found.sealed_at)} 签名封存，签名有效",
        f"device {found.agent}, camera {found.camera}, sealed it at {beijing(found.sealed_at)} UTC+8; the"
        " signature holds",
    )


def certificate(seen: Seen, anchors: Anchors) -> Words:
    """Whether our authority issued the device's certificate, and it was valid when the clip was sealed."""
    device = _certificate(seen)
    at, zh, en = _signing_time(seen)
    try:
        require_device(device, _issuer(device, anchors), at)
    except Objection as objection:
        raise Doubt(
            Words(
                f"{members.DEVICE} 不被信任（{zh} {beijing(at)}）：不是所信任的机构签发，或当时不在有效期",
                f"{members.DEVICE} is not believed as of {beijing(at)} UTC+8, {en}: {objection}",
            )
        ) from objection
    begin, end = beijing(device.not_valid_before_utc)[:10], beijing(device.not_valid_after_utc)[:10]
    return Words(
        f"{_named(device)} 的证书由所信任的机构签发，{zh} {beijing(at)} 在有效期（{begin} 至 {end}）内",
        f"the certificate of {_named(device)} was issued by the trusted authority and valid at"
        f" {beijing(at)} UTC+8, {en}",
    )


def revocation(seen: Seen, anchors: Anchors) -> Words:
    """Whether the authority had not taken the device's certificate back before the log heard of the clip.

    The device's own clock does not count here: whoever has stolen its key sets it as they like.
    """
    if members.REVOKED not in seen.listed:
        return Words(
            "文件里没有吊销名单，无法核对证书当时是否已被吊销；请向签发机构查询",
            "the file holds no list of revoked certificates, so it was not checked whether the certificate"
            " was revoked; ask the authority",
        )
    device, revoked, heard_at = _certificate(seen), _revoked(seen), _heard_at(seen)
    if not revoked.is_signature_valid(_issuer(device, anchors).public_key()):  # type: ignore[arg-type]
        raise Doubt(
            Words(
                f"{members.REVOKED} 不是所信任的机构签发的",
                f"{members.REVOKED} is not signed by the trusted authority",
            )
        )
    made_at = revoked.last_update_utc + BEFORE + A_SECOND
    if made_at < heard_at:
        raise Doubt(
            Words(
                f"{members.REVOKED} 是 {beijing(made_at)} 的，"
                f"比视频入账（{beijing(heard_at)}）还早，不能采用",
                f"{members.REVOKED} is of {beijing(made_at)} UTC+8, older than the clip, of which the log"
                f" heard at {beijing(heard_at)}",
            )
        )
    entry = revoked.get_revoked_certificate_by_serial_number(device.serial_number)
    if entry is not None and entry.revocation_date_utc <= heard_at:
        raise Doubt(
            Words(
                f"{_named(device)} 的证书在 {beijing(entry.revocation_date_utc)} 已被吊销，"
                f"视频在 {beijing(heard_at)} 才入账：签名不能采信",
                f"the certificate of {_named(device)} was revoked at"
                f" {beijing(entry.revocation_date_utc)} UTC+8, before the log heard of the clip at"
                f" {beijing(heard_at)}: its signature is not believed",
            )
        )
    return Words(
        f"视频入账（{beijing(heard_at)}）时，{_named(device)} 的证书没有被吊销",
        f"the certificate of {_named(device)} was not revoked when the log heard of the clip,"
        f" {beijing(heard_at)} UTC+8",
    )


def facts(seen: Seen, _: Anchors) -> Words:
    """Whether what the page says is about the event, the camera and the time that the device signed."""
    found, told = seen.manifest, seen.facts
    message = told.get("message")
    if not isinstance(message, dict):
        raise Doubt(Words("facts.json 里没有事件消息", "facts.json holds no message of the event"))
    doubts = [
        Words(
            f"facts.json 的 {key} 是 {message.get(key)}，设备签名的是 {value}",
            f"{key} in facts.json is {message.get(key)}, the device signed {value}",
        )
        for key, value in (
            ("message_id", str(found.event)),
            ("agent", found.agent),
            ("camera", found.camera),
        )
        if message.get(key) != value
    ]
    try:
        observed = INSTANT.validate_python(message.get("observed_at"))
    except ValidationError as error:
        raise Doubt(
            *doubts, Words("facts.json 没有事件时间", "facts.json does not say when it happened")
        ) from error
    shown = found.started_at + timedelta(seconds=found.event_offset_s)
    if abs(observed - shown) > AGREEMENT:
        doubts.append(
            Words(
                f"facts.json 的 observed_at 是 {beijing(observed)}，"
                f"按设备签名的清单应为 {beijing(shown)}：时间被移动",
                f"observed_at in facts.json is {beijing(observed)}, by the manifest it is {beijing(shown)}:"
                " a time was shifted",
            )
        )
    if doubts:
        raise Doubt(*doubts)
    return Words(
        f"案情所说的事件、摄像机和时间（{beijing(shown)}）与设备签名的清单一致",
        f"event, camera and time ({beijing(shown)} UTC+8) of the facts are those that the device signed",
    )


def _certificate(seen: Seen) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(seen.read(members.DEVICE))
    except ValueError as error:
        raise Doubt(Words(f"{members.DEVICE} 不是证书", f"{members.DEVICE} is no certificate")) from error


def _revoked(seen: Seen) -> x509.CertificateRevocationList:
    try:
        return x509.load_pem_x509_crl(seen.read(members.REVOKED))
    except ValueError as error:
        raise Doubt(
            Words(f"{members.REVOKED} 不是吊销名单", f"{members.REVOKED} is no list of revoked certificates")
        ) from error


def _issuer(device: x509.Certificate, anchors: Anchors) -> x509.Certificate:
    """The trusted authority that the certificate names; any of them where it names none, to be refused."""
    named = [each for each in anchors.device_cas if each.subject == device.issuer]
    return (named or anchors.device_cas)[0]


def _named(device: x509.Certificate) -> str:
    try:
        return device_name(device)
    except Objection:
        return "?"


def _signing_time(seen: Seen) -> tuple[datetime, str, str]:
    """When the clip was sealed: by the device's clock, or where it knew no time, when the log heard."""
    if seen.manifest.clock.uncertainty_s is not None:
        return seen.manifest.sealed_at, "设备封存时", "when the device sealed it"
    return _heard_at(seen), "日志收到时", "when the log heard of it"


def _heard_at(seen: Seen) -> datetime:
    content = announcement(seen).content
    try:
        return INSTANT.validate_python(content.get("announced_at"))
    except ValidationError as error:
        raise Doubt(
            Words("日志没有说何时收到清单", "the log does not say when it heard of the manifest")
        ) from error
