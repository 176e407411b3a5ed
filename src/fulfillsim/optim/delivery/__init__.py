"""Delivery routes: vehicles, stops with windows, and the solvers that join them.

A solver is a module of two functions: ``supports(instance) -> str`` says what it cannot model (empty: nothing), and
``solve(instance, stop) -> Solution[Routes]``. To add one: a file here and its name in `SOLVERS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from fulfillsim.errors import UnknownNameError
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.solving import Solution, Stop


class Solver(Protocol):
    """A delivery method."""

    def supports(self, instance: DeliveryInstance) -> str:
        """What it cannot model; empty if nothing."""
        ...

    def solve(self, instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
        """A plan with its status; infeasible instances give a status with reasons, never an exception."""
        ...


SOLVERS: dict[str, str] = {
    "auto": "auto",
    "ortools": "hybrid",
    "ortools_plain": "ortools_plain",
    "pyvrp": "with_pyvrp",
    "local_search": "local_search",
    "savings": "savings",
    "regret_insertion": "regret_insertion",
    "insertion": "insertion",
}
"""Module of each solver by its name; imported when it is asked for."""


def solver(name: str) -> Solver:
    """The solver of a name.

    Raises
    ------
    UnknownNameError
        If nothing bears it.
    """
    if name not in SOLVERS:
        raise UnknownNameError("delivery solver", name, SOLVERS)
    return cast(Solver, import_module(f"fulfillsim.optim.delivery.{SOLVERS[name]}"))
