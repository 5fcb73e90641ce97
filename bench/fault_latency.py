"""From a camera's end to the maintenance page: how long until a technician sees that it is gone."""

import sys
from pathlib import Path

import click

from bench.measure import latency, tables
from bench.measure.sets import cache_folder
from fallwatch.demo import stack
from fallwatch.demo.layout import Var
from fallwatch.demo.progress import Progress
from fallwatch.demo.stack import Wish
from fallwatch.local.children import PartError


@click.command()
@click.option("--times", default=20, show_default=True, type=click.IntRange(1), help="Ends of each kind.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the product keeps its data, and the rendered scenes. Default: below the user's cache.",
)
def main(times: int, folder: Path | None) -> None:
    """Run the whole product, end a camera's stream again and again, and look at the page in Chromium."""
    var = Var((folder or cache_folder() / "fault-latency").absolute())
    try:
        with stack.running(Wish(var, None, {}), Progress()) as running:
            found = latency.measured(running, var, times)
    except (PartError, TimeoutError) as error:
        print(f"fault-latency: {error}", file=sys.stderr)
        sys.exit(1)
    shown = tables.console()
    shown.print(latency.table(found))
    tables.finish(shown, "fault-latency", latency.as_object(found))


if __name__ == "__main__":
    main()
