"""A time-stamping authority of our own (RFC 3161): `openssl ts` behind a small HTTP server."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from fallwatch.local.children import PartError
from fallwatch.local.pki import LEAF_LIFE, as_pem, named, unsigned, write_private

SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.crt
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
"""
# No `certs`: the answer carries the signer's certificate because the request asks for it.


REPLY_S = 20
MAX_QUERY_BYTES = 64 * 1024


@dataclass(frozen=True)
class Stamps:
    """Where the authority listens, and the certificate by which it is believed."""

    url: str
    ca_path: Path


def reply(folder: Path, query: bytes) -> bytes:
    """What the authority whose files lie in `folder` answers to a TimeStampReq, both DER."""
    asked = folder / f"query-{threading.get_ident()}.tsq"
    asked.write_bytes(query)
    words = ("ts", "-reply", "-config", "tsa.cnf", "-section", "here", "-queryfile", asked.name)
    try:
        return subprocess.run(
            ["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=REPLY_S
        ).stdout
    finally:
        asked.unlink()


@contextmanager
def serving(answer: Callable[[bytes], bytes | None]) -> Iterator[str]:
    """The address at which queries are answered; None is a failure of the authority."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers["Content-Length"]), MAX_QUERY_BYTES)
            content = answer(self.rfile.read(length))
            self.send_response(200 if content is not None else 503)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            """Nothing: whoever asked says what came."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def running(folder: Path) -> Iterator[Stamps]:
    """An authority with its files in `folder`, made at the first time.

    Raises:
        PartError: There is no openssl.
    """
    if shutil.which("openssl") is None:
        raise PartError("openssl is not installed: apt-get install openssl")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "tsa.cnf").exists():
        issue(folder)
    with serving(lambda query: reply(folder, query)) as url:
        yield Stamps(url, folder / "tsa-ca.crt")


def issue(folder: Path) -> None:
    """An authority and, under it, who stamps. RFC 3161, 2.3: its one purpose, marked critical."""
    ca, tsa = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    top, signer = named("Stamps"), named("Stamps signer")
    for file, subject, key, purpose in (
        ("tsa-ca.crt", top, ca, x509.BasicConstraints(ca=True, path_length=0)),
        ("tsa.crt", signer, tsa, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])),
    ):
        builder = unsigned(subject, top, key.public_key(), ca.public_key(), LEAF_LIFE)
        certificate = builder.add_extension(purpose, critical=True).sign(ca, hashes.SHA256())
        (folder / file).write_bytes(as_pem(certificate))
    write_private(folder / "tsa.key", tsa)
    (folder / "tsa.cnf").write_text(SETTINGS.format(folder=folder))
