"""A device's life on the real programs: a token, a certificate, its renewal, and the end of its rights."""

import asyncio
import json
import os
import shutil
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cloud import clock
from cloud.core.estate import EstateFile
from cloud.ingest.handle import commit_batch, read
from cloud.store import devices, identities, pool, registry
from cloud.store.identities import Shown
from contracts import topics
from contracts.messages import AgentStatus
from edge.evidence.identity import DeviceFiles
from edge.link import enrol
from edge.link.enrol import EnrolmentError
from fallwatch.local import mosquitto, ports, wait
from fallwatch.local.children import spawn
from fallwatch.local.pki import Authority
from tests.fixtures.cloud import Device, envelope
from tests.fixtures.programs import ROOT, program

Wait = Callable[[Callable[[], object], float, str], None]
AGENT = "token-box"
NAME = {"zh": "名", "en": "name"}
DOCKER = ROOT / "docker"
CUT_OFF_S = 60


@dataclass(frozen=True)
class Site:
    """A cloud with its broker as in a deployment, and a box that has nothing yet."""

    folder: Path
    authority: Authority
    port: int
    broker_port: int
    database_url: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def edge(self) -> Path:
        return self.folder / "box" / "edge.yaml"

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / "box" / "box.crt").read_bytes())

    def run(self, *words: str, side: str = "cloud") -> "subprocess.CompletedProcess[str]":
        config = self.folder / "cloud.yaml" if side == "cloud" else self.edge
        command = [sys.executable, "-m", side, *words, "--config", str(config)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    def enrol(self) -> "subprocess.CompletedProcess[str]":
        token = self.run("enrol", AGENT)
        assert token.returncode == 0, token.stderr
        return self.run("enrol", self.url, token.stdout.strip(), side="edge")

    def logged(self, name: str, event: str) -> list[dict[str, Any]]:
        lines = (self.folder / f"{name}.log").read_text().splitlines()
        found = [json.loads(line) for line in lines if line[:1] == "{" and line.endswith("}")]
        return [line for line in found if line["event"] == event]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(sql.encode()).fetchall()

    def as_box(self, identifier: str) -> aiomqtt.Client:
        """A connection with the box's certificate under any name."""
        tls = ssl.create_default_context(cafile=self.authority.ca_path)
        tls.load_cert_chain(self.folder / "box" / "box.crt", self.folder / "box" / "box.key")
        return aiomqtt.Client(
            "127.0.0.1",
            self.broker_port,
            tls_context=tls,
            identifier=identifier,
            protocol=aiomqtt.ProtocolVersion.V5,
            timeout=5,
        )


@contextmanager
def _broker(folder: Path, authority: Authority, revoked: Path, port: int) -> Iterator[None]:
    """mosquitto with the configuration and the start-up script of the containers."""
    server = authority.issue("broker", server=True)
    text = (DOCKER / "mosquitto" / "mosquitto.conf").read_text()
    for there, here in (
        ("listener 8883", f"listener {port} 127.0.0.1"),
        ("/run/secrets/ca.crt", authority.ca_path),
        ("/run/secrets/broker.crt", server.certificate),
        ("/run/secrets/broker.key", server.key),
        ("/mosquitto/revoked/devices.crl", revoked),
        ("/mosquitto/config", DOCKER / "mosquitto"),
        ("/mosquitto/data", folder),
        ("/usr/lib/mosquitto_dynamic_security.so", mosquitto.plugin()),
    ):
        assert there in text
        text = text.replace(there, str(here))
    settings = folder / "mosquitto.conf"
    settings.write_text(text + ("user root\n" if os.geteuid() == 0 else ""))
    found = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert found, "mosquitto is not installed: install the package mosquitto"
    run = [DOCKER / "mosquitto" / "run.sh", revoked, folder / "dynamic-security.json", found, "-c", settings]
    child = spawn("mosquitto", run, folder / "mosquitto.log")
    try:
        wait.until(lambda: ports.answers(port), 10, "mosquitto's first answer")
        yield
    finally:
        child.stop()


@pytest.fixture
def site(database_url: str, authority: Authority, tmp_path: Path, wait_until: Wait) -> Iterator[Site]:
    found = Site(tmp_path, authority, ports.any_free(), ports.any_free(), database_url)
    (tmp_path / "box").mkdir()
    (tmp_path / "broker").mkdir()
    crl = tmp_path / "devices.crl"
    write(tmp_path / "cloud.yaml", _cloud(found, crl))
    write(found.edge, _edge(found))
    asyncio.run(_seed(database_url))
    listed = found.run("crl")
    assert listed.returncode == 0, listed.stderr
    with ExitStack() as stack:
        stack.enter_context(_broker(tmp_path / "broker", authority, crl, found.broker_port))
        for name in ("ingest", "api"):
            command = ["cloud", name, "--config", str(tmp_path / "cloud.yaml")]
            stack.enter_context(program(command, tmp_path / f"{name}.log"))
        wait_until(lambda: ports.answers(found.port), 60, "the cloud's first answer")
        yield found


def test_a_box_enrols_once_with_its_own_token_and_renews_while_it_runs(site: Site, wait_until: Wait) -> None:
    expired = site.run("enrol", AGENT).stdout.strip()
    token = site.run("enrol", AGENT).stdout.strip()  # the older one counts no more
    for given, agent, status in (
        ("guessed", AGENT, 401),
        (expired, AGENT, 401),
        (token, "calm-box", 422),
    ):
        answer = httpx.post(
            f"{site.url}/api/devices/enrol",
            json={"token": given, "csr": _request(agent)},
            headers={"X-Fallwatch": "1"},
        )
        assert (answer.status_code, "certificate" in answer.json()) == (status, False), answer.text
    assert not (site.folder / "box" / "box.crt").exists()
    enrolled = site.run("enrol", site.url, token, side="edge")
    assert enrolled.returncode == 0, enrolled.stderr
    key = site.folder / "box" / "box.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    again = site.run("enrol", site.url, token, side="edge")
    assert (again.returncode, "was used" in again.stderr) == (1, True)
    first = site.certificate
    assert first.public_key() == serialization.load_pem_private_key(key.read_bytes(), None).public_key()
    assert all(
        token.encode() not in bytes(row[0]) for row in site.rows("SELECT token_hash FROM enrolment_token")
    )

    # A certificate that is past two thirds of its life, for the same key: the agent gets another by itself.
    old = _signed_by(site.authority, key, begins=timedelta(days=-70), ends=timedelta(days=20))
    (site.folder / "box" / "box.crt").write_bytes(old.public_bytes(serialization.Encoding.PEM))
    with program(["edge", "agent", str(site.edge)], site.folder / "agent.log"):
        wait_until(lambda: site.logged("agent", "certificate_renewed"), 30, "the renewal")
        assert site.certificate.serial_number not in {old.serial_number, first.serial_number}
        assert site.certificate.public_key() == first.public_key()
        wait_until(lambda: site.logged("agent", "confirmed"), 30, "a reading in the database")
        wait_until(lambda: len(site.logged("agent", "broker_connected")) == 1, 10, "the connection")
    known = {row[0] for row in site.rows("SELECT serial FROM device_certificate")}
    assert known == {f"{each.serial_number:x}" for each in (first, old, site.certificate)}


async def test_a_revoked_box_is_thrown_out_within_a_minute_whatever_it_calls_itself_and_others_stay(
    site: Site,
) -> None:
    assert site.enrol().returncode == 0
    calm = site.authority.issue("calm-box")
    tls = ssl.create_default_context(cafile=site.authority.ca_path)
    tls.load_cert_chain(calm.certificate, calm.key)
    calm_client = aiomqtt.Client("127.0.0.1", site.broker_port, tls_context=tls, identifier="calm-box")
    async with calm_client, site.as_box("some-other-name") as thief:
        await thief.subscribe(topics.receipt(AGENT), qos=1)
        revoked = await asyncio.to_thread(site.run, "revoke", AGENT, "--reason", "stolen")
        began_s = time.monotonic()
        assert "1 of its certificates are revoked" in revoked.stdout, revoked.stderr
        # The cloud: at once.
        with pytest.raises(EnrolmentError, match="401: the certificate was revoked"):
            await _renewed(site)
        # The broker: the connection that was there, then every new one.
        async with asyncio.timeout(CUT_OFF_S):
            with pytest.raises(aiomqtt.MqttError):
                async for _ in thief.messages:
                    pass
        thrown_s = time.monotonic() - began_s
        while True:
            try:
                async with site.as_box("again"):
                    pass
            except aiomqtt.MqttError:
                break
            assert time.monotonic() - began_s < CUT_OFF_S
            await asyncio.sleep(0.2)
        refused_s = time.monotonic() - began_s
        await calm_client.publish(topics.event("calm-box"), b"{}", qos=1)
    assert max(thrown_s, refused_s) <= CUT_OFF_S

    # A new box under the old name: the old certificate stays shut out, the new one counts.
    old = (site.folder / "box" / "box.crt").read_bytes(), (site.folder / "box" / "box.key").read_bytes()
    (site.folder / "box" / "box.key").unlink()
    assert site.enrol().returncode == 0
    async with asyncio.timeout(20), site.as_box("new-box") as fresh:
        await fresh.publish(topics.event(AGENT), _reading(2), qos=1)
        await asyncio.to_thread(wait.until, lambda: site.rows("SELECT 1 FROM event"), 20, "the reading")
    (site.folder / "box" / "box.crt").write_bytes(old[0])
    (site.folder / "box" / "box.key").write_bytes(old[1])
    with pytest.raises(aiomqtt.MqttError):
        async with site.as_box("thief-again"):
            pass
    with pytest.raises(EnrolmentError, match="401: the certificate was revoked"):
        await _renewed(site)


async def test_the_cloud_takes_nothing_from_who_was_cut_off_and_everything_from_who_enrolled_anew(
    database_url: str,
) -> None:
    device, at = Device(agent=AGENT), clock.utc_now()
    reading = device.reading().model_copy(update={"sensor": f"t-{AGENT}"})
    online = AgentStatus(
        agent=AGENT, boot=device.boot, online=True, at=at, software="1", accepted_seq=1, outbox_depth=0
    )
    legacy, other, fresh = (Shown(AGENT, serial, at + timedelta(days=9)) for serial in (10, 11, 12))
    await _seed(database_url)
    async with pool.opened(database_url, max_size=1) as opened:
        async with pool.transaction(opened) as conn:
            await identities.know(conn, legacy, at)
            assert await identities.counts(conn, legacy)
            assert await identities.counts(conn, other), "certificates from elsewhere count until then"
            assert (await identities.cut_off(conn, AGENT, "stolen", at))[0] == 1
            assert await identities.outcasts(conn) == [AGENT]
            assert not await identities.counts(conn, legacy)
            assert not await identities.counts(conn, other)
            assert not await devices.hear(conn, online, retained=False, at=at)
        outcome = await commit_batch(opened, None, read([envelope(reading)]), at)
        assert [refusal.detail for _, refusal in outcome.refused] == [
            f"agent {AGENT} is in no estate, or was cut off"
        ]
        async with pool.transaction(opened) as conn:
            await identities.enrol(conn, fresh, at)
            assert await identities.outcasts(conn) == []
            assert [await identities.counts(conn, each) for each in (legacy, other, fresh)] == [
                False,
                False,
                True,
            ]
            assert await devices.hear(conn, online, retained=False, at=at)
        outcome = await commit_batch(opened, None, read([envelope(reading)]), at)
        assert len(outcome.stored) == 1


async def _renewed(site: Site) -> str:
    """The next certificate for the one that lies in the box's folder."""
    device = DeviceFiles(site.folder / "box" / "box.crt", site.folder / "box" / "box.key")
    async with httpx.AsyncClient() as client:
        return await enrol.renew(client, site.url, AGENT, device, clock.utc_now())


def _request(agent: str, key: ec.EllipticCurvePrivateKey | None = None) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, agent)])
    made = x509.CertificateSigningRequestBuilder().subject_name(name)
    signed = made.sign(key or ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def _signed_by(authority: Authority, key: Path, *, begins: timedelta, ends: timedelta) -> x509.Certificate:
    own = serialization.load_pem_private_key(key.read_bytes(), None)
    ca_key = serialization.load_pem_private_key((authority.folder / "ca.key").read_bytes(), None)
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    assert isinstance(ca_key, ec.EllipticCurvePrivateKey)
    ca = x509.load_pem_x509_certificate(authority.ca_path.read_bytes())
    now = clock.utc_now()
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AGENT)]))
        .issuer_name(ca.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _reading(seq: int) -> bytes:
    reading = Device(agent=AGENT).reading(seq=seq)
    return reading.model_copy(update={"sensor": f"t-{AGENT}"}).model_dump_json().encode()


async def _seed(database_url: str) -> None:
    agents = [
        {"id": name, "name": NAME, "cameras": [], "sensors": [_sensor(name)]} for name in (AGENT, "calm-box")
    ]
    garden = {"id": "token-garden", "name": NAME, "facades": [], "agents": agents}
    async with pool.opened(database_url, max_size=1) as opened, pool.transaction(opened) as conn:
        await registry.seed(conn, EstateFile.model_validate({"estates": [garden]}))


def write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False))


