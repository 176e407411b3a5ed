"""Parcels assigned at the pickup: traces by hand, and every cutoff against trying everything."""

from dataclasses import replace
from itertools import product
from math import inf

import numpy as np
import pytest

from fulfillsim.domain.delivery import Assignment, CarrierService, Commitment, Delivery, Departure
from fulfillsim.domain.staff import Duty
from fulfillsim.domain.tariff import Surcharge, Tariff, weight_breaks
from fulfillsim.kpi.carriers import (
    commitment_cost,
    commitment_shortfall,
    cost_parts,
    cost_per_parcel,
    diverted,
    n_damaged,
    on_time_by_service,
    parcel_shares,
)
from fulfillsim.kpi.conservation import check_conservation
from fulfillsim.kpi.cost import carrier_cost
from fulfillsim.kpi.facts import Facts
from fulfillsim.optim.carrier_assignment import SOLVERS
from fulfillsim.optim.carrier_assignment.evaluation import evaluate
from fulfillsim.sim import run
from fulfillsim.sim.carrier_desk import CarrierDesk
from fulfillsim.testing.by_hand import HOUR_S, bench_world, evenings, one_carrier, promising, rows_of, tape_of
from fulfillsim.testing.worlds import DAY_S, catalog_of, days_of

DAYS = days_of(7, n_drain=7)
ALWAYS = (Duty(0.0, 13 * DAY_S),)
NOON, SIX = 12 * HOUR_S, 18 * HOUR_S


def flat(price, **more):
    return Tariff(weight_breaks({"all": {30.0: price}}), **more)


def two_carriers(method="optimal", prices=(4.0, 9.0), quoted=(2, 1), least_prob=0.0, slow=None, fast=None, **services):
    """``slow`` leaves at 18:00, ``fast`` at 12:00 and 18:00, on every weekday."""
    base = one_carrier(DAYS, evenings(DAYS)).carriers[0]
    noons = [Departure(second) for second in sorted([*evenings(DAYS), *evenings(DAYS, 12.0)])]
    carriers = (
        replace(base, name="slow", **(slow or {})),
        replace(base, name="fast", **{"departures": tuple(noons), **(fast or {})}),
    )
    products = tuple(
        CarrierService(name, index, (days,), (0,), (1.0,), flat(price), **services)
        for index, (name, days, price) in enumerate(zip(("slow/x", "fast/x"), quoted, prices, strict=True))
    )
    return Delivery(carriers, products, lateness_cost_per_order=20.0, assignment=Assignment(method, least_prob))


def world_of(delivery, **parts):
    given = {"processing": promising(DAYS, carrier_services=(0, 1)), "delivery": delivery}
    return bench_world(DAYS, ALWAYS, **{**given, **parts})


def left(trace):
    """Service and departure of each order."""
    table = trace.columns("parcels")
    rows = zip(table["order"].tolist(), table["carrier_service"].tolist(), table["departed_s"].tolist(), strict=True)
    return {order: (int(lane), departed_s) for order, lane, departed_s in rows}


def test_a_parcel_waits_for_the_cheap_truck_while_that_keeps_the_promise():
    """Promised by slow for Wednesday: at noon fast would take it for 9, at 18:00 slow does for 4."""
    trace = run(world_of(two_carriers()), tape_of([9 * HOUR_S]))
    assert left(trace) == {0: (0, SIX)}
    assert rows_of(trace, "pickups", "carrier", "time_s", "n_taken")[:3] == [(1, NOON, 0), (0, SIX, 1), (1, SIX, 0)]


def test_a_parcel_that_missed_its_truck_goes_by_the_dear_one_that_still_keeps_the_promise():
    """Packed on Tuesday before noon, promised for Wednesday: slow would come on Thursday, which costs 20."""
    world = world_of(two_carriers())
    late = replace(world.staff[0].shifts[0], duties=(Duty(DAY_S + 10 * HOUR_S, 13 * DAY_S),))
    world = replace(world, staff=(replace(world.staff[0], shifts=(late,)),))
    assert left(run(world, tape_of([9 * HOUR_S]))) == {0: (1, DAY_S + NOON)}
    facts = Facts(world, run(world, tape_of([9 * HOUR_S])))
    assert diverted(facts, facts.rows("parcels")) == 1.0
    assert parcel_shares(facts) == {"slow/x": 0.0, "fast/x": 1.0}


@pytest.mark.parametrize(
    ("method", "lane"), [("cheapest", 0), ("fastest", 1), ("cheapest_on_promise", 0), ("optimal", 0)]
)
def test_every_method_may_be_named(method, lane):
    trace = run(world_of(two_carriers(method)), tape_of([9 * HOUR_S]))
    assert left(trace)[0][0] == lane


