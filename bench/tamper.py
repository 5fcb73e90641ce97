"""The tamper matrix: does to a real evidence file what can be done, and prints what verification says."""

import asyncio
import io
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from bench.measure.machine import told
from cloud.evidence import offline
from cloud.evidence.bundle import anchors
from cloud.evidence.bundle.anchors import Anchors
from cloud.store import migrate
from fallwatch.local import postgres
from fallwatch.local.pki import Authority
from tests.evidence.attacks import Attack
from tests.evidence.made import Made, made
from tests.evidence.matrix import ATTACKS
from tests.fixtures import time_stamps


@dataclass(frozen=True)
class Row:
    """An attack and what came of it. failed: checks that did not hold. zh, en: what was said of it."""

    attack: str
    caught: bool
    failed: list[str]
    zh: str
    en: str


@click.command()
@click.option("--clip-s", default=60.0, show_default=True, help="Length of the clip.")
@click.option("--out", type=click.Path(path_type=Path), help="Leaves the file and its anchors there.")
def main(clip_s: float, out: Path | None) -> None:
    """Print the matrix; exit 1 where an attack was missed or the untouched file is not verified."""
    with tempfile.TemporaryDirectory(prefix="fallwatch-tamper-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another account
        with _exported(folder, out or folder / "made", clip_s) as (found, export_s):
            trusted = anchors.load(found.anchors)
            begin = time.perf_counter()
            with found.path.open("rb") as file:
                whole = offline.verify(file, trusted)
            verify_s = time.perf_counter() - begin
            rows = [_tried(attack, found, trusted) for attack in ATTACKS]
            size = found.path.stat().st_size
    _tell(rows)
    figures = {
        "attacks": len(rows),
        "caught": sum(row.caught for row in rows),
        "untouched_verified": whole.ok,
        "clip_s": clip_s,
        "file_bytes": size,
        "export_s": round(export_s, 2),
        "verify_s": round(verify_s, 3),
        "rows": [asdict(row) for row in rows],
    }
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
    if not whole.ok or not all(row.caught for row in rows):
        raise SystemExit(1)


@contextmanager
def _exported(folder: Path, out: Path, clip_s: float) -> Iterator[tuple[Made, float]]:
    """A clip taken in and exported, with real servers; how long that took, drawing included."""
    out.mkdir(parents=True, exist_ok=True)
    with (
        postgres.running(folder / "postgres", settings=postgres.THROW_AWAY) as server,
        time_stamps.running(folder / "stamps") as stamps,
    ):
        url = server.url("postgres")
        asyncio.run(migrate.migrate(url))
        begin = time.perf_counter()
        authority = Authority.open(folder / "pki")
        yield asyncio.run(made(url, out, authority, stamps, clip_s)), time.perf_counter() - begin


def _tried(attack: Attack, found: Made, trusted: Anchors) -> Row:
    report = offline.verify(io.BytesIO(attack(found)), trusted)
    failed = [check.name for check in report.checks if not check.ok]
    words = [said for check in report.checks if check.name in attack.caught for said in check.words]
    told_where = [said for said in words if attack.matches(said.en)]
    first = (told_where or words)[0]
    return Row(attack.name, attack.caught <= set(failed) and bool(told_where), failed, first.zh, first.en)


def _tell(rows: list[Row]) -> None:
    sys.stdout.write(told() + "\n")
    for row in rows:
        sys.stdout.write(f"{'caught' if row.caught else 'MISSED'}  {row.attack}\n")
        sys.stdout.write(f"        {row.zh}\n        {row.en}\n")
    caught = sum(row.caught for row in rows)
    sys.stdout.write(f"{caught} of {len(rows)} caught\n")


if __name__ == "__main__":
    main()
