"""What the demo consists of: estates, devices, addresses, and the settings files written from them."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from fallwatch.demo import sight, space
from fallwatch.local.modbus import Registers
from fallwatch.local.pki import Credentials
from fallwatch.local.time_stamps import Stamps
from models.synth.presets import EAST_CAMERA, EAST_FACADE, WEST_CAMERA, WEST_FACADE

AGENT = "demo-box"
CAMERA_EAST = "cam-east"
CAMERA_WEST = "cam-west"
CABINET: Registers = {"input_register": {1: [310, 40, 600], 2: [480, 60, 900]}}
"""The cabinet's registers: around 31.0 Cel and 48.0 %, to and fro within minutes."""
CAMERA_URL = "FALLWATCH_CAMERA_URL"
"""Environment variable with the first camera's address: it may hold a password, so no file gets it."""

EAST, WEST = ((110.0, 40.0), 90.0), ((0.0, 40.0), 270.0)
"""The feet of the two facades in the estate, and where they look."""
FOUND_M = 0.25
"""Smaller things these cameras of 720 lines do not find at the top: 12 px/m along the wall."""

ESTATE: dict[str, object] = {
    "estates": [
        {
            "id": "jinxiu",
            "name": {"zh": "锦绣花园", "en": "Jinxiu Garden"},
            "coverage": {"object_m": FOUND_M, "cell_m": 3.6},
            "buildings": [
                space.building("tower-3", EAST_FACADE, *EAST),
                space.building("tower-5", WEST_FACADE, *WEST),
            ],
            "facades": [
                {
                    "id": "jinxiu-3-east",
                    "building": "3",
                    "name": {"zh": "3 栋 东立面", "en": "Building 3 east"},
                    "floors": EAST_FACADE.floors,
                    "bays": EAST_FACADE.bays,
                    "wall": {"building": "tower-3", "edge": 1},
                    "below": [
                        {"first_bay": 1, "last_bay": 4, "below": "path"},
                        {"first_bay": 5, "last_bay": 8, "below": "playground"},
                    ],
                },
                {
                    "id": "jinxiu-5-west",
                    "building": "5",
                    "name": {"zh": "5 栋 西立面", "en": "Building 5 west"},
                    "floors": WEST_FACADE.floors,
                    "bays": WEST_FACADE.bays,
                    "wall": {"building": "tower-5", "edge": 1},
                    "below": "path",
                },
            ],
            "agents": [
                {
                    "id": AGENT,
                    "name": {"zh": "边缘盒 A", "en": "Edge box A"},
                    "cameras": [
                        {
                            "id": CAMERA_EAST,
                            "name": {"zh": "3 栋东侧仰拍", "en": "Building 3 east, from below"},
                            "facades": ["jinxiu-3-east"],
                            **space.view(EAST_CAMERA, *EAST),
                        },
                        {
                            "id": CAMERA_WEST,
                            "name": {"zh": "5 栋西侧仰拍", "en": "Building 5 west, from below"},
                            "facades": ["jinxiu-5-west"],
                            **space.view(WEST_CAMERA, *WEST),
                        },
                    ],
                    "sensors": [
                        {
                            "id": "cabinet-temp",
                            "name": {"zh": "机柜温度", "en": "Cabinet temperature"},
                            "quantity": "temperature",
                            "unit": "Cel",
                        },
                        {
                            "id": "cabinet-humidity",
                            "name": {"zh": "机柜湿度", "en": "Cabinet humidity"},
                            "quantity": "humidity",
                            "unit": "%",
                        },
                    ],
                }
            ],
        }
    ]
}


@dataclass(frozen=True)
class Var:
    """The demo's folder; everything that survives a restart lies in it."""

    root: Path

    @property
    def logs(self) -> Path:
        """One file for each program."""
        return self.root / "log"

    @property
    def scenes(self) -> Path:
        """Rendered videos, kept by their parameters."""
        return self.root / "scenes"

    @property
    def evidence(self) -> Path:
        """Clips that have arrived."""
        return self.root / "evidence"

    @property
    def keys(self) -> Path:
        """The keys of the evidence: they sign the log and wrap the estates' keys."""
        return self.root / "keys"

    @property
    def letters(self) -> Path:
        """What people were told, a line for each message."""
        return self.root / "letters.jsonl"

    @property
    def cloud_settings(self) -> Path:
        """Settings of ingest, api, timers and notify."""
        return self.root / "cloud.yaml"

    @property
    def edge_settings(self) -> Path:
        """Settings of the agent."""
        return self.root / "edge.yaml"

    @property
    def users(self) -> Path:
        """Names and passwords of the demo's users, mode 0600."""
        return self.root / "demo-users.json"


