"""All feasible batches with their lengths, where there are few enough: exact pricing is then one pass over them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.encoding import scratch_for
from fulfillsim.optim.batching.instance import TOLERANCE, BatchingInstance

if TYPE_CHECKING:
    from fulfillsim.optim.batching._kernels import Walk
    from fulfillsim.optim.batching.columns._kernels import Cuts, Tree

KEPT = 6
Found = tuple[list[tuple[int, ...]], list[float]]
"""Columns and their metres."""


@dataclass
class Listing:
    """Every feasible batch of an instance.

    Parameters
    ----------
    tree
        The batches.
    n_orders, most_orders
        Of the instance.
    """

    tree: Tree
    n_orders: int
    most_orders: int

    def __post_init__(self) -> None:
        self._value = np.empty(len(self.tree.length))

    def price(self, dual: NDArray[np.float64], cuts: Cuts) -> tuple[Found, float]:
        """The columns with negative reduced cost that are best for each order, and a factor for the duals.

        The duals times the factor (at most 1) cost no batch more than its length, so they bound every partition.
        """
        from fulfillsim.optim.batching.columns._kernels import Shelf, price_tree

        shelf = Shelf(np.zeros((self.n_orders, KEPT)), np.full((self.n_orders, KEPT), -1))
        ratio = price_tree(self.tree, dual, cuts, self._value, shelf, -1e-6)
        nodes = np.unique(shelf.column)
        return self._columns(nodes[nodes >= 0]), min(1.0, float(ratio))

    def cheapest(self, n_columns: int, gap_m: float) -> tuple[Found, float]:
        """At most ``n_columns`` batches with a reduced cost up to ``gap_m``, and the cost up to which these are all."""
        cost = self.tree.length - self._value
        nodes, edge_m = np.flatnonzero(cost <= gap_m), gap_m
        if len(nodes) > n_columns:
            nodes = nodes[np.argsort(cost[nodes], kind="stable")[:n_columns]]
            edge_m = float(cost[nodes[-1]]) - 1e-6  # of equal ones some may be left out
        return self._columns(nodes), edge_m

    def n_within(self, gap_m: float) -> int:
        """Batches with a reduced cost up to ``gap_m``."""
        return int(np.count_nonzero(self.tree.length - self._value <= gap_m))

    def within(self, gap_m: float) -> Listing:
        """The batches with a reduced cost up to ``gap_m``, and what the tree needs to hold them."""
        tree, keep = self.tree, self.tree.length - self._value <= gap_m
        while (parents := tree.parent[keep & (tree.parent >= 0)]).size and not keep[parents].all():
            keep[parents] = True
        number = np.append(np.cumsum(keep, dtype=np.int32) - 1, np.int32(-1))  # the last one is that of no parent
        smaller = tree._replace(parent=number[tree.parent[keep]], last=tree.last[keep], length=tree.length[keep])
        found = Listing(smaller, self.n_orders, self.most_orders)
        found._value[:] = self._value[keep]
        return found

    def _columns(self, nodes: NDArray[np.int64]) -> Found:
        from fulfillsim.optim.batching.columns._kernels import members

        start = np.zeros(len(nodes) + 1, np.int64)
        order = np.zeros(len(nodes) * self.most_orders + 1, np.int64)
        members(self.tree, nodes, start, order)
        orders, starts = order.tolist(), start.tolist()
        columns = [tuple(sorted(orders[a:b])) for a, b in pairwise(starts)]
        return columns, self.tree.length[nodes].tolist()


def large_first(instance: BatchingInstance) -> NDArray[np.int64]:
    """Orders by the share of a cart that they take, largest first."""
    share = (instance.load / np.maximum(instance.capacity, TOLERANCE)).max(axis=1)
    return np.argsort(-share, kind="stable")


def is_listable(instance: BatchingInstance, limit: int) -> bool:
    """Whether there are fewer than ``limit`` feasible batches."""
    return _count(instance, limit) < limit


def _count(instance: BatchingInstance, limit: int) -> int:
    from fulfillsim.optim.batching.columns._kernels import count_sets

    capacity = instance.capacity + TOLERANCE
    return int(count_sets(instance.load, capacity, large_first(instance), instance.most_orders, limit))


def list_all(instance: BatchingInstance, walk: Walk, limit: int) -> Listing | None:
    """All feasible batches, or None if there are ``limit`` or more."""
    from fulfillsim.optim.batching.columns._kernels import Tree, grow

    sequence, most, capacity = large_first(instance), instance.most_orders, instance.capacity + TOLERANCE
    n_sets = _count(instance, limit)
    if n_sets >= limit:
        return None
    tree = Tree(np.empty(n_sets, np.int32), np.empty(n_sets, np.int32), np.empty(n_sets))
    grow(walk, scratch_for(walk), instance.load, capacity, sequence, most, tree)
    return Listing(tree, instance.n_orders, most)


def list_these(instance: BatchingInstance, walk: Walk, columns: Iterable[tuple[int, ...]]) -> Listing:
    """These batches, and the smaller ones that the tree needs to hold them."""
    from fulfillsim.optim.batching._kernels import measure_sets
    from fulfillsim.optim.batching.columns._kernels import Tree

    place = np.argsort(large_first(instance)).tolist()
    number: dict[tuple[int, ...], int] = {(): -1}
    for column in columns:
        batch = tuple(sorted(column, key=place.__getitem__))
        for size in range(1, len(batch) + 1):
            number.setdefault(batch[:size], len(number) - 1)
    batches = list(number)[1:]
    begins = np.cumsum([0, *map(len, batches)]).astype(np.int64)
    orders = np.fromiter((order for batch in batches for order in batch), np.int64, int(begins[-1]))
    lengths = np.empty(len(batches))
    measure_sets(walk, scratch_for(walk), begins, orders, lengths)
    parents = np.fromiter((number[batch[:-1]] for batch in batches), np.int32, len(batches))
    tree = Tree(parents, orders[begins[1:] - 1].astype(np.int32), lengths)
    return Listing(tree, instance.n_orders, instance.most_orders)
