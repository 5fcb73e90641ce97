"""What coder, network and recorder do to the picture: pulsing, smears, clocks and running text."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from models.synth.actors.brush import Window, part
from models.synth.actors.motion import start_time
from models.synth.stage import F32, Actor, Stage

Floats = NDArray[np.float64]

BLOCK_PX = 16
"""A macroblock of H.264 (ITU-T H.264, clause 3)."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """Blocks drift in brightness and lose detail between key frames, and jump back at each."""

    group_s: float
    """From one key frame to the next."""
    offsets: Floats
    """float64 (groups, rows, columns) on blocks, luma."""
    blur: float
    """Share of the detail lost right at the key frame, when it is coded coarser than what follows."""

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        height, width = light.shape
        group = int(np.floor(t_s / self.group_s)) % len(self.offsets)
        grown = (t_s / self.group_s) % 1
        if self.blur * (1 - grown) > 0.02:
            coarse = cv2.resize(light, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
            full = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
            share = self.blur * (1 - grown)
            cv2.addWeighted(light, 1 - share, full, share, 0, dst=light)
        blocks = (self.offsets[group] * grown).astype(np.float32)
        size = (blocks.shape[1] * BLOCK_PX, blocks.shape[0] * BLOCK_PX)
        drift = cv2.resize(blocks, size, interpolation=cv2.INTER_NEAREST)
        light += drift[:height, :width]


def codec_pulse(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Key frames each 0.5 to 4 s; between them blocks drift by some levels, together or each its own way."""
    height, width = stage.camera.height, stage.camera.width
    group_s = float(random.uniform(0.5, 4))
    groups = int(np.ceil(duration_s / group_s)) + 1
    shape = (-(-height // BLOCK_PX), -(-width // BLOCK_PX))
    size = float(random.uniform(0.3, 3.0))
    own = random.normal(0, size, (groups, *shape)) * (
        random.random((groups, *shape)) < random.uniform(0.1, 0.8)
    )
    common = random.normal(0, float(random.uniform(0, 2)), (groups, 1, 1))
    return [Pulse(group_s, own + common, float(random.uniform(0, 0.6)))]


@dataclass(slots=True)
class Smear:
    """Packet loss: from one frame until the next key frame blocks stand still, shift or show another place.

    It keeps what it saw when the loss began, so frames must be drawn in their order.
    """

    times_s: tuple[float, float]
    rows: tuple[int, int]
    """First and last block row that is hit; within a row from a column on to its end, as slices are lost."""
    columns: NDArray[np.int64]
    """First block column of each row."""
    shift_px: tuple[int, int]
    speed_px_s: Floats
    """float64 (2,): vectors that go on being added make the content run."""
    stuck: F32 | None = field(default=None, repr=False)

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        begin, end = self.times_s
        if not begin <= t_s < end:
            self.stuck = None
            return
        if self.stuck is None:
            self.stuck = light.copy()
        height, width = light.shape
        run = self.speed_px_s * (t_s - begin)
        right, down = self.shift_px[0] + int(run[0]), self.shift_px[1] + int(run[1])
        for row in range(*self.rows):
            top, left = row * BLOCK_PX, int(self.columns[row - self.rows[0]]) * BLOCK_PX
            box = Window(left, top, width, min(top + BLOCK_PX, height))
            if box.left >= width or box.top >= box.bottom:
                continue
            from_y = np.clip(np.arange(box.top, box.bottom) - down, 0, height - 1)
            from_x = np.clip(np.arange(box.left, box.right) - right, 0, width - 1)
            part(light, box)[:] = self.stuck[from_y[:, None], from_x[None, :]]


def packet_loss(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """1 to 5 losses that stay for 0.05 to 2 s until the next key frame."""
    height, width = stage.camera.height, stage.camera.width
    blocks = max(height // BLOCK_PX, 2)
    losses: list[Actor] = []
    for _ in range(int(random.integers(1, 6))):
        begin = start_time(random, duration_s, 0.9)
        lasts = float(np.exp(random.uniform(np.log(0.05), np.log(2))))
        first = int(random.integers(0, blocks - 1))
        last = min(blocks, first + int(random.integers(1, max(2, blocks // 3))))
        columns = random.integers(0, max(1, width // BLOCK_PX), last - first)
        shift = random.integers(-2 * BLOCK_PX, 2 * BLOCK_PX + 1, 2) * int(random.integers(0, 2))
        run = random.normal(0, 60, 2) * float(random.choice([0.0, 1.0]))
        losses.append(
            Smear((begin, begin + lasts), (first, last), columns, (int(shift[0]), int(shift[1])), run)
        )
    return losses


@dataclass(frozen=True, slots=True)
class Caption:
    """Text on the picture, white with a dark edge."""

    text: Callable[[float], str]
    place: Callable[[float], tuple[float, float]]
    """Time → left end of the text's base line, shares of the picture's width and height."""
    size: float
    """Height of a capital, share of the picture's height."""
    edge: bool

    def draw(self, light: F32, t_s: float, stage: Stage) -> None:
        """See `Actor`."""
        del stage
        height, width = light.shape
        scale = self.size * height / 21
        thick = max(1, round(scale * 1.6))
        text = self.text(t_s)
        (wide, high), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
        x, y = self.place(t_s)
        left, base = round(x * width), round(y * height)
        margin = 2 * thick + 2
        box = Window(
            max(0, left - margin),
            max(0, base - high - margin),
            min(width, left + wide + margin),
            min(height, base + below + margin),
        )
        if box.left >= box.right or box.top >= box.bottom:
            return
        view, at = part(light, box), (left - box.left, base - box.top)
        if self.edge:
            _stamp(view, text, at, scale, (3 * thick, 16.0))
        _stamp(view, text, at, scale, (thick, 235.0))


def _stamp(view: F32, text: str, at: tuple[int, int], scale: float, pen: tuple[int, float]) -> None:
    thick, luma = pen
    mask = np.zeros(view.shape, np.uint8)
    cv2.putText(mask, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thick, cv2.LINE_AA)
    cover = mask.astype(np.float32) / 255
    view += cover * (luma - view)


def clock(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """Date and time with seconds or hundredths in a corner, the camera's name in another."""
    del stage, duration_s
    start = int(random.integers(0, 86000))
    fine = bool(random.random() < 0.3)
    size = float(random.uniform(0.018, 0.045))

    def text(t_s: float) -> str:
        now = start + int(t_s)
        hundredths = f".{int(t_s * 100) % 100:02d}" if fine else ""
        return (
            f"2026-03-{1 + start % 28:02d} {now // 3600:02d}:{now // 60 % 60:02d}:{now % 60:02d}{hundredths}"
        )

    name = f"CAM {int(random.integers(1, 64)):02d}"
    top = bool(random.random() < 0.7)
    y = (size + 0.02) if top else 0.975
    left = float(random.choice([0.01, 0.55]))
    edge = bool(random.random() < 0.7)
    return [
        Caption(text, lambda _: (left, y), size, edge),
        Caption(lambda _: name, lambda _: (0.8, 0.97 if top else 0.05), size, edge),
    ]


def running_text(random: np.random.Generator, stage: Stage, duration_s: float) -> list[Actor]:
    """A line that runs sideways, or lines that roll up or down, 0.03 to 0.4 of the height a second."""
    del stage
    size = float(random.uniform(0.02, 0.06))
    speed = float(random.uniform(0.03, 0.4))
    way = str(random.choice(["left", "up", "down"]))
    words = ("CHANNEL", "RECORDING", "SIGNAL", "ESTATE OFFICE", "MOTION", "NOTICE", "TEL 555 0199", "REC")
    lines: list[Actor] = []
    count = 1 if way == "left" else int(random.integers(1, 7))
    begin = -float(random.uniform(0, 0.5)) * duration_s
    for number in range(count):
        said = "  ".join(str(random.choice(words)) for _ in range(int(random.integers(2, 6))))
        x0, level = float(random.uniform(0.05, 0.6)), float(random.uniform(0.1, 0.97))

        def place(
            t_s: float, number: int = number, x0: float = x0, level: float = level
        ) -> tuple[float, float]:
            gone = speed * (t_s - begin)
            if way == "left":
                return 1 - gone % 2, level
            rolled = (gone - 1.8 * size * number) % 1.2 - 0.1
            return x0, rolled if way == "down" else 1 - rolled

        lines.append(Caption(lambda _, said=said: said, place, size, bool(random.random() < 0.6)))  # type: ignore[misc]
    return lines
