"""Parcel carriers: departures, transit, prices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fulfillsim.domain.clock import WorkCalendar
from fulfillsim.domain.events import Delay
from fulfillsim.domain.fleet import Fleet
from fulfillsim.domain.tariff import Tariff


@dataclass(frozen=True)
class Departure:
    """A carrier's truck leaving the dock: what is staged by ``time_s`` goes, up to ``capacity`` parcels."""

    time_s: float
    capacity: int | None = None


@dataclass(frozen=True)
class Commitment:
    """Parcels promised to a carrier in a calendar week (from Monday on), and what each missing one costs."""

    per_week: int
    shortfall_cost: float = 0.0


@dataclass(frozen=True)
class Carrier:
    """Who takes parcels away.

    Parameters
    ----------
    departures
        In order of time, far enough for every promise.
    close_out_s
        How long before a departure a parcel must be staged in plan (the truck takes what is there when it leaves).
    shock_cv
        Shared by all parcels of one pickup day: see `CarrierService.day_probs`.
    delivery_from_s, delivery_until_s
        Hours of the day in which parcels are handed over.
    delays
        Times of pickup whose parcels take more working days than drawn.
    daily_capacity
        Parcels that it takes on each day with all its pickups, shape (n_days,); None for any number.
    max_share
        Of all parcels of a calendar week, where carriers are assigned at the pickup.
    commitment
        Volume that it was promised.
    """

    name: str
    calendar: WorkCalendar
    departures: tuple[Departure, ...]
    close_out_s: float = 1800.0
    shock_correlation: float = 0.0
    delivery_from_s: float = 9 * 3600.0
    delivery_until_s: float = 18 * 3600.0
    delays: tuple[Delay, ...] = ()
    daily_capacity: tuple[int, ...] | None = None
    max_share: float = 1.0
    commitment: Commitment | None = None


@dataclass(frozen=True)
class CarrierService:
    """A product of a carrier.

    Parameters
    ----------
    carrier
        Index into `Delivery.carriers`.
    quoted_days
        Working days of transit quoted by zone, shape (n_zones,); -1 where the zone is not served.
    tariff
        Its prices.
    day_offsets, day_probs
        Actual less quoted working days and their chances.
    failed_attempt_prob
        Chance that the first attempt finds nobody; the next is made on the next working day.
    loss_prob
        Chance that the parcel never arrives.
    damage_prob
        Chance that its goods arrive damaged.
    hazmat
        Whether dangerous goods may travel.
    departures_s
        Departures that serve it, rising; None for all of its carrier's.
    until_s
        Clock time by which it arrives on the day of arrival; None for the end of that day.
    """

    name: str
    carrier: int
    quoted_days: tuple[int, ...]
    day_offsets: tuple[int, ...]
    day_probs: tuple[float, ...]
    tariff: Tariff
    failed_attempt_prob: float = 0.0
    loss_prob: float = 0.0
    damage_prob: float = 0.0
    hazmat: bool = True
    departures_s: tuple[float, ...] | None = None
    until_s: float | None = None


@dataclass(frozen=True)
class Assignment:
    """How waiting parcels are given to carrier services at each pickup.

    Parameters
    ----------
    method
        Name in `fulfillsim.optim.carrier_assignment`.
    least_prob
        Chance to keep the promise that a service needs, if any service has it.
    budget
        Steps of the method, never seconds.
    """

    method: str = "optimal"
    least_prob: float = 0.0
    budget: int = 10_000


@dataclass(frozen=True)
class Delivery:
    """All carriers, and how one is chosen: ``cheapest``, ``fastest`` or ``cheapest_on_promise``.

    Parameters
    ----------
    residential_prob
        Chance that an order goes to a private door, where some surcharges count.
    assignment
        None: a parcel is given to a service once, when it is staged, by ``choice``.
    consolidate_s
        The longest that parts of a split order wait at the dock for each other; None: each leaves by itself.
    """

    carriers: tuple[Carrier, ...]
    services: tuple[CarrierService, ...]
    choice: str = "cheapest_on_promise"
    lateness_cost_per_order: float = 0.0
    fleet: Fleet | None = None
    residential_prob: float = 1.0
    assignment: Assignment | None = None
    consolidate_s: float | None = None

    @cached_property
    def surcharges(self) -> tuple[str, ...]:
        """Names of all surcharges of all tariffs, sorted."""
        return tuple(sorted({extra.name for service in self.services for extra in service.tariff.surcharges}))
