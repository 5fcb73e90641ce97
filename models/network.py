"""The verifier's network: a few small convolutions shared by all moments, pooled over time. Needs torch.

Sizes are chosen for one core of an edge box: about 5 million multiplications a track.
"""

import torch
from torch import Tensor, nn

from edge.core.vision.preprocess import LOOKS, MOTION, NUMBERS
from models.kinds import KINDS

WIDTHS = (16, 28, 40)
SEEN = 48  # what is kept of one moment
TIMED = 48
MOVED = 32
NUMBERED = 64
TOGETHER = 96


class Network(nn.Module):
    """Logit of a fall (n,) and of each kind (n, len(KINDS)) from crops, motion and numbers.

    Numbers are brought to zero mean and unit spread by what the training data showed (`centre`, `spread`);
    `scale` and `shift` calibrate the fall's logit and are set after training.
    """

    def __init__(self) -> None:
        super().__init__()
        self.near, self.around = _looker(), _looker()
        self.moment = nn.Sequential(nn.Linear(2 * 2 * WIDTHS[2], SEEN), nn.ReLU())
        self.time = nn.Sequential(
            nn.Conv1d(SEEN, TIMED, 3, padding=1), nn.ReLU(), nn.Conv1d(TIMED, TIMED, 3, padding=1), nn.ReLU()
        )
        self.motion = nn.Sequential(
            nn.Conv1d(len(MOTION), 24, 3, padding=1), nn.ReLU(), nn.Conv1d(24, MOVED, 3, 2, 1), nn.ReLU()
        )
        self.numbers = nn.Sequential(nn.Linear(len(NUMBERS), NUMBERED), nn.ReLU())
        self.together = nn.Sequential(
            nn.Linear(2 * TIMED + 2 * MOVED + NUMBERED, TOGETHER), nn.ReLU(), nn.Dropout(0.4)
        )
        self.fall = nn.Linear(TOGETHER, 1)
        self.kinds = nn.Linear(TOGETHER, len(KINDS))
        self.register_buffer("centre", torch.zeros(len(NUMBERS)))
        self.register_buffer("spread", torch.ones(len(NUMBERS)))
        self.register_buffer("motion_spread", torch.ones(len(MOTION)))
        self.register_buffer("scale", torch.ones(()))
        self.register_buffer("shift", torch.zeros(()))

    def forward(self, crops: Tensor, motion: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Crops (n, LOOKS, 4, side, side), motion (n, steps, columns), numbers (n, columns)."""
        flat = crops.flatten(0, 1)
        looks = torch.cat((_pooled(self.near(flat[:, :2])), _pooled(self.around(flat[:, 2:]))), dim=1)
        # A moment without a picture is all zeros and says nothing.
        there = (crops.abs().amax(dim=(2, 3, 4)) > 0).to(crops.dtype)[:, :, None]
        moments = self.moment(looks).unflatten(0, (-1, LOOKS)) * there
        timed = self.time(moments.transpose(1, 2))
        moved = self.motion((motion / self.motion_spread).transpose(1, 2))
        numbered = self.numbers(((numbers - self.centre) / self.spread).clamp(-5, 5))
        whole = self.together(torch.cat((_pooled(timed), _pooled(moved), numbered), dim=1))
        return self.fall(whole)[:, 0] * self.scale + self.shift, self.kinds(whole)


class Shares(nn.Module):
    """The network as it is released: probabilities instead of logits."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, crops: Tensor, motion: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """P(fall) (n,) and the share of each kind (n, len(KINDS))."""
        fall, kinds = self.network(crops, motion, numbers)
        return torch.sigmoid(fall), torch.softmax(kinds, dim=1)


def _looker() -> nn.Sequential:
    """Two channels of SIDE x SIDE to WIDTHS[2] of an eighth of the side."""
    first, second, third = WIDTHS
    return nn.Sequential(
        nn.Conv2d(2, first, 3, 2, 1),
        nn.ReLU(),
        nn.Conv2d(first, second, 3, 2, 1),
        nn.ReLU(),
        nn.Conv2d(second, third, 3, 2, 1),
        nn.ReLU(),
    )


def _pooled(maps: Tensor) -> Tensor:
    """Mean and largest value over all places, (n, 2 * channels)."""
    flat = maps.flatten(2)
    return torch.cat((flat.mean(dim=2), flat.amax(dim=2)), dim=1)
