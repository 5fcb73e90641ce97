"""Watches one camera's picture: a look a second, its faults told, what is usual kept over restarts."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4
from zipfile import BadZipFile

import cv2
import numpy as np

from contracts.base import Clock
from contracts.devices import DeviceFault, Words
from edge.camera.post import Post
from edge.camera.telling import Sender
from edge.clock import known, monotonic_s, utc_now, utc_of
from edge.config.base import SettingsError
from edge.config.files import put
from edge.core.picture_health import flow, gaps, usual, watch, words
from edge.core.picture_health.faults import Fault
from edge.core.picture_health.look import Look, look
from edge.core.picture_health.usual import Mode, Usual
from edge.core.picture_health.watch import Report
from edge.core.vision.frame import Frame
from edge.core.vision.masks import Masks, blurred

LOOK_EVERY_S: Final = 1.0
SPREAD: Final = 0.3
"""The seconds between two looks differ by this share: an even beat could meet a codec's or a loop's own."""
GOLDEN: Final = 0.618034
KEEP_EVERY_S: Final = 600.0
QUALITIES: Final = (82, 70, 55, 40, 25)
MAX_JPEG_BYTES: Final = 24 * 1024
FORMAT: Final = 2
MODES: Final[tuple[Mode, ...]] = ("colour", "grey")


class PictureWatch:
    """What is known of one camera's picture. Its instants are steady ones.

    reference: the file in which the usual is kept. view: names what the camera is to look at; the usual of
    another is learnt anew. homes: are blurred in what is told.
    """

    def __init__(
        self,
        post: Post,
        faults: Mapping[str, Fault],
        reference: Path,
        at: datetime,
        *,
        view: str = "",
        homes: Masks | None = None,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._post = post
        self._view = view
        self._homes = homes
        self._look_every_s = look_every_s
        self._faults = faults
        self._reference = reference
        opened = post.outbox.faults_open(post.sender.camera)
        self._watch, told = watch.start(faults, at, opened, self._loaded())
        self._flow: flow.Flow | None = None
        self._gaps: gaps.Gaps | None = None
        self._last: Look | None = None
        self._looks = 0
        self._dropped = 0
        self._due_s = self._heard_s = self._kept_s = monotonic_s()
        self._connected = False
        self._tell(told)

    def saw(self, frame: Frame, dropped: int, taken_at: datetime, at: datetime) -> None:
        """One more decoded frame; dropped: how many before it were not seen here."""
        now_s = self._heard_s = monotonic_s()
        self._connected = True
        self._gaps = gaps.searched(self._gaps, taken_at)
        self._dropped += dropped
        self._flow = flow.seen(self._flow, frame)
        if now_s < self._due_s:
            return
        self._looks += 1
        self._due_s = now_s + self._look_every_s * (1 + SPREAD * (self._looks * GOLDEN % 1 - 0.5))
        self._flow, rate = flow.looked(self._flow, dropped=self._dropped > 0)
        self._dropped = 0
        self._last = look(frame.luma, frame.chroma)
        known = len(self._watch.usual)
        self._watch, told = watch.looked(self._watch, self._faults, self._last, rate, at)
        self._tell(told)
        missed = gaps.missed_share(self._gaps)
        if missed is not None:
            self._watch, told = watch.searched(self._watch, self._faults, missed, at)
            self._tell(told)
        if len(self._watch.usual) > known or now_s - self._kept_s >= KEEP_EVERY_S:
            self._keep()

    def passed(self, at: datetime) -> None:
        """Time has passed, with or without frames."""
        silence_s = monotonic_s() - self._heard_s if self._connected else 0.0
        self._watch, told = watch.silent(self._watch, self._faults, silence_s, at)
        self._tell(told)

    def ended(self) -> None:
        """The connection ended: from now on the camera is lost, not stalled."""
        self._connected = False
        self._flow = None

    def close(self) -> None:
        """Keeps what is usual for the next start."""
        if self._watch.usual:
            self._keep()

    def _tell(self, told: tuple[Report, ...]) -> None:
        for report in told:
            message_id = uuid4()
            self._post.log.warning(
                "picture_fault",
                message_id=str(message_id),
                fault=report.fault,
                state=report.state,
                value=report.value,
                usual=report.usual,
            )
            seen = (
                jpeg(self._last, self._homes) if self._last is not None and report.state == "raised" else b""
            )
            stamped = replace(report, since=utc_of(report.since))
            make = fault_message(self._post.sender, message_id, stamped, seen, known())
            self._post.send(message_id, make, utc_now())

    def _keep(self) -> None:
        """Puts what is usual into its file."""
        self._kept_s = monotonic_s()
        arrays = {
            f"{mode}.{name}": array
            for mode, each in self._watch.usual.items()
            for name, array in usual.to_arrays(each).items()
        }
        content = BytesIO()
        head = {"format": np.array(FORMAT), "view": np.array(self._view)}
        np.savez(content, allow_pickle=False, **head, **arrays)
        try:
            put(self._reference, content.getvalue(), 0o644)
        except OSError as error:
            self._post.log.warning("picture_reference_not_kept", file=str(self._reference), reason=str(error))

    def _loaded(self) -> dict[Mode, Usual]:
        """What was usual before the restart; a file that cannot be read is learnt anew, and said."""
        if not self._reference.exists():
            return {}
        try:
            return kept_usual(self._reference, self._view)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
            self._post.log.warning(
                "picture_reference_unusable",
                file=str(self._reference),
                reason=str(error),
                consequence="what is usual is learnt anew",
            )
            return {}


def kept_usual(reference: Path, view: str) -> dict[Mode, Usual]:
    """What is usual of the picture as the file has it; nothing where that is of another view.

    Raises:
        OSError, ValueError, KeyError, EOFError, BadZipFile: It cannot be read.
    """
    with np.load(BytesIO(reference.read_bytes()), allow_pickle=False) as file:
        if int(file["format"]) != FORMAT:
            raise ValueError(f"it has format {file['format']}, this program knows {FORMAT}")
        if str(file["view"] if "view" in file.files else "") != view:
            return {}
        kept = {name: file[name] for name in file.files}
    found: dict[Mode, Usual] = {}
    for mode in MODES:
        arrays = {
            name.removeprefix(f"{mode}."): array
            for name, array in kept.items()
            if name.startswith(f"{mode}.")
        }
        if arrays:
            found[mode] = usual.from_arrays(arrays)
    return found


def jpeg(seen: Look, homes: Masks | None = None) -> bytes:
    """The small picture, homes blurred, in colour where it has any; at most 24 KiB, or empty.

    Empty also where nobody can say where the homes are.
    """
    luma = np.clip(seen.thumb, 0, 255).astype(np.uint8)
    height, width = luma.shape
    size = (width, height)
    if homes is not None:
        try:
            luma = blurred(luma, homes(size).luma)
        except SettingsError:  # the stream's shape was changed at the camera: better no picture than a home
            return b""
    if seen.chroma is None:
        shown = cv2.cvtColor(luma, cv2.COLOR_GRAY2BGR)
    else:
        cb, cr = (cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in seen.chroma)
        shown = cv2.cvtColor(np.dstack([luma, cr, cb]), cv2.COLOR_YCrCb2BGR)
    coded = (bytes(cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, each])[1]) for each in QUALITIES)
    return next((content for content in coded if len(content) <= MAX_JPEG_BYTES), b"")


def fault_message(
    sender: Sender, message_id: UUID, report: Report, seen: bytes, clock: Clock
) -> Callable[[int], DeviceFault]:
    """A fault's message. seen: JPEG of the picture that shows it; empty: none."""
    what = words.what(report.fault, sender.camera, report.value, report.about)
    advice = words.ADVICE[report.fault]
    raised = report.state == "raised"
    return lambda seq: DeviceFault(
        message_id=message_id,
        agent=sender.agent,
        boot=sender.boot,
        seq=seq,
        observed_at=report.since,
        clock=clock,
        subject_type="camera",
        subject=sender.camera,
        fault=report.fault,
        state=report.state,
        severity=report.severity,
        value=_rounded(report.value),
        baseline=_rounded(report.usual),
        threshold=_rounded(report.threshold),
        unit=report.unit,
        what=Words(zh=what.zh, en=what.en) if raised else None,
        advice=Words(zh=advice.zh, en=advice.en) if raised else None,
        thumbnail=base64.b64encode(seen).decode() if seen else None,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
