"""Formulas that several KPIs build on: worked out once for each run, or for each window of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar


class Kept(Protocol):
    """What formulas are of: remembers what they gave."""

    kept: dict[Any, Any]


K = TypeVar("K", bound=Kept)
V = TypeVar("V")


def once(formula: Callable[[K], V]) -> Callable[[K], V]:
    """Make a formula keep what it gave with the facts that it was asked of."""

    @wraps(formula)
    def asked(of: K) -> V:
        if formula not in of.kept:
            of.kept[formula] = formula(of)
        found: V = of.kept[formula]
        return found

    return asked
