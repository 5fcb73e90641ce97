"""Settings of the cloud: read from a file, with secrets from the environment, refused when unusable."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cloud import config
from cloud.core.estate import ZONES, EstateFile
from contracts import documents

TEXT = """
database_url: postgresql://app:s3cr3t-and-long@db/fallwatch
broker: {url: "mqtts://broker:8883", ca: pki/ca.crt, certificate: pki/cloud.crt, key: pki/cloud.key}
evidence: {url: "file:///srv/evidence", staging_dir: staging}
device_ca: pki/ca.crt
api: {port: 8443}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "cloud.yaml"
    file.write_text(text)
    return file


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    settings = config.load(written(tmp_path, TEXT), {})
    assert settings.broker is not None
    assert settings.evidence is not None
    assert settings.broker.key == tmp_path / "pki/cloud.key"
    assert settings.evidence.staging_dir == tmp_path / "staging"
    assert settings.device_ca == tmp_path / "pki/ca.crt"
    assert (settings.api.port, settings.api.secure_cookies) == (8443, True)


def test_the_environment_wins(tmp_path: Path) -> None:
    environment = {
        "DATABASE_URL": "postgresql://other/db",
        "MQTT_URL": "mqtt://m",
        "S3_URL": "s3://bucket/clips",
    }
    settings = config.load(written(tmp_path, TEXT), environment)
    assert settings.broker is not None
    assert settings.evidence is not None
    assert (settings.database_url, settings.broker.url) == ("postgresql://other/db", "mqtt://m")
    assert settings.evidence.url == "s3://bucket/clips"
    assert settings.broker.ca == tmp_path / "pki/ca.crt"
    assert config.load(None, environment).database_url == "postgresql://other/db"


@pytest.mark.parametrize("password", ["changeme", "CHANGE_ME", "secret", "<password>"])
def test_a_placeholder_for_a_password_is_refused(password: str) -> None:
    with pytest.raises(config.SettingsError, match="placeholder"):
        config.load(None, {"DATABASE_URL": f"postgresql://app:{password}@db/x"})
    with pytest.raises(config.SettingsError, match=r"broker\.url"):
        config.load(None, {"DATABASE_URL": "postgresql://db/x", "MQTT_URL": f"mqtt://u:{password}@m"})


def test_a_deployment_without_a_database_says_so() -> None:
    with pytest.raises(config.SettingsError, match="DATABASE_URL"):
        config.load(None, {})


def test_what_is_wrong_in_the_file_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(config.SettingsError, match=r"cloud\.yaml:2: api\.port: found 99999"):
        config.load(written(tmp_path, "database_url: postgresql://db/x\napi: {port: 99999}\n"), {})
    with pytest.raises(config.SettingsError, match="not a key that is known here"):
        config.load(written(tmp_path, "databse_url: x\n"), {})


def test_an_estate_whose_camera_covers_an_unknown_facade_is_refused() -> None:
    text = """
estates:
  - id: garden
    name: {zh: 园, en: Garden}
    agents:
      - {id: box, name: {zh: 盒, en: Box}, cameras: [{id: cam, name: {zh: 机, en: Cam}, facades: [east]}]}
"""
    with pytest.raises(documents.DocumentError, match="cam covers facades that are not here"):
        documents.parse(text, EstateFile, "estate.yaml")


def test_an_estate_file_names_each_thing_once() -> None:
    estate = {"id": "garden", "name": {"zh": "园", "en": "Garden"}}
    with pytest.raises(ValueError, match="estate named twice"):
        EstateFile.model_validate({"estates": [estate, estate]})


def test_an_estate_whose_days_are_not_those_of_the_ledger_is_refused_in_a_sentence() -> None:
    estate = {"id": "garden", "name": {"zh": "园", "en": "Garden"}}
    for zone in sorted(ZONES):
        EstateFile.model_validate({"estates": [estate | {"zone": zone}]})
    with pytest.raises(ValueError, match="begin at midnight in Asia/Shanghai, and in Asia/Tokyo they may"):
        EstateFile.model_validate({"estates": [estate | {"zone": "Asia/Tokyo"}]})


def test_zones_that_are_taken_have_their_midnights_with_shanghai() -> None:
    hours = [datetime(1992, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(0, 20_000, 5)]
    for zone in ZONES:
        for at in hours:
            assert at.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(hours=8)
