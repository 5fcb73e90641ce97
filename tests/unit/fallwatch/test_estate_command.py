"""`fallwatch estate` makes files that `fallwatch coverage` reads, and says what it left out."""

from pathlib import Path

from click.testing import CliRunner

from fallwatch import coverage
from fallwatch.estate import main


def test_a_table_from_a_chinese_spreadsheet_is_surveyed(tmp_path: Path) -> None:
    table, made = tmp_path / "sizes.csv", tmp_path / "estate.yaml"
    rows = "楼栋,长,宽,层数,x,y\n3 栋,30,14,18,0,0\n4 栋,30,14,?,80,0\n"
    table.write_bytes(rows.encode("gb18030"))
    asked = ["from-csv", str(table), "--id", "jinxiu", "--zh", "锦绣花园", "-o", str(made)]
    refused = CliRunner().invoke(main, asked)
    assert refused.exit_code == 1
    assert "line 3 (4 栋): its floors is '?'" in refused.output
    assert not made.exists()
    assert CliRunner().invoke(main, [*asked, "--partial"]).exit_code == 0
    shown = CliRunner().invoke(coverage.command, [str(made)])
    assert shown.exit_code == 0, shown.output
    assert "jinxiu-3-south" in shown.output


def test_overlapping_buildings_are_said_with_their_names(tmp_path: Path) -> None:
    table = tmp_path / "sizes.csv"
    table.write_text("building,length,width,floors,x,y\na,30,14,18,0,0\nb,30,14,18,5,5\n", encoding="utf-8")
    shown = CliRunner().invoke(main, ["from-csv", str(table), "--id", "e"])
    assert shown.exit_code == 1
    assert "buildings a and b overlap by" in shown.output
