"""The learned verifier: an ONNX file that agrees with the registry, as a function of a track's evidence."""

import hashlib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from edge.core.vision.preprocess import Evidence, Verification, Verifier
from edge.core.vision.registry import Registered, Registry, RegistryError, disagreement, parse

REGISTRY: Final = Path(__file__).resolve().parents[2] / "models" / "registry.yaml"
RUNTIME: Final = "onnxruntime"
VERIFIER: Final = "verifier"
"""The name of the released model."""


class ClassifierError(Exception):
    """The model cannot be used. The message is one sentence for the person who must act."""


def default(path: Path = REGISTRY) -> Verifier | None:
    """The verifier of the registry, or None where the rules must do alone: no runtime, or no default model.

    Raises:
        ClassifierError: There is one, and it is not what the registry says.
    """
    if find_spec(RUNTIME) is None or not path.is_file():
        return None
    name = registry(path).default
    return None if name is None else load(name, path)


def load(name: str, path: Path = REGISTRY) -> Verifier:
    """The verifier of that name. Its file is read once, compared with the registry, and used from memory.

    Raises:
        ClassifierError: No such model or runtime, or the file is not what was registered.
    """
    entry = registry(path).models.get(name)
    if entry is None:
        raise ClassifierError(f"{path} knows no model {name!r}.")
    path = path.parent / entry.file
    try:
        model = path.read_bytes()
    except OSError as error:
        raise ClassifierError(f"The model {path} cannot be read: {error.strerror}.") from error
    digest = hashlib.sha256(model).hexdigest()
    if digest != entry.sha256:  # nothing of an unknown file is given to the runtime
        raise ClassifierError(
            f"The model {path} is not the registered one: {disagreement(entry, digest, {}, {})}."
        )
    session = _session(model, path)
    inputs = {node.name: tuple(node.shape[1:]) for node in session.get_inputs()}
    outputs = {node.name: tuple(node.shape[1:]) for node in session.get_outputs()}
    fault = disagreement(entry, digest, inputs, outputs)
    if fault is not None:
        raise ClassifierError(f"The model {path} is not the registered one: {fault}.")
    return _verifier(session, entry)


def registry(path: Path = REGISTRY) -> Registry:
    """The registry of released models.

    Raises:
        ClassifierError: It cannot be read or is wrong.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ClassifierError(f"The model registry {path} cannot be read: {error.strerror}.") from error
    except RegistryError as error:
        raise ClassifierError(f"{path}: {error}") from error


def _session(model: bytes, path: Path) -> Any:
    try:
        runtime = import_module(RUNTIME)  # half a second and 20 MB: only for those who use it
    except ImportError as error:
        raise ClassifierError(
            f"The verifier needs {RUNTIME}, which is not installed here: {error}."
        ) from error
    options = runtime.SessionOptions()
    # One camera has one core; a candidate takes less than a pool of threads takes to wake.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        return runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime's own errors share no narrower base
        raise ClassifierError(f"The model {path} is no model that {RUNTIME} can run: {error}") from error


def _verifier(session: Any, entry: Registered) -> Verifier:
    def verify(seen: Evidence) -> Verification:
        given = {"crops": seen.crops[None], "motion": seen.motion[None], "numbers": seen.numbers[None]}
        fall, shares = session.run(["fall", "kinds"], given)
        order = np.argsort(-shares[0], kind="stable")
        return Verification(float(fall[0]), tuple((entry.kinds[i], float(shares[0, i])) for i in order))

    return verify
