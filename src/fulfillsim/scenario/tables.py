"""Tables that a scenario names: CSV, Parquet, one sheet of an .xlsx workbook, or matrices of numpy's .npz, as columns.

A table knows the file and the row of each value, so that a fault found here or later points at it. Columns
are parsed as a whole, and every cell that cannot be read is a fault of its own.
"""

from __future__ import annotations

import csv
import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, TypeVar, cast

from fulfillsim.errors import Fault, ScenarioError, nearest
from fulfillsim.scenario.cells import text
from fulfillsim.scenario.decoding import decode, refuse
from fulfillsim.scenario.nodes import Path, Place, fault_at, show
from fulfillsim.scenario.overlay import is_inside

T = TypeVar("T")
MOST_FAULTS_PER_COLUMN = 20


@dataclass(frozen=True)
class Table:
    """Columns of equal length, and where their rows stand.

    Parameters
    ----------
    name
        File as faults call it, ``book.xlsx#stock`` for a sheet.
    columns
        Column name to its cells: text from CSV, what the file holds from Parquet and .xlsx; an empty cell
        is None.
    rows
        Line of the file or row of the sheet of each row, from 1; shape (n_rows,).
    head
        Line or row that holds the names of the columns; None if none does, as in Parquet.
    """

    name: str
    columns: dict[str, list[Any]]
    rows: Sequence[int]
    head: int | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def place(self, row: int) -> Place:
        """Where a row stands; ``row`` is an index into the columns."""
        return Place(self.name, self.rows[row])

    def fault(self, row: int, column: str, rule: str, value: object = ..., hint: str = "") -> Fault:
        """Fault about one cell; ``row`` is an index into the columns."""
        shown = None if value is ... else show(value)
        return Fault(self.name, self.rows[row], None, f"column {column}", rule, shown, hint)

    def column(self, name: str, parse: Callable[[Any], T], faults: list[Fault], default: T | None = None) -> list[T]:
        """Parsed values of a column.

        Parameters
        ----------
        name
            The column.
        parse
            Value of one cell; raises ValueError (better ``UnitError``) for a cell that it cannot read.
        faults
            Where faults go; the result is complete only if none came.
        default
            Value of empty cells, and of a column that is not there; None if both are faults.
        """
        n_before = len(faults)
        found = self.cells(name, parse, faults, default)
        return cast("list[T]", found if len(faults) == n_before else [value for value in found if value is not None])

    def cells(
        self, name: str, parse: Callable[[Any], T], faults: list[Fault], default: T | None = None
    ) -> list[T | None]:
        """The same row by row: None for a cell at fault, so that other faults of the rows can be told too."""
        cells = self.columns.get(name)
        if cells is None:
            if default is None:
                faults.append(self.missing(name))
            return [default] * len(self)
        parsed: list[T | None] = [None] * len(cells)
        n_before = len(faults)
        for row, cell in enumerate(cells):
            try:
                parsed[row] = parse(cell) if cell is not None else default
                if cell is None and default is None:
                    faults.append(self.fault(row, name, "must not be empty"))
            except ValueError as error:
                rule, hint = getattr(error, "rule", str(error)), getattr(error, "hint", "")
                faults.append(self.fault(row, name, rule, cell, hint))
            if len(faults) - n_before >= MOST_FAULTS_PER_COLUMN:
                faults.append(self.fault(row, name, "has more faults than are listed", hint="mend these first"))
                break
        return parsed

    def unknown(self, known: Iterable[str]) -> list[Fault]:
        """One fault for each column that is none of ``known``."""
        names = list(known)
        faults = []
        for name in self.columns:
            if name not in names:
                near = nearest(name, [other for other in names if other not in self.columns])
                hint = f"did you mean {near}?" if near else f"columns are {', '.join(names)}"
                faults.append(Fault(self.name, self.head, None, f"column {name}", "is not a column here", None, hint))
        return faults

    def missing(self, name: str) -> Fault:
        """Fault about a column that is not there."""
        near = nearest(name, self.columns)
        hint = f"is {near} meant?" if near else f"columns here are {', '.join(self.columns)}"
        return Fault(self.name, self.head, None, f"column {name}", "is missing", None, hint)


