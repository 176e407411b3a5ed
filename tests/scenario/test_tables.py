"""Tables beside a scenario: the same columns from CSV, Parquet and sheets, and every bad cell by its row."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from fulfillsim.errors import Fault, ScenarioError
from fulfillsim.scenario import cells
from fulfillsim.scenario.nodes import Place
from fulfillsim.scenario.tables import Table, read_table

ROWS = [("A", 1.5, 3), ("B", 2.0, None), ("C", 0.25, 7)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    frame = pd.DataFrame(ROWS, columns=["sku", "weight", "qty"]).astype({"qty": "Int64"})
    frame.to_csv(tmp_path / "comma.csv", index=False)
    frame.to_csv(tmp_path / "semicolon.csv", index=False, sep=";")
    frame.to_csv(tmp_path / "tab.tsv", index=False, sep="\t")
    frame.to_parquet(tmp_path / "t.parquet")
    book = openpyxl.Workbook()
    book.active.title = "notes"
    sheet = book.create_sheet("stock")
    for row in [("sku", "weight", "qty"), *ROWS]:
        sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    return tmp_path


def values(table: Table) -> list[list[object]]:
    faults: list[Fault] = []
    found = [table.column("sku", cells.text, faults), table.column("weight", cells.number, faults)]
    found.append(table.column("qty", cells.whole, faults, default=-1))
    assert not faults
    return found


@pytest.mark.parametrize("source", ["comma.csv", "semicolon.csv", "tab.tsv", "t.parquet", "book.xlsx#stock"])
def test_every_kind_of_file_gives_the_same_columns(folder: Path, source: str) -> None:
    assert values(read_table(source, folder)) == [["A", "B", "C"], [1.5, 2.0, 0.25], [3, -1, 7]]


@pytest.mark.parametrize(("source", "line"), [("comma.csv", 3), ("t.parquet", 2), ("book.xlsx#stock", 3)])
def test_a_fault_names_the_row_as_the_user_sees_it(folder: Path, source: str, line: int) -> None:
    faults: list[Fault] = []
    read_table(source, folder).column("qty", cells.whole, faults)
    assert [str(fault) for fault in faults] == [f"{source}:{line} column qty: must not be empty"]


def test_all_bad_cells_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text('sku,qty\n"two\nlines",x\n\nB,-1\nC,1.5\nD,"1,5"\nE,nan\nF,1_0\n')
    faults: list[Fault] = []
    read_table("s.csv", tmp_path).column("qty", cells.not_negative(cells.whole), faults)
    assert [str(fault) for fault in faults] == [
        's.csv:2 column qty: must be a finite number (got "x")',
        's.csv:5 column qty: must not be negative (got "-1")',
        's.csv:6 column qty: must be a whole number (got "1.5")',
        's.csv:7 column qty: must be a finite number (got "1,5") - write a decimal point, no thousands mark',
        's.csv:8 column qty: must be a finite number (got "nan")',
        's.csv:9 column qty: must be a finite number (got "1_0")',
    ]


def test_a_hopeless_column_is_cut_short(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("qty\n" + "x\n" * 1000)
    faults: list[Fault] = []
    read_table("s.csv", tmp_path).column("qty", cells.whole, faults)
    assert len(faults) == 21
    assert str(faults[-1]) == "s.csv:21 column qty: has more faults than are listed - mend these first"


def test_missing_and_unknown_columns_name_the_nearest(folder: Path) -> None:
    table = read_table("comma.csv", folder)
    faults: list[Fault] = []
    assert table.column("quantity", cells.whole, faults, default=1) == [1, 1, 1]
    table.column("wieght", cells.number, faults)
    faults += table.unknown(["sku", "wieght", "qty"])
    assert [str(fault) for fault in faults] == [
        "comma.csv:1 column wieght: is missing - is weight meant?",
        "comma.csv:1 column weight: is not a column here - did you mean wieght?",
    ]


BAD = [
    ("none.csv", "f:3:5: there is no such file (got \"none.csv\")"),
    ("coma.csv", 'f:3:5: there is no such file (got "coma.csv") - did you mean comma.csv?'),
    ("t.json", 'f:3:5: must be a .csv, .parquet, .xlsx or .npz file (got "t.json")'),
    ("comma.csv#x", 'f:3:5: only an .xlsx file has sheets (got "comma.csv#x") - write comma.csv'),
    ("../out.csv", 'f:3:5: must lie in the scenario\'s folder (got "../out.csv") - copy the file to'),
    ("book.xlsx", "book.xlsx: has several sheets - write book.xlsx#notes; there are notes, stock"),
    ("book.xlsx#stocks", 'book.xlsx#stocks: has no such sheet (got "stocks") - did you mean stock?'),
    ("book.xlsx#notes", "book.xlsx#notes: holds no row"),
    ("fake.xlsx", "fake.xlsx: is not an .xlsx workbook: File is not a zip file"),
    ("fake.parquet", "fake.parquet: is not a Parquet file"),
    ("empty.csv", "empty.csv: holds no row"),
    ("head.csv", "head.csv:1: holds no row"),
    ("latin1.csv", "latin1.csv:2:3: is not UTF-8: byte 0xFC"),
    ("ragged.csv",
     "ragged.csv:3: has 1 cells, the first row has 2 - put a text that holds the delimiter in double quotes\n"
     "ragged.csv:4: has 3 cells"),
    ("quote.csv", "quote.csv:2: is not CSV: unexpected end of data"),
    ("twice.csv", 'twice.csv:1: two columns have the same name (got "a") - rename one of them'),
    ("unnamed.csv", "unnamed.csv:1: column 2 has no name"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "message"), BAD)
def test_a_table_that_cannot_be_read_says_why(folder: Path, source: str, message: str) -> None:
    files = {
        "fake.xlsx": b"no", "fake.parquet": b"no", "empty.csv": b"", "head.csv": b"a,b\n",
        "latin1.csv": "a\nxxü\n".encode("latin-1"), "ragged.csv": b"a,b\n1,2\n1\n1,2,3\n",
        "quote.csv": b'a,b\n1,"2\n', "twice.csv": b"a,a\n1,2\n", "unnamed.csv": b"a,,\n1,2,\n",
    }  # fmt: skip
    for name, content in files.items():
        (folder / name).write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        read_table(source, folder, place=Place("f", 3, 5))
    assert str(caught.value).startswith(message)


def test_a_file_elsewhere_is_read_only_where_that_is_allowed(folder: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(ScenarioError, match="must lie in the scenario's folder"):
        read_table(str(folder / "comma.csv"), inner)
    assert len(read_table(str(folder / "comma.csv"), inner, allow_outside=True)) == 3
