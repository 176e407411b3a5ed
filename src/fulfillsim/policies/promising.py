"""What a customer is promised, and which departure that rests on."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import NamedTuple, Protocol

from fulfillsim.domain.processing import Promise
from fulfillsim.policies.carrier_choice import Option


class Told(NamedTuple):
    """A promise: the last second of the promised date, and the carrier service and departure that it rests on."""

    promise_s: float
    plan: Option


class Asked(Protocol):
    """An order that is to be promised, and what may be asked about it."""

    @property
    def cutoff_s(self) -> float:
        """The next cutoff after the promise clock has started."""
        ...

    @property
    def ready_s(self) -> float:
        """When the order is at the dock by plan: at that cutoff, and the handling days after it."""
        ...

    def options(self, ready_s: float) -> Sequence[Option]:
        """What could carry it if it were at the dock by then; none where nobody goes there."""
        ...

    def best(self, ready_s: float) -> Option | None:
        """One of these as the scenario chooses carriers while nothing is promised yet."""
        ...

    def choose(self, options: Sequence[Option], promise_s: float | None) -> Option:
        """One of them, as the scenario chooses carriers."""
        ...

    def end_of(self, since_s: float, working_days: int) -> float:
        """Last second of the day so many working days of the warehouse later."""
        ...

    def cleared_s(self) -> float:
        """When the people rostered will have done the work that waits now, and this order's."""
        ...

    def staged_s(self, prob: float) -> float:
        """When it is at the dock with a chance, by the law of its path's time."""
        ...

    def delivered_s(self, lane: int, departure_s: float, prob: float) -> float:
        """Last second of the first day by whose end it is delivered with a chance, path and transit taken together.

        Without a known path time it leaves with the departure given.
        """
        ...


class Promising(Protocol):
    """Promises an order by the terms of its service; None where nobody can deliver it."""

    def __call__(self, asked: Asked, terms: Promise) -> Told | None: ...  # noqa: D102


def cutoff_quote(asked: Asked, terms: Promise) -> Told | None:
    """The departure that the order can make by its cutoff, and the carrier's quoted transit."""
    return _quoted(asked, asked.ready_s)


def fixed_days(asked: Asked, terms: Promise) -> Told | None:
    """So many working days after the cutoff, whatever the carrier quotes."""
    options = asked.options(asked.ready_s)
    promise_s = asked.end_of(asked.cutoff_s, terms.fixed_days)
    return Told(promise_s, asked.choose(options, promise_s)) if options else None


def quantile(asked: Asked, terms: Promise) -> Told | None:
    """The first date that is kept with a chance, by the laws of path time and transit; no cutoff counts."""
    quoted = _quoted(asked, asked.staged_s(terms.kept_prob))
    if quoted is None:
        return None
    plan = quoted.plan
    return Told(asked.delivered_s(plan.lane, plan.departure_s, terms.kept_prob), plan)


def load_aware(asked: Asked, terms: Promise) -> Told | None:
    """Cutoff and quote, and not before the people rostered have worked off what waits now."""
    cleared_s = asked.cleared_s()
    return _quoted(asked, max(asked.ready_s, cleared_s) if cleared_s < inf else asked.ready_s)


def _quoted(asked: Asked, ready_s: float) -> Told | None:
    """The choice among what goes from then on, with its quote."""
    best = asked.best(ready_s)
    return Told(best.arrival_s, best) if best is not None else None


BY_CUTOFF: dict[str, Promising] = {"cutoff_quote": cutoff_quote, "fixed_days": fixed_days}
"""Asked once for all orders of a kind that make the same cutoff."""

AT_THE_MOMENT: dict[str, Promising] = {"quantile": quantile, "load_aware": load_aware}
"""Asked about each order as it is accepted."""

EXPERIENCE, BACKLOG = "experience", "backlog"
LOOKS_AT: dict[str, frozenset[str]] = {"quantile": frozenset({EXPERIENCE}), "load_aware": frozenset({BACKLOG})}
"""What is kept up to date only where a policy looks at it: how long orders took, and the work that waits.

A policy at the moment that is not named here may look at both.
"""


def looks_at(policy: str) -> frozenset[str]:
    """What has to be kept for a policy.

    >>> sorted(looks_at("quantile")), sorted(looks_at("cutoff_quote"))
    (['experience'], [])
    """
    return LOOKS_AT.get(policy, frozenset({EXPERIENCE, BACKLOG})) if policy in AT_THE_MOMENT else frozenset()


PROMISING: dict[str, Promising] = {**BY_CUTOFF, **AT_THE_MOMENT}
"""Policies of both kinds by the names that scenarios use."""
