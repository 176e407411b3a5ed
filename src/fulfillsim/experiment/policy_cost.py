"""What decisions on picking cost in computing time: told beside the figures, and never among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fulfillsim.sim.trace import Computing


@dataclass(frozen=True)
class PolicyCost:
    """Decisions of some replications, and the CPU seconds they took on this machine.

    Parameters
    ----------
    n_replications
        Those that were looked at.
    n_plans, plan_s
        Plans of batches, compiling left in where it happened in between.
    n_routed, route_s
        Tours routed by something dearer than an s-shape.
    """

    n_replications: int
    n_plans: int
    plan_s: float
    n_routed: int
    route_s: float

    @classmethod
    def of(cls, found: Iterable[Computing]) -> PolicyCost:
        """The sum over replications."""
        rows = list(found)
        return cls(
            len(rows),
            sum(row.n_plans for row in rows),
            sum(row.plan_s for row in rows),
            sum(row.n_routed for row in rows),
            sum(row.route_s for row in rows),
        )

    def __str__(self) -> str:
        """A line; empty where everything is first come, first served on an s-shape."""
        told = []
        if self.n_plans:
            told.append(f"{self.n_plans:,} plans of batches in {self.plan_s:.3g} s")
        if self.n_routed:
            told.append(f"{self.n_routed:,} tours routed in {self.route_s:.3g} s")
        runs = f"{self.n_replications} replication" + ("" if self.n_replications == 1 else "s")
        return f"computing time of picking policies in {runs}: {', '.join(told)}" if told else ""
