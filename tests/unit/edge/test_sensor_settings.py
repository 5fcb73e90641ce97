"""Sensors and cameras in the settings name profiles that are there; secrets come from the environment."""

from pathlib import Path

import pytest

from edge.config.base import SettingsError
from edge.config.sensor import ModbusSettings, SnmpSettings
from edge.config.settings import Settings, load

HEAD = """\
agent: box
data_dir: edge
broker: {url: "mqtt://127.0.0.1:1883"}
evidence: {url: "http://127.0.0.1:8080"}
device: {certificate: box.crt, key: box.key}
"""
SENSORS = """\
sensors:
  - kind: modbus
    profile: xy-md02
    host: 10.0.0.20
    points: {temperature: cab-temp}
  - kind: snmp
    profile: poe-switch
    host: 10.0.0.21
    community: "${COMMUNITY}"
    points: {link.3: cam-3-link}
  - kind: mqtt_local
    profile: zigbee2mqtt
    url: "mqtt://estate:${MQTT_PASSWORD}@10.0.0.22"
    device: cab-door
    points: {door: cab-door}
  - {kind: box, profile: raspberry-pi-5, points: {cpu_temperature: box-temp}}
"""
CAMERAS = """\
cameras:
  - id: east
    make: {profile: hikvision, host: 10.0.0.7, user: viewer, password: "${CAM_PASSWORD}", stream: sub}
    onvif: {check_s: 60}
"""
SECRETS = {"COMMUNITY": "estate", "MQTT_PASSWORD": "hush-hush", "CAM_PASSWORD": "p@ss/{}"}


def loaded(folder: Path, text: str) -> Settings:
    path = folder / "edge.yaml"
    path.write_text(HEAD + text)
    return load(path, SECRETS)


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, text)
    return [line.replace(f"{folder}/", "") for line in str(caught.value).splitlines()]


def test_devices_name_their_sensors_and_take_secrets_from_the_environment(tmp_path: Path) -> None:
    settings = loaded(tmp_path, SENSORS)
    assert [name for device in settings.sensors for name in device.ids] == [
        *("cab-temp", "cam-3-link", "cab-door", "box-temp"),
    ]
    modbus, snmp, mqtt, _ = settings.sensors
    assert isinstance(modbus, ModbusSettings)
    assert (modbus.port, modbus.unit, modbus.period_s) == (502, 1, 10)
    assert isinstance(snmp, SnmpSettings)
    assert snmp.community is not None
    assert snmp.community.get_secret_value() == "estate"
    assert mqtt.kind == "mqtt_local"
    assert mqtt.url.get_secret_value() == "mqtt://estate:hush-hush@10.0.0.22"
    assert "hush-hush" not in repr(settings)


def test_where_a_camera_is_asked_by_onvif_follows_from_its_make_unless_it_is_given(tmp_path: Path) -> None:
    onvif = loaded(tmp_path, CAMERAS).camera("east").onvif
    assert onvif is not None
    assert onvif.url.get_secret_value() == "http://viewer:p%40ss%2F%7B%7D@10.0.0.7:80"
    assert onvif.check_s == 60
    given = CAMERAS.replace("{check_s: 60}", '{url: "http://a:b@10.0.0.9:8000"}')
    onvif = loaded(tmp_path, given).camera("east").onvif
    assert onvif is not None
    assert onvif.url.get_secret_value() == "http://a:b@10.0.0.9:8000"


def test_a_camera_is_named_by_its_make_and_its_address_follows(tmp_path: Path) -> None:
    camera = loaded(tmp_path, CAMERAS).camera("east")
    assert camera.url.get_secret_value() == (
        "rtsp://viewer:p%40ss%2F%7B%7D@10.0.0.7:554/Streaming/Channels/102"
    )
    assert "p@ss" not in repr(camera)


@pytest.mark.parametrize(
    ("found", "instead", "says"),
    [
        (
            "profile: xy-md02",
            "profile: xy-md03",
            "edge.yaml:8: sensors.0.profile: found 'xy-md03'; there is no profile 'xy-md03'; known: ",
        ),
        (
            "profile: xy-md02",
            "profile: hikvision",
            "edge.yaml:8: sensors.0.profile: found 'hikvision'; one of kind modbus; this is of kind camera",
        ),
        (
            "temperature: cab-temp",
            "temprature: cab-temp",
            (
                "edge.yaml:10: sensors.0.points.temprature: found 'temprature'; "
                "profile xy-md02 has the points temperature, humidity"
            ),
        ),
        (
            "link.3:",
            "link:",
            (
                "edge.yaml:15: sensors.1.points.link: found 'link'; "
                "in profile poe-switch this point is written like link.1"
            ),
        ),
        ("community:", "communty:", "edge.yaml:14: sensors.1.communty is not a key that is known here"),
        ("link.3: cam-3-link", "link.3: cab-temp", "these ids stand more than once: cab-temp"),
        ("mqtt://estate", "http://estate", "sensors.2.url: found"),
    ],
)
def test_what_does_not_fit_is_told_where_it_stands(
    tmp_path: Path, found: str, instead: str, says: str
) -> None:
    assert found in SENSORS
    assert any(says in line for line in refused(tmp_path, SENSORS.replace(found, instead)))


@pytest.mark.parametrize(
    ("found", "instead", "says"),
    [
        ("profile: hikvision", "profile: xy-md02", "found 'xy-md02'; a camera's; this is of kind modbus"),
        (
            "profile: hikvision",
            "profile: onvif-generic",
            "edge.yaml:8: cameras.0.make.stream: found 'sub'; profile onvif-generic has no address for it",
        ),
        ("make:", 'url: "rtsp://10.0.0.7/s"\n    make:', "a camera has either url or make"),
        ("user: viewer, ", "", "cameras.0.onvif.url: found ''; an address with a user, or make.user"),
    ],
)
def test_a_make_that_does_not_fit_is_told(tmp_path: Path, found: str, instead: str, says: str) -> None:
    assert any(says in line for line in refused(tmp_path, CAMERAS.replace(found, instead)))


def test_snmp_has_either_a_community_or_a_user(tmp_path: Path) -> None:
    both = SENSORS.replace('community: "${COMMUNITY}"', 'community: "${COMMUNITY}"\n    user: me')
    assert any("either community (SNMP v2c) or user (v3)" in line for line in refused(tmp_path, both))


def test_no_error_shows_a_secret(tmp_path: Path) -> None:
    text = SENSORS.replace('community: "${COMMUNITY}"', "community: 48151623")
    assert "48151623" not in "\n".join(refused(tmp_path, text))
    (line,) = refused(tmp_path, CAMERAS.replace('"${CAM_PASSWORD}"', "48151623"))
    assert "48151623" not in line
