"""What is wrong with a profile is told with file, line, key, found and allowed, all at once."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.profile import CameraProfile, Login, address, point_of
from edge.config.profiles import Library, built_in, check
from fallwatch.profiles import main

METER = """\
id: meter
version: "1"
kind: modbus
title: {zh: 电表, en: Meter}
sources:
  - {title: Manual, section: "3", date: "2024-05", verified: true, facts: [points]}
points:
  - name: voltage
    quantity: voltage
    unit: V
    table: input_register
    address: 0
    type: float32
    possible: [0, 400]
    rules:
      - kind: below
        name: mains_lost
        raise_at: 170
        clear_at: 195
        what: {zh: 停电, en: No mains}
        advice: {zh: 查, en: Look}
  - {name: power, quantity: power, unit: W, table: input_register, address: 2, type: float32}
silent: {name: meter_silent, what: {zh: 无应答, en: Silent}, advice: {zh: 查, en: Look}}
missing: {name: meter_missing, what: {zh: 缺值, en: Missing}, advice: {zh: 查, en: Look}}
"""


def wrong(folder: Path, text: str, name: str = "meter.yaml") -> list[str]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return [line.replace(f"{folder}/", "") for line in check([path]).wrong]


def test_a_good_profile_has_no_problems(tmp_path: Path) -> None:
    assert wrong(tmp_path, METER) == []


@pytest.mark.parametrize(
    ("found", "instead", "says"),
    [
        ("id: meter", "id: metre", "meter.yaml:1: id: found 'metre'; the file's name says meter"),
        ('version: "1"', "version: 1", "meter.yaml:2: version: found 1; Input should be a valid string"),
        (
            "kind: modbus",
            "kind: modem",
            (
                "meter.yaml:3: kind: found 'modem'; "
                "one of 'camera', 'modbus', 'snmp', 'mqtt_local', 'box', 'estate'"
            ),
        ),
        ("verified: true, ", "", "meter.yaml:6: sources.0.verified is missing"),
        (
            "facts: [points]",
            "facts: [limits]",
            (
                "meter.yaml:6: sources.0.facts.0: found 'limits'; one of points, quirks\n"
                "meter.yaml:7: points: found 'no source'; a source must name points among its facts"
            ),
        ),
        (
            "unit: V\n",
            "unit: Volt\n",
            (
                "meter.yaml:10: points.0.unit: found 'Volt'; a UCUM code is needed, for example "
                "Cel, %, V, V.A, kW.h, By, Hz, 1"
            ),
        ),
        (
            "table: input_register\n",
            "table: coil\n",
            (
                "meter.yaml:13: points.0.type: found 'float32'; "
                "bool is the type of coils and discrete inputs, "
                "and of them only"
            ),
        ),
        (
            "possible: [0, 400]",
            "possible: [400, 0]",
            "meter.yaml:14: points.0.possible: found [400, 0]; the first number must be below the second",
        ),
        (
            "kind: below",
            "kind: under",
            "meter.yaml:16: points.0.rules.0.kind: found 'under'; one of 'above', 'below', 'rate', 'stuck'",
        ),
        (
            "clear_at: 195",
            "clear_at: 160",
            "meter.yaml:19: points.0.rules.0.clear_at: found 160; it must be above raise_at, which is 170",
        ),
        (
            "raise_at: 170",
            "raise_at: -5",
            "meter.yaml:18: points.0.rules.0.raise_at: found -5.0; possible values are 0 to 400",
        ),
        (
            "raise_at: 170",
            "raise_at: 170\n        raise_at: 180",
            "meter.yaml:19: raise_at stands twice here",
        ),
        (
            "name: power",
            "name: voltage",
            "meter.yaml:22: points.1.name: found 'voltage'; points.0 is already called so",
        ),
        (
            "address: 2",
            "address: 0",
            "meter.yaml:22: points.1.address: found 0; voltage already stands there",
        ),
        (
            "address: 2",
            "address: 1",
            "meter.yaml:22: points.1.address: found 1; voltage already stands there",
        ),
        (
            "address: 2",
            "address: 70000",
            "meter.yaml:22: points.1.address: found 70000; Input should be less than or equal to 65534",
        ),
        (
            "type: float32}",
            "typ: float32}",
            (
                "meter.yaml:22: points.1.type is missing\n"
                "meter.yaml:22: points.1.typ is not a key that is known here"
            ),
        ),
        (
            "name: meter_missing",
            "name: mains_lost",
            "meter.yaml:24: missing.name: found 'mains_lost'; points.0.rules.0 is already called so",
        ),
        (
            "silent: {name",
            "silence: {name",
            "meter.yaml:1: silent is missing\nmeter.yaml:23: silence is not a key that is known here",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(tmp_path: Path, found: str, instead: str, says: str) -> None:
    assert METER.count(found) >= 1
    assert "\n".join(wrong(tmp_path, METER.replace(found, instead, 1))) == says


def test_an_estate_names_profiles_points_and_rows_that_are_there(tmp_path: Path) -> None:
    text = """\
