"""The stock of clock zero in its long-run state: inventory positions by their stationary law, deliveries on the way.

Whoever would be waiting at clock zero was served before it: a shortage starts as an empty shelf.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import DAY_S
from fulfillsim.domain.stock import Inventory
from fulfillsim.domain.world import World
from fulfillsim.sim.stock import Stock


def draw_steady(stock: Stock, daily_units: NDArray[np.float64]) -> None:
    """Draw the inventory position of every SKU, and send what is under way.

    One lead time ago the position was uniform on r+1 .. r+q (order multiples; taken likewise for s+1 .. S) or at
    the order-up-to level; since then a Poisson number of units was asked for (Zipkin 2000, section 6.5).
    Orders were placed where the position crossed the reorder point, evenly through the lead time.

    Parameters
    ----------
    daily_units
        Expected demand per SKU and day, shape (n_skus,).
    """
    from scipy import special

    plan = stock.plan
    lead_days = np.array([s.lead_time.mean for s in plan.suppliers] + [0.0])[plan.supplier] / DAY_S
    u_position = stock.streams.hashed_uniforms("initial_stock", stock.keys, 0)
    u_demand = stock.streams.hashed_uniforms("initial_stock", stock.keys, 1)
    span = np.where(plan.rule == "rq", stock.lot, plan.order_up_to - plan.reorder_point)
    if plan.rule in ("RS", "base_stock"):
        before = plan.order_up_to.astype(float)
        level, lot = plan.order_up_to - 1, np.ones_like(plan.order_up_to)
    else:
        lot = np.maximum(span, 1)
        level = plan.reorder_point
        before = level + 1 + np.floor(u_position * lot)
    demand = _poisson(special, u_demand, daily_units * np.maximum(lead_days, 0.0))
    net = (before - demand).astype(np.int64)
    n_lots = np.where(net <= level, (level - net) // lot + 1, 0)
    n_lots = np.where(plan.supplier >= 0, n_lots, 0)
    for sku in np.flatnonzero(n_lots).tolist():
        _send_lots(stock, sku, int(n_lots[sku]), int(lot[sku]), float(lead_days[sku]) * DAY_S)
    stock.free[:] = np.maximum(net, 0).tolist()


def usual_units(plan: Inventory, daily_units: NDArray[np.float64]) -> NDArray[np.float64]:
    """Units of each SKU that lie on the shelf on average by its rule, or at the beginning where that is given."""
    if plan.start == "given" or plan.rule == "none":
        return plan.on_hand.astype(np.float64)
    lead_days = np.array([s.lead_time.mean for s in plan.suppliers] + [0.0])[plan.supplier] / DAY_S
    if plan.rule in ("RS", "base_stock"):
        position = plan.order_up_to.astype(np.float64)
    else:
        lot = plan.order_quantity if plan.rule == "rq" else plan.order_up_to - plan.reorder_point
        position = plan.reorder_point + (np.maximum(lot, 1) + 1) / 2.0
    return np.asarray(np.maximum(position - daily_units * np.maximum(lead_days, 0.0), 0.0))


def _send_lots(stock: Stock, sku: int, n_lots: int, lot: int, lead_s: float) -> None:
    """Deliveries under way at clock zero, arriving evenly through one lead time."""
    if stock.plan.rule in ("RS", "base_stock"):
        n_lots, lot = 1, n_lots * lot
    for place in range(n_lots):
        arrives_s = max(1.0, float(int(lead_s * (place + 0.5) / n_lots)))
        units = max(lot, stock.plan.suppliers[stock.supplier[sku]].min_order)
        stock.expect(stock.purchasing.under_way(sku, units, arrives_s), 0.0)


def _poisson(special: Any, u: NDArray[np.float64], mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Poisson quantiles, vectorized; 0 where the mean is 0."""
    positive = np.maximum(mean, 1e-12)
    count = np.ceil(special.pdtrik(u, positive))
    return np.where(mean > 0, np.maximum(np.nan_to_num(count), 0.0), 0.0)


def daily_units(world: World) -> NDArray[np.float64]:
    """Expected units per SKU and day, with those that kits take."""
    asked = _ordered_units(world)
    return asked if world.assembly is None else world.assembly.dependent(asked)


def _ordered_units(world: World) -> NDArray[np.float64]:
    """Units that orders ask for: by the channels' rates and the catalog's popularity, or by a history's counts."""
    assert world.catalog is not None
    history, popularity = world.demand.history, world.catalog.popularity
    if history is not None:
        counts = np.bincount(history.sku, weights=history.quantity, minlength=len(world.catalog))
        span = (history.arrival_s[-1] - history.arrival_s[0]) / DAY_S if len(history.arrival_s) > 1 else 1.0
        return np.asarray(counts / max(span, 1.0))
    units = 0.0
    for channel in world.demand.channels:
        lines = channel.content.lines.mean if channel.content.lines else 0.0
        units += channel.arrivals.orders_per_day(world.days) * lines * channel.content.units.mean
    return np.asarray(units * popularity / popularity.sum())
