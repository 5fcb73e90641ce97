"""A model is used only if it is the registered one; without one the rules do alone."""

import hashlib

import pytest
import yaml

from edge.camera import classifier
from edge.core.vision.registry import INPUTS, Registered, RegistryError, disagreement, outputs, parse

KINDS = ("throw", "bird")
ENTRY = {
    "file": "one.onnx",
    "sha256": hashlib.sha256(b"model").hexdigest(),
    "licence": "Apache-2.0",
    "card": "cards/one.md",
    "inputs": {name: list(shape) for name, shape in INPUTS.items()},
    "outputs": {name: list(shape) for name, shape in outputs(KINDS).items()},
    "kinds": list(KINDS),
    "training": {"clips": 10},
    "metrics": {"auc": 0.9},
}


def _registry(folder, model=b"model", default="one", **changes):
    path = folder / "registry.yaml"
    path.write_text(yaml.safe_dump({"default": default, "models": {"one": {**ENTRY, **changes}}}))
    (folder / "one.onnx").write_bytes(model)
    return path


def test_an_entry_is_read():
    entry = parse(yaml.safe_dump({"models": {"one": ENTRY}})).models["one"]
    assert entry.inputs == dict(INPUTS)
    assert parse("").default is None


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"sha256": "abc"}, "models.one.sha256"),
        ({"inputs": {"crops": [1, 2]}}, "this version makes"),
        ({"outputs": {"fall": []}}, "wanted are"),
        ({"kinds": ["throw"]}, "wanted are"),
        ({"surprise": 1}, "models.one.surprise"),
    ],
)
def test_an_entry_that_this_version_cannot_use_is_refused(change, what):
    with pytest.raises(RegistryError, match="registry is wrong at") as refused:
        parse(yaml.safe_dump({"models": {"one": {**ENTRY, **change}}}))
    assert what in str(refused.value)


def test_a_default_must_be_there():
    with pytest.raises(RegistryError, match="default names 'two', known are: one"):
        parse(yaml.safe_dump({"default": "two", "models": {"one": ENTRY}}))


def test_every_disagreement_is_named():
    entry = Registered.model_validate(ENTRY)
    right = entry.sha256, dict(entry.inputs), dict(entry.outputs)
    assert disagreement(entry, *right) is None
    assert "SHA-256" in disagreement(entry, "0" * 64, *right[1:])
    assert "inputs" in disagreement(entry, right[0], {"crops": (1,)}, right[2])
    assert "outputs" in disagreement(entry, right[0], right[1], {"fall": ()})


def test_without_a_registry_or_a_default_the_rules_do_alone(tmp_path):
    assert classifier.default(tmp_path / "registry.yaml") is None
    assert classifier.default(_registry(tmp_path, default=None)) is None


def test_a_changed_file_is_refused_before_it_is_run(tmp_path):
    with pytest.raises(classifier.ClassifierError, match=r"one\.onnx is not the registered one: its SHA-256"):
        classifier.load("one", _registry(tmp_path, model=b"other"))


def test_a_file_that_is_no_model_is_refused(tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    with pytest.raises(classifier.ClassifierError, match="no model that onnxruntime can run"):
        classifier.load("one", _registry(tmp_path))


def test_what_is_missing_is_named(tmp_path):
    registry = _registry(tmp_path)
    (tmp_path / "one.onnx").unlink()
    with pytest.raises(classifier.ClassifierError, match=r"one\.onnx cannot be read: No such file"):
        classifier.load("one", registry)
    with pytest.raises(classifier.ClassifierError, match="knows no model 'two'"):
        classifier.load("two", registry)
