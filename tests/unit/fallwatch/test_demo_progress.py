"""Whoever waits is told now and then that something goes on."""

import pytest

from fallwatch.demo import progress
from fallwatch.demo.progress import Progress


def test_a_reminder_is_said_only_after_a_silence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter([0.0, 9.9, 10.0, 10.0, 10.0, 19.9])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(seconds))
    told = Progress()
    told.remind("still there")
    assert capsys.readouterr().err == ""
    told.remind("still there")
    assert capsys.readouterr().err == "[ 10.0 s] still there\n"
    told.remind("still there")
    assert capsys.readouterr().err == ""
