"""A depot, vans and two customers put together by hand, for tests whose routes are worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from fulfillsim.domain.delivery import Carrier, CarrierService, Delivery
from fulfillsim.domain.fleet import Fleet, FleetWave, Slot, Van
from fulfillsim.domain.tariff import Tariff, weight_breaks
from fulfillsim.domain.world import World
from fulfillsim.sampling.distributions import make
from fulfillsim.tape import Tape
from fulfillsim.testing.by_hand import ALL_DAY, HOUR_S, bench_world, promising, tape_of
from fulfillsim.testing.warehouse import calendar
from fulfillsim.testing.worlds import DAY_S, days_of

DAYS = days_of(5, n_drain=2)
NINE = DAY_S + 9 * HOUR_S
FREE = Tariff(weight_breaks({"east": {10.0: 0.0}, "north": {10.0: 0.0}}))
VAN = Van("van", (10.0, 100.0, 100.0), 7 * HOUR_S, 18 * HOUR_S, 0.001, 0.01, 50.0)
constant = partial(make, "deterministic")


def driving(closes_h: float = 18.0, wave_h: float = 9.0, vans: tuple[Van, ...] = (VAN,), **changes: Any) -> World:
    """A depot, one customer 6 km east and one another 8 km north of there; 10 m/s, 200 s at a door."""
    waves = tuple(
        FleetWave(DAYS.second(d, wave_h * HOUR_S), DAYS.second(d, (wave_h - 0.5) * HOUR_S), d, frozenset({0}))
        for d in range(7)
    )
    fleet = Fleet(
        carrier=0,
        slots=(Slot("day", 0, 8 * HOUR_S, closes_h * HOUR_S),),
        vans=vans,
        waves=waves,
        depot_m=(0.0, 0.0),
        zone_m=np.array([[6000.0, 0.0], [6000.0, 8000.0]]),
        spread_m=np.zeros(2),
        speed_m_per_s=10.0,
        circuity=1.0,
        **{"travel": constant(mean=1.0), "at_door": constant(mean=200.0), **changes},
    )
    times = tuple(wave.time_s for wave in waves)
    service = CarrierService("fleet/day", 0, (0, 0), (0,), (1.0,), FREE, departures_s=times, until_s=closes_h * HOUR_S)
    carrier = Carrier("fleet", calendar("fleet", DAYS, range(7)), (), 1800.0)
    duties = tuple(replace(duty, end_s=7 * DAY_S) for duty in ALL_DAY)
    delivery = Delivery((carrier,), (service,), fleet=fleet)
    world = bench_world(DAYS, duties, processing=promising(DAYS), delivery=delivery)
    return replace(world, demand=replace(world.demand, zones=("east", "north")))


def monday(n: int = 2) -> Tape:
    """Orders of Monday 10:00, each other one to the same customer."""
    tape = tape_of([10 * HOUR_S + i for i in range(n)])
    return replace(tape, zone=np.arange(n, dtype=np.int16) % 2)
