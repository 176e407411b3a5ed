"""The strongest solver that is installed and can model the instance, saying which and why.

For so many seconds that is our own, for so many steps PyVRP, whose steps do more and take some forty times as long
(docs/benchmarks.md, on generated instances with vans that are alike and that are not).
"""

from __future__ import annotations

from dataclasses import replace

from fulfillsim.optim.delivery import hybrid, with_pyvrp
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.solving import Solution, Stop


def chosen(instance: DeliveryInstance, stop: Stop) -> tuple[str, str]:
    """Name of the solver and the reason."""
    if stop.seconds is not None:
        return "ortools", "models all of it, and is the strongest for so many seconds"
    if not with_pyvrp.installed():
        return "ortools", "pyvrp is not installed (fulfillsim[pyvrp])"
    if what := with_pyvrp.supports(instance):
        return "ortools", f"pyvrp cannot model {what}"
    return "pyvrp", "installed, models all of it, and is the strongest for so many steps"


def supports(instance: DeliveryInstance) -> str:
    """What no installed solver can model: nothing."""
    return hybrid.supports(instance)


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """The chosen solver's answer; the message begins with its name and why it was taken."""
    name, reason = chosen(instance, stop)
    method = {"pyvrp": with_pyvrp.solve, "ortools": hybrid.solve}[name]
    solution = method(instance, stop)
    return replace(solution, message=f"{name} ({reason}): {solution.message}")
