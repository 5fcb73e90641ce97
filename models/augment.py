"""Makes training examples differ as cameras and scenes do, so that the verifier learns neither by heart.

Works on batches of tensors. What is told apart by it stays: time, speed and the sign of gravity.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from edge.core.vision.preprocess import MOTION, NUMBERS

MIRRORED_MOTION = [MOTION.index(name) for name in ("x_h", "vx_h_s", "whole_x_h")]
MIRRORED_NUMBERS = [NUMBERS.index(name) for name in ("aside_h", "off_centre_h")]
CONTRAST, BRIGHTER = NUMBERS.index("contrast"), NUMBERS.index("brighter")
MOTION_CONTRAST = MOTION.index("contrast")


@dataclass(frozen=True, slots=True)
class Batch:
    """Examples as tensors, n rows each; meanings as in `dataset.Examples`."""

    crops: Tensor
    motion: Tensor
    numbers: Tensor
    fall: Tensor
    kinds: Tensor


def varied(batch: Batch, spread: Tensor, chance: torch.Generator) -> Batch:
    """The batch seen by other cameras. spread: typical size of each number."""
    crops, motion, numbers = batch.crops.clone(), batch.motion.clone(), batch.numbers.clone()
    _mirror(crops, motion, numbers, _some(batch, 0.5, chance))
    # Things that fall are light or dark alike; lamps only light, so only falls are turned into negatives.
    _invert(crops, motion, numbers, _some(batch, 0.3, chance) & (batch.fall == 1))
    gain = torch.exp(_normal(batch, 0.25, chance))
    crops = crops * gain[:, None, None, None, None]
    motion[:, :, MOTION_CONTRAST] *= gain[:, None]
    numbers[:, CONTRAST] += gain.log()
    crops = _jittered(crops, chance)
    soft = _some(batch, 0.25, chance)
    crops[soft] = _blurred(crops[soft])
    there = crops.abs().amax(dim=(2, 3, 4), keepdim=True) > 0
    noise = _normal(batch, 0.06, chance).abs()[:, None, None, None, None]
    crops = (crops + noise * torch.randn(crops.shape, generator=chance)) * there
    _drop_looks(crops, chance)
    crops[_some(batch, 0.2, chance)] = 0.0
    numbers = numbers + 0.2 * spread * torch.randn(numbers.shape, generator=chance)
    unknown = torch.rand(numbers.shape, generator=chance) < 0.2
    shuffled = numbers[torch.randperm(len(numbers), generator=chance)]
    numbers = torch.where(unknown, shuffled, numbers)
    motion = motion * torch.exp(0.08 * torch.randn(len(motion), 1, motion.shape[2], generator=chance))
    return Batch(crops, motion, numbers, batch.fall, batch.kinds)


def _some(batch: Batch, share: float, chance: torch.Generator) -> Tensor:
    return torch.rand(len(batch.fall), generator=chance) < share


def _normal(batch: Batch, spread: float, chance: torch.Generator) -> Tensor:
    return spread * torch.randn(len(batch.fall), generator=chance)


def _mirror(crops: Tensor, motion: Tensor, numbers: Tensor, which: Tensor) -> None:
    crops[which] = crops[which].flip(-1)
    for column in MIRRORED_MOTION:
        motion[which, :, column] *= -1
    for column in MIRRORED_NUMBERS:
        numbers[which, column] *= -1


def _invert(crops: Tensor, motion: Tensor, numbers: Tensor, which: Tensor) -> None:
    crops[which, :, :3] *= -1  # the difference around has no sign
    motion[which, :, MOTION_CONTRAST] *= -1
    numbers[which, BRIGHTER] = 1 - numbers[which, BRIGHTER]


def _jittered(crops: Tensor, chance: torch.Generator) -> Tensor:
    """Each batch moved by a pixel or two; what leaves on one side is repeated on the other's rim."""
    right, down = (int(torch.randint(-2, 3, (1,), generator=chance)) for _ in range(2))
    side = crops.shape[-1]
    columns = (torch.arange(side) - right).clamp(0, side - 1)
    rows = (torch.arange(side) - down).clamp(0, side - 1)
    return crops[..., rows, :][..., columns]


def _blurred(crops: Tensor) -> Tensor:
    flat = crops.flatten(0, 1)
    return avg_pool2d(flat, 3, 1, 1, count_include_pad=False).reshape(crops.shape)


def _drop_looks(crops: Tensor, chance: torch.Generator) -> None:
    """Takes away single moments, and sometimes the first half, as when a track begins late."""
    lost = torch.rand(crops.shape[:2], generator=chance) < 0.12
    late = torch.rand(len(crops), generator=chance) < 0.15
    lost[late, : crops.shape[1] // 2] = True
    lost[:, -1] = False
    crops[lost] = 0.0
