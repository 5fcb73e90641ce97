"""`fallwatch edge doctor CONFIG`: what is wrong with this box and what to do."""

import dataclasses
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import av
import click

from edge.config.base import SettingsError
from edge.config.settings import load
from edge.core import doctor
from edge.core.doctor import Finding, Level
from edge.doctor.run import examined

MARKS: Final[dict[Level, str]] = {"ok": "ok     ", "warning": "WARNING", "fault": "FAULT  "}
COLOURS: Final[dict[Level, str]] = {"ok": "green", "warning": "yellow", "fault": "red"}


@click.command()
@click.argument(
    "config", type=click.Path(dir_okay=False, path_type=Path), default=Path("/etc/fallwatch/edge.yaml")
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of words.")
@click.option("--no-cameras", is_flag=True, help="Do not watch the cameras; they may be busy.")
def command(config: Path, *, as_json: bool, no_cameras: bool) -> None:
    """Say what is wrong with the box that CONFIG describes, and what to do. Exit status 1: something is.

    Run it as the user that the agent runs as; the agent may go on running.
    """
    av.logging.set_libav_level(av.logging.PANIC)  # what libav has to say is told in one sentence
    found: list[Finding] = []
    for finding in _findings(config, quiet=as_json, cameras=not no_cameras):
        found.append(finding)
        if not as_json:
            _say(finding)
    level = doctor.worst(found)
    if as_json:
        findings = [dataclasses.asdict(finding) for finding in found]
        click.echo(json.dumps({"worst": level, "findings": findings}, ensure_ascii=False))
    else:
        counts = {each: sum(finding.level == each for finding in found) for each in ("fault", "warning")}
        click.echo(f"{counts['fault']} faults, {counts['warning']} warnings")
    raise SystemExit(level == "fault")


def _findings(config: Path, *, quiet: bool, cameras: bool) -> Iterable[Finding]:
    try:
        settings = load(config, os.environ)
    except SettingsError as error:
        advice = "Mend the settings; every key is explained in docs/operations.md."
        return [Finding("settings", str(config), "fault", str(error), advice)]

    def note(what: str) -> None:
        if not quiet and sys.stderr.isatty():
            click.echo(f"looking at {what} …", err=True)

    head = Finding("settings", str(config), "ok", f"{settings.agent}, {len(settings.cameras)} cameras")
    return (finding for part in ([head], examined(settings, note, cameras=cameras)) for finding in part)


def _say(finding: Finding) -> None:
    mark = click.style(MARKS[finding.level], fg=COLOURS[finding.level])
    click.echo(f"{mark}  {finding.check:<12} {finding.subject}: {finding.what}")
    if finding.advice:
        click.echo(f"{'':<23}→ {finding.advice}")
