"""The released file answers as the trained network does, and fast enough. Needs torch."""

from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np

from edge.core.vision.registry import INPUTS
from models.dataset import Examples
from models.network import Network
from models.runtime import runner
from models.train import answers

TOLERANCE: Final = 1e-4
RUNS: Final = 200


class Disagreement(Exception):  # noqa: N818 - it says what it is
    """The released file answers otherwise than the network."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """largest: difference of any probability. candidate_ms: median time for one track on one core."""

    largest: float
    candidate_ms: float


def agreement(model: bytes, network: Network, examples: Examples) -> Agreement:
    """Compares file and network on examples.

    Raises:
        Disagreement: Some probability differs by more than TOLERANCE.
    """
    run = runner(model)
    wanted = answers(network, examples)
    given = {name: np.asarray(getattr(examples, name), np.float32) for name in INPUTS}
    fall, kinds = run(given)
    largest = max(float(np.abs(fall - wanted.fall).max()), float(np.abs(kinds - wanted.kinds).max()))
    if not largest <= TOLERANCE:
        raise Disagreement(f"file and network differ by {largest:.2g} in a probability")
    one = {name: value[:1] for name, value in given.items()}
    times = []
    for _ in range(RUNS):
        began = perf_counter()
        run(one)
        times.append(perf_counter() - began)
    return Agreement(largest, 1000 * float(np.median(times)))
