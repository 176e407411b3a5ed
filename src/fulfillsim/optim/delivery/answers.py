"""What every delivery solver says at its end: a status that the evaluator confirms, with reasons for what is left."""

from __future__ import annotations

from fulfillsim.optim.delivery.bounds import lower_bound
from fulfillsim.optim.delivery.evaluation import describe, evaluate
from fulfillsim.optim.delivery.feasibility import proof_of_infeasibility
from fulfillsim.optim.delivery.instance import DeliveryInstance
from fulfillsim.optim.delivery.plan import Routes
from fulfillsim.optim.solving import Solution


def refusal(instance: DeliveryInstance, unsupported: str) -> Solution[Routes] | None:
    """The answer where a solver cannot model the instance; None where it can."""
    if not unsupported:
        return None
    message = f"{instance.name} has {unsupported}, which this solver cannot model - take another, or 'auto'"
    return Solution(None, "unknown", message=message)


def answer(
    instance: DeliveryInstance,
    routes: Routes,
    message: str = "",
    incumbents: tuple[tuple[float, float], ...] = (),
) -> Solution[Routes]:
    """A plan with its status; one that breaks rules keeps what it serves and says what it does not and why.

    The bound is computed for feasible plans only.
    """
    judged = evaluate(instance, routes)
    if judged.feasible:
        bound = lower_bound(instance)
        proven = judged.cost <= bound * (1 + 1e-9) and instance.convention.objective == "cost"
        return Solution(routes, "optimal" if proven else "feasible", bound, incumbents, message)
    proof = proof_of_infeasibility(instance)
    broken = "\n".join(describe(instance, violation) for violation in judged.violations)
    reasons = "\n".join(part for part in (message, proof or "no plan found that serves all", broken) if part)
    return Solution(routes, "infeasible" if proof else "unknown", None, incumbents, reasons)
