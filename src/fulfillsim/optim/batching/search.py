"""Builds what one annealing works on, and runs it in slices so that clocks are read between them only."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from fulfillsim.optim.batching.encoding import memo_for, scratch_for
from fulfillsim.optim.batching.instance import TOLERANCE, BatchingInstance
from fulfillsim.optim.batching.plans import least_batches

if TYPE_CHECKING:
    from fulfillsim.optim.batching._kernels import Walk
    from fulfillsim.optim.batching.state._kernels import State

N_NEAR = 24
POOL = 60_000
SLICE = 20_000
SLACK = 0.05
"""Share of its capacity by which a batch may be too full on the way to better ones."""
PRICE = 30.0
"""Mean tours that a whole cart of overload costs at first."""


@dataclass
class Columns:
    """Feasible batches and their metres.

    Parameters
    ----------
    start, order
        Orders of column ``k`` are ``order[start[k]:start[k + 1]]``.
    length_m
        Metres of each column.
    """

    start: NDArray[np.int64]
    order: NDArray[np.int32]
    length_m: NDArray[np.float64]


@dataclass
class Annealing:
    """One search over batches of an instance, which can be begun anew from any batches.

    Parameters
    ----------
    instance
        Whose orders.
    walk
        The same orders as kernels read them.
    near
        For each order those that go best with it, shape (n_orders, n_near).
    seed
        Of all draws.
    """

    instance: BatchingInstance
    walk: Walk
    near: NDArray[np.int32]
    seed: int
    began: float = field(default_factory=perf_counter)
    incumbents: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        n = self.instance.n_orders
        self._best, self._least = np.arange(n), np.full(1, np.inf)
        self._memo, self._scratch = memo_for(n), scratch_for(self.walk)
        self._random = np.array([np.random.default_rng(self.seed).integers(1, 2**63)], np.uint64)
        self._pool = _empty_pool(n, self.instance.most_orders)
        self._search: Any = None

    @property
    def best(self) -> NDArray[np.int64]:
        """Batch of each order in the shortest plan met."""
        return self._best

    @property
    def least_m(self) -> float:
        """Metres of the shortest plan met."""
        return float(self._least[0])

    @property
    def spent_s(self) -> float:
        """Seconds since the solve began."""
        return perf_counter() - self.began

    @property
    def total_m(self) -> float:
        """Metres of the plan at which the search stands."""
        return float(self._search.state.total[0])

    @property
    def state(self) -> State:
        """The batches at which the search stands."""
        return cast("State", self._search.state)

    def begin(self, batch: NDArray[np.int64]) -> None:
        """Go on from these batches (label of each order)."""
        from fulfillsim.optim.batching.state._kernels import CHAIN, Carts, Search, assign

        capacity = self.instance.capacity + TOLERANCE
        share = (self.instance.load / capacity).max(axis=1)
        carts = Carts(
            self.instance.load, capacity, (1.0 + SLACK) * capacity, least_batches(self.instance), share, self.near
        )
        state = _empty_state(self.instance)
        room = (np.zeros(CHAIN * self.instance.n_orders, np.int64) for _ in range(2))
        self._search = Search(self.walk, self._scratch, self._memo, carts, state, self._pool, self._random, *room)
        label = np.unique(batch, return_inverse=True)[1].astype(np.int64)
        assign(self._search, label)
        state.price[0] = PRICE * self.total_m / (label.max() + 1)
        self._note()

    def run(self, n_steps: int, hot_m: float, cold_m: float, collects: bool = False) -> None:
        """Try ``n_steps`` moves while the temperature falls from ``hot_m`` to ``cold_m`` metres."""
        from fulfillsim.optim.batching.moves._kernels import anneal

        self._pool.is_open[0] = collects
        anneal(self._search, self._best, self._least, n_steps, hot_m, cold_m)
        self._note()

    def offer(self, batch: NDArray[np.int64], length_m: float) -> None:
        """Take a plan found elsewhere as the best if it is shorter."""
        if length_m < self.least_m - 1e-9:
            self._best[:], self._least[0] = batch, length_m
            self._note()

    def columns(self) -> Columns:
        """Batches met while they were collected."""
        n = int(self._pool.count[0])
        start = self._pool.start[: n + 1].copy()
        return Columns(start, self._pool.order[: start[-1]].copy(), self._pool.length[:n].copy())

    def _note(self) -> None:
        state = self._search.state if self._search is not None else None
        if state is not None and state.n_over[0] == 0 and state.total[0] < self._least[0]:
            self._best[:], self._least[0] = state.batch, state.total[0]
        if not self.incumbents or self.least_m < self.incumbents[-1][1] - 1e-9:
            self.incumbents.append((perf_counter() - self.began, self.least_m))


def _empty_state(instance: BatchingInstance) -> Any:
    from fulfillsim.optim.batching.state._kernels import State

    n = instance.n_orders
    return State(
        *(np.full(n, -1, np.int64) for _ in range(4)),  # type: ignore[call-arg]
        np.zeros(n, np.int64),
        np.zeros_like(instance.load),
        np.zeros(n),
        np.zeros(n, np.uint64),
        np.arange(n),
        np.arange(n),
        np.array([n]),
        np.zeros(1),
        np.zeros(n),
        np.zeros(1, np.int64),
        np.zeros(1),
        np.zeros(2, np.int64),
    )


def _empty_pool(n_orders: int, most_orders: int) -> Any:
    from fulfillsim.optim.batching.state._kernels import Pool

    room = POOL * min(most_orders, 12)
    return Pool(
        np.zeros(4 * 2 ** int(np.ceil(np.log2(POOL))), np.uint64),
        np.zeros(POOL + 1, np.int64),
        np.zeros(room, np.int32),
        np.zeros(POOL),
        np.zeros(1, np.int64),
        np.zeros(1, np.bool_),
    )


def nearest(near: NDArray[np.int64]) -> NDArray[np.int32]:
    """For each order the first `N_NEAR` of its candidates, others in turn where it has fewer; shape (n, n_near)."""
    n, room = near.shape
    n_near = max(1, min(N_NEAR, n - 1))
    others = (np.arange(n)[:, None] + np.arange(1, n_near + 1)) % n
    found = others.copy()
    found[:, : min(room, n_near)] = near[:, :n_near]
    return np.asarray(np.where(found < 0, others, found), np.int32)
