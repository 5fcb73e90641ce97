"""The bureau's files: shares are formulas over the rows beside them, and nothing that was typed is run."""
# ruff: noqa: RUF001 - they speak Chinese

import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree as ET

from cloud.api import report
from cloud.core import bureau_file, sheets
from cloud.core.ranking import review
from cloud.core.ranks import WORST, Order
from cloud.core.sheets import Formula, Sheet
from tests.unit.cloud.test_bureau import BEGIN, END, FULL, OCTOBER, PLACES, counted, month

NAMES = {"garden": "=花园", "park": "公园"}
CAMERAS = {"garden": [("one", "一号"), ("two", "+二号")], "park": []}
Cells = dict[str, tuple[str | None, str]]
"""Place → (formula, what stands there)."""


def made(order: Order = WORST) -> list[Sheet]:
    months = counted(month((10, 11))), counted(month((10, 20)))
    ids = {estate: [identity for identity, _ in of] for estate, of in CAMERAS.items()}
    found = review(OCTOBER, PLACES, ids, months)
    return bureau_file.month_sheets(bureau_file.Month(found, NAMES, order), CAMERAS)


def cells(workbook: bytes, number: int) -> Cells:
    """What an Excel would find in a sheet, counted from 1."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        strings = ET.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(part.itertext()) for part in strings]
        sheet = ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    found: Cells = {}
    for cell in sheet.findall(".//{*}c"):
        formula, value = cell.find("{*}f"), cell.find("{*}v")
        told = "" if value is None or value.text is None else value.text
        text = texts[int(told)] if cell.get("t") == "s" else told
        found[cell.get("r", "")] = (None if formula is None else formula.text, text)
    return found


def counted_again(workbook: list[Cells], formula: str, sheet: Cells) -> float | str:
    """What a spreadsheet would make of the three kinds of formula that we write."""

    def number(place: str, of: Cells = sheet) -> float:
        _, told = of.get(place, (None, "0"))
        return float(told or 0)

    if whole := re.fullmatch(r'IF\((\w+)>0,(\w+)/(\w+),""\)', formula):
        tested, part, by = whole.groups()
        return number(part) / number(by) if number(tested) > 0 else ""
    if added := re.fullmatch(r"SUM\(([A-Z])(\d+):[A-Z](\d+)\)", formula):
        column, first, last = added[1], int(added[2]), int(added[3])
        return sum(number(f"{column}{line}") for line in range(first, last + 1))
    ifs = re.fullmatch(r"SUMIFS\('(.+?)'!\$(\w)\$2:\$\w\$(\d+),(.+)\)", formula)
    assert ifs is not None, formula
    other = workbook[{"立面": 2, "摄像机": 3}[ifs[1]]]
    wanted = re.findall(r"'.+?'!\$(\w)\$2:\$\w\$\d+,\$(\w+)", ifs[4])
    return sum(
        number(f"{ifs[2]}{line}", other)
        for line in range(2, int(ifs[3]) + 1)
        if all(other.get(f"{column}{line}") == sheet[place] for column, place in wanted)
    )


def test_every_share_of_a_workbook_is_counted_again_from_the_rows_beside_it() -> None:
    content = sheets.workbook(made(), "覆盖监管", END)
    workbook = [cells(content, number) for number in (1, 2, 3, 4)]
    formulas = 0
    for sheet in workbook:
        for formula, told in sheet.values():
            if formula is not None:
                again = counted_again(workbook, formula, sheet)
                assert str(again) == told or abs(float(again) - float(told)) < 1e-9, formula
                formulas += 1
    assert formulas > 60
    assert [workbook[1][f"{column}2"][1] for column in "CDE"] == ["3 栋", "3", "7084800.0"]
    blind, due, share = (workbook[0][f"{column}2"][1] for column in "CDE")
    assert (float(blind), float(due)) == (82 * 86_400, 124 * 86_400)
    assert float(share) == 82 / 124


def test_what_somebody_typed_is_text_and_never_a_formula() -> None:
    content = sheets.workbook(made(), "", END)
    estate, facade = cells(content, 1), cells(content, 3)
    assert estate["A2"] == facade["A2"] == (None, "=花园")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b'quotePrefix="1"' in archive.read("xl/styles.xml")
    assert "'=花园,garden," in sheets.csv_of(made()[0]).decode("utf-8-sig")


def test_a_file_says_how_it_is_counted_and_is_the_same_each_time() -> None:
    assert sheets.workbook(made(), "x", END) == sheets.workbook(made(), "x", END)
    assert any("盲区占比" in str(row[1]) for row in made()[4].rows)
    assert sheets.csv_of(made()[0]).startswith(b"\xef\xbb\xbf")


def test_a_file_stands_in_the_order_that_was_asked_for_and_says_so() -> None:
    for order, first, says in (
        (WORST, "east", "按盲区占比，从差到好"),
        (Order("availability"), "west", "按在线率，从差到好"),
        (Order("name", is_reversed=True), "north", "按名称，从后到前"),
    ):
        *_, facades, _, about = made(order)
        assert (facades.rows[0][4], about.rows[2]) == (first, ["排序", says])


async def test_a_month_is_set_as_a_pdf_with_how_it_is_counted() -> None:
    rows = counted(month((10, 20)))
    ids = {estate: [identity for identity, _ in of] for estate, of in CAMERAS.items()}
    found = review(OCTOBER, PLACES, ids, (rows, rows))
    told = bureau_file.report(bureau_file.Month(found, NAMES), END)
    assert told["order"] == "按盲区占比，从差到好"
    assert told["estates"][0][:3] == ["=花园", "66.13%", "1968 / 2976"]
    assert (await report.printed(told)).startswith(b"%PDF-")


def test_the_registry_as_a_table_says_what_each_record_lacks() -> None:
    sheet = bureau_file.equipment_sheet([FULL], NAMES)
    told = dict(zip(sheet.head, sheet.rows[0], strict=True))
    assert (told["序列号"], told["分辨率"], told["安装日期"]) == ("1", "3840x2160", date(2026, 1, 1))
    assert (told["需升级"], told["联网"], told["档案完整"], told["缺项"]) == (True, "在线", True, ())
    assert told["首次上报"] == BEGIN
    assert sheets.csv_of(Sheet("x", ("a",), [[Formula("=1+1", 2)]])).decode("utf-8-sig") == "a\n2\n"
