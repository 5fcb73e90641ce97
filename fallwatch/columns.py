"""Tables on a terminal."""

from collections.abc import Collection, Sequence

import click


def show(rows: Sequence[Sequence[str]], left: Collection[int]) -> None:
    """Rows of one length, aligned to the right but for the columns in `left`, by number from 0."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            text.ljust(width) if number in left else text.rjust(width)
            for number, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())
