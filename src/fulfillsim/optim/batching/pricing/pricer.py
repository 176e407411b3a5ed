"""Columns for given duals where batches are too many to list, and the bound that an exhausted search proves."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.columns.listing import Found, large_first
from fulfillsim.optim.batching.encoding import memo_for, scratch_for
from fulfillsim.optim.batching.instance import TOLERANCE, BatchingInstance

if TYPE_CHECKING:
    from fulfillsim.optim.batching._kernels import Walk
    from fulfillsim.optim.batching.pricing import _kernels
    from fulfillsim.optim.batching.pricing.exhaustive._kernels import Levels

BUFFER = 40_000
ASKED_PER_SECOND = 1_000_000


class Pricer:
    """Finds columns of one instance, by exchanges (fast, may miss some) or by search (misses none).

    Parameters
    ----------
    instance
        Whose orders.
    walk
        The same orders as kernels read them.
    """

    def __init__(self, instance: BatchingInstance, walk: Walk) -> None:
        from fulfillsim.optim.batching._kernels import add_order
        from fulfillsim.optim.batching.pricing._kernels import Orders

        scratch = scratch_for(walk)
        words = np.zeros((instance.n_orders, len(scratch.word)), np.uint64)
        for order in range(instance.n_orders):
            add_order(walk, words[order], order)
        capacity = instance.capacity + TOLERANCE
        self._orders = Orders(walk, scratch, memo_for(instance.n_orders), words, instance.load, capacity)
        self._instance, self._most = instance, instance.most_orders
        self._sequence = large_first(instance)

    def exchange(
        self, dual: NDArray[np.float64], base: list[tuple[int, ...]], keep_m: float, most: int, deadline: float
    ) -> Found:
        """The ``most`` best columns with reduced cost below ``keep_m``, downhill from the base columns."""
        from fulfillsim.optim.batching.pricing._kernels import exchange

        found = self._buffer()
        start = np.cumsum([0, *map(len, base)]).astype(np.int64)
        order = np.array([order for column in base for order in column], np.int64)
        exchange(self._orders, dual, start, order, self._most, keep_m, found, _most_asked(deadline))
        return _columns(found, most)

    def search(self, dual: NDArray[np.float64], factor: float, most: int, deadline: float) -> tuple[Found, bool]:
        """The ``most`` best columns shorter than ``factor`` times their duals, and whether the search saw all batches.

        If it did and found none, ``factor`` times the sum of duals bounds every partition from below.
        """
        found, is_done = self._buffer(), True
        for root in self._roots():
            is_done = self._search_root(dual, factor, root, found, _most_asked(deadline))
            if not is_done or found.count[0] > BUFFER // 2:
                is_done = False
                break
        return _columns(found, most), is_done

    def _roots(self) -> Iterator[int]:
        """Places of first orders: from the back, where subtrees are small and columns are found soon."""
        yield from range(self._instance.n_orders - 1, -1, -1)

    def _search_root(
        self, dual: NDArray[np.float64], factor: float, root: int, found: _kernels.Found, most_asked: int
    ) -> bool:
        from fulfillsim.optim.batching.pricing.exhaustive._kernels import search_root

        share = (self._instance.load / np.maximum(self._instance.capacity, TOLERANCE)).sum(axis=1)
        full = float(len(self._instance.capacity)) + TOLERANCE
        levels = self._levels()
        orders, sequence = self._orders, self._sequence
        return bool(
            search_root(orders, dual, factor, sequence, root, share, full, self._most, levels, found, most_asked)
        )

    def _levels(self) -> Levels:
        from fulfillsim.optim.batching.pricing.exhaustive._kernels import Levels

        n, depth = self._instance.n_orders, self._most + 2
        return Levels(
            np.zeros((depth, n), np.int64),
            np.zeros((depth, n)),
            np.zeros(depth, np.int64),
            np.zeros(depth, np.int64),
            np.zeros((depth, self._orders.words.shape[1]), np.uint64),
            np.zeros((depth, len(self._instance.capacity))),
            np.zeros(depth, np.uint64),
            np.zeros(depth),
            np.zeros(depth),
        )

    def _buffer(self) -> _kernels.Found:
        from fulfillsim.optim.batching.pricing._kernels import Found as Buffer

        room = BUFFER * min(self._most + 1, 16)
        return Buffer(
            np.zeros(BUFFER + 1, np.int64),
            np.zeros(room, np.int64),
            np.zeros(BUFFER),
            np.zeros(BUFFER),
            np.zeros(1, np.int64),
        )


def _most_asked(deadline: float) -> int:
    """Tours that a kernel, which reads no clock, may ask for until then."""
    return int(min(ASKED_PER_SECOND * max(deadline - perf_counter(), 0.0), 2**62))


def _columns(found: _kernels.Found, most: int) -> Found:
    """The best of what a kernel wrote down, least reduced cost first."""
    n = int(found.count[0])
    starts, orders = found.start.tolist(), found.order.tolist()
    ranked = np.argsort(found.cost[:n], kind="stable")[:most].tolist()
    columns = [tuple(sorted(orders[starts[k] : starts[k + 1]])) for k in ranked]
    return columns, found.length[ranked].tolist()
