"""Disruptions on tiny systems, times worked out by hand."""

from dataclasses import replace

import numpy as np

from fulfillsim.domain.delivery import Departure
from fulfillsim.domain.events import Delay, Event
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.staff import Duty, Role, Shift, Skill
from fulfillsim.domain.stock import Supplier
from fulfillsim.kpi import Facts, compute, find_kpi
from fulfillsim.kpi.disruption import backlog
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import (
    ALL_DAY,
    HOUR_S,
    bench_world,
    evenings,
    one_carrier,
    promising,
    rows_of,
    stocked,
    tape_of,
    times_of,
)
from fulfillsim.testing.worlds import DAY_S, catalog_of, days_of

CLOSED = frozenset({"bench"})


def visits(world, tape):
    return rows_of(run(world, tape), "visits", "item", "queued_s", "started_s", "ended_s")


def outage(start_s, end_s, stations=CLOSED, name="outage"):
    return Event(name, start_s, end_s, stations)


def test_work_in_hand_waits_for_the_end_of_an_outage_and_goes_on_with_what_is_left():
    world = bench_world(days_of(1), ALL_DAY, events=(outage(30.0, 100.0),))
    assert visits(world, tape_of([0.0, 50.0])) == [
        (0, 0.0, 0.0, 30.0),
        (0, 30.0, 100.0, 130.0),
        (1, 50.0, 130.0, 190.0),
    ]


def test_all_closes_every_station_and_another_name_none():
    everything = bench_world(days_of(1), ALL_DAY, events=(outage(30.0, 100.0, frozenset({"all"})),))
    assert visits(everything, tape_of([0.0]))[-1] == (0, 30.0, 100.0, 130.0)
    other = bench_world(days_of(1), ALL_DAY, events=(outage(30.0, 100.0, frozenset({"oven"})),))
    assert visits(other, tape_of([0.0])) == [(0, 0.0, 0.0, 60.0)]


def test_outages_that_overlap_end_with_the_last():
    world = bench_world(days_of(1), ALL_DAY, events=(outage(10.0, 50.0), outage(40.0, 90.0, name="second")))
    assert visits(world, tape_of([0.0])) == [(0, 0.0, 0.0, 10.0), (0, 10.0, 90.0, 140.0)]


def test_who_began_first_goes_on_first():
    world = bench_world(days_of(1), ALL_DAY, heads=2, events=(outage(30.0, 100.0),))
    assert visits(world, tape_of([0.0, 20.0, 25.0]))[2:] == [
        (0, 30.0, 100.0, 130.0),
        (1, 30.0, 100.0, 150.0),
        (2, 25.0, 130.0, 190.0),
    ]


def test_people_of_a_closed_station_do_other_work():
    from fulfillsim.domain.fulfillment import Fulfillment, Release
    from fulfillsim.domain.work import Station, Step, WorkTime

    one = make("deterministic", mean=1.0)
    steps = (Step(Station("oven", WorkTime(60.0, one))), Step(Station("bench", WorkTime(60.0, one))))
    crew = Role("crew", (Skill("oven"), Skill("bench", 2)), (Shift("day", 1, ALL_DAY),))
    days = days_of(1)
    world = bench_world(days, ALL_DAY, fulfillment=Fulfillment(Release(), None, steps))
    world = replace(world, staff=(crew,), events=(outage(70.0, 500.0, frozenset({"oven"})),))
    found = rows_of(run(world, tape_of([0.0, 30.0])), "visits", "item", "station", "started_s", "ended_s")
    assert sorted(found, key=lambda row: row[2]) == [
        (0, 1, 0.0, 60.0),
        (1, 1, 60.0, 70.0),
        (0, 0, 70.0, 130.0),
        (1, 1, 500.0, 550.0),
        (1, 0, 550.0, 610.0),
    ]


def shop(days, **carrier):
    delivery = one_carrier(days, evenings(days))
    return bench_world(
        days, (Duty(0.0, days.end_s),), processing=promising(days), delivery=replace(delivery, **carrier)
    )


