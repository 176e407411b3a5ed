"""The files that a scenario names, and faults about them in the words and at the places of the scenario."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from pydantic import ValidationError

from fulfillsim.errors import Fault, FaultyFileError
from fulfillsim.scenario.nodes import Node, Path, child, fault_at, find, parse_path, place_of, plain, show
from fulfillsim.scenario.schema.demand import Columns, History
from fulfillsim.scenario.tables import read_table

HISTORY: Path = ("demand", "history")
GRAPH: Path = ("layout", "graph")
SCENARIO = "scenario"
"""In a fault: the scenario itself, at the address that the fault names."""
_MAPPING = "history mapping"  # how the room io calls what a scenario says under `demand.history`
_KEYS = ("table", "file", "orders_file", "graph")


class Named(NamedTuple):
    """A file that a scenario names, and where."""

    path: Path
    source: str

    @property
    def is_history(self) -> bool:
        """Whether orders are read from it, which the room ``io`` does."""
        return self.path[:2] == HISTORY


def named_files(tree: Node) -> Iterator[Named]:
    """Files that a scenario names, but those that are read with it: empirical distributions, graphs."""
    return (n for n in every_file(tree) if "empirical" not in n.path[-2:-1] and n.path != GRAPH)


def every_file(tree: Node, path: Path = ()) -> Iterator[Named]:
    """All files whose content is part of a scenario."""
    value = tree.value
    below: Iterable[tuple[Any, Node]] = value.items() if isinstance(value, dict) else ()
    for key, node in enumerate(value) if isinstance(value, list) else below:
        if key in _KEYS and isinstance(node.value, str):
            yield Named((*path, key), node.value)
        else:
            yield from every_file(node, (*path, key))


def file_faults(tree: Node, folder: FilePath) -> list[Fault]:
    """What is wrong with the files of a scenario that is too broken to be built: unreadable tables, bad histories."""
    faults: list[Fault] = []
    for named in named_files(tree):
        if named.is_history:
            continue
        try:
            read_table(
                named.source,
                folder,
                place=place_of(tree, named.path),
                path=named.path,
                allow_outside=named.path[0] == "snapshot",
            )
        except FaultyFileError as error:
            faults += error.faults
    return faults + in_the_scenario(_history_faults(tree, folder), tree, folder)


def _history_faults(tree: Node, folder: FilePath) -> Iterable[Fault]:
    """Faults of the order history, if what the scenario says of it can be understood."""
    from fulfillsim.scenario.build.history import read_orders

    said, zone = find(tree, HISTORY), child(tree, "zone")
    if said is None:
        return ()
    try:
        read_orders(History.model_validate(plain(said)), folder, None if zone is None else str(zone.value))
    except FaultyFileError as error:
        return error.faults
    except (ValidationError, OSError, ValueError, LookupError):
        return ()  # told with the scenario's own faults
    return ()


def in_the_scenario(faults: Iterable[Fault], tree: Node, folder: FilePath) -> list[Fault]:
    """The same faults; those about a file as a whole, or about the column map, at their place in the scenario."""
    places = {name: named for named in named_files(tree) for name in (named.source, str(folder / named.source))}
    return [_placed(fault, tree, places) for fault in faults]


def _placed(fault: Fault, tree: Node, places: dict[str, Named]) -> Fault:
    path: Path
    if fault.file == SCENARIO:
        path = parse_path(fault.path)
    elif fault.file == _MAPPING:
        steps = fault.path.split(".")
        path = (*HISTORY, *(["columns"] if steps[0] in Columns.model_fields else []), *steps)
    elif fault.file in places and fault.line is None and not fault.path:
        path = places[fault.file].path
    else:
        return fault
    place = place_of(tree, path)
    shown = fault_at(place, path, fault.rule, hint=fault.hint)
    value = fault.value if fault.value is not None or fault.file not in places else show(places[fault.file].source)
    return replace(shown, value=value)
