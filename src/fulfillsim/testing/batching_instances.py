"""Batching instances of the published kinds, drawn from a seed, on which solvers are measured without being known.

Henn & Wäscher (2012), Tabu search heuristics for the order batching problem, EJOR 222(3): orders of 5 to 25 articles,
stored at random or by class (10 % of the articles, next to the depot, have 52 % of the demand, 30 % have 36 %). Muter &
Öncan (2015), An exact solution approach for the order batching problem, IIE Transactions 47(7): few small aisles and
orders of 2 to 10 articles. Numbers and sizes of aisles are drawn too, so that none is a published warehouse.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.optim.batching.instance import BatchingInstance, from_orders

Kind = Literal["uniform", "class_based", "small"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DEMAND = ((0.1, 0.52), (0.3, 0.36), (0.6, 0.12))
"""Share of the aisles and of the demand of each class."""


def batching_like(kind: Kind, n_orders: int, capacity: int, seed: int) -> BatchingInstance:
    """Orders of one kind in a warehouse of one block with its depot at the front of the leftmost aisle."""
    rng = np.random.default_rng(seed)
    layout = _layout(rng, is_small=kind == "small")
    fewest, most = (2, 10) if kind == "small" else (5, 25)
    sizes = rng.integers(fewest, min(most, capacity) + 1, n_orders)
    chance = _demand(layout.n_aisles, kind == "class_based")
    orders = [_order(rng, layout, size, chance) for size in sizes.tolist()]
    return from_orders(layout, orders, capacity, name=f"{kind}-{n_orders}-{capacity}-{seed}")


def _layout(rng: np.random.Generator, is_small: bool) -> RectangularLayout:
    """Aisles in numbers and sizes next to those of the published warehouses."""
    if is_small:
        return RectangularLayout(
            int(rng.integers(8, 13)), int(rng.integers(8, 15)), float(rng.integers(2, 4)), 1.0, 1.0
        )
    return RectangularLayout(int(rng.integers(8, 13)), int(rng.integers(35, 56)), float(rng.integers(4, 7)), 1.0, 1.5)


def _demand(n_aisles: int, is_by_class: bool) -> NDArray[np.float64]:
    """Chance of each aisle; the density of a class lies over its share of the aisles, which may end inside one."""
    if not is_by_class:
        return np.full(n_aisles, 1.0 / n_aisles)
    aisles, demand = np.cumsum([(0.0, 0.0), *DEMAND], axis=0).T
    return np.diff(np.interp(np.arange(n_aisles + 1) / n_aisles, aisles, demand))


def _order(
    rng: np.random.Generator, layout: RectangularLayout, size: int, chance: NDArray[np.float64]
) -> list[tuple[int, float]]:
    """Aisle and position of each article; an aisle has cells on both sides, at the same positions."""
    aisles = rng.choice(layout.n_aisles, size, p=chance)
    cells = rng.integers(0, layout.n_cells, size)
    return [(int(a), layout.end_m + layout.cell_m * int(c)) for a, c in zip(aisles, cells, strict=True)]
