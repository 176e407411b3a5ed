"""What every solver of one instance is given besides the instance, and what it gives back besides the plan.

A solver is a function ``(instance, stop) -> Solution``. It never judges its own plan: each problem has an evaluator
that recomputes cost and feasibility from the plan alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from fulfillsim.domain.notebook import html_table

if TYPE_CHECKING:
    import pandas as pd

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

    def rows(self) -> list[dict[str, object]]:
        """One dictionary per part of the plan: a batch with its orders, a route with its stops, a pick of a tour."""
        parts: Any = getattr(self.plan, "sequence", self.plan)
        return [_row(place, part) for place, part in enumerate(parts if isinstance(parts, tuple) else (), 1)]

    def summary(self) -> str:
        """Status, bound and size of the plan in a line."""
        bound = "" if self.lower_bound is None else f", at least {self.lower_bound:.10g}"
        said = f" - {self.message}" if self.message else ""
        return f"{self.status}{bound}: " + (f"{len(self.rows())} parts" if self.plan is not None else "no plan") + said

    def to_frame(self) -> pd.DataFrame:
        """`rows` as a frame."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def __repr__(self) -> str:
        return f"<Solution {self.summary()}>"

    def _repr_html_(self) -> str:
        rows = self.rows()
        return html_table(list(rows[0]) if rows else (), (tuple(row.values()) for row in rows), [self.summary()])


def _row(place: int, part: Any) -> dict[str, object]:
    """A part of a plan: a route knows its vehicle, a batch is a tuple of orders, a pick a number."""
    if hasattr(part, "trips"):
        trips = " | ".join(" ".join(map(str, trip)) for trip in part.trips)
        return {"route": place, "vehicle": part.vehicle, "stops": len(part.stops), "trips": trips}
    if isinstance(part, tuple):
        return {"batch": place, "orders": len(part), "which": " ".join(map(str, part))}
    return {"collected": place, "pick": part}
