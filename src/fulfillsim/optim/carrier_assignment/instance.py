"""The parcels that wait at a cutoff, what each service asks for each of them, and what carriers allow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import floor

import numpy as np
from numpy.typing import NDArray

from fulfillsim.errors import InputError

Services = tuple[int, ...]
"""Service of each parcel; -1: it waits."""


@dataclass(frozen=True)
class CarrierTerms:
    """What holds for a carrier at this cutoff.

    Parameters
    ----------
    capacity
        Parcels that its pickup takes; None for any number.
    max_share
        Of all waiting parcels, so that no carrier gets too many.
    committed
        Parcels that it was promised for this cutoff.
    shortfall_cost
        Of each parcel that is missing from the commitment.
    """

    capacity: int | None = None
    max_share: float = 1.0
    committed: int = 0
    shortfall_cost: float = 0.0


@dataclass(frozen=True, eq=False)
class AssignmentInstance:
    """An assignment problem.

    Parameters
    ----------
    price
        Of each parcel with each service, shape (n_parcels, n_services); infinite where it is not carried.
    on_time_prob
        Chance that the promise is met, same shape.
    transit_s
        Expected time until delivery, same shape.
    carrier
        Index into ``carriers`` of each service.
    carriers
        Terms of each.
    wait_cost
        Of leaving a parcel for the next cutoff, shape (n_parcels,).
    order
        Parcels of equal numbers travel with one service or wait together; None: each on its own.
    late_cost
        Of a broken promise; its expectation is added to the price.
    size
        Parcels in each row, where a row is an order whose parcels go together: they count against capacities and
        commitments, shape (n_parcels,); None: one.
    least_prob
        A service whose chance is below may not be taken, unless none reaches it: then all may.

    Raises
    ------
    InputError
        If shapes or figures do not fit.
    """

    price: NDArray[np.float64]
    on_time_prob: NDArray[np.float64]
    transit_s: NDArray[np.float64]
    carrier: tuple[int, ...]
    carriers: tuple[CarrierTerms, ...]
    wait_cost: NDArray[np.float64]
    order: tuple[int, ...] | None = None
    late_cost: float = 0.0
    least_prob: float = 0.0
    size: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        """Refuse what does not fit together."""
        shape = self.price.shape
        fits = len(shape) == 2 and self.on_time_prob.shape == self.transit_s.shape == shape
        if not fits or len(self.carrier) != shape[1] or self.wait_cost.shape != (shape[0],):
            raise InputError(f"carrier assignment: tables must be parcels by services (got {shape}) - complete them")
        if self.size is not None and self.size.shape != (shape[0],):
            raise InputError(f"carrier assignment: needs a size per row (got {self.size.shape}) - complete it")
        if self.order is not None and len(self.order) != shape[0]:
            raise InputError(f"carrier assignment: needs an order per parcel (got {len(self.order)}) - complete it")
        probs_fit = bool(((self.on_time_prob >= 0) & (self.on_time_prob <= 1)).all())
        if not probs_fit or not (self.price >= 0).all() or not (np.isfinite(self.wait_cost)).all():
            raise InputError(
                "carrier assignment: prices must be >= 0, chances in [0, 1], waiting finite - correct them"
            )

    @property
    def n_parcels(self) -> int:
        """Waiting."""
        return len(self.price)

    @cached_property
    def allowed(self) -> NDArray[np.bool_]:
        """Which services may be taken, shape (n_parcels, n_services)."""
        carried = np.isfinite(self.price)
        in_time = carried & (self.on_time_prob >= self.least_prob)
        return np.where(in_time.any(axis=1, keepdims=True), in_time, carried)

    @cached_property
    def cost(self) -> NDArray[np.float64]:
        """Price and expected lateness; infinite where not allowed."""
        return np.where(self.allowed, self.price + self.late_cost * (1.0 - self.on_time_prob), np.inf)

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Parcels that stay together, by their first member."""
        if self.order is None:
            return tuple((parcel,) for parcel in range(self.n_parcels))
        members: dict[int, list[int]] = {}
        for parcel, order in enumerate(self.order):
            members.setdefault(order, []).append(parcel)
        return tuple(tuple(group) for group in members.values())

    @property
    def n_groups(self) -> int:
        """Groups of parcels that stay together."""
        return self.n_parcels if self.order is None else len(self.groups)

    @cached_property
    def group_of(self) -> NDArray[np.int64]:
        """Group of each parcel, shape (n_parcels,)."""
        if self.order is None:
            return np.arange(self.n_parcels)
        found = np.empty(self.n_parcels, np.int64)
        for number, group in enumerate(self.groups):
            found[list(group)] = number
        return found

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Parcels that each row counts for, shape (n_parcels,)."""
        return np.ones(self.n_parcels, np.int64) if self.size is None else self.size

    @cached_property
    def group_size(self) -> NDArray[np.int64]:
        """Parcels of each group, shape (n_groups,)."""
        return np.bincount(self.group_of, self.sizes, minlength=self.n_groups).astype(np.int64)

    @cached_property
    def group_allowed(self) -> NDArray[np.bool_]:
        """Services that may take all parcels of a group, shape (n_groups, n_services)."""
        return self.group_least(self.allowed.astype(np.float64)) > 0

    def group_sum(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the parcels of each group, shape (n_groups, ...)."""
        if self.order is None:
            return table
        sums = np.zeros((len(self.groups), *table.shape[1:]))
        np.add.at(sums, self.group_of, table)
        return sums

    def group_least(self, table: NDArray[np.float64]) -> NDArray[np.float64]:
        """Least over the parcels of each group, shape (n_groups, ...)."""
        if self.order is None:
            return table
        least = np.full((len(self.groups), *table.shape[1:]), np.inf)
        np.minimum.at(least, self.group_of, table)
        return least

    def spread(self, services: NDArray[np.int64] | NDArray[np.intp]) -> Services:
        """Service of each parcel from that of its group."""
        return tuple(services[self.group_of].tolist())

    @cached_property
    def most(self) -> tuple[int, ...]:
        """Parcels that each carrier may get: pickup capacity and share of what waits."""
        n = int(self.sizes.sum())
        shares = [floor(terms.max_share * n + 1e-9) for terms in self.carriers]
        caps = [n if terms.capacity is None else terms.capacity for terms in self.carriers]
        return tuple(min(pair) for pair in zip(shares, caps, strict=True))
