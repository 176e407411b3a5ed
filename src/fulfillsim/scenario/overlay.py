"""One scenario said in layers: a file, what it extends, ``--set`` on the command line, ``vary`` in Python.

A layer is a tree of its own; layers are laid on each other from the bottom up. Mappings merge key by key,
everything else is replaced whole, and ``null`` takes a key away. Every collection is a mapping, so a
dotted path addresses anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Any, NoReturn

from fulfillsim.errors import Fault, ScenarioError, nearest
from fulfillsim.scenario.nodes import Node, Path, Place, fault_at, parse_path
from fulfillsim.scenario.text import parse, read_file

EXTENDS = "extends"
SET = "--set"
VARY = "vary"


def merge(base: Node, over: Node) -> Node:
    """``base`` with ``over`` laid on it; each value keeps the place where it was written.

    Raises
    ------
    ScenarioError
        Where ``null`` finds nothing to take away; all such places at once.

    Notes
    -----
    A chain of layers is merged from the bottom up. Where the layers agree on what is a mapping and take
    nothing away, merging is associative.
    """
    faults: list[Fault] = []
    merged = _merge(base, over, (), faults)
    if faults:
        raise ScenarioError(faults)
    return merged


def _merge(base: Node, over: Node, path: Path, faults: list[Fault]) -> Node:
    if not isinstance(over.value, dict):
        return over
    lower = base.value if isinstance(base.value, dict) else {}
    result = dict(lower)
    for key, node in over.value.items():
        below = (*path, key)
        if node.value is not None:
            empty = Node({}, node.place, node.key)
            result[key] = _merge(lower.get(key, empty), node, below, faults)
        elif key in lower:
            del result[key]
        else:
            faults.append(_nothing_to_take(node, key, below, lower))
    return over._replace(value=result)


def _nothing_to_take(node: Node, key: str, path: Path, lower: Mapping[str, Node]) -> Fault:
    near = nearest(key, lower)
    meant = f"did you mean {near}?" if near else "write a value, or leave the key out"
    return fault_at(node.key or node.place, path, "is empty, and there is nothing below for it to remove", hint=meant)


def read_layers(file: FilePath, shipped: Mapping[str, FilePath] | None = None) -> Node:
    """Tree of a scenario file, laid on the files that it extends.

    Parameters
    ----------
    file
        The scenario's own file. What it extends must lie in its folder or below, or be shipped.
    shipped
        Files that may be extended by their bare name (``extends: baseline``).

    Raises
    ------
    ScenarioError
        With the faults of the first layer that cannot be read, or of the merge.
    """
    shipped = shipped or {}
    layers: list[Node] = []
    seen: list[tuple[FilePath, str]] = []
    folder, here, shown = file.parent, file, str(file)
    while True:
        tree = read_file(here, shown)
        seen.append((here.resolve(), shown))
        assert isinstance(tree.value, dict)
        target = tree.value.pop(EXTENDS, None)
        layers.append(tree)
        if target is None:
            break
        folder, here, shown = _next_layer(target, folder, here, shown, shipped)
        _refuse_circle(target, here, seen)
    bottom = layers.pop()
    result = merge(Node({}, bottom.place), bottom)
    while layers:
        result = merge(result, layers.pop())
    return result


def _next_layer(
    target: Node, folder: FilePath, here: FilePath, shown: str, shipped: Mapping[str, FilePath]
) -> tuple[FilePath, FilePath, str]:
    """Folder that bounds the next file, the file, and the name that faults call it by."""
    name = target.value
    if not isinstance(name, str) or not name:
        _refuse(target, "must be the name of one file", "extends: other.yaml")
    if name in shipped:
        return shipped[name].parent, shipped[name], str(shipped[name])
    if not name.endswith((".yaml", ".yml")):
        near = nearest(name, shipped)
        meant = f"did you mean {near}?" if near else f"shipped are: {', '.join(shipped) or 'none'}"
        _refuse(target, "must be a .yaml file or a shipped scenario", meant)
    if not is_inside(here.parent / name, folder):
        _refuse(target, "must lie in the scenario's own folder", f"copy it to {folder}")
    found = here.parent / name
    if not found.is_file():
        near = nearest(name, [file.name for file in here.parent.glob("*.y*ml")])
        _refuse(target, "there is no such file", f"did you mean {near}?" if near else "check the name")
    return folder, found, str(FilePath(shown).parent / name)


def _refuse_circle(target: Node, file: FilePath, seen: list[tuple[FilePath, str]]) -> None:
    known = [resolved for resolved, _ in seen]
    if file.resolve() in known:
        ring = [shown for _, shown in seen[known.index(file.resolve()) :]]
        _refuse(target, f"goes in a circle: {' -> '.join([*ring, ring[0]])}", "take one `extends` out")


def is_inside(file: FilePath, folder: FilePath) -> bool:
    """Whether a file lies in a folder or below, links followed."""
    return file.resolve().is_relative_to(folder.resolve())


def _refuse(target: Node, rule: str, hint: str) -> NoReturn:
    raise ScenarioError([fault_at(target.place, (EXTENDS,), rule, target.value, hint)])


def apply_sets(tree: Node, sets: Iterable[str]) -> Node:
    """``tree`` with settings of the form ``path.to.field=value`` laid on it, the last on top.

    Raises
    ------
    ScenarioError
        With every setting that is not a path, ``=`` and a YAML scalar or ``[...]`` or ``{...}``.
    """
    layers: list[Node] = []
    faults: list[Fault] = []
    for text in sets:
        try:
            layers.append(_set_layer(text))
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return _lay(tree, layers)


def _set_layer(text: str) -> Node:
    place = Place(SET)
    left, equals, right = text.partition("=")
    path = _settable(left, place, text) if equals else None
    if path is None:
        hint = "--set path.to.field=value"
        raise ScenarioError([fault_at(place, (), "must be a path, an equals sign and a value", text, hint)])
    if not right.strip():
        hint = f"write {left}=null to take it away"
        raise ScenarioError([fault_at(place, path, "has no value", hint=hint)])
    return _nest(path, _unplaced(_parse_value(right, path, place), place), place)


def _settable(left: str, place: Place, text: str) -> tuple[str, ...]:
    try:
        path = parse_path(left.strip())
    except ValueError:
        hint = "join keys by dots, and put a key that holds a dot or blank in double quotes"
        raise ScenarioError([fault_at(place, (), "must be keys joined by dots", text, hint)]) from None
    if path[0] == EXTENDS:
        raise ScenarioError([fault_at(place, path, "can stand in a file only", text, "name the other file")])
    return path


def _parse_value(text: str, path: Path, place: Place) -> Node:
    try:
        node = parse(text, place.file)
    except ScenarioError as error:
        faults = [fault_at(place, path, fault.rule, text, fault.hint) for fault in error.faults]
        raise ScenarioError(faults) from None
    if isinstance(node.value, dict | list) and text.strip()[0] not in "[{":
        rule = "must be a scalar, [a, list] or {a: mapping}"
        raise ScenarioError([fault_at(place, path, rule, text, "put it in brackets or quotes")])
    return node


def vary(tree: Node, changes: Mapping[str, object]) -> Node:
    """``tree`` with Python values laid on it, addressed by dotted paths.

    Parameters
    ----------
    tree
        What to change; stays as it is.
    changes
        Path to value: text as in a file ("45s"), numbers, true and false, None to take a key away, lists
        and dictionaries of these; numpy scalars count as numbers.

    Raises
    ------
    ScenarioError
        With every path or value that cannot stand in a scenario.
    """
    place = Place(VARY)
    layers: list[Node] = []
    faults: list[Fault] = []
    for left, value in changes.items():
        try:
            path = _settable(str(left), place, str(left))
            layers.append(_nest(path, _from_python(value, path, place), place))
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return _lay(tree, layers)


def _from_python(value: Any, path: Path, place: Place) -> Node:
    if isinstance(value, Mapping):
        return Node({str(k): _from_python(v, (*path, str(k)), place) for k, v in value.items()}, place)
    if isinstance(value, list | tuple):
        return Node([_from_python(item, (*path, i), place) for i, item in enumerate(value)], place)
    if getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        raise ScenarioError([fault_at(place, path, "must be a number that exists", value)])
    if value is None or isinstance(value, str | int | float):
        return Node(value, place)
    kind = type(value).__name__
    hint = "use text, numbers, true or false, None, lists and dictionaries"
    raise ScenarioError([fault_at(place, path, f"a {kind} cannot stand in a scenario", str(value), hint)])


def _lay(tree: Node, layers: Iterable[Node]) -> Node:
    faults: list[Fault] = []
    for layer in layers:
        tree = _merge(tree, layer, (), faults)
    if faults:
        raise ScenarioError(faults)
    return tree


def _nest(path: tuple[str, ...], node: Node, place: Place) -> Node:
    for key in reversed(path):
        node = Node({key: node}, place)
    return node


def _unplaced(node: Node, place: Place) -> Node:
    """The same tree with one place for all of it."""
    value = node.value
    if isinstance(value, dict):
        return Node({key: _unplaced(below, place) for key, below in value.items()}, place)
    if isinstance(value, list):
        return Node([_unplaced(item, place) for item in value], place)
    return Node(value, place)
