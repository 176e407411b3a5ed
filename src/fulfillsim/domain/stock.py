"""Stock, the rules that replenish it and those who supply it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import WorkCalendar
from fulfillsim.domain.events import Delay
from fulfillsim.domain.work import Station
from fulfillsim.sampling.distributions import Distribution

ReplenishmentRule = Literal["rq", "sS", "RS", "base_stock", "none"]
Shortage = Literal["backorder", "split", "later", "cancel"]


@dataclass(frozen=True)
class Supplier:
    """Who delivers: ``lead_time`` in seconds (whole days where ``calendar`` is given: working days).

    Parameters
    ----------
    min_order
        Least units per replenishment order of a SKU; a smaller one is raised to it.
    delays
        Times of arrival whose deliveries come later, by seconds; nobody expects it.
    """

    name: str
    lead_time: Distribution
    calendar: WorkCalendar | None = None
    min_order: int = 1
    delays: tuple[Delay, ...] = ()


@dataclass(frozen=True)
class Inventory:
    """Stock of all SKUs and how it is kept; arrays of shape (n_skus,).

    Parameters
    ----------
    on_hand
        Units at clock zero (``start: given`` and ``empty``); with ``steady`` the inventory position is drawn from
        the rule's stationary law instead.
    rule
        ``rq``: order multiples of ``order_quantity`` when the inventory position falls to ``reorder_point`` or below.
        ``sS``: order up to ``order_up_to`` when it falls to ``reorder_point`` or below.
        ``RS``: at each review order up to ``order_up_to``. ``base_stock``: order each unit sold.
        ``none``: never.
    review_times_s
        Seconds at which periodic rules look, rising; empty for continuous review.
    supplier
        Index into ``suppliers`` per SKU, -1 for none.
    shortage
        What happens to an order that cannot be filled from stock: wait whole (``backorder``), ship what is there
        and the rest as a second parcel (``split``), be promised for the date the goods are due (``later``), or be
        cancelled as a lost sale (``cancel``).
    receiving, putaway
        Stations for a supplier's delivery; ``None``: on the shelf at once.
    holding_cost_share_per_year
        Cost of a unit held for a year, as a share of its price.
    shortage_cost_per_order
        Cost of each order lost for lack of stock.
    """

    on_hand: NDArray[np.int64]
    rule: ReplenishmentRule
    reorder_point: NDArray[np.int64]
    order_quantity: NDArray[np.int64]
    order_up_to: NDArray[np.int64]
    supplier: NDArray[np.int16]
    suppliers: tuple[Supplier, ...]
    shortage: Shortage = "backorder"
    review_times_s: tuple[float, ...] = ()
    receiving: Station | None = None
    putaway: Station | None = None
    putaway_per_unit_s: float = 0.0
    start: Literal["steady", "given"] = "given"
    holding_cost_share_per_year: float = 0.0
    shortage_cost_per_order: float = 0.0