id: place
version: "1"
kind: estate
title: {zh: 处, en: Place}
sources: [{title: Ours, date: "2026", verified: true, facts: [devices]}]
devices:
  - {profile: poe-switch, points: {link: port, powered.1: power, lnk.1: port}}
  - {profile: hikvision, points: {main: picture}}
"""
    one, two, three, four, five = wrong(tmp_path, text, "place.yaml")
    assert one == (
        "place.yaml:7: devices.0.points.link: found 'link'; "
        "in profile poe-switch this point is written like link.1"
    )
    assert two == (
        "place.yaml:7: devices.0.points.powered.1: found 'powered.1'; "
        "in profile poe-switch this point is written like powered.1.1"
    )
    assert (
        three
        == "place.yaml:7: devices.0.points.lnk.1: found 'port'; devices.0.points.link already has this ending"
    )
    assert four == (
        "place.yaml:7: devices.0.points.lnk.1: found 'lnk.1'; "
        "profile poe-switch has the points link, powered, power, power_available, supply"
    )
    assert five.startswith("place.yaml:8: devices.1.profile: found 'hikvision'; one of contact-inputs-8, ")
    assert "hikvision," not in five.partition("one of")[2]


def test_all_profiles_that_come_with_fallwatch_are_right() -> None:
    found = check(sorted(built_in().glob("*.yaml")))
    assert found.wrong == ()
    kinds = {profile.kind for profile in found.sound.values()}
    assert kinds == {"camera", "modbus", "snmp", "mqtt_local", "box", "estate"}


def test_the_command_tells_every_problem_and_exits_with_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(METER.replace("id: meter", "id: a").replace("unit: W", "unit: Watt"))
    (tmp_path / "b.yaml").write_text("id: b\nkind: [")
    done = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert done.exit_code == 1
    first, second, last = done.output.splitlines()
    assert first.startswith(f"{tmp_path}/a.yaml:22: points.1.unit: found 'Watt'; a UCUM code is needed")
    assert second.startswith(f"{tmp_path}/b.yaml:3: this is no YAML: ")
    assert last == "2 profiles, 2 problems"


def test_the_command_is_content_with_what_comes_with_fallwatch() -> None:
    done = CliRunner().invoke(main, ["check"])
    assert (done.exit_code, done.output.split(" ", 1)[1]) == (0, "profiles, 0 problems\n")


def test_the_list_tells_how_many_sources_were_read() -> None:
    rows = CliRunner().invoke(main, ["list"]).output.splitlines()
    assert len(rows) == len(list(built_in().glob("*.yaml")))
    assert any("eastron-sdm120" in row and "2 of 2 sources read" in row for row in rows)


def test_ones_own_profile_goes_before_the_one_that_comes_with_fallwatch(tmp_path: Path) -> None:
    (tmp_path / "xy-md02.yaml").write_text(METER.replace("id: meter", "id: xy-md02"))
    assert Library(tmp_path).profile("xy-md02").title.en == "Meter"
    assert Library().profile("xy-md02").title.en != "Meter"
    assert "dahua" in Library(tmp_path).names()


@pytest.mark.parametrize(
    ("profile", "stream", "says"),
    [
        ("hikvision", "main", "rtsp://a%40b:p%3A%2F%7B%7D@10.0.0.7:554/Streaming/Channels/101"),
        ("hikvision", "sub", "rtsp://a%40b:p%3A%2F%7B%7D@10.0.0.7:554/Streaming/Channels/102"),
        ("dahua", "sub", "rtsp://a%40b:p%3A%2F%7B%7D@10.0.0.7:554/cam/realmonitor?channel=1&subtype=1"),
        ("uniview", "main", "rtsp://a%40b:p%3A%2F%7B%7D@10.0.0.7:554/media/video1"),
        ("tp-link-tapo", "main", "rtsp://a%40b:p%3A%2F%7B%7D@10.0.0.7:554/stream1"),
    ],
)
def test_an_address_is_filled_in_and_encoded(profile: str, stream: str, says: str) -> None:
    camera = Library().profile(profile)
    assert isinstance(camera, CameraProfile)
    assert camera.streams is not None
    login = Login(user="a@b", password="p:/{}", host="10.0.0.7", port=camera.rtsp_port, channel=1)
    assert address(getattr(camera.streams, stream), login) == says


def test_a_point_of_a_table_is_named_with_its_row() -> None:
    switch = Library().profile("poe-switch")
    assert switch.kind == "snmp"
    assert point_of(switch, "powered.1.8").name == "powered"
    with pytest.raises(ValueError, match=r"written like powered\.1\.1"):
        point_of(switch, "powered.8")
