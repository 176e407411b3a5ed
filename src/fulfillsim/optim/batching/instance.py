"""Orders that wait to be batched: where their lines lie, how large they are, and when they are due.

Every limit of a cart is one *dimension* of its capacity: items, orders, weight, volume, totes. A batch is feasible if
it keeps all of them, so a sort-while-pick cart is an instance with the dimension ``totes`` and nothing else changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fulfillsim.domain.layout import Layout
from fulfillsim.errors import InputError
from fulfillsim.optim.pick_routing.instance import whole_aisles

Batches: TypeAlias = tuple[tuple[int, ...], ...]
"""A plan: for each batch the indices of its orders; where orders have due dates, in the sequence they are picked."""

TOLERANCE = 1e-9
"""Slack in every comparison of a load with a capacity, so that sums of floats are not refused for their last bit."""


@dataclass(frozen=True)
class Pickers:
    """Who walks the batches, needed only where orders have due dates.

    Parameters
    ----------
    n_pickers
        Pickers who each take the next batch of the plan when they are free.
    speed_m_per_s
        Walking speed.
    setup_s
        Per batch, before walking.
    pick_s
        Per order line.
    """

    n_pickers: int = 1
    speed_m_per_s: float = 0.8
    setup_s: float = 180.0
    pick_s: float = 10.0


@dataclass(frozen=True, eq=False)
class BatchingInstance:
    """Orders, a layout and the limits of one cart; every order goes into exactly one batch.

    Parameters
    ----------
    name
        Of the instance, for messages and rows.
    layout
        Where the aisles are.
    first
        Lines of order ``i`` are ``first[i]`` to ``first[i + 1]``; shape (n_orders + 1,).
    aisle, position_m
        Of each order line, as in a `PickList`; shape (n_lines,).
    load
        Share of each capacity that an order takes, >= 0; shape (n_orders, n_dims).
    capacity
        Of one cart, per dimension; shape (n_dims,).
    dims
        Names of the dimensions.
    release_s, due_s
        When an order may be started and should be finished; shape (n_orders,), None without.
    pickers
        Who turns metres into seconds.
    tardiness_m_per_s
        Metres that one second of tardiness is worth in a solver's objective; 0 leaves tardiness to the sequence of the
        batches alone.

    Raises
    ------
    InputError
        If shapes disagree, a line lies outside the layout, a number is none or an order fits on no cart; one line per
        fault.
    """

    name: str
    layout: Layout
    first: NDArray[np.int64]
    aisle: NDArray[np.int32]
    position_m: NDArray[np.float64]
    load: NDArray[np.float64]
    capacity: NDArray[np.float64]
    dims: tuple[str, ...] = ("items",)
    release_s: NDArray[np.float64] | None = None
    due_s: NDArray[np.float64] | None = None
    pickers: Pickers = Pickers()
    tardiness_m_per_s: float = 0.0

    def __post_init__(self) -> None:
        if faults := list(_faults(self)):
            raise InputError("\n".join(f"batching instance {self.name!r}: {fault}" for fault in faults))

    @property
    def n_orders(self) -> int:
        """Number of orders."""
        return len(self.first) - 1

    @cached_property
    def most_orders(self) -> int:
        """Most orders that any feasible batch can have."""
        smallest = np.cumsum(np.sort(self.load, axis=0), axis=0)
        fits = (smallest <= self.capacity + TOLERANCE).all(axis=1)
        return int(fits.sum())

    def lines(self, order: int) -> slice:
        """Where the lines of an order stand in ``aisle`` and ``position_m``."""
        return slice(int(self.first[order]), int(self.first[order + 1]))

    def line_indices(self, batch: tuple[int, ...]) -> NDArray[np.int64]:
        """Indices of all lines of the orders of a batch, order by order."""
        return np.concatenate([np.arange(self.first[i], self.first[i + 1]) for i in batch])

    def with_limit(self, dim: str, load: ArrayLike, capacity: float) -> BatchingInstance:
        """The same orders on a cart with one more limit.

        Parameters
        ----------
        dim
            Name of the limit.
        load
            What each order takes of it, shape (n_orders,), or one number for all.
        capacity
            Of one cart.
        """
        column = np.broadcast_to(np.asarray(load, np.float64), (self.n_orders,))
        return replace(
            self,
            load=np.column_stack([self.load, column]),
            capacity=np.append(self.capacity, float(capacity)),
            dims=(*self.dims, dim),
        )

    def with_max_orders(self, max_orders: int) -> BatchingInstance:
        """At most so many orders on a cart."""
        return self.with_limit("orders", 1.0, max_orders)

    def with_totes(self, n_totes: int, totes: ArrayLike = 1.0) -> BatchingInstance:
        """A sort-while-pick cart: each order is picked into ``totes`` totes of its own, ``n_totes`` stand on it."""
        return self.with_limit("totes", totes, n_totes)

    def subset(self, orders: NDArray[np.int64]) -> BatchingInstance:
        """The instance of some of the orders; order ``i`` of it is ``orders[i]`` of this one."""
        lines = self.line_indices(tuple(orders))
        sizes = np.diff(self.first)[orders]
        return replace(
            self,
            first=np.concatenate([[0], np.cumsum(sizes)]),
            aisle=self.aisle[lines],
            position_m=self.position_m[lines],
            load=self.load[orders],
            release_s=None if self.release_s is None else self.release_s[orders],
            due_s=None if self.due_s is None else self.due_s[orders],
        )


def from_orders(
    layout: Layout,
    orders: list[list[tuple[int, float]]],
    capacity: float,
    load: ArrayLike | None = None,
    name: str = "",
) -> BatchingInstance:
    """Build an instance with one limit, in items.

    Parameters
    ----------
    layout
        Where the aisles are.
    orders
        Per order its lines as (aisle, position in metres from the front).
    capacity
        Items on one cart.
    load
        Items of each order; its number of lines where not given.
    name
        Of the instance.

    Examples
    --------
    >>> from fulfillsim.domain.layout import RectangularLayout
    >>> layout = RectangularLayout(n_aisles=2, n_cells=10, aisle_spacing_m=2.0, cell_m=1.0, end_m=1.0)
    >>> from_orders(layout, [[(0, 1.0), (1, 4.0)], [(1, 2.0)]], capacity=3).n_orders
    2
    """
    sizes = [len(order) for order in orders]
    lines = [line for order in orders for line in order]
    items = np.asarray(sizes if load is None else load, np.float64)
    return BatchingInstance(
        name,
        layout,
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        whole_aisles([aisle for aisle, _ in lines], f"batching instance {name!r}"),
        np.array([position for _, position in lines], np.float64),
        items.reshape(-1, 1),
        np.array([capacity], np.float64),
    )


def _faults(instance: BatchingInstance) -> list[str]:
    """What is wrong, one sentence each."""
    n, dims = instance.n_orders, len(instance.dims)
    shapes: dict[str, tuple[NDArray[Any] | None, tuple[int, ...]]] = {
        "aisle": (instance.aisle, (int(instance.first[-1]),)),
        "position_m": (instance.position_m, (int(instance.first[-1]),)),
        "load": (instance.load, (n, dims)),
        "capacity": (instance.capacity, (dims,)),
        "release_s": (instance.release_s, (n,)),
        "due_s": (instance.due_s, (n,)),
    }
    found = [
        f"{field} must have the shape {shape} (got {array.shape})"
        for field, (array, shape) in shapes.items()
        if array is not None and array.shape != shape
    ]
    return found or [*_empty_orders(instance), *_outside(instance), *_no_numbers(instance), *_oversized(instance)]


def _empty_orders(instance: BatchingInstance) -> list[str]:
    empty = np.flatnonzero(np.diff(instance.first) <= 0)
    return [f"order {i} must have at least one line (got 0) - leave it out" for i in empty]


def _outside(instance: BatchingInstance) -> list[str]:
    lost = np.flatnonzero(~instance.layout.all_hold(instance.aisle, instance.position_m))
    orders = np.searchsorted(instance.first, lost, "right") - 1
    return [
        f"order {order} must lie in the layout: no walk from the depot reaches ({instance.aisle[line]}, "
        f"{instance.position_m[line]:g}) (aisle or vertex, metres)"
        for order, line in zip(orders, lost, strict=True)
    ]


def _no_numbers(instance: BatchingInstance) -> list[str]:
    """What is compared must be numbers; a limit may be infinite."""
    times = {"release_s": instance.release_s, "due_s": instance.due_s}
    rules = {
        "load": ("finite and at least 0", np.isfinite(instance.load).all() and (instance.load >= 0).all()),
        "capacity": ("at least 0", (instance.capacity >= 0).all()),
    } | {name: ("numbers", not np.isnan(times_s).any()) for name, times_s in times.items() if times_s is not None}
    return [f"{name} must be {rule}" for name, (rule, holds) in rules.items() if not holds]


def _oversized(instance: BatchingInstance) -> list[str]:
    order, dim = np.nonzero(instance.load > instance.capacity + TOLERANCE)
    return [
        f"order {i} must fit on one cart: {instance.dims[d]} <= {instance.capacity[d]:g} "
        f"(got {instance.load[i, d]:g}) - split the order or take a larger cart"
        for i, d in zip(order, dim, strict=True)
    ]
