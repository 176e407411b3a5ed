"""What every solver of one instance is given besides the instance, and what it gives back besides the plan.

A solver is a function ``(instance, stop) -> Solution``. It never judges its own plan: each problem has an evaluator
that recomputes cost and feasibility from the plan alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Generic, Literal, TypeVar

Plan = TypeVar("Plan")
Status = Literal["optimal", "feasible", "infeasible", "unknown"]


@dataclass(frozen=True)
class Stop:
    """When a solver ends, and the seed that it draws from.

    Parameters
    ----------
    seconds
        Wall time of one single-threaded solve, model building included; ``None`` inside a simulation, whose budgets
        count work.
    iterations
        Steps of the method's own search; each method says what one is.
    seed
        Of all its draws.
    """

    seconds: float | None = None
    iterations: int | None = None
    seed: int = 1

    def deadline(self) -> float:
        """Reading of ``time.perf_counter`` at which to end; infinity without a limit in seconds."""
        return perf_counter() + self.seconds if self.seconds is not None else float("inf")


@dataclass(frozen=True)
class Solution(Generic[Plan]):
    """A plan with what the solver knows about it.

    Parameters
    ----------
    plan
        ``None`` where none was found.
    status
        ``optimal`` (proven), ``feasible``, ``infeasible`` (proven), ``unknown``.
    lower_bound
        Proven bound on the objective, ``None`` where the method has none.
    incumbents
        (seconds since the start, value) of each improvement, where the method records them.
    message
        Why there is no plan, or what the method chose (``auto`` names its solver here).
    """

    plan: Plan | None
    status: Status
    lower_bound: float | None = None
    incumbents: tuple[tuple[float, float], ...] = ()
    message: str = ""
