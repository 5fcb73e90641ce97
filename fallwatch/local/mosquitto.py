"""Runs Debian's mosquitto the way production does: TLS, a certificate for each device, rights by its name."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fallwatch.local import ports, wait
from fallwatch.local.children import Child, PartError, spawn
from fallwatch.local.pki import Authority

START_TIMEOUT_S = 10

ACCESS = """\
# The user is the certificate's common name. An agent speaks and listens on its own branch only.
pattern write fallwatch/v1/%u/up/#
pattern read fallwatch/v1/%u/down/#

# The cloud also throws out whoever was cut off.
user cloud
topic readwrite fallwatch/v1/#
topic write $CONTROL/dynamic-security/#
"""

SETTINGS = """\
listener {port} 127.0.0.1
cafile {ca}
certfile {certificate}
keyfile {key}
require_certificate true
use_identity_as_username true
allow_anonymous false
acl_file {folder}/acl

persistence true
persistence_location {folder}/
autosave_interval 30
max_packet_size 262144
max_queued_messages 100000
max_inflight_messages 200
set_tcp_nodelay true

log_dest stderr
log_type error
log_type warning
log_type notice
log_timestamp_format %Y-%m-%dT%H:%M:%S
connection_messages true
"""


PLUGIN_FOLDERS = ("/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/local/lib")
THROWING_OUT = """\

# Ends the connections of a user that the cloud disables. Rights stay with the access list.
plugin {plugin}
plugin_opt_config_file {folder}/dynamic-security.json
"""


@dataclass(frozen=True)
class Broker:
    """A running broker."""

    host: str
    port: int
    child: Child

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"mqtts://{self.host}:{self.port}"


@contextmanager
def running(folder: Path, authority: Authority, port: int | None = None) -> Iterator[Broker]:
    """A broker on 127.0.0.1 whose sessions and retained messages lie in `folder`; stops at the end.

    Args:
        folder: Its settings, persistence and log.
        authority: Whose certificates it accepts; issues its own.
        port: Where it listens; any free port if None.

    Raises:
        PartError: mosquitto is not installed, or did not start; the message has its last words.
    """
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise PartError("mosquitto is not installed: install the package mosquitto")
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    number = port if port is not None else ports.any_free()
    child = spawn(
        "mosquitto", [program, "-c", _configure(folder, authority, number)], folder / "mosquitto.log"
    )
    try:
        wait.until(lambda: _listens(child, number), START_TIMEOUT_S, "mosquitto's first answer")
        yield Broker(ports.HOST, number, child)
    finally:
        child.stop()


def _configure(folder: Path, authority: Authority, port: int) -> Path:
    server = authority.issue("broker", server=True)
    access = folder / "acl"
    access.write_text(ACCESS)
    access.chmod(0o600)
    text = SETTINGS.format(
        port=port,
        folder=folder,
        ca=authority.ca_path.resolve(),
        certificate=server.certificate.resolve(),
        key=server.key.resolve(),
    )
    if os.geteuid() == 0:
        # mosquitto would drop to its own account, which can read neither the key nor the folder.
        text += "user root\n"
    if found := plugin():
        users = folder / "dynamic-security.json"
        if not users.exists():
            users.write_text("{}")
            users.chmod(0o600)
        text += THROWING_OUT.format(plugin=found, folder=folder)
    settings = folder / "mosquitto.conf"
    settings.write_text(text)
    return settings


def plugin() -> Path | None:
    """The broker's dynamic security, where it is installed; without it nobody is thrown out at once."""
    places = (Path(folder) / "mosquitto_dynamic_security.so" for folder in PLUGIN_FOLDERS)
    return next((place for place in places if place.is_file()), None)


def _listens(child: Child, port: int) -> bool:
    child.expect_running()
    return ports.answers(port)
