"""One scenario said in layers: a file, what it extends, ``--set`` on the command line, ``vary`` in Python.

A layer is a tree of its own; layers are laid on each other from the bottom up. Mappings merge key by key,
everything else is replaced whole, and ``null`` takes a key away. Every collection is a mapping, so a
dotted path addresses anything. Layers stay apart until `stack` puts them together, because tables that the
upper ones name may yet come below all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path as FilePath
from typing import NamedTuple, NoReturn

from fulfillsim.errors import Fault, ScenarioError, nearest
from fulfillsim.scenario.nodes import Node, Path, Place, fault_at
from fulfillsim.scenario.text import read_file

EXTENDS = "extends"


class Layer(NamedTuple):
    """Something that is laid on what is below; ``path`` is the address that a user gave, empty for a whole file."""

    tree: Node
    path: Path = ()


def stack(
    layers: Iterable[Layer], faults: list[Fault], refuse: Callable[[Node, Layer], Fault | None] = lambda *_: None
) -> Node:
    """All layers laid on each other, the first at the bottom; those that do not fit are left out.

    Parameters
    ----------
    layers
        From the bottom up.
    faults
        Where faults go: a ``null`` that finds nothing to take away, and what ``refuse`` says.
    refuse
        What is wrong with laying a layer on the tree below it, None if nothing is.
    """
    tree = Node({}, Place(""))
    for layer in layers:
        if (fault := refuse(tree, layer)) is not None:
            faults.append(fault)
        else:
            tree = _merge(tree, layer.tree, (), faults)
    return tree


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


def read_layers(
    file: FilePath, shipped: Mapping[str, FilePath] | None = None, readable: list[Fault] | None = None
) -> list[Layer]:
    """Layers of a scenario file: what it extends, from the bottom up, and itself on top.

    Parameters
    ----------
    file
        The scenario's own file. What it extends must lie in its folder or below, or be shipped.
    shipped
        Files that may be extended by their bare name (``extends: baseline``).
    readable
        Where faults of a text go that leave a tree to be read; left out: they are raised too.

    Raises
    ------
    ScenarioError
        With the faults of the first layer that cannot be read.
    """
    shipped = shipped or {}
    layers: list[Layer] = []
    seen: list[tuple[FilePath, str]] = []
    folder, here, shown = file.parent, file, str(file)
    while True:
        tree = read_file(here, shown, readable)
        seen.append((here.resolve(), shown))
        assert isinstance(tree.value, dict)
        target = tree.value.pop(EXTENDS, None)
        layers.insert(0, Layer(tree))
        if target is None:
            return layers
        folder, here, shown = _next_layer(target, folder, here, shown, shipped)
        _refuse_circle(target, here, seen)


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
