"""What the schema allows at a place of a tree: which models, which keys, and whether users choose the keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from fulfillsim.scenario.nodes import Node, Path, find

if TYPE_CHECKING:
    from pydantic import BaseModel


def models_at(model: type[BaseModel], tree: Node, path: Path) -> list[type[BaseModel]]:
    """Models that could describe the mapping at ``path``; of a union, those whose literals fit the file."""
    here = find(tree, path)
    return [option for option in _fitting(_types_at(model, tree, path), here) if hasattr(option, "model_fields")]


def names_at(model: type[BaseModel], tree: Node, path: Path) -> bool:
    """Whether the keys of the mapping at ``path`` are names that its writer chose."""
    options = _types_at(model, tree, path)
    return any(get_origin(option) is dict for option in options)


def _types_at(model: type[BaseModel], tree: Node, path: Path) -> list[Any]:
    options: list[Any] = [model]
    for depth, step in enumerate(path):
        here = find(tree, path[:depth])
        options = [part for option in _fitting(options, here) for part in _below(option, step)]
    return options


def _below(option: Any, step: str | int) -> list[Any]:
    """Types of what stands under one key or index of a value of type ``option``."""
    if hasattr(option, "model_fields"):
        return [part for name, kind in fields(option) if name == step for part in _members(kind)]
    arguments = get_args(option)
    if not arguments:
        return []
    return list(_members(arguments[1 if isinstance(step, str) and len(arguments) > 1 else 0]))


def fields(model: Any) -> Iterator[tuple[str, Any]]:
    """Keys of a model as files write them, and their types."""
    for name, field in model.model_fields.items():
        yield field.alias or name, field.annotation


def _members(annotation: Any) -> Iterator[Any]:
    """Members of a union, through aliases and annotations."""
    if hasattr(annotation, "__value__"):
        yield from _members(annotation.__value__)
    elif get_origin(annotation) is Annotated:
        yield from _members(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _members(part)
    else:
        yield annotation


def tags(model: Any, field: str | int) -> list[str]:
    """Words that a field of a model may hold, where its type is a ``Literal``."""
    annotation = dict(fields(model)).get(str(field))
    return [str(word) for part in _members(annotation) if get_origin(part) is Literal for word in get_args(part)]


def _fitting(options: list[Any], node: Node | None) -> list[Any]:
    if len(options) < 2 or node is None or not isinstance(node.value, dict):
        return options
    return [option for option in options if _literals_fit(option, node.value)] or options


def _literals_fit(option: Any, value: Mapping[str, Node]) -> bool:
    if not hasattr(option, "model_fields"):
        return False
    tagged = {name: tags(option, name) for name, _ in fields(option) if name in value}
    return all(str(value[name].value) in words for name, words in tagged.items() if words)
