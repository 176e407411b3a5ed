"""Suppliers who come late, short or in parts, and who is chosen: times and units worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.domain.stock import Lateness, Shortfall, Sourcing, Supplier, Weights
from fulfillsim.kpi import compute
from fulfillsim.policies.supplier_choice import SUPPLIER_CHOICE, Offer
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import ALL_DAY, HOUR_S, bench_world, rows_of, stocked, tape_of, times_of
from fulfillsim.testing.warehouse import calendar
from fulfillsim.testing.worlds import DAY_S, catalog_of, days_of

DAYS = days_of(20, n_drain=20)
LEAD = make("deterministic", mean=2 * DAY_S)


def certain(value):
    return make("deterministic", mean=value)


def supplied(tape, on_hand=(10,), **parts):
    """A world of one SKU kept by (r, q) = (0, 10), and what happens to the orders of a tape."""
    world = bench_world(DAYS, ALL_DAY, catalog=catalog_of(len(on_hand)), inventory=stocked(on_hand, **parts))
    return world, run(world, tape)


def moves_of(trace, kind):
    table = trace.columns("stock")
    rows = table["kind"] == kind
    return list(zip(table["units"][rows].tolist(), table["time_s"][rows].tolist(), strict=True))


SELLS_OUT = tape_of([HOUR_S], [[(0, 10)]])
"""One order takes everything, so that ten are ordered at one o'clock."""


def test_a_late_delivery_comes_so_much_after_its_quote():
    late = Supplier("acme", LEAD, late=Lateness(1.0, certain(3 * DAY_S)))
    world, trace = supplied(SELLS_OUT, supplier=late)
    quoted_s = HOUR_S + 2 * DAY_S
    assert rows_of(trace, "arrivals", "due_s", "arrived_s") == [(quoted_s, quoted_s + 3 * DAY_S)]
    values = {value.name: value.value for value in compute(world, trace)}
    assert values["supplier_on_time.acme"] == 0.0
    assert values["supplier_in_full.acme"] == 1.0
    assert values["supplier_units_short"] == 10.0


def test_lateness_of_a_supplier_with_a_calendar_counts_its_working_days():
    week = calendar("acme", DAYS, range(5))
    late = Supplier("acme", certain(3 * DAY_S), week, late=Lateness(1.0, certain(2 * DAY_S)))
    _, trace = supplied(SELLS_OUT, supplier=late)  # ordered on Monday: quoted for Thursday, then Friday, Monday
    assert rows_of(trace, "arrivals", "due_s", "arrived_s") == [(3 * DAY_S + 7 * HOUR_S, 7 * DAY_S + 7 * HOUR_S)]


def test_the_rest_of_a_short_delivery_follows_and_stays_on_order():
    short = Supplier("acme", LEAD, short=Shortfall(1.0, certain(0.3), follows_s=5 * DAY_S))
    world, trace = supplied(tape_of([HOUR_S, 2 * HOUR_S], [[(0, 10)], [(0, 8)]]), supplier=short)
    came_s = HOUR_S + 2 * DAY_S
    # Ordered: 10 when the shelf is empty and the position 0 again; the second order takes it to 2, above the level.
    assert moves_of(trace, StockMove.ORDERED) == [(10.0, HOUR_S)]
    assert moves_of(trace, StockMove.ARRIVED) == [(7.0, came_s), (3.0, came_s + 5 * DAY_S)]
    assert moves_of(trace, StockMove.CANCELLED) == []
    assert times_of(trace, Milestone.ALLOCATED)[1] == came_s + 5 * DAY_S
    values = {value.name: value.value for value in compute(world, trace)}
    assert (values["supplier_on_time.acme"], values["supplier_in_full.acme"]) == (1.0, 0.0)
    assert values["supplier_units_short"] == 3.0
    assert values["purchase_cost"] == 7 * 10.0  # the rest is no delivery that was quoted


def test_what_a_supplier_cancels_is_ordered_again_as_soon_as_it_is_known():
    short = Supplier("acme", LEAD, short=Shortfall(1.0, certain(1.0)))
    _, trace = supplied(SELLS_OUT, supplier=short)
    once, again = HOUR_S + 2 * DAY_S, HOUR_S + 4 * DAY_S
    assert moves_of(trace, StockMove.ORDERED)[:3] == [(10.0, HOUR_S), (10.0, once), (10.0, again)]
    assert moves_of(trace, StockMove.CANCELLED)[:2] == [(10.0, once), (10.0, again)]
    assert moves_of(trace, StockMove.ARRIVED) == []


def test_planned_parts_come_one_after_the_other_and_are_in_time():
    parts = Supplier("acme", LEAD, parts=((0.35, 0.0), (0.65, 4 * DAY_S)))
    world, trace = supplied(SELLS_OUT, supplier=parts)
    first_s = HOUR_S + 2 * DAY_S
    assert rows_of(trace, "arrivals", "quoted", "units", "due_s", "arrived_s") == [
        (4.0, 4.0, first_s, first_s),
        (6.0, 6.0, first_s + 4 * DAY_S, first_s + 4 * DAY_S),
    ]
    assert {value.name: value.value for value in compute(world, trace)}["supplier_on_time.acme"] == 1.0


def test_what_is_not_there_when_the_run_ends_has_no_arrival():
    _, trace = supplied(SELLS_OUT, supplier=Supplier("acme", certain(60 * DAY_S)))
    arrivals = trace.columns("arrivals")
    assert arrivals["quoted"].tolist() == [10.0]
    assert np.isnan(arrivals["arrived_s"]).all()
    assert np.isnan(arrivals["units"]).all()


