"""The box's secrets: encrypted, bound to their names, and nowhere else."""

import base64
import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from edge.__main__ import main
from edge.config.base import SettingsError
from edge.config.secrets import CREDENTIAL, SecretFile
from edge.config.settings import load, plain_secrets

PASSWORD = "Tür:zu/@42"
SETTINGS = """
agent: box
data_dir: data
broker: {url: "mqtt://127.0.0.1"}
evidence: {url: "http://127.0.0.1"}
device: {certificate: c, key: k}
cameras:
  - {id: east, url: "rtsp://viewer:${EAST}@10.0.0.7/1"}
"""


@pytest.fixture
def file(tmp_path: Path) -> SecretFile:
    return SecretFile(tmp_path / "data" / "secrets.enc", tmp_path / "data" / "secrets.key")


def test_a_secret_comes_back_and_does_not_stand_in_the_file(file: SecretFile) -> None:
    file.set("EAST", PASSWORD)
    file.set("WEST", "other")
    assert file.read("EAST") == PASSWORD
    assert (file.read("NORTH"), file.names()) == (None, ("EAST", "WEST"))
    assert PASSWORD.encode() not in file.path.read_bytes()
    assert {stat.S_IMODE(path.stat().st_mode) for path in (file.path, file.key)} == {0o600}
    first = file.path.read_bytes()
    file.set("EAST", PASSWORD)
    assert file.path.read_bytes() != first, "no nonce is used twice"
    assert file.remove("EAST")
    assert not file.remove("EAST")
    assert file.names() == ("WEST",)


def test_a_value_under_another_name_and_a_changed_one_are_refused_without_showing_them(
    file: SecretFile,
) -> None:
    file.set("EAST", PASSWORD)
    content = json.loads(file.path.read_text())
    content["secrets"]["WEST"] = content["secrets"]["EAST"]
    raw = bytearray(base64.b64decode(content["secrets"]["EAST"]))
    raw[-1] ^= 1
    content["secrets"]["EAST"] = base64.b64encode(raw).decode()
    file.path.write_text(json.dumps(content))
    for name in ("EAST", "WEST"):
        with pytest.raises(SettingsError, match=f"{name} was not encrypted with this key") as refused:
            file.read(name)
        assert PASSWORD not in str(refused.value)


def test_a_key_that_others_may_read_or_that_is_gone_is_told_with_what_to_do(file: SecretFile) -> None:
    file.set("EAST", PASSWORD)
    file.key.chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        file.read("EAST")
    file.key.unlink()
    with pytest.raises(SettingsError, match="set them anew"):
        file.read("EAST")
    with pytest.raises(SettingsError, match="cannot be read"):
        file.set("WEST", "x")  # a new key would lose the others without a word


def test_a_key_from_systemd_goes_before_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / CREDENTIAL).write_bytes(base64.b64encode(bytes(range(32))))
    file = SecretFile(tmp_path / "secrets.enc", tmp_path / "secrets.key", folder)
    file.set("EAST", PASSWORD)
    assert file.read("EAST") == PASSWORD
    assert not file.key.exists()


def test_the_settings_take_the_environment_first_and_then_the_secrets(
    tmp_path: Path, file: SecretFile
) -> None:
    path = tmp_path / "edge.yaml"
    path.write_text(SETTINGS)
    with pytest.raises(SettingsError, match="fallwatch edge secret set EAST"):
        load(path, {})
    file.set("EAST", "kept")
    assert load(path, {}).cameras[0].url.get_secret_value() == "rtsp://viewer:kept@10.0.0.7/1"
    assert "viewer:given@" in load(path, {"EAST": "given"}).cameras[0].url.get_secret_value()


def test_the_command_keeps_what_it_reads_and_shows_names_only(tmp_path: Path) -> None:
    path = tmp_path / "edge.yaml"
    path.write_text(SETTINGS)
    run, config = CliRunner().invoke, ["--config", str(path)]
    done = run(main, ["secret", "set", "EAST", *config], input=f"{PASSWORD}\n")
    assert (done.exit_code, PASSWORD in done.output) == (0, False)
    assert load(path, {}).cameras[0].url.get_secret_value() == f"rtsp://viewer:{PASSWORD}@10.0.0.7/1"
    assert run(main, ["secret", "list", *config]).output == "EAST\n"
    assert run(main, ["secret", "remove", "EAST", *config]).exit_code == 0
    for words in (["remove", "EAST"], ["set", "1st"], ["set", "EAST"]):
        failed = run(main, ["secret", *words, *config], input="" if words[1] == "EAST" else "x\n")
        assert failed.exit_code == 1


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("rtsp://viewer:${EAST}@10.0.0.7/1", False),
        ("rtsp://viewer:hunter2@10.0.0.7/1", True),
        ("rtsp://viewer:a/b@c@10.0.0.7/1", True),
        ("rtsp://10.0.0.7:554/1", False),
        ("${CAMERA}", False),
        ("films/one.mp4", False),
    ],
)
def test_a_password_in_plain_text_is_found_by_its_key(
    tmp_path: Path,
    url: str,
    plain: bool,  # noqa: FBT001 - a row of the table
) -> None:
    path = tmp_path / "edge.yaml"
    path.write_text(SETTINGS.replace("rtsp://viewer:${EAST}@10.0.0.7/1", url))
    assert plain_secrets(path) == (("cameras.east.url",) if plain else ())


def test_a_plain_community_and_a_plain_password_of_a_make_are_found_too(tmp_path: Path) -> None:
    path = tmp_path / "edge.yaml"
    make = "{id: east, make: {profile: hikvision, host: 10.0.0.7, user: v, password: hunter2}}"
    path.write_text(SETTINGS.split("  - {id: east", maxsplit=1)[0] + f"  - {make}\n")
    assert plain_secrets(path) == ("cameras.east.make.password",)
