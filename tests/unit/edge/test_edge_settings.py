"""The edge's settings file: what it accepts, what it refuses, and what it never shows."""

from pathlib import Path

import pytest

from edge.config.base import SettingsError
from edge.config.settings import load

GOOD = """\
agent: box
data_dir: var/edge
broker: {url: "mqtts://127.0.0.1:8883", ca: pki/ca.crt, certificate: pki/box.crt, key: pki/box.key}
evidence: {url: "http://127.0.0.1:8080"}
device: {certificate: pki/box.crt, key: /etc/fallwatch/box.key}
cameras:
  - {id: cam-east, url: "rtsp://viewer:${CAMERA_PASSWORD}@10.0.0.7/stream"}
sensors:
  - {id: cabinet, kind: simulated, quantity: temperature, unit: Cel}
"""
SECRET = {"CAMERA_PASSWORD": "s3cr3t:/{}"}


def written(folder: Path, text: str) -> Path:
    path = folder / "edge.yaml"
    path.write_text(text)
    return path


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD), SECRET)
    assert settings.outbox_path == tmp_path / "var/edge/outbox.db"
    assert settings.broker.ca == tmp_path / "pki/ca.crt"
    assert settings.device.key == Path("/etc/fallwatch/box.key")


def test_the_readme_shows_a_file_that_works(tmp_path: Path) -> None:
    readme = (Path(__file__).resolve().parents[3] / "edge" / "README.md").read_text()
    example = readme.partition("```yaml\n")[2].partition("```")[0]
    settings = load(written(tmp_path, example), {"CAM_PASSWORD": "x", "COMMUNITY": "y"})
    assert set(type(settings).model_fields) == settings.model_fields_set
    assert set(type(settings.evidence).model_fields) == settings.evidence.model_fields_set


def test_a_secret_comes_from_the_environment_and_does_not_show(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD), SECRET)
    url = settings.camera("cam-east").url
    assert url.get_secret_value() == "rtsp://viewer:s3cr3t:/{}@10.0.0.7/stream"
    assert "s3cr3t" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cameras\.cam-east\.url .* CAMERA_PASSWORD, which is not set"):
        load(written(tmp_path, GOOD), {})


def test_an_unknown_camera_is_named_with_the_known(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no camera 'cam-west' in the settings; known: cam-east"):
        load(written(tmp_path, GOOD), SECRET).camera("cam-west")


@pytest.mark.parametrize(
    ("found", "instead", "says"),
    [
        ("agent: box", "agent: Box!", r"edge\.yaml:1: agent: found 'Box!'"),
        ("data_dir: var/edge\n", "", "data_dir is missing"),
        ("agent: box", "agent: box\nagnet: box", r"edge\.yaml:2: agnet is not a key that is known here"),
        ('url: "http://127.0.0.1:8080"', "url: http://x, before_s: 4", "evidence.before_s"),
        ('url: "http://127.0.0.1:8080"', "url: http://x, ring_s: 15, after_s: 20", "ring_s must be at least"),
        ("id: cabinet", "id: cam-east", "these ids stand more than once: cam-east"),
        ("kind: simulated", "kind: magic", "found 'magic'"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(
    tmp_path: Path, found: str, instead: str, says: str
) -> None:
    assert found in GOOD
    with pytest.raises(SettingsError, match=says):
        load(written(tmp_path, GOOD.replace(found, instead)), SECRET)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "none.yaml", {})


SIREN = """\
warning:
  devices:
    - id: siren
      cameras: [cam-east]
      switch:
        kind: http
        switch_on: {url: "http://10.0.0.9/on?key=${KEY}"}
        switch_off: {url: "http://10.0.0.9/off"}
"""


def test_nothing_is_switched_unless_a_device_is_named(tmp_path: Path) -> None:
    assert load(written(tmp_path, GOOD), SECRET).warning.limit_for("cam-east") is None
    warned = load(written(tmp_path, GOOD + SIREN), {**SECRET, "KEY": "k1"}).warning
    assert (warned.limit_for("cam-east"), warned.limit_for("cam-west")) == (0.9, None)


def test_a_secret_is_filled_in_at_any_depth_and_a_missing_one_is_named(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD + SIREN), {**SECRET, "KEY": "k1"})
    (device,) = settings.warning.devices
    assert device.switch.kind == "http"
    assert device.switch.switch_on.url.get_secret_value() == "http://10.0.0.9/on?key=k1"
    assert "k1" not in repr(settings)
    with pytest.raises(
        SettingsError, match=r"warning\.devices\.siren\.switch\.switch_on\.url .* KEY, which is not set"
    ):
        load(written(tmp_path, GOOD + SIREN), SECRET)


def test_a_siren_that_names_a_camera_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"warning\.devices\.siren names cameras that are not there: cam-x"
    ):
        load(written(tmp_path, GOOD + SIREN.replace("cam-east", "cam-x")), {**SECRET, "KEY": "k"})


def test_a_device_is_named_like_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="stand more than once: cabinet"):
        load(written(tmp_path, GOOD + SIREN.replace("id: siren", "id: cabinet")), {**SECRET, "KEY": "k"})
