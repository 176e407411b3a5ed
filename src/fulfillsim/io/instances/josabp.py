"""Folders of the joint order selection, allocation and batching problem: articles, pieces, orders, limits.

References
----------
Format: the public benchmark "batching-benchmarks" of Zalando Research.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fulfillsim.errors import DataError, Fault, InputError
from fulfillsim.optim.order_selection.instance import SelectionInstance

FILES = ("warehouse_items.csv", "articles.csv", "orders.json", "parameters.json")

MOST = 10**9
"""Numbers beyond this are slips of the pen."""
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
    text = _text(folder / "orders.json", [])
    positions = [_positions(number, order, folder / "orders.json", text, faults) for order in orders]
    if limits and not faults:
        faults += _unfit(folder, limits, articles, volume, article, positions)
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
        number = int(cells[column]) if cells[column].lstrip("-").isdecimal() else MOST + 1
        least = 0 if column == "volume" else -MOST
        if least <= number <= MOST:
            return number
        rule = f"must be a whole number from {least} to {MOST}"
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


def _json(file: Path, kind: type[list[Any]] | type[dict[str, Any]], faults: list[Fault]) -> Any:
    """What a file holds; empty, and a fault, where it is something else."""
    n_before = len(faults)
    text = _text(file, faults)
    try:
        if isinstance(read := json.loads(text), kind):
            return read
        faults.append(Fault(str(file), 1, None, "", f"must be a {kind.__name__} of JSON", text[:30]))
    except json.JSONDecodeError as error:
        if len(faults) == n_before:
            faults.append(Fault(str(file), error.lineno, error.colno, "", f"is no JSON: {error.msg}: is it cut short?"))
    return kind()


def _whole_limits(file: Path, faults: list[Fault]) -> list[int]:
    n_before = len(faults)
    read = _json(file, dict, faults)
    if len(faults) > n_before:
        return []
    text = _text(file, faults)
    for key in LIMITS:
        least = -MOST if "row" in key else 0
        if isinstance(read.get(key), bool) or not isinstance(read.get(key), int) or not least <= read[key] <= MOST:
            rule = f"must be there and a whole number from {least} to {MOST}"
            faults.append(Fault(str(file), _line_of(text, key), None, key, rule, str(read.get(key))))
    return [] if len(faults) > n_before else [read[key] for key in LIMITS]


def _line_of(text: str, name: object) -> int:
    """First line that names something in quotes, else the first of all."""
    return text.count("\n", 0, max(0, text.find(json.dumps(name)))) + 1


def _article(number: dict[str, int], name: str, folder: Path, line: int, faults: list[Fault]) -> int:
    if name not in number:
        file = str(folder / "warehouse_items.csv")
        faults.append(Fault(file, line, None, "article", "must be in articles.csv", name))
    return number.get(name, 0)


def _positions(number: dict[str, int], order: Any, file: Path, text: str, faults: list[Fault]) -> list[int]:
    named = order.get("positions") if isinstance(order, dict) else None
    name = order.get("id", "?") if isinstance(order, dict) else str(order)[:30]
    line = _line_of(text, name)
    if not isinstance(named, list) or not named:
        faults.append(Fault(str(file), line, None, str(name), "must have positions, a list of articles"))
        return []
    unknown = [article for article in named if not isinstance(article, str) or article not in number]
    faults += [Fault(str(file), line, None, str(name), "must be in articles.csv", str(article)) for article in unknown]
    return [number[article] for article in named if isinstance(article, str) and article in number]


def _unfit(
    folder: Path,
    limits: Sequence[int],
    articles: Sequence[Record],
    volume: Sequence[int],
    stored: Sequence[int],
    positions: Sequence[Sequence[int]],
) -> Iterator[Fault]:
    """What no picklist can hold, what is nowhere, and more positions asked for than there are."""
    there, n_positions = set(stored), sum(len(order) for order in positions)
    for place in sorted({place for order in positions for place in order}):
        line, cells = articles[place]
        if volume[place] > limits[2]:
            rule = f"must fit into a picklist, volume <= {limits[2]}: an order has it"
            yield Fault(str(folder / "articles.csv"), line, None, cells["id"], rule, str(volume[place]))
        if place not in there:
            rule = "must lie in warehouse_items.csv: an order has it"
            yield Fault(str(folder / "articles.csv"), line, None, cells["id"], rule)
    if n_positions < limits[0]:
        file = folder / "parameters.json"
        rule = f"must be at most the positions of all orders, {n_positions}"
        yield Fault(str(file), _line_of(_text(file, []), LIMITS[0]), None, LIMITS[0], rule, str(limits[0]))