# Shared lateness ------------------------------------------------------------------------------------------------------


def lateness_of(shared, n_skus=400):
    """Which of many SKUs' deliveries, all quoted for one day, come late."""
    supplier = Supplier("acme", LEAD, late=Lateness(0.25, certain(DAY_S), shared))
    tape = tape_of([HOUR_S], [[(sku, 10) for sku in range(n_skus)]])
    _, trace = supplied(tape, (10,) * n_skus, supplier=supplier)
    table = trace.columns("arrivals")
    return table["arrived_s"] > table["due_s"]


def test_lateness_keeps_its_law_and_is_shared_by_a_supplier_and_day():
    alone, together = lateness_of(0.0), lateness_of(0.98)
    assert 0.15 < alone.mean() < 0.35  # binomial, 4.6 standard deviations on each side
    assert together.mean() < 0.1 or together.mean() > 0.6  # a day on which the truck comes, or does not


# Who is chosen --------------------------------------------------------------------------------------------------------

CHEAP, FAST, SURE = Offer(0, 8.0, 9 * DAY_S, 0.7), Offer(1, 12.0, 2 * DAY_S, 0.9), Offer(2, 10.0, 5 * DAY_S, 1.0)


@pytest.mark.parametrize(
    ("policy", "weights", "chosen"),
    [
        ("cheapest", Weights(), CHEAP),
        ("fastest", Weights(), FAST),
        ("most_reliable", Weights(), SURE),
        # multiples of the best: cheap 1 + 4.5 + 1.43, fast 1.5 + 1 + 1.11, sure 1.25 + 2.5 + 1
        ("best_score", Weights(), FAST),
        # 6 + 4.5 + 4.29, 9 + 1 + 3.33, 7.5 + 2.5 + 3
        ("best_score", Weights(6.0, 1.0, 3.0), SURE),
        ("best_score", Weights(1.0, 0.0, 0.0), CHEAP),
    ],
)
def test_policies_choose_by_price_lead_time_and_reliability(policy, weights, chosen):
    choose = SUPPLIER_CHOICE[policy]
    for offers in ([CHEAP, FAST, SURE], [SURE, FAST, CHEAP]):
        assert choose(offers, weights) is chosen


def two_offer(policy):
    slow, quick = Supplier("slow", certain(6 * DAY_S)), Supplier("quick", certain(DAY_S), min_order=25)
    plan = replace(stocked((10,)), suppliers=(slow, quick), sourcing=Sourcing(policy, (((0, 4.0), (1, 7.0)),)))
    world = bench_world(DAYS, ALL_DAY, catalog=catalog_of(1), inventory=plan)
    return run(world, SELLS_OUT)


@pytest.mark.parametrize(("policy", "told"), [("cheapest", (0, 10, 4.0, 6)), ("fastest", (1, 25, 7.0, 1))])
def test_an_order_goes_to_the_supplier_of_the_policy_at_his_price_and_minimum(policy, told):
    supplier, units, price, days = told
    rows = rows_of(two_offer(policy), "arrivals", "supplier", "units", "price", "arrived_s")
    assert rows == [(supplier, units, price, HOUR_S + days * DAY_S)]


def test_fastest_looks_at_the_calendar_of_each_supplier_on_the_day_of_the_order():
    week = calendar("weekdays", DAYS, range(5))
    weekdays, always = Supplier("weekdays", certain(2 * DAY_S), week), Supplier("always", certain(3 * DAY_S))
    plan = replace(stocked((10,)), suppliers=(weekdays, always), sourcing=Sourcing("fastest", (((0, 1.0), (1, 1.0)),)))
    tape = tape_of([9 * HOUR_S, 4 * DAY_S + 9 * HOUR_S], [[(0, 10)], [(0, 10)]])  # Monday, Friday
    trace = run(bench_world(DAYS, ALL_DAY, catalog=catalog_of(1), inventory=plan), tape)
    assert trace.columns("arrivals")["supplier"].tolist() == [0.0, 1.0]


def test_a_supplier_whom_nobody_chooses_changes_nothing():
    supplier = Supplier("acme", make("gamma", mean=2 * DAY_S, cv=1.0), late=Lateness(0.5, certain(DAY_S), 0.5))
    unused = Supplier("unused", certain(DAY_S))
    tape = tape_of([n * 6 * HOUR_S for n in range(40)], [[(0, 7)]] * 40)
    traces = []
    for suppliers, offers in (((supplier,), ((0, 1.0),)), ((supplier, unused), ((0, 1.0), (1, 2.0)))):
        plan = replace(stocked((10,)), suppliers=suppliers, sourcing=Sourcing("cheapest", (offers,)))
        traces.append(run(bench_world(DAYS, ALL_DAY, catalog=catalog_of(1), inventory=plan), tape))
    for table in ("arrivals", "stock", "milestones"):
        one, other = (trace.columns(table) for trace in traces)
        assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


# Who waits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("waiting", "first"), [("first_come", 1), ("priority", 2)])
def test_goods_go_to_who_came_first_or_to_the_more_urgent(waiting, first):
    tape = tape_of([HOUR_S, 2 * HOUR_S, 3 * HOUR_S], [[(0, 10)], [(0, 8)], [(0, 8)]], priority=[0, 2, 1])
    world = bench_world(DAYS, ALL_DAY, catalog=catalog_of(1), inventory=stocked((10,), lead_s=DAY_S, waiting=waiting))
    plan = replace(world.fulfillment, order_priority="class")
    allocated = times_of(run(replace(world, fulfillment=plan), tape), Milestone.ALLOCATED)
    assert min((1, 2), key=allocated.__getitem__) == first