def with_carrier(world, **changes):
    delivery = world.delivery
    return replace(world, delivery=replace(delivery, carriers=(replace(delivery.carriers[0], **changes),)))


def test_a_truck_that_does_not_come_leaves_everything_and_moves_no_due_departure():
    days = days_of(5)
    world = shop(days)
    first, *others = world.delivery.carriers[0].departures
    skipped = with_carrier(world, departures=(Departure(first.time_s, 0), *others))
    trace = run(skipped, tape_of([9 * HOUR_S]))
    assert rows_of(trace, "promises", "due_departure_s") == [(18 * HOUR_S,)]
    assert rows_of(trace, "parcels", "departed_s") == [(DAY_S + 18 * HOUR_S,)]
    why_late = Facts(skipped, trace).run.why_late
    assert why_late.causes[why_late.code[0]] == "pickup_skipped"


def test_parcels_of_slow_pickups_take_working_days_longer():
    days = days_of(7)
    world = shop(days)
    slow = with_carrier(world, delays=(Delay(0.0, DAY_S, 2.0),))
    tape = tape_of([9 * HOUR_S, DAY_S + 9 * HOUR_S])

    def arrivals(world):
        return [int(time_s // DAY_S) for (time_s,) in rows_of(run(world, tape), "parcels", "attempted_s")]

    assert arrivals(world) == [1, 2]
    assert arrivals(slow) == [3, 2]


def test_a_late_supplier_brings_what_falls_into_the_event_later():
    days = days_of(3)
    late = Supplier("acme", make("deterministic", mean=HOUR_S), delays=(Delay(0.0, 2 * HOUR_S, 5 * HOUR_S),))
    plan = stocked([0], supplier=late)
    world = bench_world(days, (Duty(0.0, days.end_s),), catalog=catalog_of(1), inventory=plan)
    trace = run(world, tape_of([0.0], [[(0, 1)]]))
    assert rows_of(trace, "deliveries", "arrived_s")[0] == (6 * HOUR_S,)
    assert times_of(trace, Milestone.ALLOCATED) == {0: 6 * HOUR_S}


def test_what_a_disruption_did_is_the_difference_to_the_same_customers_without_it():
    """Ten orders at once take ten minutes; closed for two hours, they are done two hours later."""
    days = days_of(2)
    world = shop(days)
    event = outage(17.5 * HOUR_S, 19.5 * HOUR_S)
    disturbed = replace(world, events=(event,), undisturbed=world)
    tape = tape_of([13.9 * HOUR_S - 60.0 * 220 + 60.0 * i for i in range(10)])
    twin = Facts(world, run(world, tape))
    facts = Facts(disturbed, run(disturbed, tape), twin)
    wanted = [find_kpi(name) for name in ("late_orders_caused", "hours_to_normal", "cost_caused")]
    assert [v.value for v in compute(disturbed, facts.trace, kpis=wanted, facts=facts)] == [0.0, 0.0, 0.0]
    heavy = tape_of([13.9 * HOUR_S] * 250)  # 250 minutes of work: until 18:04 without the outage, 20:04 with it
    twin = Facts(world, run(world, heavy))
    facts = Facts(disturbed, run(disturbed, heavy), twin)
    caused, hours, _ = (v.value for v in compute(disturbed, facts.trace, kpis=wanted, facts=facts))
    assert len(twin.rows("late")) == 4  # packed after the truck of 18:00
    assert caused == len(facts.rows("late")) - len(twin.rows("late")) == 30  # the half hour before it is lost
    assert hours == 1.0  # at 19:30 34 orders are left to pack, at 20:30 none
    assert np.array_equal(backlog(twin, np.array([0.0, 14 * HOUR_S])), [0.0, 244.0])  # six are packed


def test_without_the_other_run_nothing_is_said():
    world = replace(shop(days_of(2)), events=(outage(0.0, 1.0),))
    trace = run(world, tape_of([0.0]))
    assert np.isnan(compute(world, trace, kpis=[find_kpi("late_orders_caused")])[0].value)