def _sensor(agent: str) -> dict[str, Any]:
    return {"id": f"t-{agent}", "name": NAME, "quantity": "temperature", "unit": "Cel"}


def _cloud(site: Site, crl: Path) -> dict[str, Any]:
    own = site.authority.issue("cloud")
    return {
        "database_url": site.database_url,
        "broker": {
            "url": f"mqtts://127.0.0.1:{site.broker_port}",
            "ca": str(site.authority.ca_path),
            "certificate": str(own.certificate),
            "key": str(own.key),
        },
        "evidence": {"url": f"file://{site.folder}/evidence", "staging_dir": str(site.folder / "staging")},
        "device_ca": str(site.authority.ca_path),
        "enrolment": {"ca_key": str(site.authority.folder / "ca.key"), "crl": str(crl)},
        "api": {"port": site.port, "secure_cookies": False},
        "metrics": {"port": 0},
    }


def _edge(site: Site) -> dict[str, Any]:
    device = {"certificate": "box.crt", "key": "box.key"}
    return {
        "agent": AGENT,
        "data_dir": "data",
        "broker": {"url": f"mqtts://127.0.0.1:{site.broker_port}", "ca": "ca.crt"} | device,
        "evidence": {"url": site.url},
        "device": device,
        "metrics": {"port": 0},
        "sensors": [
            {
                "id": f"t-{AGENT}",
                "kind": "simulated",
                "quantity": "temperature",
                "unit": "Cel",
                "period_s": 0.5,
            }
        ],
    }