def test_a_service_needs_the_chance_to_keep_the_promise_that_is_asked_for():
    delivery = two_carriers("cheapest_on_promise", least_prob=0.9)
    shaky = replace(delivery.services[0], day_offsets=(0, 1), day_probs=(0.7, 0.3))
    world = world_of(replace(delivery, services=(shaky, delivery.services[1])))
    assert left(run(world, tape_of([9 * HOUR_S])))[0] == (1, NOON)
    easy = replace(world.delivery, assignment=Assignment("cheapest_on_promise", 0.6))
    assert left(run(replace(world, delivery=easy), tape_of([9 * HOUR_S])))[0] == (0, SIX)


def test_a_full_truck_leaves_the_rest_to_the_dearer_carrier():
    """Five parcels for slow's truck of two: three go with fast at the same moment."""
    full = tuple(Departure(second, 2) for second in evenings(DAYS))
    world = world_of(two_carriers(slow={"departures": full}))
    trace = run(world, tape_of([13 * HOUR_S + i for i in range(5)]))
    assert sorted(lane for lane, _ in left(trace).values()) == [0, 0, 1, 1, 1]
    assert {departed for _, departed in left(trace).values()} == {SIX}


def test_what_fits_nowhere_waits_for_the_next_truck():
    full = {"departures": tuple(Departure(second, 1) for second in evenings(DAYS))}
    world = world_of(two_carriers(slow=full, fast=full))
    trace = run(world, tape_of([13 * HOUR_S + i for i in range(4)]))
    assert sorted(departed for _, departed in left(trace).values()) == [SIX, SIX, DAY_S + SIX, DAY_S + SIX]
    check_conservation(world, trace)


def test_a_carrier_takes_no_more_on_a_day_than_its_cap_with_all_its_trucks():
    daily = tuple(3 if day == 0 else 100 for day in range(len(DAYS)))
    trucks = tuple(Departure(second) for second in sorted([*evenings(DAYS, 12.0), *evenings(DAYS)]))
    one = one_carrier(DAYS, [])
    carrier = replace(one.carriers[0], departures=trucks, daily_capacity=daily)
    world = world_of(Delivery((carrier,), one.services), processing=promising(DAYS))
    trace = run(world, tape_of([(9.0 + i) * HOUR_S for i in range(7)]))
    assert rows_of(trace, "pickups", "time_s", "n_taken", "n_left")[:3] == [
        (NOON, 3, 0),
        (SIX, 0, 4),
        (DAY_S + NOON, 4, 0),
    ]


def test_no_carrier_gets_more_than_its_share_of_the_week():
    world = world_of(two_carriers(slow={"max_share": 0.6}))
    trace = run(world, tape_of([9 * HOUR_S + i for i in range(10)]))
    assert sorted(lane for lane, _ in left(trace).values()) == [0] * 6 + [1] * 4


@pytest.mark.parametrize(("penalty", "n_fast"), [(4.0, 0), (6.0, 3)])
def test_promised_volume_is_kept_where_missing_it_costs_more(penalty, n_fast):
    """Fast costs 5 more. 30 a week over 10 trucks are 3 each; at noon nothing is due, at 18:00 three of eight."""
    world = world_of(two_carriers(fast={"commitment": Commitment(27, penalty)}))
    trace = run(world, tape_of([12.5 * HOUR_S + i for i in range(8)]))
    assert sum(lane for lane, _ in left(trace).values()) == n_fast
    facts = Facts(world, trace)
    assert commitment_shortfall(facts) == {"fast": 27 - n_fast}
    assert commitment_cost(facts) == pytest.approx(penalty * (27 - n_fast))


def test_a_service_leaves_on_its_own_days_and_trucks_only():
    """Fast only at noon: what is packed at 13:00 and promised for tomorrow's noon truck goes then."""
    delivery = two_carriers("fastest")
    noon_only = tuple(evenings(DAYS, 12.0))
    services = (replace(delivery.services[0], quoted_days=(5,)), replace(delivery.services[1], departures_s=noon_only))
    trace = run(world_of(replace(delivery, services=services)), tape_of([13 * HOUR_S]))
    assert left(trace) == {0: (1, DAY_S + NOON)}
    lane = replace(delivery, services=services, assignment=None, choice="fastest")
    assert left(run(world_of(lane), tape_of([13 * HOUR_S]))) == {0: (1, DAY_S + NOON)}


def test_damaged_goods_come_and_the_order_is_not_in_full():
    world = world_of(two_carriers(damage_prob=1.0))
    trace = run(world, tape_of([9 * HOUR_S]))
    facts = Facts(world, trace)
    assert facts.journeys.wrong.tolist() == [True]
    assert np.isfinite(facts.journeys.delivered_s).all()
    assert n_damaged(facts, facts.rows("parcels")) == 1.0


