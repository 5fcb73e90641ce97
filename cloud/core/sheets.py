"""Tables as CSV and as a workbook, in which sums are formulas that a spreadsheet counts again.

What people have typed is never run: in CSV it is marked (`ledger_file.table`), in a workbook it is text.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cloud.core.days import ZONE
from cloud.core.ledger_file import FORMULA_STARTS, table

MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Before CSV, because spreadsheets take a file without one for the machine's old encoding."""
WIDEST: Final = 60


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of a workbook, `=SUM(B2:B9)`, and what it gives; in CSV only that stands."""

    text: str
    value: float | int | str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its head. percent: columns that are shares, by number from 0."""

    name: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    percent: frozenset[int] = frozenset()


def csv_of(sheet: Sheet) -> bytes:
    """One table as CSV for a spreadsheet."""
    plain = ([cell.value if isinstance(cell, Formula) else cell for cell in row] for row in sheet.rows)
    return (MARK + table([sheet.head, *plain])).encode()


def workbook(sheets: Sequence[Sheet], title: str, at: datetime) -> bytes:
    """All of them as XLSX (ISO/IEC 29500). at: when it is made; the same content makes the same bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        made = at.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
        book.set_properties({"title": title, "author": "Fallwatch", "created": made})
        shapes = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "percent": book.add_format({"num_format": "0.00%"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            # As if somebody had typed an apostrophe before it: it stays text when its cell is edited.
            "quoted": book.add_format({"quote_prefix": True}),
        }
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, shapes)
    return buffer.getvalue()


def _write(into: Worksheet, sheet: Sheet, shapes: dict[str, Format]) -> None:
    for column, word in enumerate(sheet.head):
        into.write_string(0, column, word, shapes["head"])
    for number, row in enumerate(sheet.rows, 1):
        for column, cell in enumerate(row):
            share = shapes["percent"] if column in sheet.percent else None
            _cell(into, (number, column), cell, share, shapes)
    into.freeze_panes(1, 1)
    if sheet.rows:
        into.autofilter(0, 0, len(sheet.rows), len(sheet.head) - 1)
    for column in range(len(sheet.head)):
        longest = max((_width(row[column]) for row in sheet.rows), default=0)
        into.set_column(column, column, min(WIDEST, max(8, longest + 2, len(sheet.head[column]) + 4)))


def _cell(
    into: Worksheet, at: tuple[int, int], cell: Any, share: Format | None, shapes: dict[str, Format]
) -> None:
    match cell:
        case None | "":
            return
        case Formula():
            into.write_formula(*at, cell.text, share, cell.value)
        case bool():
            into.write_string(*at, "是" if cell else "否")
        case int() | float():
            into.write_number(*at, cell, share)
        case datetime():
            into.write_datetime(*at, cell.astimezone(ZONE).replace(tzinfo=None), shapes["instant"])
        case date():
            into.write_datetime(*at, cell, shapes["day"])
        case _:
            text = "、".join(cell) if isinstance(cell, tuple) else str(cell)
            into.write_string(*at, text, shapes["quoted"] if text.startswith(FORMULA_STARTS) else None)


def _width(cell: Any) -> int:
    if isinstance(cell, datetime):
        return 16
    text = "" if isinstance(cell, Formula | float) else str(cell)
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
