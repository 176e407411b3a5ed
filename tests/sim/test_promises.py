"""Promises worked out on paper: goods to come by date, cutoffs, handling, and days of 23 hours."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from fulfillsim.domain.clock import Days
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.processing import Hold
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.staff import Break, Duty, Role, Shift, Skill
from fulfillsim.domain.stock import Supplier
from fulfillsim.domain.work import Station, Step, WorkTime
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import Trace, run
from fulfillsim.sim.engine import Engine
from fulfillsim.sim.stock import Stock
from fulfillsim.testing.by_hand import (
    ALL_DAY,
    HOUR_S,
    ONE,
    bench_world,
    evenings,
    one_carrier,
    promising,
    rows_of,
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
        stock.want(SimpleNamespace(row=0), 0, backlog, 0.0)
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


# --- policies that look at the moment ---------------------------------------------------------------------------


def promising_by(policy, service=None, seconds=60.0, duties=ALL_DAY, delivery=None, **promise):
    """Orders pass one bench; a carrier leaves at 18:00 on weekdays and takes a day."""
    return bench_world(
        WEEK,
        duties,
        seconds,
        processing=promising(WEEK, policy=policy, **promise),
        delivery=delivery or one_carrier(WEEK, evenings(WEEK), **(service or {})),
    )


def promised(trace):
    return [(p, d) for p, d in rows_of(trace, "promises", "promise_s", "due_departure_s")]


def end_of(day):
    return (day + 1) * DAY_S - 1.0


EVENING = 18 * HOUR_S


def test_a_load_aware_promise_waits_until_the_backlog_is_worked_off():
    """One person, an hour an order, from 0:00 to midnight: of orders placed at 1:00, the 17th is done at 18:00."""
    trace = run(promising_by("load_aware", seconds=HOUR_S), tape_of([HOUR_S] * 23))
    told = promised(trace)
    assert told[:17] == [(end_of(1), EVENING)] * 17
    assert told[17:] == [(end_of(2), DAY_S + EVENING)] * 6
    plain = promised(run(promising_by("cutoff_quote", seconds=HOUR_S), tape_of([HOUR_S] * 23)))
    assert plain == [(end_of(1), EVENING)] * 23


def test_beyond_the_roster_a_load_aware_promise_goes_by_plan():
    told = promised(run(promising_by("load_aware", seconds=HOUR_S), tape_of([HOUR_S] * 25)))
    assert told[-2:] == [(end_of(1), EVENING)] * 2


def test_the_backlog_is_worked_off_by_those_on_duty_less_breaks_and_indirect_work():
    """Two people from 8 to 16 with half an hour's break, a fifth of the time for other things: 12 hours a day."""
    duties = tuple(
        Duty(
            day * DAY_S + 8 * HOUR_S,
            day * DAY_S + 16 * HOUR_S,
            (Break(day * DAY_S + 45_000.0, day * DAY_S + 46_800.0),),
        )
        for day in range(7)
    )
    world = promising_by("load_aware", seconds=HOUR_S, duties=duties)
    role = world.staff[0]
    role = replace(role, indirect_share=0.2, shifts=(replace(role.shifts[0], headcount=2),))
    told = promised(run(replace(world, staff=(role,)), tape_of([HOUR_S] * 14)))
    assert told[:12] == [(end_of(1), EVENING)] * 12
    assert told[12:] == [(end_of(2), DAY_S + EVENING)] * 2


def test_work_that_is_done_is_no_backlog():
    """Twelve orders are done when one of 13:00 comes; it is promised as the first one was."""
    trace = run(promising_by("load_aware", seconds=HOUR_S), tape_of([0.0] * 12 + [13 * HOUR_S]))
    assert promised(trace)[-1] == (end_of(1), EVENING)
    later = run(promising_by("load_aware", seconds=HOUR_S), tape_of([0.0] * 12 + [11 * HOUR_S] * 7))
    assert [due for _, due in promised(later)[-7:]] == [EVENING] * 6 + [DAY_S + EVENING]  # 1 + 6 hours from 11:00


def test_the_bottleneck_decides_and_people_who_share_stations_share_their_hours():
    """Two steps of an hour: with two people who know both 24 orders of 0:00 take 24 hours, with one for each 24 too."""
    steps = tuple(Step(Station(name, WorkTime(HOUR_S, ONE))) for name in ("pick", "pack"))
    skills = (Skill("pick"), Skill("pack", 2))
    world = promising_by("load_aware")
    world = replace(world, fulfillment=Fulfillment(Release(), None, steps))
    both = (Role("both", skills, (Shift("day", 2, ALL_DAY),)),)
    each = tuple(Role(skill.station, (skill,), (Shift("day", 1, ALL_DAY),)) for skill in skills)
    uneven = (replace(each[0], shifts=(Shift("day", 9, ALL_DAY),)), each[1])
    for staff in (both, each, uneven):
        due = [d for _, d in promised(run(replace(world, staff=staff), tape_of([0.0] * 24)))]
        assert due == [EVENING] * 18 + [DAY_S + EVENING] * 6


def test_a_quantile_promise_goes_to_the_departure_that_the_order_makes_with_that_chance():
    """From acceptance to the dock it takes 1 to 11 hours, all alike: by 18:00 half the orders of 12:00 are."""
    law = make("uniform", low=HOUR_S, high=11 * HOUR_S)
    for kept, due in ((0.4, EVENING), (0.49, EVENING), (0.51, DAY_S + EVENING)):
        world = promising_by("quantile", path_time=law, kept_prob=kept)
        assert promised(run(world, tape_of([12 * HOUR_S]))) == [(end_of(1 if due == EVENING else 2), due)]


