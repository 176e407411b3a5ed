"""Small worlds built without files: single stations, networks of stations, and a whole little warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fulfillsim.domain.catalog import Catalog
from fulfillsim.domain.clock import Days
from fulfillsim.domain.demand import Arrivals, Channel, Content, Demand
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.staff import Break, Duty, Role, Shift, Skill, WorkInHand
from fulfillsim.domain.work import Station, Step, WorkTime
from fulfillsim.domain.world import World
from fulfillsim.sampling.distributions import Distribution, make

DAY_S = 86_400.0
MONDAY = 738_949
"""Ordinal of Monday, 4 March 2024."""


def days_of(n_window: int, n_warm_up: int = 0, n_drain: int = 0, n_beyond: int = 60) -> Days:
    """Days of 24 hours, the first a Monday."""
    n = n_warm_up + n_window + n_drain + n_beyond
    return Days(MONDAY - n_warm_up, tuple(DAY_S * day for day in range(n + 1)), n_warm_up, n_window, n_drain, "UTC")


def constant_arrivals(days: Days, per_hour: float, vmr: float = 1.0) -> Arrivals:
    """A constant rate, drawn day by day."""
    edges = np.asarray(days.midnight_s[: days.n_run + 1])
    return Arrivals(edges, np.diff(edges) / 3600.0 * per_hour, vmr)


def always(name: str, headcount: int, stations: Sequence[str], days: Days, at_break: WorkInHand = "finish") -> Role:
    """People who never go home."""
    shift = Shift("always", headcount, (Duty(0.0, days.end_s + DAY_S),))
    return Role(
        name, tuple(Skill(station, rank + 1) for rank, station in enumerate(stations)), (shift,), 0.0, 0.0, at_break
    )


def work_time(mean_s: float, shape: Distribution | None = None) -> WorkTime:
    """Work content with the given mean; exponential unless another shape (mean 1) is given."""
    return WorkTime(mean_s, shape if shape is not None else make("exponential", mean=1.0))


def single_station(
    per_hour: float,
    mean_s: float,
    servers: int,
    n_days: int,
    shape: Distribution | None = None,
    discipline: str = "fifo",
) -> World:
    """One queue with one kind of server: M/M/c and its relatives."""
    return network(per_hour, [(mean_s, servers)], n_days, shape, discipline)


def network(
    per_hour: float,
    stations: Sequence[tuple[float, int]],
    n_days: int,
    shape: Distribution | None = None,
    discipline: str = "fifo",
) -> World:
    """Stations in tandem, each with servers of its own that never go home: (mean seconds, servers)."""
    days = days_of(n_days)
    steps, staff = [], []
    for place, (mean_s, servers) in enumerate(stations):
        name = f"station{place + 1}"
        steps.append(Step(Station(name, work_time(mean_s, shape), discipline)))  # type: ignore[arg-type]
        staff.append(always(f"crew{place + 1}", servers, [name], days))
    channel = Channel("orders", "web", constant_arrivals(days, per_hour), Content(None, make("deterministic", mean=1)))
    fulfillment = Fulfillment(Release(), None, tuple(steps))
    return World("network", days, Demand((channel,)), tuple(staff), fulfillment=fulfillment)


def shift_tandem(
    n_days: int, load: float = 0.85, servers: Sequence[int] = (8, 12, 24, 16, 10), per_hour: float = 3600.0
) -> World:
    """Five staffed stages in tandem, three eight-hour shifts with all, three quarters and half of the people.

    ``load`` is the mean number of servers needed over the mean number present, at every stage.
    """
    days = days_of(n_days)
    steps, staff = [], []
    for place, most in enumerate(servers):
        name = f"stage{place + 1}"
        heads = [most, most * 3 // 4, most // 2]
        mean_s = load * sum(heads) / 3 / (per_hour / 3600.0)
        steps.append(Step(Station(name, work_time(mean_s))))
        shifts = tuple(
            Shift(
                label, count, tuple(Duty(d * DAY_S + begin, d * DAY_S + begin + 8 * 3600.0) for d in range(n_days + 1))
            )
            for label, count, begin in zip(("early", "late", "night"), heads, (0.0, 28_800.0, 57_600.0), strict=True)
        )
        staff.append(Role(f"crew{place + 1}", (Skill(name),), shifts))
    channel = Channel("orders", "web", constant_arrivals(days, per_hour), Content(None, make("deterministic", mean=1)))
    return World(
        "tandem", days, Demand((channel,)), tuple(staff), fulfillment=Fulfillment(Release(), None, tuple(steps))
    )


def with_break(world: World, start_s: float, end_s: float, at_break: WorkInHand) -> World:
    """The same world with a daily break for everybody, and a rule for work in hand."""
    staff = []
    for role in world.staff:
        shifts = tuple(
            replace(
                shift,
                duties=tuple(
                    replace(duty, breaks=(Break(duty.start_s + start_s, duty.start_s + end_s),))
                    for duty in shift.duties
                ),
            )
            for shift in role.shifts
        )
        staff.append(replace(role, shifts=shifts, at_break=at_break))
    return replace(world, staff=tuple(staff))


def catalog_of(n_skus: int, n_aisles: int = 10, aisle_length_m: float = 45.0) -> Catalog:
    """SKUs of falling popularity, spread over the aisles in turn."""
    number = np.arange(n_skus)
    return Catalog(
        names=tuple(f"sku{n}" for n in range(n_skus)),
        popularity=np.asarray(1.0 / (1.0 + number) ** 0.8, dtype=np.float64),
        weight_kg=np.full(n_skus, 0.5),
        volume_l=np.full(n_skus, 1.0),
        price=np.full(n_skus, 10.0),
        hazmat=np.zeros(n_skus, dtype=np.bool_),
        aisle=(number % n_aisles).astype(np.int32),
        position_m=(1.0 + (number // n_aisles) % int(aisle_length_m)).astype(np.float64),
        zone=np.zeros(n_skus, dtype=np.int16),
    )
