"""Rules along the journey of an order, each on times worked out by hand: checks, release, carriers, goods."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.communication import Communication, Notification
from fulfillsim.domain.delivery import CarrierService, Delivery, Departure
from fulfillsim.domain.demand import Channel, Content, Demand, History
from fulfillsim.domain.fulfillment import Fulfillment, Release
from fulfillsim.domain.processing import Hold, Verification
from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.domain.staff import Duty, Role, Shift, Skill
from fulfillsim.domain.stock import Supplier
from fulfillsim.domain.tariff import Tariff, weight_breaks
from fulfillsim.domain.work import Station, Step, WorkTime
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
    rows_of,
    stocked,
    tape_of,
    times_of,
)
from fulfillsim.testing.worlds import DAY_S, catalog_of, constant_arrivals, days_of

DAYS = days_of(7, n_drain=7)
ALWAYS = (Duty(0.0, 13 * DAY_S),)
SIX = 18 * HOUR_S


def promised(**parts):
    """Promises by a 14:00 cutoff, one carrier at 18:00."""
    given = {"processing": promising(DAYS), "delivery": one_carrier(DAYS, evenings(DAYS))}
    return bench_world(DAYS, ALWAYS, **{**given, **parts})


def due(trace):
    return trace.columns("promises")["due_departure_s"].tolist()


# Checks and holds -----------------------------------------------------------------------------------------------------


def checking(world, **verification):
    return replace(world, processing=replace(world.processing, verification=Verification(**verification)))


def clerks(world):
    role = Role("clerks", (Skill("verification"),), (Shift("day", 1, ALWAYS),))
    return replace(world, staff=(*world.staff, role))


MANUAL = Station("verification", WorkTime(300.0, ONE))


def test_a_held_order_waits_until_its_hold_clears_and_its_promise_counts_from_there():
    hold = Hold("payment", 1.0, make("deterministic", mean=3 * HOUR_S), (0,))
    world = promised(processing=replace(promising(DAYS), holds=(hold,)))
    trace = run(world, tape_of([10 * HOUR_S, 12 * HOUR_S]))
    assert times_of(trace, Milestone.HELD) == {0: 10 * HOUR_S, 1: 12 * HOUR_S}
    assert times_of(trace, Milestone.CLEARED) == {0: 13 * HOUR_S, 1: 15 * HOUR_S}
    assert due(trace) == [SIX, DAY_S + SIX]


def test_a_promise_that_counts_from_the_order_forgives_the_hold():
    hold = Hold("payment", 1.0, make("deterministic", mean=3 * HOUR_S), (0,))
    world = promised(processing=replace(promising(DAYS), holds=(hold,), clock_start="placed"))
    assert due(run(world, tape_of([12 * HOUR_S]))) == [SIX]


def test_a_hold_that_does_not_clear_ends_the_order():
    hold = Hold("fraud", 1.0, make("deterministic", mean=3 * HOUR_S), (0,), cancel_prob=1.0)
    trace = run(promised(processing=replace(promising(DAYS), holds=(hold,))), tape_of([10 * HOUR_S]))
    assert times_of(trace, Milestone.REFUSED) == {0: 13 * HOUR_S}
    assert due(trace) == []


def test_a_capture_error_that_is_caught_costs_a_clerk_and_nothing_later():
    world = clerks(checking(promised(), automatic_s=60.0, manual=MANUAL, catch_prob=1.0, address_share=0.0))
    trace = run(world, tape_of([HOUR_S, HOUR_S], errors=[1]))
    assert times_of(trace, Milestone.CLEARED) == {0: HOUR_S + 60.0, 1: HOUR_S + 360.0}
    assert trace.columns("parcels")["wrong"].tolist() == [0.0, 0.0]


def test_an_accidental_duplicate_ends_at_the_automatic_check():
    trace = run(checking(promised(), automatic_s=60.0, duplicate_prob=1.0), tape_of([HOUR_S]))
    assert times_of(trace, Milestone.DUPLICATE) == {0: HOUR_S + 60.0}


def with_air(world, conflict):
    """Two requested services: ``air``, whose carrier service takes no dangerous goods, and ``ground``."""
    ground = world.delivery.services[0]
    air = replace(ground, name="air", hazmat=False)
    promise = world.processing.promises[0]
    promises = (replace(promise, service="air", carrier_services=(0,)), replace(promise, carrier_services=(1,)))
    catalog = replace(catalog_of(1), hazmat=np.array([True]))
    processing = replace(
        world.processing, promises=promises, verification=Verification(manual=MANUAL, conflict=conflict)
    )
    return clerks(
        replace(
            world,
            catalog=catalog,
            processing=processing,
            delivery=replace(world.delivery, services=(air, ground)),
            demand=replace(world.demand, services=("air", "ground")),
        )
    )


def test_goods_that_may_not_fly_are_sent_by_a_service_that_may_once_a_clerk_has_looked():
    trace = run(with_air(promised(), "change_service"), tape_of([HOUR_S], [[(0, 1)]]))
    assert times_of(trace, Milestone.CLEARED) == {0: HOUR_S + 300.0}
    assert trace.columns("parcels")["carrier_service"].tolist() == [1.0]


def test_goods_that_may_not_fly_are_refused_where_the_scenario_says_so():
    trace = run(with_air(promised(), "cancel"), tape_of([HOUR_S], [[(0, 1)]]))
    assert times_of(trace, Milestone.REFUSED) == {0: HOUR_S + 300.0}


# Release --------------------------------------------------------------------------------------------------------------


def test_release_by_cutoff_is_the_departure_less_close_out_and_lead():
    delivery = one_carrier(DAYS, evenings(DAYS))
    delivery = replace(delivery, carriers=(replace(delivery.carriers[0], close_out_s=1800.0),))
    step = Step(Station("bench", WorkTime(60.0, ONE)))
    plan = Fulfillment(Release("cutoff_driven", lead_s=HOUR_S), None, (step,))
    trace = run(promised(fulfillment=plan, delivery=delivery), tape_of([10 * HOUR_S, 13.9 * HOUR_S, 15 * HOUR_S]))
    assert times_of(trace, Milestone.RELEASED) == {0: 16.5 * HOUR_S, 1: 16.5 * HOUR_S, 2: DAY_S + 16.5 * HOUR_S}


def test_an_order_whose_latest_release_has_passed_is_released_at_once():
    step = Step(Station("bench", WorkTime(60.0, ONE)))
    plan = Fulfillment(Release("cutoff_driven", lead_s=6 * HOUR_S), None, (step,))
    trace = run(promised(fulfillment=plan), tape_of([13 * HOUR_S]))
    assert times_of(trace, Milestone.RELEASED) == {0: 13 * HOUR_S}


# Carriers -------------------------------------------------------------------------------------------------------------


def two_services(choice, quoted=(2, 1), prices=(4.0, 9.0), **carrier):
    """``ground`` and ``express`` of one carrier that leaves at 18:00."""
    base = one_carrier(DAYS, evenings(DAYS)).carriers[0]
    services = tuple(
        CarrierService(name, 0, (days,), (0,), (1.0,), Tariff(weight_breaks({"all": {10.0: price}})))
        for name, days, price in zip(("ground", "express"), quoted, prices, strict=True)
    )
    return Delivery((replace(base, **carrier),), services, choice)


@pytest.mark.parametrize(("choice", "lane"), [("cheapest", 0.0), ("fastest", 1.0), ("cheapest_on_promise", 0.0)])
def test_carriers_are_chosen_by_price_speed_or_the_promise(choice, lane):
    world = promised(delivery=two_services(choice), processing=promising(DAYS, carrier_services=(0, 1)))
    parcels = run(world, tape_of([10 * HOUR_S])).columns("parcels")
    assert parcels["carrier_service"].tolist() == [lane]


def test_a_parcel_that_missed_its_departure_goes_by_the_cheapest_that_still_keeps_the_promise():
    """Promised by ground for Wednesday; packed on Tuesday, only express arrives on Wednesday."""
    world = promised(delivery=two_services("cheapest_on_promise"), processing=promising(DAYS, carrier_services=(0, 1)))
    late = replace(world.staff[0], shifts=(Shift("day", 1, (Duty(20 * HOUR_S, 13 * DAY_S),)),))
    trace = run(replace(world, staff=(late,)), tape_of([10 * HOUR_S]))
    assert rows_of(trace, "promises", "carrier_service", "due_departure_s") == [(0.0, SIX)]
    assert rows_of(trace, "parcels", "carrier_service", "departed_s", "cost") == [(1.0, DAY_S + SIX, 9.0)]


@pytest.mark.parametrize(("offset", "day"), [(-1, 3), (0, 4), (2, 8)])
def test_transit_is_drawn_around_the_quote_in_the_carriers_working_days(offset, day):
    """Picked up on Tuesday, quoted three working days: Friday; early Thursday, two late Tuesday."""
    world = promised(delivery=one_carrier(DAYS, [DAY_S + SIX], days_quoted=3, day_offsets=(offset,)))
    trace = run(world, tape_of([HOUR_S]))
    assert DAYS.of(trace.columns("parcels")["attempted_s"][0]) == day
    assert trace.columns("parcels")["quoted_days"].tolist() == [3.0]


def test_a_shared_shock_makes_all_parcels_of_a_carrier_and_pickup_day_late_together():
    times = [d * DAY_S + h * HOUR_S for d in range(5) for h in (8.0, 9.0, 10.0)]

    def lateness(correlation):
        delivery = one_carrier(DAYS, evenings(DAYS), range(7), day_offsets=(0, 1), day_probs=(0.5, 0.5))
        carrier = replace(delivery.carriers[0], shock_correlation=correlation)
        parcels = run(promised(delivery=replace(delivery, carriers=(carrier,))), tape_of(times)).columns("parcels")
        by_day: dict[int, set[int]] = {}
        for departed_s, attempted_s in zip(
            parcels["departed_s"].tolist(), parcels["attempted_s"].tolist(), strict=True
        ):
            by_day.setdefault(DAYS.of(departed_s), set()).add(DAYS.of(attempted_s) - DAYS.of(departed_s) - 1)
        return by_day

    together = lateness(1.0)
    assert all(len(late) == 1 for late in together.values())
    assert set().union(*together.values()) == {0, 1}
    assert any(len(late) == 2 for late in lateness(0.0).values())


def test_two_carriers_stage_apart_and_leave_with_their_own_pickups():
    one = one_carrier(DAYS, [])
    noon = replace(one.carriers[0], name="noon", departures=(Departure(12 * HOUR_S),))
    evening = replace(one.carriers[0], name="evening", departures=(Departure(SIX),))
    services = (one.services[0], replace(one.services[0], carrier=1))
    planned = promising(DAYS, cutoff_h=11.0).promises[0]
    processing = replace(promising(DAYS), promises=(planned, replace(planned, carrier_services=(1,))))
    world = promised(delivery=Delivery((noon, evening), services), processing=processing)
    world = replace(world, demand=replace(world.demand, services=("a", "b")))
    tape = replace(tape_of([HOUR_S, HOUR_S]), service=np.array([0, 1], np.int16))
    assert rows_of(run(world, tape), "parcels", "order", "departed_s") == [(0, 12 * HOUR_S), (1, SIX)]


# Goods ----------------------------------------------------------------------------------------------------------------


def test_goods_wait_at_the_dock_for_the_people_who_receive_and_put_away():
    """Ordered at 01:00, at the dock at 02:00; receivers come at 06:00: 10 min, then 5 min and 2 s a unit."""
    plan = replace(
        stocked([1], lead_s=HOUR_S),
        receiving=Station("receiving", WorkTime(600.0, ONE)),
        putaway=Station("putaway", WorkTime(300.0, ONE)),
        putaway_per_unit_s=2.0,
    )
    world = bench_world(DAYS, ALL_DAY, catalog=catalog_of(1), inventory=plan)
    crew = Role("goods", (Skill("receiving"), Skill("putaway", 2)), (Shift("day", 1, (Duty(6 * HOUR_S, DAY_S),)),))
    trace = run(replace(world, staff=(*world.staff, crew)), tape_of([HOUR_S, 1.5 * HOUR_S], [[(0, 1)], [(0, 1)]]))
    on_shelf = 6 * HOUR_S + 600.0 + 300.0 + 20.0
    assert rows_of(trace, "deliveries", "units", "ordered_s", "arrived_s", "put_away_s") == [
        (10.0, HOUR_S, 2 * HOUR_S, on_shelf)
    ]
    assert times_of(trace, Milestone.ALLOCATED) == {0: HOUR_S, 1: on_shelf}


def test_who_waits_for_goods_is_served_in_the_order_of_coming():
    world = bench_world(DAYS, ALL_DAY, catalog=catalog_of(1), inventory=stocked([0], lead_s=HOUR_S))
    trace = run(world, tape_of([0.0, 60.0, 120.0], [[(0, 8)], [(0, 4)], [(0, 1)]]))
    allocated = times_of(trace, Milestone.ALLOCATED)
    assert allocated == {0: HOUR_S, 1: HOUR_S + 60.0, 2: HOUR_S + 60.0}


def test_an_order_with_several_missing_lines_goes_on_with_the_last_of_them():
    slow = replace(stocked([0, 0], lead_s=HOUR_S), supplier=np.array([0, 1], np.int16))
    slow = replace(
        slow, suppliers=(*slow.suppliers, replace(slow.suppliers[0], lead_time=make("deterministic", mean=DAY_S)))
    )
    world = bench_world(DAYS, ALWAYS, catalog=catalog_of(2), inventory=slow)
    trace = run(world, tape_of([0.0], [[(0, 1), (1, 1)]]))
    assert times_of(trace, Milestone.ALLOCATED) == {0: DAY_S}


# Receipt --------------------------------------------------------------------------------------------------------------


def test_an_order_at_the_counter_is_received_when_it_is_written_down():
    counter = Station("counter", WorkTime(120.0, ONE))
    channel = Channel("store", "in_person", constant_arrivals(DAYS, 1.0), Content(None, ONE), capture=counter)
    role = Role("sellers", (Skill("counter"),), (Shift("day", 1, ALWAYS),))
    world = replace(promised(), demand=Demand((channel,)))
    trace = run(replace(world, staff=(*world.staff, role)), tape_of([HOUR_S, HOUR_S + 60.0]))
    assert times_of(trace, Milestone.RECEIVED) == {0: HOUR_S + 120.0, 1: HOUR_S + 240.0}


def test_a_zone_that_no_carrier_serves_is_refused_at_acceptance():
    delivery = one_carrier(DAYS, evenings(DAYS), days_quoted=-1)
    trace = run(promised(delivery=delivery), tape_of([HOUR_S]))
    assert times_of(trace, Milestone.REFUSED) == {0: HOUR_S}


# What follows from one another ----------------------------------------------------------------------------------------


def test_a_parcel_for_the_same_day_arrives_after_its_truck_has_left():
    noon = one_carrier(DAYS, [12 * HOUR_S], days_quoted=0, hours=(9.0, 18.0))
    parcels = run(bench_world(DAYS, ALWAYS, delivery=noon), tape_of([HOUR_S * h for h in (1, 2, 3, 4)])).columns(
        "parcels"
    )
    arrived = parcels["attempted_s"]
    assert (arrived > 12 * HOUR_S).all()
    assert (arrived < 18 * HOUR_S).all()
    late_truck = one_carrier(DAYS, [20 * HOUR_S], days_quoted=0, hours=(9.0, 18.0))
    parcels = run(bench_world(DAYS, ALWAYS, delivery=late_truck), tape_of([HOUR_S])).columns("parcels")
    assert parcels["attempted_s"].tolist() == [20 * HOUR_S]


def test_a_customer_whose_order_nobody_can_carry_any_more_is_neither_warned_nor_asks():
    """The only truck leaves on Monday; the order is packed on Tuesday and given up."""
    told = Communication((Notification(("delay",)),), None, late_contact_prob=1.0, delay_s=0.0)
    world = promised(delivery=one_carrier(DAYS, [SIX]), communication=told)
    late = replace(world.staff[0], shifts=(Shift("day", 1, (Duty(20 * HOUR_S, 13 * DAY_S),)),))
    trace = run(replace(world, staff=(late,)), tape_of([10 * HOUR_S]))
    assert times_of(trace, Milestone.REFUSED) == {0: 20 * HOUR_S + 60.0}
    assert rows_of(trace, "notices", "order") == rows_of(trace, "contacts", "order") == []


def test_with_order_multiples_a_minimum_order_is_the_multiple_also_at_a_steady_start():
    """Lots of 40, not of 10: what is on the way at clock zero comes in lots of 40, and so does what follows."""
    bulk = Supplier("acme", make("deterministic", mean=2 * DAY_S), min_order=40)
    plan = replace(stocked([0] * 30, supplier=bulk), reorder_point=np.full(30, 20, np.int64), start="steady")
    times = np.sort(np.random.default_rng(1).uniform(0.0, 6 * DAY_S, 300)).tolist()
    lines = [[(i % 30, 3)] for i in range(300)]
    tape = tape_of(times, lines)
    history = History(tape.placed_s, tape.channel, tape.line_start, tape.sku, tape.quantity, ())
    world = bench_world(DAYS, ALWAYS, heads=5, catalog=catalog_of(30), inventory=plan)
    trace = run(replace(world, demand=replace(world.demand, history=history)), tape)
    moves = trace.columns("stock")
    under_way = (moves["kind"] == StockMove.ORDERED) & (moves["time_s"] == 0.0)
    on_order = np.bincount(moves["sku"][under_way].astype(int), moves["units"][under_way], minlength=30)
    position = trace.stock_start + on_order
    assert (position > 20).all()
    assert (position <= 20 + 40).all()
    assert position.max() > 20 + 10
    assert set(trace.columns("deliveries")["units"].tolist()) == {40.0}
