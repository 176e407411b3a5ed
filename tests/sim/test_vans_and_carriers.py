"""Own vans beside a desk of carriers: who brings what is decided at each wave in one optimum, by hand and by trying."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from fulfillsim.domain.delivery import Assignment, Carrier, CarrierService, Departure
from fulfillsim.domain.tariff import Tariff, weight_breaks
from fulfillsim.kpi import check_conservation
from fulfillsim.kpi.carriers import parcel_shares
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.fleet import handed_over
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import HOUR_S, promising, rows_of
from fulfillsim.testing.own_vans import DAYS, NINE, VAN, driving, monday
from fulfillsim.testing.warehouse import calendar
from fulfillsim.testing.worlds import DAY_S

TUESDAY_CUTOFF = DAY_S + 8.5 * HOUR_S
TUESDAY_TRUCK = DAY_S + 18 * HOUR_S
ROUTES = {(): 0.0, (0,): 76.0, (1,): 92.0, (0, 1): 102.0}
"""What a van asks for these customers: 50 a day, 1 a km and 36 an hour (6 km east, 10 km to the other)."""


def mixed(east, north, *, capacity=None, lateness_cost=0.0, method="optimal", **changes):
    """The two customers of `driving`, and a carrier that asks prices by zone and leaves at 18:00 every day."""
    world = driving(**changes)
    trucks = tuple(Departure(DAYS.second(day, 18 * HOUR_S), capacity) for day in range(7))
    other = Carrier("parcelco", calendar("parcelco", DAYS, range(7)), trucks, 0.0)
    prices = Tariff(weight_breaks({"east": {10.0: east}, "north": {10.0: north}}))
    ground = CarrierService("parcelco/ground", 1, (1, 1), (0,), (1.0,), prices)
    plan = world.delivery
    delivery = replace(
        plan,
        carriers=(*plan.carriers, other),
        services=(*plan.services, ground),
        assignment=Assignment(method),
        lateness_cost_per_order=lateness_cost,
    )
    return replace(world, delivery=delivery, processing=promising(DAYS, carrier_services=(0, 1)))


def who(trace):
    """Carrier service and departure of each order."""
    rows = rows_of(trace, "parcels", "order", "carrier_service", "departed_s")
    return {int(order): (int(lane), departed_s) for order, lane, departed_s in rows}


def test_a_far_customer_is_driven_to_and_a_near_one_goes_by_carrier():
    """Both by van 102, both by carrier 103, the far one by van and the near one by carrier 92 + 4."""
    world = mixed(4.0, 99.0)
    trace = run(world, monday())
    assert who(trace) == {0: (1, TUESDAY_TRUCK), 1: (0, NINE)}
    assert rows_of(trace, "outsourced", "order", "time_s", "price") == [(0, TUESDAY_CUTOFF, 4.0)]
    assert rows_of(trace, "pickups", "carrier", "time_s", "n_taken", "n_left")[1:4] == [
        (1, 18 * HOUR_S, 0, 0),
        (0, TUESDAY_CUTOFF, 1, 0),
        (1, TUESDAY_TRUCK, 1, 0),
    ]
    facts = Facts(world, trace)
    assert handed_over(facts) == 0.5
    assert parcel_shares(facts) == {"fleet/day": 0.5, "parcelco/ground": 0.5}
    check_conservation(world, trace)


@pytest.mark.parametrize(("east", "north"), list(product((3.0, 40.0, 90.0), (3.0, 60.0, 95.0))))
def test_the_wave_finds_what_trying_every_split_finds(east, north):
    prices = (east, north)
    split = {served: cost + sum(prices[c] for c in (0, 1) if c not in served) for served, cost in ROUTES.items()}
    best = min(split, key=split.__getitem__)
    trace = run(mixed(east, north), monday())
    assert tuple(order for order, (lane, _) in sorted(who(trace).items()) if lane == 0) == best
    paid = sum(cost for (cost,) in rows_of(trace, "parcels", "cost")) + trace.columns("routes")["cost"].sum()
    assert paid == pytest.approx(split[best])


def test_the_chance_to_be_late_counts_with_the_price():
    """Promised for Tuesday, which the carrier would break: 4 and a lateness of 30 are more than the van's way there."""
    assert who(run(mixed(4.0, 99.0, lateness_cost=30.0), monday()))[0] == (0, NINE)


def test_what_vans_have_no_room_for_goes_by_carrier_however_dear():
    assert {lane for lane, _ in who(run(mixed(500.0, 900.0), monday())).values()} == {0}
    small = replace(VAN, capacity=(1.0, 100.0, 100.0))
    assert who(run(mixed(500.0, 900.0, vans=(small,)), monday())) == {0: (1, TUESDAY_TRUCK), 1: (0, NINE)}


def test_a_parcel_that_no_carrier_has_room_for_stays_with_the_vans():
    """The truck takes one parcel: the desk asks a price for one of the two only, and the van goes for the other."""
    trace = run(mixed(4.0, 4.0, capacity=1), monday())
    assert sorted(lane for lane, _ in who(trace).values()) == [0, 1]


def test_a_parcel_that_a_van_has_taken_out_once_is_not_handed_over():
    """Nobody opens on Tuesday; on Wednesday the van goes again, though the carrier asks almost nothing."""
    trace = run(mixed(99.0, 99.0, failed_attempt_prob=1.0), monday())
    assert len(rows_of(trace, "outsourced", "order")) == 0
    assert len(rows_of(trace, "stops", "order")) == 4


@pytest.mark.parametrize("method", ["cheapest", "fastest", "cheapest_on_promise", "optimal"])
def test_every_method_of_assignment_may_stand_beside_vans(method):
    assert who(run(mixed(4.0, 99.0, method=method), monday())) == {0: (1, TUESDAY_TRUCK), 1: (0, NINE)}


def test_without_vans_at_work_all_parcels_go_by_carrier():
    trace = run(mixed(4.0, 99.0, vans=()), monday())
    assert {lane for lane, _ in who(trace).values()} == {1}
    np.testing.assert_allclose(trace.columns("outsourced")["price"], [4.0, 99.0])
