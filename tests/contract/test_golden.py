"""The golden messages and schemas: what a device of today sends, a cloud of tomorrow must understand."""

import base64
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from contracts import base
from contracts import messages as m

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
GOLDEN = sorted((CONTRACTS / "examples").glob("v*/*.json"))
DURABLE = {
    *("falling_object", "fall_ended", "clip_sealed", "clip_failed"),
    *("camera_state", "camera_minute", "sensor_reading"),
    *("device_fault", "device_record", "desired_report", "warning_given", "clock_set", "loss"),
}


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("contract_files", ROOT / "tools" / "contract_files.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


def _wire(path: Path) -> bytes:
    return path.read_bytes().removesuffix(b"\n")


WANTED = {**TOOL.schemas(), **TOOL.examples(), **TOOL.profile_schema(), **TOOL.estate_schema()}


@pytest.mark.parametrize("name", sorted(WANTED))
def test_what_is_committed_is_what_the_models_say(name: str) -> None:
    wanted = WANTED[name]
    assert (CONTRACTS / name).read_text() == wanted, "run: python tools/contract_files.py"


def test_no_file_stands_there_that_no_model_asks_for() -> None:
    standing = {str(path.relative_to(CONTRACTS)) for path in CONTRACTS.glob("schemas/*.json")}
    standing |= {
        str(path.relative_to(CONTRACTS)) for path in CONTRACTS.glob(f"examples/v{base.PROTOCOL}/*.json")
    }
    assert standing == set(TOOL.schemas()) | set(TOOL.examples())


def test_every_kind_of_durable_message_has_a_golden_one() -> None:
    kinds = set(m.EVENT.json_schema()["discriminator"]["mapping"])
    assert kinds == DURABLE
    assert {path.stem for path in GOLDEN} >= DURABLE


@pytest.mark.parametrize("name", sorted(set(TOOL.MODELS) - {"clip_manifest"}))
def test_the_protocol_says_where_a_message_travels(name: str) -> None:
    assert f"[`{name}`](schemas/{name}.json)" in (CONTRACTS / "PROTOCOL.md").read_text()


def test_the_protocol_states_the_limits_of_the_models() -> None:
    text = (CONTRACTS / "PROTOCOL.md").read_text()
    assert f"| message | {base.MAX_MESSAGE_BYTES // 1024} KiB |" in text
    assert f"3–{m.MAX_TRACK_POINTS} |" in text  # noqa: RUF001 - a range in prose
    assert f"| {base.MAX_TEXT} characters |" in text


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_message_survives_parse_and_encode_byte_for_byte(path: Path) -> None:
    model = TOOL.MODELS[path.stem]
    assert m.encode(model.model_validate_json(_wire(path))) == _wire(path)


@pytest.mark.parametrize(
    "path", [path for path in GOLDEN if path.stem in DURABLE], ids=lambda path: path.stem
)
def test_the_union_recognises_each_kind(path: Path) -> None:
    assert type(m.EVENT.validate_json(_wire(path))) is TOOL.MODELS[path.stem]


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_sender_is_held_to_the_fields_that_are_known(path: Path) -> None:
    newer = {**json.loads(_wire(path)), "from_next_year": 1}
    with pytest.raises(ValueError, match="from_next_year"):
        TOOL.MODELS[path.stem].model_validate(newer)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_reader_passes_over_fields_of_a_newer_device(path: Path) -> None:
    newer = json.dumps({**json.loads(_wire(path)), "from_next_year": {"deep": [1]}})
    model = TOOL.MODELS[path.stem]
    assert m.encode(model.model_validate_json(newer, extra="ignore")) == _wire(path)


def test_newer_fields_deep_inside_are_passed_over_too() -> None:
    content = json.loads(_wire(CONTRACTS / "examples/v1/falling_object.json"))
    content["track"][0]["confidence"] = 0.5
    content["clock"]["source"] = "ptp"
    read = m.EVENT.validate_json(json.dumps(content), extra="ignore")
    assert m.encode(read) == _wire(CONTRACTS / "examples/v1/falling_object.json")


def test_the_golden_clip_is_signed_by_the_certificate_beside_it() -> None:
    sealed = m.ClipSealed.model_validate_json(_wire(CONTRACTS / "examples/v1/clip_sealed.json"))
    key = x509.load_pem_x509_certificate(sealed.certificate.encode()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(base64.b64decode(sealed.signature), sealed.manifest.encode(), ec.ECDSA(hashes.SHA256()))
    manifest = m.ClipManifest.model_validate_json(sealed.manifest)
    assert (manifest.sha256, manifest.event) == (sealed.sha256, sealed.event)


def test_the_golden_clip_manifest_is_canonical() -> None:
    text = _wire(CONTRACTS / "examples/v1/clip_manifest.json").decode()
    assert m.canonical(m.ClipManifest.model_validate_json(text)) == text
