"""Nothing is lost: kills, cuts, fills and damages real parts, and counts what was accepted and is there."""

import shutil
import sys
import tempfile
import traceback
from pathlib import Path

import click

from bench.measure.machine import told
from tests.faults.place import Place
from tests.faults.table import CannotRunHere, Row, faults, tell


@click.command()
@click.option("--short", is_flag=True, help="The sizes that the tests run.")
@click.option("--only", multiple=True, metavar="NAME", help="Only this row; may be given several times.")
def main(*, short: bool, only: tuple[str, ...]) -> None:
    """Run every row against real programs; some 20 minutes. As root it also fills a small disk."""
    chosen = [fault for fault in faults() if not only or fault.name in only]
    unknown = set(only) - {fault.name for fault in chosen}
    if unknown:
        known = ", ".join(fault.name for fault in faults())
        raise click.ClickException(f"there is no row {', '.join(sorted(unknown))}; known: {known}")
    folder = Path(tempfile.mkdtemp(prefix="fallwatch-faults-"))
    folder.chmod(0o755)  # PostgreSQL runs as another account
    rows: list[Row] = []
    failed: list[str] = []
    try:
        with Place.running(folder) as place:
            for fault in chosen:
                place.heal()
                sys.stderr.write(f"{fault.name} …\n")
                try:
                    rows.append(fault.run(place, (short and fault.short) or fault.long))
                except CannotRunHere as reason:
                    sys.stderr.write(f"{fault.name} left out: {reason}\n")
                except Exception:  # noqa: BLE001 - the other rows are worth their time
                    failed.append(fault.name)
                    traceback.print_exc()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(told() + "\n")
    tell(rows)
    if failed or any(row.lost or row.duplicated for row in rows):
        sys.stderr.write(f"failed: {', '.join(failed) or 'a row lost or doubled something'}\n")
        raise SystemExit(1)


if __name__ == "__main__":
    main()