def test_a_quantile_promise_takes_the_transit_law_together_with_the_path():
    """Half make the truck of 18:00, all that of the next day; of each 60 % come in a day, the rest in two.

    By the end of Tuesday: 0.5 * 0.6 = 0.30, of Wednesday: 0.5 + 0.5 * 0.6 = 0.80, of Thursday: 1.
    """
    law = make("uniform", low=HOUR_S, high=11 * HOUR_S)
    service = {"day_offsets": (0, 1), "day_probs": (0.6, 0.4)}
    for kept, day in ((0.29, 1), (0.31, 2), (0.79, 2), (0.81, 3)):
        world = promising_by("quantile", service, path_time=law, kept_prob=kept)
        assert promised(run(world, tape_of([12 * HOUR_S])))[0][0] == end_of(day)


def test_without_experience_a_quantile_promise_rests_on_the_departure_of_the_cutoff():
    service = {"day_offsets": (0, 1), "day_probs": (0.6, 0.4)}
    world = promising_by("quantile", service, kept_prob=0.9)
    assert promised(run(world, tape_of([12 * HOUR_S]))) == [(end_of(2), EVENING)]


def test_a_quantile_promise_learns_how_long_orders_take():
    """Twenty orders of midnight are at the dock after 1 to 20 hours: nine in ten have taken up to 18 hours."""
    world = promising_by("quantile", seconds=HOUR_S, kept_prob=0.9, duties=(Duty(0.0, 5 * DAY_S),))
    told = promised(run(world, tape_of([0.0] * 20 + [DAY_S + HOUR_S])))
    assert told[0] == (end_of(1), EVENING)
    assert told[-1] == (end_of(3), 2 * DAY_S + EVENING)  # Tuesday 1:00 and 18 hours is after 18:00


@pytest.mark.statistical
@pytest.mark.parametrize("kept", [0.5, 0.8, 0.95])
def test_a_quantile_promise_is_kept_with_its_chance_and_no_earlier_date_would_be(kept):
    """2,000 orders through a day, by the model's own laws: a path of gamma hours, transit with failures and losses.

    Promises are days, so that they are kept at least as often as asked; a day earlier they would be kept less often.
    Bounds of four standard errors of the mean chance, false alarm 1 in 16,000.
    """
    law = make("gamma", mean=9 * HOUR_S, cv=0.6)
    service = {"day_offsets": (-1, 0, 1, 2), "day_probs": (0.1, 0.6, 0.2, 0.1), "quoted_days": (2,)}
    world = promising_by("quantile", {**service, "failed_attempt_prob": 0.1, "loss_prob": 0.01},
                         path_time=law, kept_prob=kept)  # fmt: skip
    step = Step(Station("way", WorkTime(9 * HOUR_S, make("gamma", mean=1.0, cv=0.6)), staffed=False))
    world = replace(world, fulfillment=Fulfillment(Release(), None, (step,)), staff=())
    tape = tape_of([43.0 * n for n in range(2000)], seed=7)
    trace = run(world, tape)
    promise_s = np.array([p for p, _ in promised(trace)])
    delivered_s = np.full(2000, np.inf)
    parcels = trace.columns("parcels")
    delivered_s[parcels["order"]] = np.where(np.isnan(parcels["delivered_s"]), np.inf, parcels["delivered_s"])
    in_time, a_day_before = delivered_s <= promise_s, delivered_s <= promise_s - DAY_S
    assert in_time.mean() > kept - 4 * np.sqrt(kept * (1 - kept) / 2000)
    assert a_day_before.mean() < kept + 4 * np.sqrt(kept * (1 - kept) / 2000)


@pytest.mark.parametrize(("start", "due"), [("placed", EVENING), ("payment_cleared", DAY_S + EVENING)])
def test_the_clock_starts_when_the_order_is_placed_or_when_its_payment_has_cleared(start, due):
    """Placed at 13:00, held for three hours, cutoff 14:00."""
    hold = Hold("payment", 1.0, make("deterministic", mean=3 * HOUR_S), (0,))
    world = promising_by("cutoff_quote")
    world = replace(world, processing=replace(world.processing, holds=(hold,), clock_start=start))
    trace = run(world, tape_of([13 * HOUR_S]))
    assert rows_of(trace, "promises", "made_s", "due_departure_s") == [(16 * HOUR_S, due)]


def test_an_order_accepted_for_goods_to_come_counts_from_when_they_are_there():
    world = replace(selling([0], "later", DAY_S), processing=replace(promising(WEEK), clock_start="accepted"))
    trace = run(world, tape_of([13 * HOUR_S], [[(0, 1)]]))
    assert rows_of(trace, "promises", "made_s", "due_departure_s") == [(13 * HOUR_S, DAY_S + EVENING)]


def test_policies_of_the_moment_leave_who_orders_and_what_it_takes_as_they_were():
    tape = tape_of([HOUR_S] * 24)
    plain, aware = (run(promising_by(name, seconds=HOUR_S), tape) for name in ("cutoff_quote", "load_aware"))
    for table in ("visits", "milestones"):
        for column, values in plain.columns(table).items():
            assert np.array_equal(values, aware.columns(table)[column], equal_nan=True)
