"""Which carrier takes which waiting parcel at a cutoff: rules, and the optimal assignment.

A solver is a module with ``solve(instance, stop) -> Solution[Services]``. To add one: a file here and its name in
`SOLVERS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from fulfillsim.errors import UnknownNameError
from fulfillsim.optim.carrier_assignment.instance import AssignmentInstance, Services
from fulfillsim.optim.solving import Solution, Stop


class Solver(Protocol):
    """A method of assigning parcels."""

    def solve(self, instance: AssignmentInstance, stop: Stop) -> Solution[Services]:
        """A service for each parcel, or -1 where it waits for the next cutoff."""
        ...


SOLVERS: dict[str, str] = {
    "optimal": "optimal",
    "cheapest": "cheapest",
    "fastest": "fastest",
    "cheapest_on_promise": "cheapest_on_promise",
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
        raise UnknownNameError("carrier assignment", name, SOLVERS)
    return cast(Solver, import_module(f"fulfillsim.optim.carrier_assignment.{SOLVERS[name]}"))
