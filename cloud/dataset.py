"""`fallwatch dataset export`: what the desk said of alerts, as training data: clips, tracks and labels.

    labels.jsonl      a label a line, as `models/desk.py` reads it
    clips/CAMERA/…    the clips that they name
    provenance.jsonl  for each label: which alert, whose word and when, the clip's digest

Who said it stands apart from what is learnt from: training needs no names.
"""

import hashlib
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cloud.commandline import CONFIG, finished, means, settings

if TYPE_CHECKING:
    from cloud.core.feedback import Judged
    from cloud.evidence.blobs import Blobs

DAYS: Final = 365


@click.group()
def main() -> None:
    """What the desk has said, as something to learn from."""


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--days", type=click.IntRange(1, 3650), default=DAYS, help="Alerts closed in so many days.")
@click.option("--by", required=True, help="Who exports: kept in the audit log of every clip.")
@click.option("--purpose", required=True, help="Why: kept in the audit log of every clip.")
@CONFIG
def export(folder: Path, days: int, by: str, purpose: str, config_file: Path | None) -> None:
    """Write the clips of judged alerts and their labels to FOLDER, which must be empty."""
    from cloud import clock  # noqa: PLC0415 - `--help` needs no library
    from cloud.store import pool  # noqa: PLC0415

    found, now = settings(config_file), clock.utc_now()
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty")
    kept_with = means(found.evidence)

    async def work() -> Counter[str]:
        async with pool.opened(found.database_url, max_size=2) as opened:
            blobs = kept_with.blobs(opened)
            if blobs is None:
                raise click.ClickException("no evidence store: set evidence in the settings")
            return await written(opened, blobs, folder, (now - timedelta(days=days), now), (by, purpose))

    done = finished(work())
    click.echo(f"{done.pop('written', 0)} labels in {folder / 'labels.jsonl'}")
    for why, count in sorted(done.items()):
        click.echo(f"left out: {count} {why}")


async def written(
    opened: Any, blobs: "Blobs", folder: Path, span: tuple[datetime, datetime], act: tuple[str, str]
) -> Counter[str]:
    """Writes the set and says how many labels it has (`written`), and how many alerts were left out and why.

    span: closed since, and now. act: by whom and why. A clip is written only after the audit log says so.
    """
    from cloud.store import audit, feedback, pool  # noqa: PLC0415

    done: Counter[str] = Counter()
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - a command; nobody waits beside it
    async with pool.transaction(opened) as conn:
        judged = await feedback.judged(conn, span[0])
    with (
        (folder / "labels.jsonl").open("x", encoding="utf-8") as labels,
        (folder / "provenance.jsonl").open("x", encoding="utf-8") as provenance,
    ):
        for one in judged:
            content = None if one.clip is None else await _content(blobs, one.clip)
            line = _line(one) if content is not None else None
            if content is None or line is None:
                why = "without a verified clip" if content is None else "without a time in the clip"
                done[why] += 1
                continue
            entry = audit.Act(act[0], "exported_for_training", "alert", one.alert, one.estate, act[1])
            async with pool.transaction(opened) as conn:
                await audit.enter(conn, entry, span[1])
            path = folder / line["clip"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            labels.write(json.dumps(line, ensure_ascii=False) + "\n")
            provenance.write(json.dumps(_provenance(one, line["clip"]), ensure_ascii=False) + "\n")
            done["written"] += 1
    return done


def _line(one: "Judged") -> dict[str, Any] | None:
    from cloud.core import feedback  # noqa: PLC0415

    return feedback.label(one, f"clips/{one.camera}/{one.clip}.mp4")


def _provenance(one: "Judged", clip: str) -> dict[str, Any]:
    return {
        "clip": clip,
        "sha256": one.clip,
        "alert": one.alert,
        "estate": one.estate,
        "camera": one.camera,
        "reason": one.reason,
        "closed_by": one.closed_by,
        "closed_at": one.closed_at.isoformat(),
        "score": one.score,
        "frame": list(one.frame),
    }


async def _content(blobs: "Blobs", sha256: str) -> bytes | None:
    """The clip's bytes; None where it is gone, or is not what its digest says."""
    clip = await blobs.find(sha256)
    if clip is None:
        return None
    content = b"".join([chunk async for chunk in clip.read(0, clip.size - 1)])
    return content if hashlib.sha256(content).hexdigest() == sha256 else None
