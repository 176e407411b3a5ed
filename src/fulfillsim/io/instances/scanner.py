"""The lines of an instance file, taken one after the other, and the faults found on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from fulfillsim.errors import DataError, Fault

HEAD_BYTES = 4096


class Line(NamedTuple):
    """A line that is not blank, stripped, and its number from 1."""

    number: int
    text: str


class Scanner:
    """Takes lines from the top; blank ones do not count.

    Parameters
    ----------
    file
        Text; bytes that are no UTF-8 (names in old headers) are replaced.

    Raises
    ------
    DataError
        If the file cannot be read.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        texts = _bytes(file).decode("utf-8-sig", errors="replace").splitlines()
        self._lines = [Line(number, text.strip()) for number, text in enumerate(texts, 1) if text.strip()]
        self._next = 0
        self._faults: list[Fault] = []

    @property
    def more(self) -> bool:
        """Whether a line is left."""
        return self._next < len(self._lines)

    @property
    def ahead(self) -> Line:
        """The next line, not taken; empty behind the last."""
        return self._lines[self._next] if self.more else Line(self._last, "")

    @property
    def has_faults(self) -> bool:
        """Whether `check` would raise."""
        return bool(self._faults)

    def take(self, wanted: str) -> Line:
        """The next line.

        Raises
        ------
        DataError
            If there is none: ``wanted`` names what is missing. Faults found before are told too.
        """
        if not self.more:
            self.fault(Line(self._last, ""), "", f"ends before {wanted}: the file is cut short")
            self.check()
        self._next += 1
        return self._lines[self._next - 1]

    def fault(self, line: Line, path: str, rule: str, value: object = None, hint: str = "") -> None:
        """Remember a fault; `check` tells all."""
        told = None if value is None else str(value)
        self._faults.append(Fault(str(self.file), line.number, None, path, rule, told, hint))

    def fail(self, line: Line, path: str, rule: str, value: object = None, hint: str = "") -> DataError:
        """The error of a fault after which nothing can be read, with those found before."""
        self.fault(line, path, rule, value, hint)
        return DataError(self._faults)

    def check(self) -> None:
        """Raise `DataError` if there are faults."""
        if self._faults:
            raise DataError(self._faults)

    def whole(self, line: Line, path: str, text: str, least: int = 0, most: int | None = None, hint: str = "") -> int:
        """Whole number within limits, a fault and ``least`` where there is none."""
        number = int(text) if text.lstrip("-").isdecimal() else None
        if number is not None and least <= number and (most is None or number <= most):
            return number
        limits = f"of at least {least}" if most is None else f"from {least} to {most}"
        self.fault(line, path, f"must be a whole number {limits}", text, hint)
        return least

    def metres(self, line: Line, path: str, text: str) -> float:
        """Finite number of at least 0, a fault and 0.0 where there is none."""
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if 0.0 <= number < float("inf"):
            return number
        self.fault(line, path, "must be a number of at least 0", text)
        return 0.0

    @property
    def _last(self) -> int:
        return self._lines[-1].number if self._lines else 1


def object_in(lines: Scanner, line: Line) -> dict[str, Any]:
    """What a line says in JSON; nothing, and a fault, if it is no object."""
    try:
        if isinstance(read := json.loads(line.text), dict):
            return read
    except ValueError:
        pass
    lines.fault(line, "", "must be one JSON object: the line is cut short or damaged", f"{line.text[:30]}...")
    return {}


def head_of(file: Path) -> str:
    """The first characters of a file without blank lines at the top.

    Raises
    ------
    DataError
        If it cannot be read or is empty.
    """
    head = _bytes(file, HEAD_BYTES).decode("utf-8-sig", errors="replace").lstrip()
    if not head:
        raise DataError([Fault(str(file), 1, None, "", "is empty", hint="get the file again")])
    return head


def _bytes(file: Path, most: int = -1) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise DataError([Fault(str(file), None, None, "", f"cannot be read: {error.strerror or error}")]) from error
