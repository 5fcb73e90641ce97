"""Log lines of several programs that write into one file stay whole."""

import io
import json
import sys

import pytest
import structlog

from edge import logs


class Writes(io.StringIO):
    """What is written, each call apart."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def write(self, text: str) -> int:
        self.calls.append(text)
        return len(text)


def test_a_line_is_one_write_so_that_no_other_program_gets_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file, before = Writes(), structlog.get_config()
    monkeypatch.setattr(sys, "stderr", file)
    try:
        logs.configure(console=False)
        logs.logger("test").info("worker_started", camera="cam-east")
    finally:
        structlog.configure(**before)
    (line,) = file.calls
    assert line.endswith("\n")
    assert json.loads(line)["camera"] == "cam-east"