def read_table(
    source: str, folder: FilePath, *, place: Place | None = None, path: Path = (), allow_outside: bool = False
) -> Table:
    """Table named in a scenario.

    Parameters
    ----------
    source
        ``skus.csv``, ``skus.parquet``, ``book.xlsx`` (its only sheet) or ``book.xlsx#Sheet``; ``ways.npz``.
    folder
        The scenario's folder, from which relative names start.
    place
        Where the scenario names it; faults about the file itself point there.
    path
        The address at which it names it, for the same faults.
    allow_outside
        Whether the file may lie outside ``folder``, as a user's own history may.

    Raises
    ------
    ScenarioError
        If there is no such table to read; the first row holds the names of the columns.
    """
    name, _, sheet = source.partition("#")
    file = folder / name
    where = place or Place(source)
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        refuse(where, "must be a .csv, .parquet, .xlsx or .npz file", source, path=path)
    if sheet and reader is not _read_xlsx:
        refuse(where, "only an .xlsx file has sheets", source, f"write {name}", path=path)
    if not allow_outside and not is_inside(file, folder):
        refuse(where, "must lie in the scenario's folder", source, f"copy the file to {folder}", path=path)
    if not file.is_file():
        near = nearest(file.name, [p.name for p in file.parent.glob("*")]) if file.parent.is_dir() else None
        refuse(where, "there is no such file", source, f"did you mean {near}?" if near else "check the name", path=path)
    try:
        return reader(file, source, sheet)
    except OSError as error:
        refuse(where, f"cannot be read: {error.strerror or error}", source, path=path)


def _read_csv(file: FilePath, name: str, sheet: str) -> Table:
    content = decode(file.read_bytes(), name)
    lines = content.splitlines(keepends=True)
    head = next((line for line in lines if line.strip()), "")
    reader = csv.reader(lines, delimiter=max(",;\t", key=head.count), strict=True)
    rows: list[list[str]] = []
    numbers: list[int] = []
    line = 1
    try:
        for cells in reader:
            if any(cells):
                rows.append(cells)
                numbers.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        refuse(Place(name, line), f"is not CSV: {error}", hint="double a quote that stands inside quotes")
    faults = _uneven(rows, numbers, name)
    if faults:
        raise ScenarioError(faults)
    return _table(name, [[cell.strip() or None for cell in column] for column in zip(*rows, strict=True)], numbers)


def _uneven(rows: list[list[str]], numbers: list[int], name: str) -> list[Fault]:
    """Faults for rows that are shorter or longer than the head."""
    n_columns = len(rows[0]) if rows else 0
    hint = "put a text that holds the delimiter in double quotes"
    uneven = [(line, row) for line, row in zip(numbers, rows, strict=True) if len(row) != n_columns]
    return [
        fault_at(Place(name, line), (), f"has {len(row)} cells, the first row has {n_columns}", hint=hint)
        for line, row in uneven[:MOST_FAULTS_PER_COLUMN]
    ]


def _table(name: str, columns: list[list[Any]], numbers: list[int]) -> Table:
    """Table of whole columns, the first cell of each its name."""
    first = Place(name, numbers[0] if numbers else None)
    if len(numbers) < 2:
        refuse(first, "holds no row", hint="the first row names the columns, the next ones hold the values")
    heads = ["" if column[0] is None else text(column[0]) for column in columns]
    used = [i for i, head in enumerate(heads) if head or any(cell is not None for cell in columns[i])]
    for position, index in enumerate(used):
        if not heads[index]:
            refuse(first, f"column {index + 1} has no name", hint="name it in the first row")
        if heads[index] in [heads[i] for i in used[:position]]:
            refuse(first, "two columns have the same name", heads[index], "rename one of them")
    return Table(name, {heads[i]: columns[i][1:] for i in used}, numbers[1:], numbers[0])


