"""Takes the demo's messages as a webhook does, and shows on a page what people were told.

Run as a program of its own: `python -m fallwatch.demo.letterbox PORT FILE`. Each message is a line of FILE.
"""

import html
import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from cloud import clock

LARGEST: Final = 64 * 1024
SHOWN: Final = 100
PAGE: Final = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width"><title>檐哨 演示收件箱</title>
<style>
body {{ font: 15px/1.6 sans-serif; max-width: 44em; margin: 2em auto; padding: 0 1em; background: #f3f5f8 }}
article {{ background: #fff; border: 1px solid #dde3ea; border-radius: 8px; padding: 1em; margin: 1em 0 }}
pre {{ white-space: pre-wrap; font: inherit; margin: .5em 0 0 }} small {{ color: #667 }}
</style>
<h1>演示收件箱</h1>
<p>真实部署时这些消息发往企业微信、钉钉、飞书或邮箱。 In earnest these go to chat robots or mail.</p>
{letters}</html>"""
LETTER: Final = "<article><small>{at} → {to}</small><br><strong>{title}</strong><pre>{text}</pre></article>"


def letters(file: Path) -> list[dict[str, Any]]:
    """What has come so far, the oldest first."""
    if not file.exists():
        return []
    # The last line may be half written.
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n")[:-1]]


def told(file: Path, alert: str) -> list[str]:
    """Who was told of an alert."""
    return [str(letter["to"]) for letter in letters(file) if letter.get("alert") == alert]


def _page(file: Path) -> bytes:
    found = [
        LETTER.format(**{key: html.escape(str(letter.get(key, ""))) for key in ("at", "to", "title", "text")})
        for letter in reversed(letters(file)[-SHOWN:])
    ]
    return PAGE.format(letters="".join(found) or "<p>还没有消息。 Nothing yet.</p>").encode()


def serve(port: int, file: Path) -> None:
    """Take and show until the process ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(min(int(self.headers["Content-Length"]), LARGEST)))
            line = {"to": self.path.strip("/"), "at": clock.utc_now().isoformat(timespec="seconds"), **said}
            with file.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._answer(b"{}", "application/json")

        def do_GET(self) -> None:
            self._answer(_page(file), "text/html; charset=utf-8")

        def _answer(self, content: bytes, kind: str) -> None:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]))
