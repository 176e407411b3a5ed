"""Stock, the rules that replenish it and those who supply it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fulfillsim.domain.clock import WorkCalendar
from fulfillsim.domain.events import Delay
from fulfillsim.domain.slots import Forward, Records
from fulfillsim.domain.work import Station
from fulfillsim.sampling.distributions import Distribution

ReplenishmentRule = Literal["rq", "sS", "RS", "base_stock", "none"]
Shortage = Literal["backorder", "split", "later", "cancel"]


class Weights(NamedTuple):
    """What counts when a supplier is chosen by several figures."""

    price: float = 1.0
    lead_time: float = 1.0
    reliability: float = 1.0


EVEN = Weights()


@dataclass(frozen=True)
class Lateness:
    """Deliveries that come after the day they were quoted for.

    Parameters
    ----------
    prob
        Chance of each delivery.
    by
        Seconds later (whole working days where the supplier has a calendar).
    shared
        Share of the chance that all deliveries of the supplier quoted for one day have in common, 0 to 1; the law of
        a single delivery stays the same.
    """

    prob: float
    by: Distribution
    shared: float = 0.0


@dataclass(frozen=True)
class Shortfall:
    """Orders of which less comes than was ordered.

    Parameters
    ----------
    missing
        Share of the units that does not come.
    follows_s
        The rest comes so much later than it was quoted for; ``None``: it is cancelled, which is known when the short
        delivery comes.
    """

    prob: float
    missing: Distribution
    follows_s: float | None = None


@dataclass(frozen=True)
class Supplier:
    """Who delivers: ``lead_time`` in seconds (whole days where ``calendar`` is given: working days).

    Parameters
    ----------
    min_order
        Least units per replenishment order of a SKU; a smaller one is raised to it.
    delays
        Times of arrival whose deliveries come later, by seconds; nobody expects it.
    parts
        Planned deliveries of an order: (share of its units, seconds after the first), shares summing to 1.
    price_factor
        Of the catalog's price, for what it delivers.
    """

    name: str
    lead_time: Distribution
    calendar: WorkCalendar | None = None
    min_order: int = 1
    delays: tuple[Delay, ...] = ()
    late: Lateness | None = None
    short: Shortfall | None = None
    parts: tuple[tuple[float, float], ...] = ((1.0, 0.0),)
    price_factor: float = 1.0

    @property
    def reliability(self) -> float:
        """Chance that an order comes in full and as quoted."""
        in_time = 1.0 - self.late.prob if self.late is not None else 1.0
        return in_time * (1.0 - self.short.prob) if self.short is not None else in_time


@dataclass(frozen=True)
class Sourcing:
    """SKUs that several suppliers offer, and how one of them is chosen for each order.

    Parameters
    ----------
    policy
        Name in `fulfillsim.policies.supplier_choice.SUPPLIER_CHOICE`.
    offers
        (supplier, price of a unit) of everybody who offers a SKU, by SKU.
    weights
        Of price, lead time and reliability, for a policy that weighs them.
    """

    policy: str
    offers: tuple[tuple[tuple[int, float], ...], ...]
    weights: Weights = EVEN


@dataclass(frozen=True)
class Inventory:
    """Stock of all SKUs and how it is kept; arrays of shape (n_skus,).

    Parameters
    ----------
    on_hand
        Units at clock zero (``start: given`` and ``empty``); with ``steady`` the inventory position is drawn from
        the rule's stationary law instead. With ``snapshot`` they are the units of that moment.
    rule
        ``rq``: order multiples of ``order_quantity`` when the inventory position falls to ``reorder_point`` or below.
        ``sS``: order up to ``order_up_to`` when it falls to ``reorder_point`` or below.
        ``RS``: at each review order up to ``order_up_to``. ``base_stock``: order each unit sold.
        ``none``: never.
    review_times_s
        Seconds at which periodic rules look, rising; empty for continuous review.
    supplier
        Index into ``suppliers`` per SKU, -1 for none; with ``sourcing`` the one whom the policy takes by mean figures.
    sourcing
        ``None``: every SKU has one supplier.
    waiting
        Who of those that wait for goods gets them first: who came first, or who is most urgent by the orders' priority.
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
    forward
        Slots that are picked from, apart from the reserve; ``None``: all of a SKU lies at its slot.
    records
        How records and shelf differ; ``None``: never.
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
    start: Literal["steady", "given", "snapshot"] = "given"
    holding_cost_share_per_year: float = 0.0
    shortage_cost_per_order: float = 0.0
    sourcing: Sourcing | None = None
    waiting: Literal["first_come", "priority"] = "first_come"
    forward: Forward | None = None
    records: Records | None = None
