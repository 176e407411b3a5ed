"""Every value of checked settings with its place, for checks that look everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from fulfillsim.scenario.nodes import Path


class Visited(NamedTuple):
    """A value, its place, and the field of the schema in which it stands."""

    path: Path
    value: object
    field: FieldInfo | None


def walk(value: object, path: Path = (), field: FieldInfo | None = None) -> Iterator[Visited]:
    """All values below one, fields of models and entries of mappings, from the top down."""
    yield Visited(path, value, field)
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            yield from walk(getattr(value, name), (*path, info.alias or name), info)
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from walk(below, (*path, str(key)), field)
