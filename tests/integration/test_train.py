"""From rendered scenes to a model that the edge loads: the whole of `make train`, small."""

import json
from pathlib import Path

import numpy as np
import pytest

from edge.camera import classifier
from edge.core.vision.preprocess import Evidence
from models.__main__ import both, data, split
from models.dataset import Examples

CLIPS = 6


@pytest.fixture(scope="module")
def examples(tmp_path_factory) -> Examples:
    return data(CLIPS, tmp_path_factory.mktemp("work"), 1)


@pytest.fixture(scope="module")
def released(examples, tmp_path_factory) -> Path:
    pytest.importorskip("torch", reason="torch is not installed: pip install '.[train]'")
    pytest.importorskip("onnx", reason="onnx is not installed: pip install '.[train]'")
    from models.release import Order, release  # noqa: PLC0415 - needs torch

    folder = tmp_path_factory.mktemp("models")
    release(Order("tiny", f"train-{CLIPS}", 2, 1), examples, examples, examples, folder, lambda _: None)
    return folder


def test_scenes_give_falls_and_other_things(examples):
    assert (examples.fall == 1).sum() >= 3
    assert (examples.fall == 0).sum() >= 3
    assert np.isfinite(examples.crops.astype(np.float32)).all()
    assert set(examples.clip) <= set(range(CLIPS))
    assert examples.kinds.any(axis=1).all()


def test_what_is_there_is_not_made_again(tmp_path):
    first = data(1, tmp_path, 1)
    shard = tmp_path / "examples" / "train_00000.npz"
    before = shard.stat().st_mtime_ns
    second = data(1, tmp_path, 1)
    assert shard.stat().st_mtime_ns == before
    np.testing.assert_array_equal(first.crops, second.crops)


def test_no_clip_is_in_two_parts(examples):
    many = both(examples, examples.rows(np.arange(len(examples))))
    clips = [set(part.clip) for part in split(many)]
    assert not clips[0] & clips[1]
    assert not clips[0] & clips[2]
    assert not clips[1] & clips[2]
    assert set.union(*clips) == set(examples.clip)


def test_the_edge_loads_what_was_released_and_it_answers(released, examples):
    verifier = classifier.default(released / "registry.yaml")
    for row in range(min(len(examples), 5)):
        seen = Evidence(examples.crops[row].astype(np.float32), examples.motion[row], examples.numbers[row])
        said = verifier(seen)
        assert 0.0 <= said.fall <= 1.0
        assert sum(share for _, share in said.kinds) == pytest.approx(1.0, abs=1e-4)
        assert [share for _, share in said.kinds] == sorted((s for _, s in said.kinds), reverse=True)


def test_the_release_tells_how_it_was_made(released):
    entry = classifier.registry(released / "registry.yaml").models["tiny"]
    assert entry.training["recipe"] == f"train-{CLIPS}"
    assert entry.metrics["bytes"] == (released / "tiny.onnx").stat().st_size <= 1_000_000
    figures = (released / "cards" / "tiny-figures.md").read_text()
    assert json.dumps(entry.metrics["ece"]) in figures
    assert (released / "cards" / "tiny-reliability.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_seed_gives_the_same_network(examples):
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install '.[train]'")
    from models.train import trained  # noqa: PLC0415 - needs torch

    def weights(seed):
        network = trained(examples, examples, 1, seed, lambda _: None)
        return torch.cat([value.flatten() for value in network.state_dict().values()])

    first, again, other = weights(1), weights(1), weights(2)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
