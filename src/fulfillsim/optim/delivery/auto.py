"""The strongest solver that is installed and can model the instance, saying which and why.

Given seconds, where PyVRP can model the instance and our own search through plans with faults can too, one goes on from
the other's plan: the two get stuck in different places. A budget of steps is for one solver, which a scenario names.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

from fulfillsim.optim.delivery import hybrid, with_pyvrp
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.penalized import can_model
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.solving import Solution, Stop

BOTH = "pyvrp, then ortools"
SHARE_OF_PYVRP = 0.4


def chosen(instance: DeliveryInstance, stop: Stop) -> tuple[str, str]:
    """Name of the solver and the reason."""
    if not with_pyvrp.installed():
        return "ortools", "pyvrp is not installed (fulfillsim[pyvrp])"
    if what := with_pyvrp.supports(instance):
        return "ortools", f"pyvrp cannot model {what}"
    if stop.seconds is None or not instance.stops or not can_model(instance):
        return "pyvrp", "installed, models all of it, and is the strongest"
    return BOTH, "both model all of it, and one improves on the other"


def supports(instance: DeliveryInstance) -> str:
    """What no installed solver can model: nothing."""
    return hybrid.supports(instance)


def solve(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """The chosen solver's answer; the message begins with its name and why it was taken."""
    name, reason = chosen(instance, stop)
    method = {BOTH: solve_by_both, "pyvrp": with_pyvrp.solve, "ortools": hybrid.solve}[name]
    solution = method(instance, stop)
    return replace(solution, message=f"{name} ({reason}): {solution.message}")


def solve_by_both(instance: DeliveryInstance, stop: Stop) -> Solution[Routes]:
    """Our own search from PyVRP's plan, in what time is left."""
    begun, seconds = perf_counter(), stop.seconds or 0.0
    first = with_pyvrp.solve(instance, replace(stop, seconds=SHARE_OF_PYVRP * seconds))
    spent = perf_counter() - begun
    is_start = first.status in ("feasible", "optimal")
    rest = hybrid.solve_from(instance, replace(stop, seconds=seconds - spent), first.plan if is_start else None)
    later = tuple((spent + at, cost) for at, cost in rest.incumbents)
    message = f"{first.message.splitlines()[0]}; {rest.message}"
    return replace(rest, incumbents=(*(first.incumbents if is_start else ()), *later), message=message)
