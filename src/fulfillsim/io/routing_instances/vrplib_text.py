"""VRPLIB (CVRPLIB) text as keys and sections with their lines, before anybody asks what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from pathlib import Path

import numpy as np

from fulfillsim.errors import DataError, Fault


@dataclass
class VrplibText:
    """Keys (``CAPACITY: 100``) and sections (``DEMAND_SECTION`` and the lines below it) of a file."""

    file: Path
    keys: dict[str, tuple[str, int]] = field(default_factory=dict)
    sections: dict[str, list[tuple[int, list[str]]]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, line: int | None, path: str, rule: str, value: str | None = None, hint: str = "") -> None:
        """Note something wrong; `check` raises them all."""
        self.faults.append(Fault(str(self.file), line, None, path, rule, value, hint))

    def check(self) -> None:
        """Raise what was noted, if anything."""
        if self.faults:
            raise DataError(self.faults)

    def number(self, key: str, usual: float) -> float:
        """A key's number, or what it usually is where the key is missing."""
        if key not in self.keys:
            return usual
        text, line = self.keys[key]
        try:
            return figure(text)
        except ValueError:
            self.fault(line, key, "must be a number", text)
            return usual

    def count(self, key: str, usual: int, least: int) -> int:
        """A key's whole number that must be at least so much."""
        value = float(self.number(key, usual))
        if value < least or not value.is_integer():
            self.fault(
                self.keys.get(key, ("", 0))[1] or None, key, f"must be a whole number, at least {least}", f"{value:g}"
            )
        self.check()
        return int(value)

    def rows(self, section: str) -> dict[int, tuple[int, list[float]]]:
        """Figures of each line of a section by its leading number, with the line."""
        rows: dict[int, tuple[int, list[float]]] = {}
        for line, words in self.sections.get(section, ()):
            try:
                rows[int(words[0])] = (line, [figure(word) for word in words[1:]])
            except ValueError:
                self.fault(line, section, "must hold numbers only", " ".join(words))
        return rows

    def column(self, section: str, key: str, n: int, usual: float) -> np.ndarray:
        """One number for each of n numbered things: the section, or else the key, or else the usual one."""
        values = np.full(n, self.number(key, usual))
        for number, (line, figures) in self.rows(section).items():
            if not 1 <= number <= n or len(figures) != 1:
                self.fault(line, section, f"must be a number from 1 to {n} and one figure", f"{number} {figures}")
                continue
            values[number - 1] = figures[0]
        return values


def read_text(file: Path) -> VrplibText:
    """Keys and sections of a file; what they mean is not asked here.

    Raises
    ------
    DataError
        If a line belongs to nothing.
    """
    text = VrplibText(file)
    section: list[tuple[int, list[str]]] | None = None
    for line, raw in enumerate(file.read_text("utf-8").splitlines(), 1):
        stripped = raw.strip()
        words = stripped.split()
        if not words:
            continue
        if stripped == "EOF":
            break
        if words[0].rstrip(":").endswith("_SECTION"):
            section = text.sections.setdefault(words[0].rstrip(":"), [])
            if words[1:] and words[1] != ":":
                section.append((line, words[1:]))
        elif ":" in stripped and not _starts_a_number(words[0]):
            key, _, value = stripped.partition(":")
            text.keys[key.strip()] = (value.strip(), line)
            section = None
        elif section is not None:
            section.append((line, words))
        else:
            text.fault(line, "", "must belong to a section or be KEY: value", stripped)
    text.check()
    return text


def figure(word: str) -> float:
    """A word as a number.

    Raises
    ------
    ValueError
        If it is none.
    """
    value = float(word)
    if isnan(value):
        raise ValueError(word)
    return value


def _starts_a_number(word: str) -> bool:
    return word[0].isdigit() or word[0] in "+-."
