"""Trains the verifier: balanced, deterministic by seed, calibrated on videos it has not seen. Needs torch."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from edge.core.vision.frame import F64
from edge.core.vision.preprocess import MOTION
from models.augment import Batch, varied
from models.dataset import Examples
from models.kinds import KINDS
from models.network import Network

BATCH = 256
RATE = 2e-3
DECAY = 1e-2
KIND_WEIGHT = 0.4  # what the kinds teach beside the verdict
NAMELESS = -2.3  # log of how much likelier a track shows something named than `other`
OTHER = KINDS.index("other")
MIN_SPREAD = 1e-3
CALIBRATION_STEPS = 50

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a network says of examples: fall float64 (n,) probabilities, kinds float64 (n, kinds) shares."""

    fall: F64
    kinds: F64


def trained(learn: Examples, check: Examples, epochs: int, seed: int, tell: Progress) -> Network:
    """A calibrated network. learn and check must share no video.

    Deterministic by seed on one kind of machine; a GPU is used if there is one.
    """
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(mode=True, warn_only=True)  # pooling has no such kernel on some GPUs
    chance = torch.Generator().manual_seed(seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = Network()
    network.to(device)
    spread = _normalise(network, learn)
    weights = torch.from_numpy(sampling_weights(learn))
    steps = max(len(learn) // BATCH, 4)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2 * RATE, total_steps=epochs * steps)
    for epoch in range(epochs):
        network.train()
        total = 0.0
        for _ in range(steps):
            rows = torch.multinomial(weights, BATCH, replacement=True, generator=chance).numpy()
            batch = _on(device, varied(_batch(learn, rows), spread, chance))
            loss = _loss(network, batch)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        said = answers(network, check)
        known = ~np.isnan(check.fall)
        right = float(((said.fall > 0.5) == (check.fall > 0.5))[known].mean())
        tell(f"epoch {epoch + 1}/{epochs}: loss {total / steps:.3f}, right on other videos {right:.3f}")
    _calibrate(network, check)
    network.cpu()
    return network


def answers(network: Network, examples: Examples) -> Answers:
    """What the network says, in batches, without chance."""
    device = next(network.parameters()).device
    network.eval()
    falls, kinds = [], []
    with torch.no_grad():
        for start in range(0, len(examples), 2 * BATCH):
            rows = np.arange(start, min(start + 2 * BATCH, len(examples)))
            batch = _on(device, _batch(examples, rows))
            fall, kind = network(batch.crops, batch.motion, batch.numbers)
            falls.append(torch.sigmoid(fall).double().cpu().numpy())
            kinds.append(torch.softmax(kind, dim=1).double().cpu().numpy())
    return Answers(np.concatenate(falls), np.concatenate(kinds))


def sampling_weights(examples: Examples) -> F64:
    """How often each example is shown: falls as often as all others, rare kinds more often than their number.

    Within each half a kind counts by the square root of its number, so that rain does not drown birds.
    """
    patterns = np.concatenate((examples.kinds, (examples.fall == 1)[:, None]), axis=1)
    _, which, count = np.unique(patterns, axis=0, return_inverse=True, return_counts=True)
    weight = 1.0 / np.sqrt(count[which.reshape(-1)])
    falls = examples.fall == 1
    for half in (falls, ~falls):
        if half.any():
            weight[half] /= weight[half].sum()
    return np.asarray(weight, dtype=np.float64)


def _normalise(network: Network, examples: Examples) -> Tensor:
    """Tells the network what size its numbers have; answers with the numbers' spread."""
    numbers = torch.from_numpy(examples.numbers)
    spread = numbers.std(dim=0).clamp(min=MIN_SPREAD)
    network.centre.copy_(numbers.mean(dim=0))
    network.spread.copy_(spread)
    motion = torch.from_numpy(examples.motion).reshape(-1, len(MOTION))
    network.motion_spread.copy_(motion.std(dim=0).clamp(min=MIN_SPREAD))
    return spread


def _loss(network: Network, batch: Batch) -> Tensor:
    fall, kinds = network(batch.crops, batch.motion, batch.numbers)
    known = ~torch.isnan(batch.fall)
    verdict = binary_cross_entropy_with_logits(fall[known], batch.fall[known])
    # Often only a few kinds are possible: their shares together should be one (partial labels). What moves in
    # a scene is rather one of the things that were put into it than something that has no name.
    possible = kinds.masked_fill(~batch.kinds, -30.0)
    possible[:, OTHER] += NAMELESS * (batch.kinds.sum(dim=1) > 1)
    kind = (kinds.logsumexp(dim=1) - possible.logsumexp(dim=1)).mean()
    return verdict + KIND_WEIGHT * kind


def _calibrate(network: Network, examples: Examples) -> None:
    """Sets scale and shift of the fall's logit by maximum likelihood (Platt 1999; Guo et al. 2017)."""
    known = examples.rows(~np.isnan(examples.fall))
    p = torch.from_numpy(answers(network, known).fall).clamp(1e-7, 1 - 1e-7)
    logit, truth = torch.logit(p), torch.from_numpy(known.fall).double()
    values = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([values], max_iter=CALIBRATION_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        # A weak pull to no change keeps a handful of perfectly parted examples from certainty.
        pull = 1e-3 * ((values[0] - 1) ** 2 + values[1] ** 2)
        loss = binary_cross_entropy_with_logits(logit * values[0] + values[1], truth) + pull
        loss.backward()
        return loss

    optimiser.step(closure)
    scale, shift = values.detach().tolist()
    network.scale.fill_(max(scale, 0.05))
    network.shift.fill_(shift)


def _batch(examples: Examples, rows: NDArray[np.intp]) -> Batch:
    return Batch(
        torch.from_numpy(examples.crops[rows].astype(np.float32)),
        torch.from_numpy(examples.motion[rows]),
        torch.from_numpy(examples.numbers[rows]),
        torch.from_numpy(examples.fall[rows]),
        torch.from_numpy(examples.kinds[rows]),
    )


def _on(device: torch.device, batch: Batch) -> Batch:
    return Batch(*(getattr(batch, name).to(device) for name in Batch.__slots__))
