"""The strongest solver that is installed and can model the instance, saying which and why."""

from __future__ import annotations

from dataclasses import replace

from fulfillsim.optim.delivery import hybrid, ortools_plain, with_pyvrp
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.solving import Solution, Stop


def chosen(instance: DeliveryInstance) -> tuple[str, str]:
    """Name of the solver and the reason; an empty name where none can model the instance."""
    refused = []
    if not with_pyvrp.installed():
        refused.append("pyvrp is not installed (fulfillsim[pyvrp])")
    elif what := with_pyvrp.supports(instance):
        refused.append(f"pyvrp cannot model {what}")
    else:
        return "pyvrp", "installed, models all of it, and is the strongest"
    if not (what := hybrid.supports(instance)):
        return "ortools", "; ".join(refused)
    refused.append(f"ortools cannot model {what}")
    if not (what := ortools_plain.supports(instance)):
        return "ortools_plain", "; ".join(refused)
    return "", "; ".join([*refused, f"ortools_plain cannot model {what}"])


def supports(instance: DeliveryInstance) -> str:
    """What no installed solver can model; empty if one can."""
    name, reason = chosen(instance)
    return "" if name else reason


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """The chosen solver's answer; the message begins with its name and why it was taken."""
    solvers = {"pyvrp": with_pyvrp.solve, "ortools": hybrid.solve, "ortools_plain": ortools_plain.solve}
    name, reason = chosen(instance)
    if not name:
        return Solution(None, "unknown", message=f"no solver can model {instance.name}: {reason}")
    solution = solvers[name](instance, stop)
    return replace(solution, message=f"{name} ({reason}): {solution.message}")
