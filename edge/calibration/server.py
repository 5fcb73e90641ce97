"""The page on which points are clicked: a server for one person on this machine, until they save."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from typing import Any, Final

from edge.calibration import answer
from edge.config.base import SettingsError
from edge.config.sight import SightSettings

HOST: Final = "127.0.0.1"
MAX_BODY: Final = 1024 * 1024
PAGES: Final = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
}
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}

Save = Callable[[SightSettings], str]
"""Writes the settings; answers with where they are."""


@dataclass(frozen=True, slots=True)
class Job:
    """What the page is about. picture: JPEG bytes. begin: the document that the page opens with."""

    picture: bytes
    size: tuple[int, int]
    begin: dict[str, Any]
    save: Save


class Server:
    """Serves the page on a free port of this machine."""

    def __init__(self, job: Job, port: int = 0) -> None:
        self._done = threading.Event()
        self._server = ThreadingHTTPServer((HOST, port), partial(Handler, job, self._done))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """What to open in a browser."""
        return f"http://{HOST}:{self._server.server_port}/"

    def until_saved(self, stop: threading.Event | None = None) -> bool:
        """Serves until somebody saved; False when `stop` was set before."""
        serving = threading.Thread(target=self._server.serve_forever, daemon=True)
        serving.start()
        try:
            while not self._done.wait(0.2):
                if stop is not None and stop.is_set():
                    return False
            return True
        finally:
            self._server.shutdown()
            serving.join()
            self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def __init__(self, job: Job, done: threading.Event, *of_the_request: Any) -> None:
        self._job = job
        self._done = done
        super().__init__(*of_the_request)  # answers at once

    def do_GET(self) -> None:
        """The page, the picture, and what the page opens with."""
        if not self._is_ours():
            return
        if self.path == "/picture":
            self._answer(HTTPStatus.OK, self._job.picture, "image/jpeg")
        elif self.path == "/begin":
            self._json({"size": list(self._job.size), **self._job.begin})
        elif self.path in PAGES:
            name, kind = PAGES[self.path]
            content = (resources.files("edge.calibration") / "page" / name).read_bytes()
            self._answer(HTTPStatus.OK, content, kind)
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"", "text/plain")

    def do_POST(self) -> None:
        """Solve a document, or save it."""
        if not self._is_ours() or self.path not in {"/solve", "/save"}:
            return
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY or self.headers.get("Content-Type") != "application/json":
            self._answer(HTTPStatus.BAD_REQUEST, b"", "text/plain")
            return
        try:
            sight = answer.sight_from(json.loads(self.rfile.read(length)), self._job.size)
            found = answer.as_json(answer.solved(sight, self._job.size))
            if self.path == "/save":
                found["saved"] = self._job.save(sight)
        except (SettingsError, ValueError, OSError) as error:
            self._json({"error": str(error)})
            return
        self._json(found)
        if self.path == "/save":
            self._done.set()

    def _is_ours(self) -> bool:
        """Whether it is meant for us: a foreign page that resolves its name to this machine is not."""
        host, _, _ = (self.headers.get("Host") or "").partition(":")
        if host in {HOST, "localhost"}:
            return True
        self._answer(HTTPStatus.FORBIDDEN, b"", "text/plain")
        return False

    def _json(self, content: dict[str, Any]) -> None:
        self._answer(HTTPStatus.OK, json.dumps(content).encode(), "application/json")

    def _answer(self, status: HTTPStatus, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: the one visitor sits here."""
