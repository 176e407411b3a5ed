"""Simulation and optimization of fulfillment operations, from receipt to delivery.

The Python door: ``import fulfillsim as fs``, then ``fs.load_scenario``, ``fs.simulate``. Importing the
package does nothing and loads nothing; a name is fetched from its room when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fulfillsim.errors import FulfillsimError, ScenarioError
    from fulfillsim.experiment import (
        Comparison,
        Result,
        compare,
        factorial,
        find_threshold,
        latin_hypercube,
        select,
        sensitivity,
        simulate,
        steady_state,
        verify,
    )
    from fulfillsim.scenario import Scenario, load_scenario

__all__ = [
    "Comparison",
    "FulfillsimError",
    "Result",
    "Scenario",
    "ScenarioError",
    "compare",
    "factorial",
    "find_threshold",
    "latin_hypercube",
    "load_scenario",
    "select",
    "sensitivity",
    "simulate",
    "steady_state",
    "verify",
]

_ROOM_OF = {
    "FulfillsimError": "errors",
    "ScenarioError": "errors",
    "Scenario": "scenario",
    "load_scenario": "scenario",
    "Comparison": "experiment",
    "Result": "experiment",
    "compare": "experiment",
    "factorial": "experiment",
    "find_threshold": "experiment",
    "latin_hypercube": "experiment",
    "select": "experiment",
    "sensitivity": "experiment",
    "simulate": "experiment",
    "steady_state": "experiment",
    "verify": "experiment",
}


def __getattr__(name: str) -> object:
    """Fetch a public name from the room that holds it (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("fulfillsim")
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'fulfillsim' has no attribute {name!r}; it offers {', '.join(__all__)}")
    value: object = getattr(import_module(f"fulfillsim.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
