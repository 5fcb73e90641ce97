"""A released file as a function, for evaluation. The edge loads it with more distrust."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime

from edge.core.vision.preprocess import Evidence, Verification, Verifier
from edge.core.vision.registry import INPUTS
from models.kinds import KINDS


def runner(model: bytes) -> Callable[[dict[str, Any]], Any]:
    """A function from named inputs, n tracks each, to P(fall) (n,) and kinds (n, kinds); one core."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda given: session.run(["fall", "kinds"], given)


def verifier_of(model: bytes) -> Verifier:
    """The file as the detector's verifier."""
    run = runner(model)

    def verify(seen: Evidence) -> Verification:
        fall, kinds = run({name: getattr(seen, name)[None] for name in INPUTS})
        order = np.argsort(-kinds[0], kind="stable")
        return Verification(float(fall[0]), tuple((KINDS[i], float(kinds[0, i])) for i in order))

    return verify