@dataclass(frozen=True)
class Addresses:
    """Ports on 127.0.0.1."""

    page: int
    camera_east: int
    camera_west: int
    cabinet: int
    agent_metrics: int
    ingest_metrics: int
    letters: int

    @property
    def page_url(self) -> str:
        """What to open in a browser."""
        return f"http://127.0.0.1:{self.page}"

    @property
    def letters_url(self) -> str:
        """Where messages go, and where they are shown."""
        return f"http://127.0.0.1:{self.letters}"


@dataclass(frozen=True)
class BrokerAccess:
    """How one side reaches the broker: the demo's own with a certificate, or the one that MQTT_URL names."""

    url: str
    ca: Path | None = None
    credentials: Credentials | None = None

    def as_settings(self) -> dict[str, str]:
        """The `broker` section of a settings file; without a password, which stays in the environment."""
        if self.ca is None or self.credentials is None:
            return {"url": "${MQTT_URL}"}
        return {
            "url": self.url,
            "ca": str(self.ca),
            "certificate": str(self.credentials.certificate),
            "key": str(self.credentials.key),
        }


def by_password(broker_url: str) -> bool:
    """Whether a broker that is not the demo's takes a password, or everybody, instead of a certificate."""
    parts = urlsplit(broker_url)
    return parts.scheme != "mqtts" or parts.username is not None


@dataclass(frozen=True)
class Trust:
    """Who vouches for devices, and who for times."""

    device_ca: Path
    stamps: Stamps


def write_cloud(var: Var, addresses: Addresses, broker: BrokerAccess, trust: Trust) -> None:
    """Settings of the cloud. The database's address holds a password and goes by the environment."""
    _write(
        var.cloud_settings,
        {
            "public_url": addresses.page_url,
            "broker": broker.as_settings(),
            "evidence": {
                "url": var.evidence.as_uri(),
                "staging_dir": str(var.root / "staging"),
                "keys": str(var.keys),
                "time_stamp": {"url": trust.stamps.url, "ca": str(trust.stamps.ca_path)},
            },
            "device_ca": str(trust.device_ca),
            "api": {"host": "127.0.0.1", "port": addresses.page, "secure_cookies": False},
            "metrics": {"host": "127.0.0.1", "port": addresses.ingest_metrics},
        },
    )


def write_edge(
    var: Var, addresses: Addresses, broker: BrokerAccess, device: Credentials, *, east_is_rendered: bool
) -> None:
    """Settings of the agent. east_is_rendered: else the first camera is the user's, and not calibrated."""
    east = sight.settings(EAST_CAMERA, EAST_FACADE) if east_is_rendered else {}
    _write(
        var.edge_settings,
        {
            "agent": AGENT,
            "data_dir": str(var.root / "edge"),
            "broker": broker.as_settings(),
            "evidence": {"url": addresses.page_url, "before_s": 6, "after_s": 6},
            "device": {"certificate": str(device.certificate), "key": str(device.key)},
            "metrics": {"host": "127.0.0.1", "port": addresses.agent_metrics},
            "cameras": [
                {"id": CAMERA_EAST, "url": f"${{{CAMERA_URL}}}", **east},
                {
                    "id": CAMERA_WEST,
                    "url": f"rtsp://127.0.0.1:{addresses.camera_west}/cam",
                    **sight.settings(WEST_CAMERA, WEST_FACADE),
                },
            ],
            "sensors": [
                {
                    "kind": "modbus",
                    "profile": "xy-md02",
                    "host": "127.0.0.1",
                    "port": addresses.cabinet,
                    "period_s": 5,
                    "points": {"temperature": "cabinet-temp", "humidity": "cabinet-humidity"},
                }
            ],
        },
    )


def _write(path: Path, content: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
