"""Readers of picking and batching instances, published ones and your own, recognized by what a file says.

All give a `BatchingInstance` (`read_batching`), but for lists of single tours (`read_tours`) and the joint selection of
orders, items and batches (`read_selection`), whose instances are other problems. Faults name file and line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from fulfillsim.errors import DataError, Fault
from fulfillsim.io.instances.foodmart import read_foodmart
from fulfillsim.io.instances.henn_raw import read_henn_raw
from fulfillsim.io.instances.josabp import FILES as SELECTION_FILES
from fulfillsim.io.instances.josabp import read_selection
from fulfillsim.io.instances.order_list import read_order_list
from fulfillsim.io.instances.routing_ref import KnownTour, read_tours
from fulfillsim.io.instances.scanner import Scanner, head_of, object_in
from fulfillsim.io.instances.wg_text import read_wg_text
from fulfillsim.optim.batching.instance import BatchingInstance

__all__ = ["KnownTour", "files_below", "format_of", "read_batching", "read_selection", "read_tours"]

Format = Literal["wg_text", "henn_raw", "foodmart", "order_list", "routing_ref", "josabp"]

_BATCHING: dict[str, Callable[[Path], BatchingInstance]] = {
    "wg_text": read_wg_text,
    "henn_raw": read_henn_raw,
    "foodmart": read_foodmart,
    "order_list": read_order_list,
}

ENDINGS = (".txt", ".jsonl")
"""Of files that count as instances where a folder is given."""


def format_of(path: Path) -> Format:
    """Format of a file, or of a folder that is one instance.

    Raises
    ------
    DataError
        If it cannot be read or is none of them.
    """
    if _is_selection(path):
        return "josabp"
    head = head_of(path)
    if head.startswith("{"):
        return _list_format(path)
    signs: dict[Format, bool] = {
        "foodmart": head.startswith("//NbLocations"),
        "henn_raw": head.startswith("Order ") and "number of articles" in head.partition("\n")[0],
        # VRPLIB begins alike
        "wg_text": "NUM_AISLES" in head or (head.startswith("NAME") and "DIMENSION" not in head),
    }
    for name, fits in signs.items():
        if fits:
            return name
    rule = (
        "must be an instance of a known format: WG text, Henn raw text, Foodmart text, list of orders or tours (jsonl)"
    )
    raise DataError(
        [Fault(str(path), 1, None, "", rule, repr(head.partition("\n")[0][:40]), "see the file's first line")]
    )


def _list_format(file: Path) -> Format:
    """Whether the first line of a list is the head of orders or a tour."""
    lines = Scanner(file)
    line = lines.take("a line")
    said = object_in(lines, line)
    if "picks" not in said and ("capacity" in said or "layout" in said):
        return "order_list"
    if "picks" not in said and said:
        rule = "must have layout and capacity, as lists of orders begin, or picks, as each line of a list of tours has"
        raise lines.fail(line, "", rule, ", ".join(said))
    lines.check()
    return "order_list" if "capacity" in said else "routing_ref"


def read_batching(file: Path) -> BatchingInstance:
    """Read orders to be batched.

    Raises
    ------
    DataError
        With all faults of the file, or if it holds something else.
    """
    form = format_of(file)
    if form not in _BATCHING:
        rule = f"must hold orders to be batched, and holds {'tours' if form == 'routing_ref' else 'another problem'}"
        hint = "solve pick or bench picking take it" if form == "routing_ref" else ""
        raise DataError([Fault(str(file), None if file.is_dir() else 1, None, "", rule, form, hint)])
    return _BATCHING[form](file)


def files_below(path: Path) -> list[Path]:
    """The file itself, or the instances in a folder and the folders below it, sorted.

    Raises
    ------
    DataError
        If there is none in a folder.
    """
    if found := list(_below(path)):
        return found
    rule = f"must hold instances: files ending in {' or '.join(ENDINGS)}, or the tables of a selection"
    raise DataError([Fault(str(path), None, None, "", rule, hint="name the folder that they are in")])


def _below(path: Path) -> Iterator[Path]:
    if not path.is_dir() or _is_selection(path):
        yield path
        return
    for entry in sorted(path.iterdir()):
        if entry.is_dir() or entry.suffix in ENDINGS:
            yield from _below(entry)


def _is_selection(path: Path) -> bool:
    """Whether a folder is one instance; one with some of the tables is a faulty one, and its reader says so."""
    return path.is_dir() and any((path / name).exists() for name in SELECTION_FILES)
