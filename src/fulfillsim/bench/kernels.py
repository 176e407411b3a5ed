"""How many tours a second the routing kernels measure on one core, in batches and one by one.

Times are CPU seconds of this process, the least of several turns; compilation comes first and is reported apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from time import process_time

import numpy as np

from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.experiment.counting import Count, counted
from fulfillsim.optim.pick_routing import ROUTING, PickList, RoutingMethod, Summaries, lengths_m, router, summaries_of
from fulfillsim.report.tables import as_csv, as_markdown, as_table

SCHEMA_VERSION = 1
N_AISLES, N_CELLS, FEWEST, MOST = 10, 45, 15, 30
"""Aisles, cells over all blocks, and picks of a tour: the layout of most published studies."""
TURNS = 5


@dataclass(frozen=True)
class Rate:
    """Tours a second of one method on layouts of so many blocks.

    Parameters
    ----------
    method, n_blocks
        What was measured.
    batch_per_s
        Lengths of many tours in one call, from summaries.
    single_per_s
        Lengths of one tour a call, from arrays of aisles and positions.
    route_per_s
        Whole tours with sequence and path.
    over_optimum_percent
        Mean length over mean optimum, less one.
    """

    method: str
    n_blocks: int
    batch_per_s: float
    single_per_s: float
    route_per_s: float
    over_optimum_percent: float


@dataclass(frozen=True)
class _Tours:
    """Random tours of one layout, as picks and as summaries."""

    layout: RectangularLayout
    picks: list[PickList]
    summaries: Summaries
    optimum_m: float


def routing_speed(
    n_tours: int = 20_000, seed: int = 1, most_blocks: int = 5, progress: Count | None = None
) -> list[Rate]:
    """Rates of all methods with a compiled length, on one block and more.

    Parameters
    ----------
    n_tours
        Random tours of one block; with every block more, a quarter as many (at least 20).
    seed
        Of all draws.
    most_blocks
        Layouts of 1 to so many blocks.
    """
    rates = []
    for n_blocks in counted(range(1, most_blocks + 1), progress):
        tours = _tours(n_blocks, max(20, n_tours // 4 ** (n_blocks - 1)), seed)
        compiled = [method for method in ROUTING.values() if method.code is not None]
        rates += [_rate(method, tours) for method in compiled if not method.supports(tours.layout)]
    return rates


def _tours(n_blocks: int, n_tours: int, seed: int) -> _Tours:
    rng, n_cells = np.random.default_rng(seed), N_CELLS // n_blocks
    layout = RectangularLayout(N_AISLES, n_cells, 5.0, 1.0, 1.5, n_blocks=n_blocks)
    first = np.concatenate([[0], np.cumsum(rng.integers(FEWEST, MOST + 1, n_tours))])
    aisle = rng.integers(0, N_AISLES, first[-1], dtype=np.int32)
    front = np.array(layout.cross_m)[rng.integers(0, n_blocks, first[-1])]
    position_m = front + layout.end_m + layout.cell_m * rng.integers(0, n_cells, first[-1])
    summaries = summaries_of(layout, first, aisle, position_m)
    some = [PickList(layout, aisle[a:b], position_m[a:b]) for a, b in pairwise(first[:201])]
    return _Tours(layout, some, summaries, float(lengths_m(ROUTING["exact"], layout, summaries).mean()))


def _rate(method: RoutingMethod, tours: _Tours) -> Rate:
    lengths = lengths_m(method, tours.layout, tours.summaries)  # compiled here, if not before
    single = router(tours.layout, method)
    single(tours.picks[0].aisle, tours.picks[0].position_m)
    return Rate(
        method.name,
        tours.layout.n_blocks,
        len(tours.summaries) / _least_s(lambda: lengths_m(method, tours.layout, tours.summaries)),
        len(tours.picks) / _least_s(lambda: [single(p.aisle, p.position_m) for p in tours.picks]),
        len(tours.picks) / _least_s(lambda: [method.route(p) for p in tours.picks]),
        100.0 * (float(lengths.mean()) / tours.optimum_m - 1.0),
    )


def _least_s(work: Callable[[], object]) -> float:
    """CPU seconds of the quickest turn."""
    taken = []
    for _ in range(TURNS):
        began = process_time()
        work()
        taken.append(process_time() - began)
    return max(min(taken), 1e-9)


def shown(rates: list[Rate], form: str) -> str:
    """Text in the format ``table``, ``md``, ``csv`` or ``json``."""
    if form == "json":
        return json.dumps({"schema_version": SCHEMA_VERSION, "rows": [asdict(rate) for rate in rates]}, indent=1)
    rows = [_row(rate) for rate in rates]
    if form == "table":
        return as_table(rows, right=list(rows[0])[1:])
    return as_markdown(rows) if form == "md" else as_csv(rows)


def _row(rate: Rate) -> dict[str, object]:
    return {
        "method": rate.method,
        "blocks": rate.n_blocks,
        "batch tours/s": f"{rate.batch_per_s:,.0f}",
        "single tours/s": f"{rate.single_per_s:,.0f}",
        "routes/s": f"{rate.route_per_s:,.0f}",
        "over optimum": f"{rate.over_optimum_percent:.1f} %",
    }
