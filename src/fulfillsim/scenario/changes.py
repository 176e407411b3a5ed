"""What users lay on a scenario without touching its file: ``--set`` on the command line, ``vary`` in Python.

Both address a value by the keys on the way to it. An address that leads through a name that is not there is refused:
it would make a second, half-empty entry out of a typing error. A new entry is given whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fulfillsim.errors import Fault, ScenarioError, nearest
from fulfillsim.scenario.nodes import Node, Path, Place, fault_at, find, format_path, parse_path
from fulfillsim.scenario.overlay import EXTENDS, Layer
from fulfillsim.scenario.shapes import names_at
from fulfillsim.scenario.text import parse

if TYPE_CHECKING:
    from pydantic import BaseModel

SET = "--set"
VARY = "vary"


def misfit(tree: Node, layer: Layer, model: type[BaseModel]) -> Fault | None:
    """Fault for a change that leads through an entry that the tree does not have, or changes nothing; None else.

    Parameters
    ----------
    tree
        What the layer is laid on.
    layer
        Of `set_layers` or `vary_layers`; a file may make entries as it likes.
    model
        Says which keys are names of the user's own: fields that are left out may well be set one by one.
    """
    if layer.path and (said := find(layer.tree, layer.path)) is not None and said.value == {}:
        there_is = find(tree, layer.path)
        if there_is is not None and isinstance(there_is.value, dict) and there_is.value:
            hint = "write null to take all of it away, or name what to change"
            return fault_at(layer.tree.place, layer.path, "changes nothing: an empty mapping adds no key", hint=hint)
    for depth in range(1, len(layer.path)):
        path = layer.path[:depth]
        if find(tree, path) is None and names_at(model, tree, path[:-1]):
            here = find(tree, path[:-1])
            there = list(here.value) if here is not None and isinstance(here.value, dict) else []
            near = nearest(str(path[-1]), there)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(there)}" if there else "there is none"
            rule = f"there is no {path[-1]} to change; a new one is given whole, as {format_path(path)}={{...}}"
            return fault_at(layer.tree.place, path, rule, hint=hint)
    return None


def set_layers(sets: Iterable[str]) -> list[Layer]:
    """Layers of settings of the form ``path.to.field=value``.

    Raises
    ------
    ScenarioError
        With every setting that is not a path, ``=`` and a YAML scalar or ``[...]`` or ``{...}``.
    """
    layers: list[Layer] = []
    faults: list[Fault] = []
    for text in sets:
        try:
            layers.append(_set_layer(text))
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return layers


def _set_layer(text: str) -> Layer:
    place = Place(SET)
    left, equals, right = text.partition("=")
    path = _settable(left, place, text) if equals else None
    if path is None:
        hint = "--set path.to.field=value"
        raise ScenarioError([fault_at(place, (), "must be a path, an equals sign and a value", text, hint)])
    if not right.strip():
        hint = f"write {left}=null to take it away"
        raise ScenarioError([fault_at(place, path, "has no value", hint=hint)])
    return Layer(_nest(path, _unplaced(_parse_value(right, path, place), place), place), path)


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


def vary_layers(changes: Mapping[str, object]) -> list[Layer]:
    """Layers of Python values, addressed by dotted paths.

    Parameters
    ----------
    changes
        Path to value: text as in a file ("45s"), numbers, true and false, None to take a key away, lists
        and dictionaries of these; numpy scalars count as numbers.

    Raises
    ------
    ScenarioError
        With every path or value that cannot stand in a scenario.
    """
    place = Place(VARY)
    layers: list[Layer] = []
    faults: list[Fault] = []
    for left, value in changes.items():
        try:
            path = _settable(str(left), place, str(left))
            layers.append(Layer(_nest(path, _from_python(value, path, place), place), path))
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return layers


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
