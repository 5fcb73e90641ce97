"""Dockerfiles and compose file as far as they can be checked without a container engine."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from compose_spec import PyCompose
from cryptography import x509
from cryptography.hazmat.primitives import serialization

import cloud.config
import edge.config.settings
from cloud.core.estate import EstateFile
from contracts import documents
from fallwatch.local import mosquitto, ports, wait
from tests.house.prometheus import promtool
from tests.house.tree import ROOT

DOCKER = ROOT / "docker"
COMPOSE = DOCKER / "compose.yaml"
BIN = Path(sys.executable).parent
VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def _interpolated(text: str) -> str:
    """What compose makes of the file before it reads it: defaults taken, what must be set set to `x`."""
    return VARIABLE.sub(lambda found: "x" if found[2] == "?" else (found[3] or ""), text)


def _merged(text: str) -> str:
    """The file without anchors and merges, as compose resolves them."""
    return yaml.safe_dump(yaml.safe_load(_interpolated(text)))


def _services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(_interpolated(COMPOSE.read_text()))["services"]
    return services


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    subprocess.run(
        [DOCKER / "certificates.sh", folder, "broker.example.org", "demo-box", "box-b"],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.mark.parametrize("name", ["edge", "cloud"])
def test_hadolint_finds_nothing_in_the_dockerfile(name: str) -> None:
    linted = subprocess.run(
        [BIN / "hadolint", DOCKER / f"{name}.Dockerfile"], capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout


def test_hadolint_can_find_something(tmp_path: Path) -> None:
    bad = tmp_path / "Dockerfile"
    bad.write_text("FROM python:latest\nRUN pip install x\n")
    assert subprocess.run([BIN / "hadolint", bad], capture_output=True, check=False).returncode == 1


def test_the_compose_file_keeps_the_specification() -> None:
    PyCompose.from_yaml(_merged(COMPOSE.read_text())).to_spec()


def test_a_compose_file_that_breaks_the_specification_is_refused() -> None:
    broken = _merged(COMPOSE.read_text()).replace("mem_limit: 2g", "mem_limit: plenty", 1)
    with pytest.raises(ValueError, match="mem_limit"):
        PyCompose.from_yaml(broken)


def test_the_compose_linter_finds_nothing_of_weight() -> None:
    linted = subprocess.run(
        [BIN / "compose-lint", "check", "--fail-on", "high", COMPOSE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("name", _services())
def test_a_service_is_pinned_bounded_and_without_privileges(name: str) -> None:
    service = _services()[name]
    tag = service["image"].partition(":")[2]
    assert re.search(r"\d", tag), f"{service['image']} has no pinned version"
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["read_only"] is True
    assert service["mem_limit"]


@pytest.mark.parametrize("name", sorted(set(_services()) - {"objects"}))
def test_a_service_says_whether_it_is_well(name: str) -> None:
    # The images of `api` and `edge` bring their own check.
    own = name in {"api", "edge"}
    assert own or "healthcheck" in _services()[name]


def test_images_of_ours_do_not_run_as_root() -> None:
    for name in ("edge", "cloud"):
        text = (DOCKER / f"{name}.Dockerfile").read_text()
        last = text.rpartition("\nFROM ")[2]
        assert "\nUSER 10001:10001\n" in last
        assert "\nHEALTHCHECK " in last


@pytest.mark.parametrize("name", sorted(set(_services())))
def test_files_that_a_service_mounts_stand_here(name: str, certificates: Path) -> None:
    for mount in _services()[name]["volumes"]:
        source = mount.partition(":")[0]
        if source.startswith("./secrets/"):
            assert (certificates / Path(source).name).exists(), f"certificates.sh makes no {source}"
        elif source.startswith("./"):
            assert (DOCKER / source).is_file(), source


def _cloud_commands() -> dict[str, click.Command]:
    from cloud.__main__ import main  # noqa: PLC0415 - the command line is asked for here only

    assert isinstance(main, click.Group)
    return main.commands


@pytest.mark.parametrize("name", ["migrate", "ingest", "api", "timers"])
def test_a_command_of_the_compose_file_exists(name: str) -> None:
    command, option, path = _services()[name]["command"]
    assert (option, path) == ("--config", "/etc/fallwatch/cloud.yaml")
    options = {flag for parameter in _cloud_commands()[command].params for flag in parameter.opts}
    assert "--config" in options


def test_the_command_of_the_edge_image_exists() -> None:
    from edge.__main__ import main  # noqa: PLC0415

    text = (DOCKER / "edge.Dockerfile").read_text()
    assert 'CMD ["edge", "agent", "/etc/fallwatch/edge.yaml"]' in text
    assert isinstance(main, click.Group)
    assert "agent" in main.commands


def test_the_clouds_settings_are_understood() -> None:
    environment = {"DATABASE_URL": "postgresql://fallwatch:9f8e7d@database/fallwatch", "S3_URL": ""}
    settings = cloud.config.load(DOCKER / "config" / "cloud.yaml", environment)
    assert settings.evidence is not None
    assert settings.evidence.url == "file:///var/lib/fallwatch/evidence"
    assert settings.api.secure_cookies


@pytest.mark.parametrize(
    ("name", "section", "path"), [("ingest", "metrics", "healthz"), ("timers", "timer_metrics", "metrics")]
)
def test_a_program_answers_where_its_health_is_looked_for(name: str, section: str, path: str) -> None:
    settings = cloud.config.load(
        DOCKER / "config" / "cloud.yaml", {"DATABASE_URL": "postgresql://f:9f8e7d@database/f"}
    )
    offered = getattr(settings, section)
    assert offered.host == "0.0.0.0"
    assert f"http://127.0.0.1:{offered.port}/{path}" in str(_services()[name]["healthcheck"]["test"])


def test_work_is_shared_by_two_ingests_and_two_interfaces() -> None:
    replicas = {
        name: service["deploy"]["replicas"] for name, service in _services().items() if "deploy" in service
    }
    assert replicas == {"ingest": 2, "api": 2}
    # Replicas cannot share a port of the host.
    assert not {"ingest", "api"} & {name for name, service in _services().items() if "ports" in service}


def test_prometheus_can_read_its_settings() -> None:
    checked = promtool("check", "config", "--syntax-only", DOCKER / "config" / "prometheus.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_edges_settings_are_understood() -> None:
    settings = edge.config.settings.load(
        DOCKER / "config" / "edge.yaml", {"CAMERA_EAST_URL": "rtsp://10.0.0.9/1"}
    )
    assert settings.cameras[0].url.get_secret_value() == "rtsp://10.0.0.9/1"


def test_the_estate_is_understood_and_names_the_same_devices() -> None:
    estate = documents.parse((DOCKER / "config" / "estate.yaml").read_text(), EstateFile, "estate.yaml")
    box = edge.config.settings.load(DOCKER / "config" / "edge.yaml", {"CAMERA_EAST_URL": "rtsp://10.0.0.9/1"})
    (agent,) = estate.estates[0].agents
    assert agent.id == box.agent
    assert [camera.id for camera in agent.cameras] == [camera.id for camera in box.cameras]


def test_the_broker_gives_the_same_rights_as_on_a_laptop() -> None:
    assert (DOCKER / "mosquitto" / "acl").read_text() == mosquitto.ACCESS


def test_mosquitto_starts_with_this_configuration(certificates: Path, tmp_path: Path) -> None:
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program, "mosquitto is not installed: install the package mosquitto"
    port = ports.any_free()
    text = (DOCKER / "mosquitto" / "mosquitto.conf").read_text()
    text = text.replace("listener 8883", f"listener {port} 127.0.0.1").replace(
        "/run/secrets", str(certificates)
    )
    text = text.replace("/mosquitto/config", str(DOCKER / "mosquitto")).replace(
        "/mosquitto/data", str(tmp_path)
    )
    text = text.replace("/mosquitto/revoked", str(certificates / "revoked")).replace(
        "/usr/lib/mosquitto_dynamic_security.so", str(mosquitto.plugin())
    )
    users = tmp_path / "dynamic-security.json"
    settings = tmp_path / "mosquitto.conf"
    settings.write_text(f"{text}user root\n")
    log = tmp_path / "log"
    run = [DOCKER / "mosquitto" / "run.sh", certificates / "revoked" / "devices.crl", users]
    command = [*run, program, "-c", settings]
    with log.open("w") as written, subprocess.Popen(command, stdout=written) as broker:
        try:
            wait.until(
                lambda: broker.poll() is not None or ports.answers(port), 10, "mosquitto's first answer"
            )
            assert broker.poll() is None, log.read_text()
        finally:
            broker.terminate()


@pytest.mark.parametrize("name", ["broker", "cloud", "demo-box", "box-b"])
def test_a_certificate_is_signed_by_the_authority_and_fits_its_key(name: str, certificates: Path) -> None:
    authority = x509.load_pem_x509_certificate((certificates / "ca.crt").read_bytes())
    certificate = x509.load_pem_x509_certificate((certificates / f"{name}.crt").read_bytes())
    certificate.verify_directly_issued_by(authority)
    key = serialization.load_pem_private_key((certificates / f"{name}.key").read_bytes(), None)
    assert key.public_key() == certificate.public_key()
    assert certificate.subject.rfc4514_string() == f"CN={name}"
    assert (certificates / f"{name}.key").stat().st_mode & 0o077 == 0


def test_the_brokers_certificate_names_the_host_that_devices_call(certificates: Path) -> None:
    certificate = x509.load_pem_x509_certificate((certificates / "broker.crt").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["broker.example.org", "broker", "localhost"]


def test_a_device_can_be_added_later_and_the_others_stay(certificates: Path) -> None:
    before = (certificates / "demo-box.crt").read_bytes()
    added = [DOCKER / "certificates.sh", certificates, "broker.example.org", "demo-box", "box-late"]
    subprocess.run(added, check=True, capture_output=True)
    assert (certificates / "demo-box.crt").read_bytes() == before
    assert (certificates / "box-late.crt").is_file()
