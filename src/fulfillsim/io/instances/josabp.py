"""Folders of the joint order selection, allocation and batching problem: articles, pieces, orders, limits.

References
----------
Format: the public benchmark "batching-benchmarks" of Zalando Research.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fulfillsim.errors import DataError, Fault, InputError
from fulfillsim.optim.order_selection.instance import SelectionInstance

FILES = ("warehouse_items.csv", "articles.csv", "orders.json", "parameters.json")

LIMITS = ("min_number_requested_items", "max_orders_per_batch", "max_container_volume", "first_row", "last_row")


def read_selection(folder: Path) -> SelectionInstance:
    """Read an instance.

    Raises
    ------
    DataError
        With all faults, each with file and line where there is one.
    """
    faults: list[Fault] = []
    limits = _whole_limits(folder / "parameters.json", faults)
    articles = _table(folder / "articles.csv", ("id", "volume"), faults)
    pieces = _table(folder / "warehouse_items.csv", ("row", "aisle", "article", "zone"), faults)
    orders = _json(folder / "orders.json", list, faults)
    number = {cells["id"]: place for place, (_, cells) in enumerate(articles)}
    lines = _Numbers(folder, faults)
    volume = [lines.whole("articles.csv", line, "volume", cells) for line, cells in articles]
    row = [lines.whole("warehouse_items.csv", line, "row", cells) for line, cells in pieces]
    aisle = [lines.whole("warehouse_items.csv", line, "aisle", cells) for line, cells in pieces]
    article = [_article(number, cells["article"], folder, line, faults) for line, cells in pieces]
    if limits:
        outside = [line for (line, _), at in zip(pieces, row, strict=True) if not limits[3] <= at <= limits[4]]
        rule = f"must lie in the layout, from {limits[3]} to {limits[4]}"
        faults += [Fault(str(folder / "warehouse_items.csv"), line, None, "row", rule) for line in outside]
    positions = [_positions(number, order, folder, faults) for order in orders]
    if faults:
        raise DataError(faults)
    zones = {name: place for place, name in enumerate(sorted({cells["zone"] for _, cells in pieces}))}
    try:
        return SelectionInstance(
            name=folder.name,
            first=np.concatenate([[0], np.cumsum([len(order) for order in positions])]).astype(np.int64),
            article=np.array([place for order in positions for place in order], np.int32),
            volume=np.array(volume, np.int64),
            row=np.array(row, np.int32),
            aisle=np.array(aisle, np.int32),
            zone=np.array([zones[cells["zone"]] for _, cells in pieces], np.int32),
            piece_article=np.array(article, np.int32),
            edge_row=max(limits[4], -limits[3]),
            min_positions=limits[0],
            max_orders=limits[1],
            max_volume=limits[2],
        )
    except InputError as error:
        raise DataError([Fault(str(folder), None, None, "", str(error))]) from error


Record = tuple[int, dict[str, str]]


class _Numbers:
    """Whole numbers of cells."""

    def __init__(self, folder: Path, faults: list[Fault]) -> None:
        self._folder, self._faults = folder, faults

    def whole(self, file: str, line: int, column: str, cells: dict[str, str]) -> int:
        try:
            return int(cells[column])
        except ValueError:
            rule = "must be a whole number"
            self._faults.append(Fault(str(self._folder / file), line, None, column, rule, cells[column]))
            return 0


def _text(file: Path, faults: list[Fault]) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault(str(file), None, None, "", f"cannot be read: {error}"))
        return ""


def _table(file: Path, columns: tuple[str, ...], faults: list[Fault]) -> list[Record]:
    """Rows with their lines; a row that is cut short is a fault."""
    if not (text := _text(file, faults)):
        return []
    table = csv.DictReader(text.splitlines())
    if missing := [column for column in columns if column not in (table.fieldnames or ())]:
        faults.append(Fault(str(file), 1, None, "", f"must have the columns {', '.join(columns)}", f"no {missing[0]}"))
        return []
    found: list[Record] = []
    for cells in table:
        if any(not cells[column] for column in columns):
            faults.append(Fault(str(file), table.line_num, None, "", "must have all columns: the file is cut short"))
        else:
            found.append((table.line_num, cells))
    return found


def _json(file: Path, kind: Callable[[], Any], faults: list[Fault]) -> Any:
    try:
        return json.loads(_text(file, faults) or "null") or kind()
    except json.JSONDecodeError as error:
        faults.append(Fault(str(file), error.lineno, error.colno, "", f"is no JSON: {error.msg}: is it cut short?"))
        return kind()


def _whole_limits(file: Path, faults: list[Fault]) -> list[int]:
    read = _json(file, dict, faults)
    wrong = [key for key in LIMITS if not isinstance(read, dict) or not isinstance(read.get(key), int)]
    faults += [Fault(str(file), None, None, key, "must be there and a whole number") for key in wrong]
    return [] if wrong else [read[key] for key in LIMITS]


def _article(number: dict[str, int], name: str, folder: Path, line: int, faults: list[Fault]) -> int:
    if name not in number:
        file = str(folder / "warehouse_items.csv")
        faults.append(Fault(file, line, None, "article", "must be in articles.csv", name))
    return number.get(name, 0)


def _positions(number: dict[str, int], order: Any, folder: Path, faults: list[Fault]) -> list[int]:
    named = order.get("positions", ()) if isinstance(order, dict) else ()
    name = order.get("id", "?") if isinstance(order, dict) else "?"
    file = str(folder / "orders.json")
    if not named:
        faults.append(Fault(file, None, None, str(name), "must have positions"))
    unknown = [article for article in named if article not in number]
    faults += [Fault(file, None, None, str(name), "must be in articles.csv", article) for article in unknown]
    return [number[article] for article in named if article in number]
