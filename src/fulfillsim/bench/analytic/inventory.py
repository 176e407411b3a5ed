"""One SKU under (r,q), (s,S), base-stock and order-up-to rules, with backorders or lost sales.

Customers ask for one unit each, or those of a period for all they want in one order. The net stock (on hand less
backordered) at any time is what was there, plus what was put away, less what was asked for and not lost: facts of the
trace and the tape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.bench.analytic.cases import Case
from fulfillsim.bench.analytic.measures import Best, Floats, Mean, Measure, Ranked, Run
from fulfillsim.bench.analytic.period_demand import HowMany, IsAsked, NormalCount
from fulfillsim.bench.analytic.setting import (
    HOUR_S,
    ONE_UNIT,
    Parameters,
    Setting,
    channel,
    constant,
    measures,
    milestone,
    one_line,
    steady_days,
    window,
    window_hours,
    world,
)
from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import Arrivals
from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.domain.stock import Inventory, ReplenishmentRule, Shortage, Supplier
from fulfillsim.domain.world import World
from fulfillsim.sampling.distributions import Distribution, make

TOO_CLOSE = frozenset({"I08c"})
"""Optima that no budget tells from their neighbors: S = 39 costs 0.012 % more than 40, which takes 5 x 10^8 periods."""

ONE_SKU = Catalog(
    names=("sku",),
    popularity=np.ones(1),
    weight_kg=np.ones(1),
    volume_l=np.ones(1),
    price=np.ones(1),
    hazmat=np.zeros(1, dtype=np.bool_),
    aisle=np.zeros(1, dtype=np.int32),
    position_m=np.zeros(1),
    zone=np.zeros(1, dtype=np.int16),
)


def shelf(
    days: Days,
    arrivals: Arrivals,
    rule: ReplenishmentRule,
    lead_h: float,
    *,
    r: int = 0,
    q: int = 0,
    up_to: int = 0,
    shortage: Shortage = "backorder",
    every_h: float | None = None,
    first_h: float = 0.0,
    per_order: Distribution = ONE_UNIT,
) -> World:
    """A shelf with one SKU and a supplier; reviewed at every demand, or every ``every_h`` hours from ``first_h`` on."""
    reviews = () if every_h is None else tuple(np.arange(first_h * HOUR_S, days.end_s, every_h * HOUR_S).tolist())

    def units(value: int) -> NDArray[np.int64]:
        return np.array([value])

    supplier = Supplier("supplier", make("deterministic", mean=lead_h * HOUR_S))
    inventory = Inventory(
        on_hand=units(up_to or r + q),
        rule=rule,
        reorder_point=units(r),
        order_quantity=units(q),
        order_up_to=units(up_to),
        supplier=np.zeros(1, dtype=np.int16),
        suppliers=(supplier,),
        shortage=shortage,
        review_times_s=reviews,
    )
    return world(days, [channel("orders", arrivals, **one_line(per_order))], [], catalog=ONE_SKU, inventory=inventory)


def _share_without(run: Run, kind: Milestone) -> float:
    return float(np.isnan(milestone(run, kind)[window(run)]).mean())


FILLED: dict[str, Callable[[Case], Measure]] = {
    "fill_rate": lambda _: Mean(lambda run: _share_without(run, _shortage_of(run))),
    "mean_backorders": lambda _: Mean(lambda run: backordered_hours(run) / window_hours(run)),
    "mean_on_hand": lambda _: Mean(lambda run: mean_levels(run)[0]),
}


def _shortage_of(run: Run) -> Milestone:
    assert run.world.inventory is not None
    return Milestone.OUT_OF_STOCK if run.world.inventory.shortage == "cancel" else Milestone.BACKORDERED


def backordered_hours(run: Run) -> float:
    """Hours waited for goods by the customers of the window, all together."""
    waited = milestone(run, Milestone.ALLOCATED) - milestone(run, Milestone.BACKORDERED)
    return float(np.nansum(waited[window(run)])) / HOUR_S


def net_stock(run: Run) -> tuple[Floats, Floats]:
    """Times at which the net stock changes, rising, and its value after each."""
    moves, tape = run.trace.columns("stock"), run.trace.tape
    there = moves["kind"] == StockMove.PUT_AWAY
    kept = np.isnan(milestone(run, Milestone.OUT_OF_STOCK)) & (tape.placed_s <= run.trace.end_s)
    times = np.concatenate([moves["time_s"][there], tape.placed_s[kept]])
    steps = np.concatenate([moves["units"][there], -tape.n_units[kept].astype(np.float64)])
    by_time = np.argsort(times, kind="stable")
    return times[by_time], run.trace.stock_start[0] + np.cumsum(steps[by_time])


def mean_levels(run: Run) -> tuple[float, float]:
    """Mean units on hand and backordered over the window."""
    times, net = net_stock(run)
    days = run.world.days
    edges = np.clip(np.append(times, np.inf), days.window_start_s, days.window_end_s)
    length = np.diff(edges)
    hours = days.window_end_s - days.window_start_s
    return float((np.maximum(net, 0) * length).sum()) / hours, float((np.maximum(-net, 0) * length).sum()) / hours


def n_replenishments(run: Run) -> int:
    """Replenishment orders placed in the window."""
    moves, days = run.trace.columns("stock"), run.world.days
    inside = (moves["time_s"] >= days.window_start_s) & (moves["time_s"] < days.window_end_s)
    return int((inside & (moves["kind"] == StockMove.ORDERED)).sum())


def _poisson_days(p: Parameters) -> tuple[Days, Arrivals]:
    days = steady_days(float(p["lam"]))
    return days, constant(days, float(p["lam"]))


def _grid(center: tuple[int, int], valid: Callable[[int, int], bool]) -> list[tuple[int, int]]:
    """A pair and its eight neighbors, as far as they are valid."""
    pairs = [(center[0] + i, center[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return [pair for pair in pairs if valid(*pair)]


def _optimum(rows: Sequence[Case], first: str, second: str) -> tuple[int, int] | None:
    """The optimal pair that the file names, around which neighbors are tried."""
    found = {row.metric: int(row.exact) for row in rows}
    pair = (found.get(f"optimal_{first}"), found.get(f"optimal_{second}"))
    return None if pair[0] is None or pair[1] is None else (pair[0], pair[1])


def _pair_measures(
    pairs: list[tuple[int, int]], names: tuple[str, str], cost: Callable[[Run], float]
) -> dict[str, Callable[[Case], Measure]]:
    return {
        "optimal_cost": lambda _: Ranked(cost),
        f"optimal_{names[0]}": lambda _: Best(cost, tuple(float(pair[0]) for pair in pairs)),
        f"optimal_{names[1]}": lambda _: Best(cost, tuple(float(pair[1]) for pair in pairs)),
    }


def reorder_point(rows: Sequence[Case]) -> Setting:
    """(r,Q), continuous review, Poisson demand, backorders: given parameters, or the best among neighbors."""
    p = rows[0].parameters
    days, arrivals = _poisson_days(p)
    if "r" in p:
        pairs, of = [(int(p["r"]), int(p["Q"]))], FILLED
    else:
        best = _optimum(rows, "r", "Q")
        if best is None:
            return Setting((), {})
        pairs = _grid(best, lambda _, q: q > 0)

        def cost(run: Run) -> float:
            on_hand, backorders = mean_levels(run)
            ordering = float(p["K"]) * n_replenishments(run) / window_hours(run)
            return ordering + float(p["h"]) * on_hand + float(p["p"]) * backorders

        of = _pair_measures(pairs, ("r", "Q"), cost)
    worlds = tuple(shelf(days, arrivals, "rq", float(p["L"]), r=r, q=q) for r, q in pairs)
    return Setting(worlds, measures(rows, of))


def reorder_point_lost(rows: Sequence[Case]) -> Setting:
    """(r,Q) with lost sales; one order outstanding at most, since r < Q."""
    p = rows[0].parameters
    days, arrivals = _poisson_days(p)
    model = shelf(days, arrivals, "rq", float(p["L"]), r=int(p["r"]), q=int(p["Q"]), shortage="cancel")
    return Setting((model,), measures(rows, FILLED))


def base_stock(rows: Sequence[Case], shortage: Shortage = "backorder") -> Setting:
    """Order each unit sold."""
    p = rows[0].parameters
    days, arrivals = _poisson_days(p)
    model = shelf(days, arrivals, "base_stock", float(p["L"]), up_to=int(p["S"]), shortage=shortage)
    return Setting((model,), measures(rows, FILLED))


def base_stock_lost(rows: Sequence[Case]) -> Setting:
    """Order each unit sold; who finds none is lost."""
    return base_stock(rows, "cancel")


def _period_cost(p: Parameters) -> Callable[[Run], float]:
    """Cost per period of one hour: ordering, and holding or penalty on what is there once its demand has come."""

    def cost(run: Run) -> float:
        times, net = net_stock(run)
        days = run.world.days
        demands = np.arange(days.window_start_s, days.window_end_s, HOUR_S)
        level = net[np.searchsorted(times, demands, side="right") - 1]
        holding = float(p["h"]) * np.maximum(level, 0.0) + float(p["p"]) * np.maximum(-level, 0.0)
        return float(holding.mean()) + float(p.get("K", 0.0)) * n_replenishments(run) / len(demands)

    return cost


def _period_shelf(p: Parameters, rule: ReplenishmentRule, *, r: int = 0, up_to: int) -> World:
    """Reviewed on the half hour and delivered at once; the Poisson demand of the period comes on the hour."""
    mean, days = float(p["mean"]), steady_days(1.0, n_drain=1)
    headway = make("deterministic", mean=HOUR_S)
    arrivals = constant(days, 1.0, headway=headway, orders_per_arrival=IsAsked(mean))
    return shelf(days, arrivals, rule, 0.0, r=r, up_to=up_to, every_h=1.0, first_h=0.5, per_order=HowMany(mean))


def periodic(rows: Sequence[Case]) -> Setting:
    """(s,S), reviewed every hour before its Poisson demand, delivered at once: the best among neighbors."""
    p = rows[0].parameters
    best = _optimum(rows, "s", "S")
    if best is None or float(p["lead_time"]) != 0.0:
        return Setting((), {})
    pairs = _grid(best, lambda s, up_to: s < up_to)
    worlds = tuple(_period_shelf(p, "sS", r=s, up_to=up_to) for s, up_to in pairs)
    told_apart = [row for row in rows if row.id not in TOO_CLOSE]
    return Setting(worlds, measures(told_apart, _pair_measures(pairs, ("s", "S"), _period_cost(p))))


def newsvendor(rows: Sequence[Case]) -> Setting:
    """Order up to S before every period's Poisson demand: the best level among neighbors (the cost is convex)."""
    p = rows[0].parameters
    best = [int(row.exact) for row in rows if row.metric == "optimal_base_stock"]
    if not best:
        return Setting((), {})
    levels = (best[0] - 1, best[0], best[0] + 1)
    cost = _period_cost(p)
    of: dict[str, Any] = {
        "optimal_base_stock": lambda _: Best(cost, tuple(map(float, levels))),
        "optimal_cost": lambda _: Ranked(cost),
    }
    worlds = tuple(_period_shelf(p, "RS", up_to=level) for level in levels)
    return Setting(worlds, measures(rows, of))


def periodic_normal(rows: Sequence[Case]) -> Setting:
    """Order up to S on every half hour; on the hour come as many single units as a rounded normal number says."""
    p = rows[0].parameters
    days = steady_days(float(p["mean"]), 1.0)
    batch = NormalCount(float(p["mean"]), float(p["sd"]))
    headway = make("deterministic", mean=HOUR_S)
    arrivals = constant(days, float(p["mean"]), headway=headway, orders_per_arrival=batch)
    model = shelf(days, arrivals, "RS", float(p["L"]), up_to=int(p["S"]), every_h=1.0, first_h=0.5)
    return Setting((model,), measures(rows, {"fill_rate": FILLED["fill_rate"]}))
