"""The tree a scenario is before anybody knows what it means: values that remember where they were written.

Every value carries its own place, so merging two files moves whole subtrees and their marks with them;
nothing has to be kept in step. Meaning (fields, units, ranges) is the schema's matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from fulfillsim.errors import Fault

Scalar: TypeAlias = "str | int | float | bool | None"
Path: TypeAlias = "tuple[str | int, ...]"


class Place(NamedTuple):
    """Where something was written.

    ``line`` and ``column`` count from 1 and are None where there is no text to point at, as for ``--set``.
    """

    file: str
    line: int | None = None
    column: int | None = None


class Node(NamedTuple):
    """One value, where it stands, and where its key stands (None in lists and at the top)."""

    value: Value
    place: Place
    key: Place | None = None


Value: TypeAlias = "Scalar | list[Node] | dict[str, Node]"


class Setting(NamedTuple):
    """A value of a scenario that a table gives: its address, itself, and where the table says it."""

    path: Path
    value: Value
    place: Place


def plain(node: Node) -> Any:
    """Plain dictionaries, lists and scalars, without the places."""
    value = node.value
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    return value


def child(node: Node, step: str | int) -> Node | None:
    """The value under one key or index, None where there is none."""
    value, found = node.value, None
    if isinstance(value, dict):
        found = value.get(str(step))
    elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        found = value[step]
    return found


def find(node: Node, path: Path) -> Node | None:
    """The value at ``path``, None where there is none."""
    here: Node | None = node
    for step in path:
        here = child(here, step) if here is not None else None
    return here


def deepest(node: Node, path: Path) -> Node:
    """The value at ``path`` or, where there is none, at its longest beginning that exists."""
    for step in path:
        below = child(node, step)
        if below is None:
            return node
        node = below
    return node


def place_of(node: Node, path: Path) -> Place:
    """Where a reader should look for ``path``.

    A scalar is shown itself, a mapping or list by its key, a missing value by the key of what should
    hold it.
    """
    here = deepest(node, path)
    if here.key is not None and isinstance(here.value, dict | list):
        return here.key
    return here.place


def fault_at(place: Place, path: Path, rule: str, value: object = ..., hint: str = "") -> Fault:
    """Fault about ``path``, written at ``place``; leave ``value`` out where there is none to show."""
    shown = None if value is ... else show(value)
    return Fault(
        file=place.file,
        line=place.line,
        column=place.column,
        path=format_path(path),
        rule=rule,
        value=shown,
        hint=hint,
    )


def show(value: object, limit: int = 40) -> str:
    """One short line that says what a value is: text and numbers themselves, collections by their size."""
    if isinstance(value, dict):
        return f"a mapping of {len(value)} {'key' if len(value) == 1 else 'keys'}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


_BARE = re.compile(r"[^.\"'\[\]\s=]+")
_STEP = re.compile(r'"((?:[^"\\]|\\.)*)"|([^.\"\[\]\s=]+)')


def format_path(path: Path) -> str:
    """``staff.pickers.headcount``; keys with dots or blanks are quoted, list positions in brackets.

    >>> format_path(("skus", "A 1.5", "codes", 2))
    'skus."A 1.5".codes[2]'
    """
    return "".join(_format_steps(path)).removeprefix(".")


def _format_steps(path: Path) -> Iterator[str]:
    for step in path:
        if isinstance(step, int):
            yield f"[{step}]"
        else:
            yield "." + (step if _BARE.fullmatch(step) else json.dumps(step, ensure_ascii=False))


def parse_path(text: str) -> tuple[str, ...]:
    """Keys of a dotted path, the reverse of :func:`format_path` for paths without list positions.

    Raises
    ------
    ValueError
        If the text is not keys joined by dots.

    >>> parse_path('skus."A 1.5".weight')
    ('skus', 'A 1.5', 'weight')
    """
    steps: list[str] = []
    at = 0
    while match := _STEP.match(text, at):
        quoted, bare = match.groups()
        steps.append(bare if quoted is None else _unquote(quoted))
        at = match.end()
        if at == len(text):
            return tuple(steps)
        if text[at] != ".":
            break
        at += 1
    raise ValueError(f"not a path of keys joined by dots: {text!r}")


def _unquote(quoted: str) -> str:
    try:
        return str(json.loads(f'"{quoted}"'))
    except json.JSONDecodeError:
        return quoted
