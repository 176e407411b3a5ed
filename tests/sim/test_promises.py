"""Promises worked out on paper: goods to come by date, cutoffs, handling, and days of 23 hours."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.clock import Days
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.stock import Supplier
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import Trace, run
from fulfillsim.sim.engine import Engine
from fulfillsim.sim.stock import Stock
from fulfillsim.testing.by_hand import (
    ALL_DAY,
    HOUR_S,
    bench_world,
    evenings,
    one_carrier,
    promising,
    stocked,
    tape_of,
    times_of,
)
from fulfillsim.testing.warehouse import calendar
from fulfillsim.testing.worlds import DAY_S, MONDAY, catalog_of, days_of

WEEK = days_of(7, n_drain=7)


def stock_of(plan, on_order=(), backlog=0):
    """Stock of one SKU at clock zero, with (units, arrives_s) on order and units that others wait for."""
    tape = tape_of([0.0], [[(0, 1)]])
    stock = Stock(bench_world(WEEK, ALL_DAY, catalog=catalog_of(1)), plan, tape, Engine(), Trace(tape))
    stock.continuous = stock.continuous and not on_order
    for units, arrives_s in on_order:
        stock.expect(stock.purchasing.under_way(0, units, arrives_s), 0.0)
    if backlog:
        stock.want(object(), 0, backlog, 0.0)
    stock.continuous = plan.rule not in ("none", "RS") and not plan.review_times_s
    return stock


TWO_COMING = [(10, 4 * DAY_S), (10, DAY_S)]
"""Ordered in this order: the later one first."""


@pytest.mark.parametrize(
    ("units", "when_s"),
    [(3, 0.0), (4, DAY_S), (13, DAY_S), (14, 4 * DAY_S), (23, 4 * DAY_S)],
)
def test_units_are_available_when_stock_and_what_is_due_by_then_cover_them(units, when_s):
    stock = stock_of(stocked([3]), TWO_COMING)
    assert stock.available_s(0, units, 0.0) == when_s


@pytest.mark.parametrize(("units", "when_s"), [(1, DAY_S), (6, DAY_S), (7, 4 * DAY_S), (16, 4 * DAY_S)])
def test_what_others_wait_for_is_not_available(units, when_s):
    stock = stock_of(stocked([0]), TWO_COMING, backlog=4)
    assert stock.available_s(0, units, 0.0) == when_s


def test_beyond_what_is_on_order_the_next_order_takes_the_mean_lead_time():
    drawn = Supplier("acme", make("exponential", mean=2 * DAY_S))
    stock = stock_of(stocked([0], supplier=drawn), TWO_COMING[1:])
    assert stock.available_s(0, 11, HOUR_S) == HOUR_S + 2 * DAY_S


def test_the_next_order_never_arrives_before_what_it_is_added_to():
    stock = stock_of(stocked([0], lead_s=HOUR_S), TWO_COMING)
    assert stock.available_s(0, 21, 0.0) == 4 * DAY_S


def test_the_next_order_waits_for_the_next_review():
    plan = stocked([0], rule="RS", lead_s=DAY_S, review_times_s=(2 * DAY_S, 9 * DAY_S))
    assert stock_of(plan).available_s(0, 1, DAY_S) == 3 * DAY_S
    assert stock_of(plan).available_s(0, 1, 2 * DAY_S) == 3 * DAY_S
    assert stock_of(plan).available_s(0, 1, 2 * DAY_S + 1.0) == 10 * DAY_S


def test_goods_that_nobody_orders_never_come():
    nobody = replace(stocked([0]), supplier=np.array([-1], np.int16))
    assert stock_of(nobody).available_s(0, 1, 0.0) == np.inf
    assert stock_of(stocked([0], rule="none")).available_s(0, 1, 0.0) == np.inf


def test_an_overdue_delivery_is_expected_at_any_moment():
    stock = stock_of(stocked([0]), TWO_COMING)
    assert stock.available_s(0, 5, 1.5 * DAY_S) == 1.5 * DAY_S


def test_a_supplier_with_a_calendar_is_expected_on_the_morning_of_its_working_day():
    weekdays = Supplier("acme", make("deterministic", mean=3 * DAY_S), calendar("acme", WEEK, range(5)))
    stock = stock_of(stocked([0], supplier=weekdays))
    assert stock.available_s(0, 1, 3 * DAY_S + 18 * HOUR_S) == 8 * DAY_S + 7 * HOUR_S  # Thursday to Tuesday


def selling(on_hand, shortage, lead_s, **parts):
    return bench_world(
        WEEK,
        ALL_DAY,
        catalog=catalog_of(len(on_hand)),
        processing=promising(WEEK),
        inventory=stocked(on_hand, shortage, lead_s, **parts),
        delivery=one_carrier(WEEK, evenings(WEEK)),
    )


def due_departures(trace):
    return trace.columns("promises")["due_departure_s"].tolist()


def test_an_order_for_later_is_promised_on_the_delivery_that_holds_its_units_not_on_the_last():
    """Lead time one day, ten units a time; the second delivery, ordered at 14:30, misses Tuesday's cutoff.

    01:00 the last unit goes, ten are ordered for Tuesday 01:00; 14:30 eight are promised on them for Tuesday, and
    two more, which make the rule order ten for Tuesday 14:30; 14:40 one unit has to wait for those: Wednesday. The
    order of 15:00 finds a further unit of the SKU that is in stock and two of the other: Wednesday, for all of it.
    """
    world = selling([1, 5], "later", DAY_S)
    half_past_two = 14.5 * HOUR_S
    times = [HOUR_S, half_past_two, half_past_two, 14 * HOUR_S + 2400.0, 15 * HOUR_S]
    lines = [[(0, 1)], [(0, 8)], [(0, 2)], [(0, 1)], [(0, 1), (1, 2)]]
    trace = run(world, tape_of(times, lines))
    tuesday, wednesday = DAY_S + 18 * HOUR_S, 2 * DAY_S + 18 * HOUR_S
    assert due_departures(trace) == [18 * HOUR_S, tuesday, tuesday, wednesday, wednesday]
    allocated = times_of(trace, Milestone.ALLOCATED)
    assert [allocated[row] for row in (1, 2, 3)] == [25 * HOUR_S, 25 * HOUR_S, half_past_two + DAY_S]


def test_an_order_that_waits_whole_is_promised_as_if_its_goods_were_there():
    trace = run(selling([1], "backorder", 3 * DAY_S), tape_of([HOUR_S, 2 * HOUR_S], [[(0, 1)], [(0, 1)]]))
    assert due_departures(trace) == [18 * HOUR_S, 18 * HOUR_S]


def test_an_order_for_goods_that_never_come_is_lost_for_lack_of_stock():
    trace = run(selling([1], "later", DAY_S, rule="none"), tape_of([0.0, 1.0], [[(0, 1)], [(0, 1)]]))
    assert times_of(trace, Milestone.OUT_OF_STOCK) == {1: 1.0}
    assert due_departures(trace) == [18 * HOUR_S]


def test_what_a_supplier_delivers_at_least_is_the_lot_of_a_replenishment_order():
    bulk = Supplier("acme", make("deterministic", mean=HOUR_S), min_order=25)
    trace = run(selling([1], "backorder", HOUR_S, supplier=bulk), tape_of([0.0, 60.0], [[(0, 1)], [(0, 26)]]))
    assert trace.columns("deliveries")["units"].tolist() == [25.0, 25.0]


def test_handling_days_are_working_days_of_the_warehouse_between_cutoff_and_departure():
    world = selling([9], "backorder", DAY_S)
    world = replace(world, processing=promising(WEEK, handling_days=2))
    friday_noon = 4 * DAY_S + 12 * HOUR_S
    trace = run(world, tape_of([friday_noon], [[(0, 1)]]))
    assert due_departures(trace) == [8 * DAY_S + 18 * HOUR_S]  # Monday, Tuesday


def test_a_fixed_promise_counts_working_days_from_the_cutoff_and_plans_a_departure_that_keeps_it():
    world = selling([9], "backorder", DAY_S)
    world = replace(world, processing=promising(WEEK, policy="fixed_days", fixed_days=3))
    promises = run(world, tape_of([12 * HOUR_S], [[(0, 1)]])).columns("promises")
    assert promises["promise_s"].tolist() == [4 * DAY_S - 1.0]
    assert promises["due_departure_s"].tolist() == [18 * HOUR_S]


def test_on_a_day_of_23_hours_things_happen_at_their_time_on_the_clock():
    """Sunday, day 6, loses an hour in the night: midnights and clock times after it come an hour earlier."""
    midnights = [DAY_S * day - (3600.0 if day > 6 else 0.0) for day in range(40)]
    days = Days(MONDAY, tuple(midnights), 0, 7, 7, "UTC")
    every_day = range(7)
    delivery = one_carrier(days, [days.second(5, 18 * HOUR_S)], every_day, hours=(12.0, 12.0))
    parcels = run(bench_world(days, ALL_DAY, delivery=delivery), tape_of([0.0])).columns("parcels")
    assert parcels["attempted_s"].tolist() == [6 * DAY_S + 11 * HOUR_S]
    acme = Supplier("acme", make("deterministic", mean=DAY_S), calendar("acme", days, every_day))
    plan = stocked([0], supplier=acme)
    tape = tape_of([0.0], [[(0, 1)]])
    stock = Stock(bench_world(days, ALL_DAY, catalog=catalog_of(1)), plan, tape, Engine(), Trace(tape))
    assert stock.available_s(0, 1, 5 * DAY_S) == 6 * DAY_S + 6 * HOUR_S
