"""Exact traces of the rules that planners know: tiny systems, times worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.demand import Channel, Content, Demand
from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release, Wave
from fulfillsim.domain.records import Milestone, WorkerState
from fulfillsim.domain.staff import Break, Duty, Role, Shift, Skill
from fulfillsim.domain.work import Station, Step, WorkTime
from fulfillsim.domain.world import World
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import (
    ALL_DAY,
    HOUR_S,
    ONE,
    bench_world,
    evenings,
    one_carrier,
    promising,
    stocked,
    tape_of,
    times_of,
)
from fulfillsim.testing.worlds import DAY_S, catalog_of, constant_arrivals, days_of


def visits(world, tape):
    """(item, queued, started, ended) in the order of completion."""
    table = run(world, tape).columns("visits")
    return list(zip(*(table[c].tolist() for c in ("item", "queued_s", "started_s", "ended_s")), strict=True))


def test_first_come_first_served():
    assert visits(bench_world(days_of(1), ALL_DAY), tape_of([0.0, 10.0, 200.0])) == [
        (0, 0.0, 0.0, 60.0),
        (1, 10.0, 60.0, 120.0),
        (2, 200.0, 200.0, 260.0),
    ]


def test_the_break_that_lets_work_be_finished():
    duty = Duty(0.0, DAY_S, (Break(30.0, 100.0),))
    assert visits(bench_world(days_of(1), (duty,)), tape_of([0.0, 10.0])) == [
        (0, 0.0, 0.0, 60.0),
        (1, 10.0, 100.0, 160.0),
    ]


def test_the_break_that_hands_over_resumes_with_what_is_left():
    duty = Duty(0.0, DAY_S, (Break(20.0, 100.0),))
    found = visits(bench_world(days_of(1), (duty,), at_break="hand_over"), tape_of([0.0]))
    assert found == [(0, 0.0, 0.0, 20.0), (0, 20.0, 100.0, 140.0)]


def test_work_handed_over_goes_to_somebody_idle_at_once():
    leaves = Shift("early", 1, (Duty(0.0, 20.0),))
    comes = Shift("late", 1, (Duty(20.0, DAY_S),))
    world = bench_world(days_of(1), ALL_DAY, at_break="hand_over")
    world = replace(world, staff=(replace(world.staff[0], shifts=(leaves, comes)),))
    assert visits(world, tape_of([0.0])) == [(0, 0.0, 0.0, 20.0), (0, 20.0, 20.0, 60.0)]


def test_work_finished_after_the_end_of_a_shift_is_overtime():
    trace = run(bench_world(days_of(1), (Duty(0.0, 30.0),)), tape_of([0.0]))
    duty = trace.columns("duty")
    spans = list(zip(duty["state"].tolist(), duty["start_s"].tolist(), duty["end_s"].tolist(), strict=True))
    assert spans == [(WorkerState.ON, 0.0, 30.0), (WorkerState.LEAVING, 30.0, 60.0)]


def test_the_more_urgent_class_goes_first_but_interrupts_nobody():
    found = visits(bench_world(days_of(1), ALL_DAY, discipline="priority"), tape_of([0, 1, 2], priority=[1, 1, 0]))
    assert [item for item, *_ in found] == [0, 2, 1]


def test_a_preemptive_station_interrupts_and_resumes():
    found = visits(bench_world(days_of(1), ALL_DAY, discipline="preemptive"), tape_of([0, 20], priority=[1, 0]))
    assert found == [(0, 0.0, 0.0, 20.0), (1, 20.0, 20.0, 80.0), (0, 20.0, 80.0, 120.0)]


def test_picked_up_thursday_three_monday_to_friday_days_later_is_tuesday():
    days = days_of(7, n_drain=7)
    thursday_18 = 3 * DAY_S + 18 * HOUR_S
    world = bench_world(days, (Duty(0.0, 9 * DAY_S),), delivery=one_carrier(days, [thursday_18], days_quoted=3))
    parcels = run(world, tape_of([3 * DAY_S + 10 * HOUR_S])).columns("parcels")
    assert days.weekday(days.of(parcels["delivered_s"][0])) == 1
    assert days.of(parcels["delivered_s"][0]) == 8
    assert 9 * HOUR_S <= parcels["delivered_s"][0] - 8 * DAY_S <= 18 * HOUR_S


def test_a_pickup_at_five_takes_what_is_packed_at_five():
    days = days_of(7, n_drain=7)
    five = 17 * HOUR_S
    world = bench_world(days, (Duty(0.0, 9 * DAY_S),), delivery=one_carrier(days, [five, five + DAY_S]))
    parcels = run(world, tape_of([five - 60.0, five - 59.0])).columns("parcels")
    assert parcels["departed_s"].tolist() == [five, five + DAY_S]


def test_what_a_truck_cannot_take_waits_for_the_next_and_the_earlier_due_goes_first():
    days = days_of(7, n_drain=7)
    world = bench_world(
        days, (Duty(0.0, 9 * DAY_S),), heads=3, delivery=one_carrier(days, [HOUR_S, 2 * HOUR_S], capacity=2)
    )
    trace = run(world, tape_of([0.0, 1.0, 2.0]))
    assert trace.columns("parcels")["order"].tolist() == [0.0, 1.0, 2.0]
    assert trace.columns("parcels")["departed_s"].tolist() == [HOUR_S, HOUR_S, 2 * HOUR_S]
    assert trace.columns("pickups")["n_left"].tolist() == [1.0, 0.0]


def test_a_missed_departure_keeps_its_due_departure():
    days = days_of(7, n_drain=7)
    late = (Duty(20 * HOUR_S, 9 * DAY_S),)
    world = bench_world(days, late, processing=promising(days), delivery=one_carrier(days, evenings(days)))
    trace = run(world, tape_of([10 * HOUR_S]))
    promises, parcels = trace.columns("promises"), trace.columns("parcels")
    assert promises["due_departure_s"].tolist() == [18 * HOUR_S]
    assert promises["promise_s"].tolist() == [2 * DAY_S - 1.0]
    assert parcels["departed_s"].tolist() == [DAY_S + 18 * HOUR_S]


def test_an_order_after_the_cutoff_is_promised_for_the_next_days_departure():
    days = days_of(7, n_drain=7)
    world = bench_world(days, ALL_DAY, processing=promising(days), delivery=one_carrier(days, evenings(days)))
    promises = run(world, tape_of([14 * HOUR_S, 14 * HOUR_S + 1.0])).columns("promises")
    assert promises["due_departure_s"].tolist() == [18 * HOUR_S, DAY_S + 18 * HOUR_S]


def test_an_order_without_goods_waits_for_the_delivery_that_its_own_demand_triggered():
    days = days_of(1)
    world = bench_world(days, ALL_DAY, catalog=catalog_of(1), inventory=stocked([3]))
    trace = run(world, tape_of([0.0, 100.0], [[(0, 2)], [(0, 2)]]))
    assert times_of(trace, Milestone.ALLOCATED) == {0: 0.0, 1: 100.0 + HOUR_S}
    assert times_of(trace, Milestone.BACKORDERED) == {1: 100.0}


def test_lost_sales_leave_the_stock_alone():
    days = days_of(1)
    world = bench_world(days, ALL_DAY, catalog=catalog_of(1), inventory=stocked([3], "cancel"))
    trace = run(world, tape_of([0.0, 100.0, 200.0], [[(0, 2)], [(0, 2)], [(0, 1)]]))
    assert times_of(trace, Milestone.OUT_OF_STOCK) == {1: 100.0}
    assert set(times_of(trace, Milestone.LEFT)) == {0, 2}


def test_a_split_order_ships_what_is_there_and_the_rest_as_its_last_parcel():
    days = days_of(7, n_drain=7)
    world = bench_world(
        days,
        (Duty(0.0, 9 * DAY_S),),
        catalog=catalog_of(2),
        inventory=stocked([5, 0], "split", lead_s=DAY_S),
        delivery=one_carrier(days, evenings(days)),
    )
    parcels = run(world, tape_of([0.0], [[(0, 1), (1, 4)]])).columns("parcels")
    assert parcels["order"].tolist() == [0.0, 0.0]
    assert parcels["units"].tolist() == [1.0, 4.0]
    assert parcels["departed_s"].tolist() == [18 * HOUR_S, DAY_S + 18 * HOUR_S]


def test_two_zones_join_when_the_last_part_is_picked():
    days = days_of(1)
    catalog = replace(catalog_of(2), zone=np.array([0, 1], np.int16))
    zones = tuple(PickZone(n, Station(f"pick_{n}", WorkTime(s, ONE))) for n, s in (("a", 50.0), ("b", 80.0)))
    world = bench_world(days, ALL_DAY, catalog=catalog, fulfillment=Fulfillment(Release(), Picking(zones, Batch()), ()))
    crew = tuple(replace(world.staff[0], name=n, skills=(Skill(f"pick_{n}"),)) for n in "ab")
    trace = run(replace(world, staff=crew), tape_of([0.0, 5.0], [[(0, 1), (1, 1)], [(0, 1)]]))
    assert times_of(trace, Milestone.PICKED) == {0: 80.0, 1: 100.0}


def test_a_picker_waits_until_a_batch_is_large_enough_and_takes_no_more_than_fits():
    days = days_of(1)
    zone = PickZone("all", Station("picking", WorkTime(100.0, ONE)))
    picking = Picking((zone,), Batch(min_orders=2, max_orders=3), per="tour")
    world = bench_world(days, ALL_DAY, fulfillment=Fulfillment(Release(), picking, ()))
    world = replace(world, staff=(replace(world.staff[0], skills=(Skill("picking"),)),))
    tours = run(world, tape_of([0.0, 10.0, 20.0, 30.0, 40.0, 50.0])).columns("tours")
    assert tours["n_orders"].tolist() == [2.0, 3.0]


def test_waves_release_what_waits_and_what_comes_at_that_second():
    days = days_of(1)
    step = Step(Station("bench", WorkTime(60.0, ONE)))
    plan = Fulfillment(Release("waves", (Wave(1000.0), Wave(2000.0))), None, (step,))
    trace = run(bench_world(days, ALL_DAY, fulfillment=plan), tape_of([0.0, 1000.0, 1001.0]))
    assert times_of(trace, Milestone.RELEASED) == {0: 1000.0, 1: 1000.0, 2: 2000.0}


def test_callers_hang_up_when_their_patience_ends_and_find_busy_lines():
    days = days_of(1)
    line = Station("agents", WorkTime(100.0, ONE), patience=make("deterministic", mean=30.0), max_in_system=2)
    channel = Channel("phone", "phone", constant_arrivals(days, 1.0), Content(None, ONE), capture=line)
    role = Role("agents", (Skill("agents"),), (Shift("day", 1, ALL_DAY),))
    world = World("calls", days, Demand((channel,)), (role,))
    trace = run(world, tape_of([0.0, 10.0, 20.0, 45.0, 95.0]))
    assert times_of(trace, Milestone.BLOCKED) == {2: 20.0}
    assert times_of(trace, Milestone.HUNG_UP) == {1: 40.0, 3: 75.0}
    assert times_of(trace, Milestone.RECEIVED) == {0: 100.0, 4: 200.0}


def test_a_file_brings_all_orders_placed_since_the_last_one():
    days = days_of(1)
    channel = Channel("edi", "file_drop", constant_arrivals(days, 1.0), Content(None, ONE), drop_times_s=(100.0, 200.0))
    trace = run(World("files", days, Demand((channel,))), tape_of([0.0, 100.0, 100.5]))
    assert times_of(trace, Milestone.RECEIVED) == {0: 100.0, 1: 100.0, 2: 200.0}


@pytest.mark.parametrize(
    ("shortage", "kinds"), [("backorder", {Milestone.BACKORDERED}), ("later", {Milestone.BACKORDERED})]
)
def test_an_order_promised_for_later_waits_like_a_backorder(shortage, kinds):
    days = days_of(7, n_drain=7)
    world = bench_world(
        days,
        (Duty(0.0, 9 * DAY_S),),
        catalog=catalog_of(1),
        processing=promising(days),
        inventory=stocked([1], shortage, lead_s=DAY_S),
        delivery=one_carrier(days, evenings(days)),
    )
    trace = run(world, tape_of([HOUR_S, 2 * HOUR_S], [[(0, 1)], [(0, 1)]]))
    assert {k for k in (Milestone.BACKORDERED, Milestone.OUT_OF_STOCK) if times_of(trace, k)} == kinds
    due = trace.columns("promises")["due_departure_s"].tolist()
    # the first order takes the last unit and triggers the delivery; "later" promises on it, "backorder" hopes
    assert due == [18 * HOUR_S, (DAY_S if shortage == "later" else 0.0) + 18 * HOUR_S]
