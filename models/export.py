"""From a trained network to what is released: ONNX file, entry in the registry, card. Needs torch."""

import hashlib
import io
import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import onnx
import torch
import yaml

from edge.core.vision.registry import INPUTS, Registered, Registry, outputs, parse
from models.kinds import KINDS
from models.network import Network, Shares

MAX_BYTES: Final = 1_000_000
OPSET: Final = 18
LICENCE: Final = "Apache-2.0"
HEAD: Final = "# The released models. `make train` writes an entry; loading checks all of it.\n"


@dataclass(frozen=True, slots=True)
class Story:
    """What is told of a model beside its file: how it was made, what was measured."""

    training: Mapping[str, Any]
    metrics: Mapping[str, Any]


def onnx_bytes(network: Network) -> bytes:
    """The network as an ONNX model for any number of tracks at once.

    Raises:
        ValueError: It is larger than MAX_BYTES.
    """
    released = Shares(network).eval()
    example = tuple(torch.zeros(2, *shape) for shape in INPUTS.values())
    tracks = torch.export.Dim("tracks", min=1)
    file = io.BytesIO()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter's own ways; `verify` compares what comes out
        program = torch.onnx.export(
            released,
            example,
            input_names=list(INPUTS),
            output_names=list(outputs(KINDS)),
            dynamic_shapes=({0: tracks}, {0: tracks}, {0: tracks}),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    program.save(file)
    model = _bare(file.getvalue())
    if len(model) > MAX_BYTES:
        raise ValueError(f"the model has {len(model)} bytes, allowed are {MAX_BYTES}")
    return model


def _bare(model: bytes) -> bytes:
    """The model without the exporter's notes: they hold the paths of the machine that trained it."""
    proto = onnx.load_from_string(model)
    functions = [node for function in proto.functions for node in function.node]
    for noted in (proto.graph, *proto.graph.node, *proto.graph.value_info, *proto.functions, *functions):
        noted.ClearField("metadata_props")
        noted.ClearField("doc_string")
    proto.ClearField("metadata_props")
    return bytes(proto.SerializeToString())


def released(folder: Path, name: str, model: bytes, story: Story) -> Registered:
    """Writes the model and its registry entry into a folder; other entries and the default stay."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.onnx").write_bytes(model)
    entry = Registered(
        file=f"{name}.onnx",
        sha256=hashlib.sha256(model).hexdigest(),
        licence=LICENCE,
        card=f"cards/{name}.md",
        inputs=dict(INPUTS),
        outputs=outputs(KINDS),
        kinds=KINDS,
        training=dict(story.training),
        metrics=dict(story.metrics),
    )
    path = folder / "registry.yaml"
    registry = parse(path.read_text(encoding="utf-8")) if path.exists() else Registry()
    whole = Registry(default=registry.default or name, models={**registry.models, name: entry})
    path.write_text(HEAD + yaml.safe_dump(whole.model_dump(mode="json"), sort_keys=False), encoding="utf-8")
    return entry