def _read_parquet(file: FilePath, name: str, sheet: str) -> Table:
    import pyarrow
    import pyarrow.parquet

    try:
        frame = pyarrow.parquet.read_table(file)
    except pyarrow.ArrowException as error:
        refuse(Place(name), f"is not a Parquet file: {str(error).splitlines()[0]}")
    if not frame.num_rows:
        refuse(Place(name), "holds no row")
    columns = {key: [_known(cell) for cell in cells] for key, cells in frame.to_pydict().items()}
    return Table(name, columns, range(1, frame.num_rows + 1))


def _known(cell: Any) -> Any:
    """None for what a spreadsheet or frame means by nothing."""
    if isinstance(cell, str):
        return cell.strip() or None
    return None if isinstance(cell, float) and math.isnan(cell) else cell


def _read_npz(file: FilePath, name: str, sheet: str) -> Table:
    """Matrices between ``places``: a row for each two of them, columns ``from``, ``to`` and one for each matrix.

    What is not finite is empty, and a row without any figure is left out. Rows bear the number of their matrix row.
    """
    import zipfile

    import numpy as np

    try:
        with np.load(file, allow_pickle=False) as arrays:
            found = {str(key): arrays[key] for key in arrays.files}
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        refuse(
            Place(name),
            f"is not an .npz file of arrays: {error}",
            hint="numpy.savez(file, places=..., km=..., min=...)",
        )
    places = found.pop("places", np.zeros((0, 0)))
    if places.ndim != 1 or not len(places):
        refuse(Place(name), "needs an array `places`, the names of rows and columns of its matrices")
    n = len(places)
    for key, matrix in found.items():
        if matrix.shape != (n, n) or matrix.dtype.kind not in "fiu":
            refuse(Place(name), f"{key} must be a matrix of numbers, {n} x {n} as there are places", str(matrix.shape))
    cells = np.array([matrix.ravel() for matrix in found.values()], np.float64).reshape(len(found), n * n)
    kept = np.flatnonzero(np.isfinite(cells).any(axis=0))
    if not len(kept):
        refuse(Place(name), "holds no row")
    names = [text(place) for place in places.tolist()]
    columns: dict[str, list[Any]] = {"from": [names[at // n] for at in kept], "to": [names[at % n] for at in kept]}
    for key, column in zip(found, cells[:, kept].tolist(), strict=True):
        columns[key] = [cell if math.isfinite(cell) else None for cell in column]
    return Table(name, columns, [int(at) // n + 1 for at in kept])


def _read_xlsx(file: FilePath, name: str, sheet: str) -> Table:
    import zipfile

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles and validations that it passes over
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            found = _rows_of(book, name, sheet)
            book.close()
    except (zipfile.BadZipFile, KeyError) as error:
        refuse(Place(name), f"is not an .xlsx workbook: {error}", hint="save it again as .xlsx")
    numbers = [number for number, _ in found]
    width = max((len(cells) for _, cells in found), default=0)
    rows = [[*cells, *[None] * (width - len(cells))] for _, cells in found]
    return _table(name, [list(column) for column in zip(*rows, strict=True)], numbers)


def _rows_of(book: Any, name: str, sheet: str) -> list[tuple[int, list[Any]]]:
    """Rows of a sheet that are not blank, with their numbers."""
    sheets: list[str] = book.sheetnames
    if not sheet and len(sheets) > 1:
        refuse(Place(name), "has several sheets", hint=f"write {name}#{sheets[0]}; there are {', '.join(sheets)}")
    if sheet and sheet not in sheets:
        near = nearest(sheet, sheets)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(sheets)}"
        refuse(Place(name), "has no such sheet", sheet, hint)
    page = book[sheet or sheets[0]]
    page.reset_dimensions()
    cells = ((row, [_known(cell) for cell in line]) for row, line in enumerate(page.iter_rows(values_only=True), 1))
    return [(row, line) for row, line in cells if any(cell is not None for cell in line)]


_READERS = {".csv": _read_csv, ".tsv": _read_csv, ".parquet": _read_parquet, ".xlsx": _read_xlsx, ".npz": _read_npz}