def test_prices_are_those_of_the_day_of_the_pickup_and_parts_sum_to_the_whole():
    peak = Surcharge("peak", 1.5, "parcel", from_s=DAY_S, until_s=2 * DAY_S)
    fuel, door = Surcharge("fuel", 0.1, "share"), Surcharge("door", 0.4, residential_only=True)
    tariff = flat(4.0, surcharges=(peak, fuel, door))
    one = one_carrier(DAYS, evenings(DAYS), tariff=tariff)
    world = world_of(one, processing=promising(DAYS))
    trace = run(world, tape_of([9 * HOUR_S, DAY_S + 9 * HOUR_S, 2 * DAY_S + 9 * HOUR_S]))
    assert trace.columns("parcels")["cost"].tolist() == pytest.approx([4.8, 6.3, 4.8])
    facts = Facts(world, trace)
    parts = cost_parts(facts)
    assert parts == pytest.approx({"rate": 12.0, "door": 1.2, "fuel": 1.2, "peak": 1.5})
    assert sum(parts.values()) == pytest.approx(carrier_cost(facts))
    business = replace(one, residential_prob=0.0)
    quiet = run(world_of(business, processing=promising(DAYS)), tape_of([9 * HOUR_S]))
    assert quiet.columns("parcels")["cost"].tolist() == pytest.approx([4.4])


def test_figures_by_service_are_those_of_its_parcels():
    world = world_of(two_carriers(slow={"max_share": 0.5}))
    facts = Facts(world, run(world, tape_of([9 * HOUR_S + i for i in range(4)])))
    assert cost_per_parcel(facts) == {"slow/x": 4.0, "fast/x": 9.0}
    assert on_time_by_service(facts) == {"slow/x": 1.0, "fast/x": 1.0}


def random_world(seed, method="optimal"):
    """Up to six parcels at a time, of several weights, for two carriers with room, shares and commitments."""
    rng = np.random.default_rng(seed)
    trucks = [tuple(Departure(s, int(rng.integers(1, 5))) for s in evenings(DAYS, h)) for h in (12.0, 18.0)]
    delivery = two_carriers(
        method,
        slow={"departures": trucks[1], "commitment": Commitment(int(rng.integers(1, 15)), 3.0)},
        fast={"departures": tuple(sorted((*trucks[0], *trucks[1]), key=lambda d: d.time_s)), "max_share": 0.7},
    )
    delivery = replace(
        delivery,
        services=tuple(replace(s, day_offsets=(0, 1), day_probs=(0.8, 0.2)) for s in delivery.services),
    )
    priced = [
        Tariff(weight_breaks({"all": {kg: float(np.round(rng.uniform(3, 12), 2)) for kg in (1.0, 2.0, 3.0, 9.0)}}))
        for _ in range(2)
    ]
    services = tuple(replace(s, tariff=t) for s, t in zip(delivery.services, priced, strict=True))
    world = world_of(
        replace(delivery, services=services), catalog=replace(catalog_of(3), weight_kg=np.arange(1.0, 4.0))
    )
    times = np.sort(rng.uniform(0, 4 * DAY_S, 16))
    return world, tape_of(times, [[(int(rng.integers(0, 3)), 1)] for _ in times])


@pytest.mark.parametrize("seed", range(4))
def test_the_optimum_at_each_pickup_is_that_of_trying_everything(seed, monkeypatch):
    world, tape = random_world(seed)
    seen = []
    decide = CarrierDesk._assigned

    def watched(self, lot, trucks, now):
        plan = decide(self, lot, trucks, now)
        seen.append((self._instance(lot, trucks, now), plan))
        return plan

    monkeypatch.setattr(CarrierDesk, "_assigned", watched)
    trace = run(world, tape)
    check_conservation(world, trace)
    small = [(case, plan) for case, plan in seen if 1 < case.n_parcels <= 7]
    assert len(small) >= 3
    for case, plan in small:
        judged = (evaluate(case, other) for other in product(range(-1, 2), repeat=case.n_parcels))
        best = min((each.cost for each in judged if not each.violations), default=inf)
        mine = evaluate(case, plan)
        assert not mine.violations
        assert mine.cost == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize("method", sorted(SOLVERS))
def test_no_parcel_is_lost_at_the_desk(method):
    for seed in range(3):
        world, tape = random_world(seed, method)
        trace = run(world, tape)
        check_conservation(world, trace)
        assert len(trace.columns("parcels")["order"]) + sum(Facts(world, trace).journeys.status == 0) == len(tape)
        assert rows_of(trace, "parcels", "order", "departed_s") == rows_of(
            run(world, tape), "parcels", "order", "departed_s"
        )


def test_a_carrier_that_may_not_be_used_changes_nothing_at_the_desk():
    world, tape = random_world(5)
    extra = replace(world.delivery.carriers[0], name="unused", commitment=None)
    product_ = replace(world.delivery.services[0], name="unused/x", carrier=2, tariff=flat(0.0))
    more = replace(
        world.delivery,
        carriers=(*world.delivery.carriers, extra),
        services=(*world.delivery.services, product_),
    )
    one, other = run(world, tape), run(replace(world, delivery=more), tape)
    for name, column in one.columns("parcels").items():
        np.testing.assert_array_equal(column, other.columns("parcels")[name])
