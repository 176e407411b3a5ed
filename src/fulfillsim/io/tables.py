"""Read the columns of a table file (CSV, gzipped CSV, Parquet) and find the line at which a row stands.

Everything in a CSV file stays text until somebody asks for more, so that codes keep their zeros and messages
show what the file shows.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import DataError, Fault, nearest

if TYPE_CHECKING:
    import pandas as pd

N_SHOWN = 5
"""Rows that a message lists before it only counts."""

SUFFIXES = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True)
class Column:
    """A column by its distinct values, stripped of blanks around them.

    Parameters
    ----------
    table
        Where it was read.
    name
        Its header.
    rows
        Row of the table behind each entry, shape (n,).
    codes
        Index into ``texts``, -1 where the cell is empty; shape (n,).
    texts
        The distinct values as text.
    values
        The same as the file's own type (pandas Index).
    """

    table: Table
    name: str
    rows: NDArray[np.int64]
    codes: NDArray[np.int64]
    texts: tuple[str, ...]
    values: Any

    def take(self, entries: NDArray[np.int64] | NDArray[np.bool_]) -> Column:
        """The same column at some entries only."""
        return Column(self.table, self.name, self.rows[entries], self.codes[entries], self.texts, self.values)

    def fault(self, wrong: NDArray[np.bool_], rule: str, hint: str = "") -> list[Fault]:
        """One fault for all entries that break a rule (none if none does): the first five lines and the count."""
        entries = np.flatnonzero(wrong)
        if not len(entries):
            return []
        lines = self.table.lines(self.rows[entries[:N_SHOWN]])
        code = int(self.codes[entries[0]])
        value = repr(self.texts[code]) if code >= 0 else "nothing"
        listed = ", ".join(map(str, lines)) + (", ..." if len(entries) > N_SHOWN else "")
        count = f"{len(entries)} {self.table.row_word}s: {listed}" if len(entries) > 1 else ""
        hints = "; ".join(part for part in (count, hint) if part)
        return [Fault(self.table.name, lines[0], None, self.name, rule, value, hints)]


@dataclass(frozen=True)
class Table:
    """Some columns of a file.

    Parameters
    ----------
    file
        Where it lies.
    frame
        The columns asked for, one row per record.
    delimiter, encoding
        Of a CSV file.
    """

    file: Path
    frame: pd.DataFrame
    delimiter: str
    encoding: str

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def name(self) -> str:
        """How messages call the file."""
        return str(self.file)

    @property
    def row_word(self) -> str:
        """What the numbers in messages count."""
        return "row" if _is_parquet(self.file) else "line"

    def lines(self, rows: Sequence[int] | NDArray[np.int64]) -> list[int]:
        """Line of the file at which each row begins (cells may hold line breaks); in Parquet the row from 1."""
        if _is_parquet(self.file):
            return [int(row) + 1 for row in rows]
        wanted = {int(row): 0 for row in rows}
        for row, line, _ in _records(self.file, self.delimiter, self.encoding):
            if row in wanted:
                wanted[row] = line
            if row >= max(wanted):
                break
        return [wanted[int(row)] for row in rows]

    def column(self, name: str) -> Column:
        """A column by its distinct values, blanks around them cut off, empty cells as -1."""
        import pandas as pd

        codes, values = pd.factorize(self.frame[name])
        texts = [_text(value) for value in values]
        first: dict[str, int] = {}
        for text in texts:
            if text:
                first.setdefault(text, len(first))
        place = np.array([*(first.get(text, -1) for text in texts), -1], np.int64)
        kept = pd.Index(values).take([texts.index(text) for text in first]) if len(first) < len(texts) else values
        rows = np.arange(len(self), dtype=np.int64)
        return Column(self, name, rows, place[codes], tuple(first), pd.Index(kept))


def read_table(file: str | Path, columns: Iterable[str], delimiter: str = ",", encoding: str = "utf-8-sig") -> Table:
    """Read the named columns of a CSV (also gzipped) or Parquet file.

    Raises
    ------
    DataError
        If the file is missing, of another kind, damaged, empty, in another encoding, or lacks columns; all columns
        that are missing at once, with the nearest names that there are.
    """
    file, columns = Path(file), list(dict.fromkeys(columns))
    _check_file(file)
    frame = _parquet(file, columns) if _is_parquet(file) else _csv(file, columns, delimiter, encoding)
    return Table(file, frame, delimiter, encoding)


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() == ".parquet"


def _fault(file: Path, rule: str, value: str | None = None, hint: str = "", line: int | None = None) -> DataError:
    return DataError([Fault(str(file), line, None, "", rule, value, hint)])


def _check_file(file: Path) -> None:
    if not file.name.lower().endswith(SUFFIXES):
        raise _fault(file, "must end in .csv, .csv.gz or .parquet", file.suffix or "no ending")
    if not file.is_file():
        beside = [other.name for other in file.parent.iterdir() if other.is_file()] if file.parent.is_dir() else []
        near = nearest(file.name, beside)
        raise _fault(file, "must be a file that exists", hint=f"did you mean {near}?" if near else "check the path")


def _missing_columns(file: Path, columns: list[str], there: list[str], delimiter: str = "") -> list[Fault]:
    faults = []
    for column in (c for c in columns if c not in there):
        near = nearest(column, there)
        hint = f"did you mean {near}? " if near else ""
        if delimiter and len(there) == 1 and (other := next((d for d in ";\t|" if d in there[0]), "")):
            hint = f"the header seems to be divided by {other!r}, not {delimiter!r}. "
        hint += f"The columns are: {', '.join(there)}"
        faults.append(
            Fault(str(file), 1 if delimiter else None, None, column, "must be a column of the file", hint=hint)
        )
    twice = [c for c in columns if there.count(c) > 1]
    faults += [Fault(str(file), 1, None, c, "must be the name of one column only", hint="rename one") for c in twice]
    return faults


def _parquet(file: Path, columns: list[str]) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if faults := _missing_columns(file, columns, list(pq.read_schema(file).names)):
            raise DataError(faults)
        frame: pd.DataFrame = pq.read_table(file, columns=columns).to_pandas()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise _fault(file, "must be a readable Parquet file", hint=f"write it again ({reason})") from None
    return frame.reset_index()[columns]


def _csv(file: Path, columns: list[str], delimiter: str, encoding: str) -> pd.DataFrame:
    try:
        if faults := _missing_columns(file, columns, _header(file, delimiter, encoding), delimiter):
            raise DataError(faults)
        _check_cells(file, delimiter, encoding)
        return _parse(file, columns, delimiter, encoding)
    except UnicodeError:
        raise _wrong_encoding(file, encoding) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _fault(file, "must be a readable gzip file", hint=f"compress it again ({error})") from None
    except LookupError:
        raise _fault(file, "encoding must be one that Python knows", encoding, "utf-8, cp1252 ...") from None


def _parse(file: Path, columns: list[str], delimiter: str, encoding: str) -> pd.DataFrame:
    import pandas as pd

    try:
        frame = pd.read_csv(
            file,
            usecols=columns,
            sep=delimiter,
            encoding=encoding,
            dtype=str,
            na_filter=False,
            index_col=False,
            skip_blank_lines=False,
        )
    except pd.errors.ParserError:
        raise _fault(file, "must be a CSV file", hint="a quotation mark is opened and never closed") from None
    return frame[columns]


def _open(file: Path, encoding: str) -> io.TextIOBase:
    if file.suffix.lower() == ".gz":
        return io.TextIOWrapper(gzip.open(file, "rb"), encoding, newline="")
    return file.open(encoding=encoding, newline="")


def _header(file: Path, delimiter: str, encoding: str) -> list[str]:
    with _open(file, encoding) as stream:
        header = next(csv.reader(stream, delimiter=delimiter), None)
    if not header:
        raise _fault(file, "must not be empty", hint="its first line names the columns")
    return header


def _records(file: Path, delimiter: str, encoding: str) -> Iterator[tuple[int, int, int]]:
    """Row from 0, first line and number of cells of each record below the header."""
    with _open(file, encoding) as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        next(reader, None)
        line = reader.line_num + 1
        for row, cells in enumerate(reader):
            yield row, line, len(cells)
            line = reader.line_num + 1


def _check_cells(file: Path, delimiter: str, encoding: str) -> None:
    """Refuse records with more cells than the header: pandas would drop the surplus without a word."""
    n_columns = len(_header(file, delimiter, encoding))
    wrong = [(line, n) for _, line, n in _records(file, delimiter, encoding) if n > n_columns]
    if wrong:
        listed = ", ".join(str(line) for line, _ in wrong[:N_SHOWN]) + (", ..." if len(wrong) > N_SHOWN else "")
        hint = f"{len(wrong)} such lines: {listed}; put cells that hold {delimiter!r} in quotation marks"
        rule = f"must have {n_columns} cells as its header has"
        raise _fault(file, rule, str(wrong[0][1]), hint, wrong[0][0])


def _wrong_encoding(file: Path, encoding: str) -> DataError:
    raw_lines = gzip.open if file.suffix.lower() == ".gz" else open
    with raw_lines(file, "rb") as stream:
        is_utf16 = stream.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        stream.seek(0)
        line = next((n for n, raw in enumerate(stream, start=1) if not _decodes(raw, encoding)), None)
    likely, name = "utf-16" if is_utf16 else "cp1252", encoding.removesuffix("-sig")
    return _fault(file, f"must be encoded as {name}", hint=f"save it as UTF-8, or say encoding: {likely}", line=line)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeError:
        return False
    return True


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
