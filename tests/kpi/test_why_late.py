"""Causes of lateness on journeys written down by hand; the house is staffed from 8 to 16."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.records import ShortPick
from fulfillsim.domain.slots import NO_LIMIT, Forward
from fulfillsim.domain.work import Station, WorkTime
from fulfillsim.kpi import Facts, compute, find_kpi
from fulfillsim.sampling.distributions import Deterministic

H, D = 3600.0, 86_400.0
ONE = Deterministic(1.0)
DUE, PROMISE = D + 18 * H, 2 * D + 23 * H


def usual(trace, order, start=D + 8 * H, left=DUE, came=2 * D + 12 * H, **more):
    """An order that is ready at ``start``, waits 1 h for its tour of 1 h and 0.5 h for packing of 0.5 h."""
    tour = [start + 1 * H, start + 2 * H]
    pack = [start + 2.5 * H, start + 3 * H]
    walk(trace, order, start, start, tour, pack, left, came, **more)


def walk(trace, order, ready, released, tour, pack, left, came, **more):
    trace.order(order, received=ready, cleared=ready, accepted=ready, allocated=ready, released=released)
    trace.promise(order, ready, DUE, PROMISE)
    trace.visit(order, "picking", 0, tour[0], *tour)
    trace.add("tour_orders", order, order)
    trace.visit(order, "packing", 1, tour[1], *pack)
    trace.order(order, picked=tour[1], staged=pack[1])
    if left is not None:
        trace.parcel(order, left, came, **more)


def cause(world, trace, order=0):
    found = Facts(world, trace).run.why_late
    code = int(found.code[order])
    return found.causes[code] if code >= 0 else None


def with_usual(new_trace):
    """Three orders that leave and come in time, and the first order still to be told."""
    trace = new_trace()
    for order in (1, 2, 3):
        usual(trace, order)
    return trace


def test_who_leaves_and_comes_in_time_is_not_late(world, trace):
    usual(trace, 0)
    assert cause(world, trace) is None


def test_the_step_with_the_largest_overrun_made_it_late(world, new_trace):
    start, late = D + 8 * H, 2 * D + 18 * H
    trace = with_usual(new_trace)  # 5 h for the tour instead of 1, and 2 h for packing instead of 0.5
    walk(trace, 0, start, start, [start + 5 * H, start + 6 * H], [start + 8 * H, start + 8.5 * H], late, 3 * D)
    trace.rows["milestones"] = [row for row in trace.rows["milestones"] if row[:2] != (0, 7)]
    trace.order(0, staged=2 * D + 8.5 * H)
    assert cause(world, trace) == "picking_queue"
    trace = with_usual(new_trace)
    walk(trace, 0, start, start, [start + 1 * H, start + 2 * H], [2 * D + 9 * H, 2 * D + 9.5 * H], late, 3 * D)
    assert cause(world, trace) == "packing_queue"
    trace = with_usual(new_trace)
    walk(trace, 0, start, start, [start + 1 * H, start + 7 * H], [2 * D + 8 * H, 2 * D + 9 * H], late, 3 * D)
    assert cause(world, trace) == "picking_work"
    trace = with_usual(new_trace)
    walk(
        trace, 0, start, 2 * D + 8 * H, [2 * D + 9 * H, 2 * D + 10 * H], [2 * D + 10.5 * H, 2 * D + 11 * H], late, 3 * D
    )
    assert cause(world, trace) == "release"


def test_nobody_is_late_because_it_was_night(world, new_trace):
    """Released at 15:00, its tour begins at 10 next morning: three staffed hours. Packing took four of them."""
    trace = with_usual(new_trace)
    start, next_day = D + 15 * H, 2 * D
    tour, pack = [next_day + 10 * H, next_day + 10.5 * H], [next_day + 14.5 * H, next_day + 15 * H]
    walk(trace, 0, start, start, tour, pack, next_day + 18 * H, 3 * D)
    assert cause(world, trace) == "packing_queue"


def test_an_order_that_took_no_longer_than_usual_was_promised_too_tightly(world, new_trace):
    trace = with_usual(new_trace)
    usual(trace, 0, start=2 * D + 9 * H, left=2 * D + 18 * H, came=3 * D)
    assert cause(world, trace) == "tight_promise"


def test_a_backorder_is_late_for_its_goods(world, new_trace):
    trace = with_usual(new_trace)
    start, ready = D + 8 * H, 2 * D + 10 * H
    walk(
        trace, 0, ready, ready, [ready + 3 * H, ready + 4 * H], [ready + 4.5 * H, ready + 5 * H], 2 * D + 18 * H, 3 * D
    )
    for table, column in (("milestones", 2), ("promises", 1)):
        trace.rows[table] = [
            (*row[:column], start, *row[column + 1 :])
            if row[0] == 0 and row[column] == ready and row[1] in (2, ready)
            else row
            for row in trace.rows[table]
        ]
    trace.order(0, backordered=start)
    assert cause(world, trace) == "stock"


@pytest.mark.parametrize(
    ("taken", "left", "came", "told"),
    [
        (5, 1, True, "pickup_full"),
        (0, 6, False, "pickup_skipped"),
        (0, 6, True, "pickup_full"),  # its carrier had had enough for the day
        (6, 0, True, "carrier_choice"),
    ],
)
def test_who_stood_at_the_dock_in_time_was_left_behind_by_a_truck(world, new_trace, taken, left, came, told):
    trace = with_usual(new_trace)
    usual(trace, 0, left=2 * D + 18 * H, came=3 * D)
    trace.add("pickups", 0, DUE, taken, left, came)
    trace.add("pickups", 1, DUE, 0, 9, False)  # of the other carrier
    assert cause(world, trace) == told


def test_who_left_in_time_and_came_late_was_late_on_the_way(world, new_trace):
    trace = with_usual(new_trace)
    usual(trace, 0, came=3 * D + 12 * H)
    assert cause(world, trace) == "transit"
    trace = with_usual(new_trace)
    usual(trace, 0, came=3 * D + 12 * H, attempted=2 * D + 12 * H)
    assert cause(world, trace) == "failed_attempt"
    trace = with_usual(new_trace)
    usual(trace, 0, came=np.nan, attempted=2 * D + 12 * H, lost=1)
    assert cause(world, trace) == "lost"


def test_an_open_order_is_late_where_it_stands(world, new_trace):
    trace = with_usual(new_trace)
    start = D + 8 * H
    trace.order(0, received=start, cleared=start, accepted=start, allocated=start, released=start)
    trace.promise(0, start, DUE, PROMISE)
    assert cause(world, trace) == "picking_queue"
    trace.visit(0, "picking", 0, start, start, start + H)
    trace.add("tour_orders", 0, 0)
    trace.order(0, picked=start + H)
    assert cause(world, trace) == "packing_queue"
    trace.order(0, staged=DUE - H)
    trace.add("pickups", 0, DUE, 5, 1, True)
    assert cause(world, trace) == "pickup_full"


def with_slots(world):
    """The same house with a slot of one unit for SKU 0."""
    slots = Forward(np.array([1, NO_LIMIT]), np.zeros(2, np.int64), Station("refill", WorkTime(60.0, ONE)))
    return replace(world, inventory=replace(world.inventory, forward=slots))


def found_nothing(trace, in_building):
    """Order 0 comes back at 10:00 without its goods, is picked again from 15:00 on, and stands packed next morning."""
    start, night = D + 8 * H, 2 * D + 8.5 * H
    trace.order(0, received=start, cleared=start, accepted=start, allocated=start, released=start)
    trace.promise(0, start, DUE, PROMISE)
    for tour, begun in ((0, start + 1 * H), (9, start + 7 * H)):
        trace.visit(tour, "picking", 0, begun, begun, begun + 1 * H)
        trace.add("tour_orders", tour, 0)
    trace.add("shorts", 0, 0, ShortPick.WAIT, 1, in_building, start + 2 * H)
    trace.visit(0, "packing", 1, start + 8 * H, night, night + 0.5 * H)
    trace.order(0, picked=start + 8 * H, staged=night + 0.5 * H)
    trace.parcel(0, 2 * D + 18 * H, 3 * D)
    return trace


def test_who_stood_before_an_empty_slot_with_the_goods_in_the_building_is_late_for_that(world, new_trace):
    """Five hours before the slot, and as long as usual for all else."""
    assert cause(with_slots(world), found_nothing(with_usual(new_trace), in_building=5)) == "empty_slot"


def test_a_slot_is_not_to_blame_when_there_was_nothing_behind_it(world, new_trace):
    """Then all that is known is that the order waited to be picked again."""
    assert cause(with_slots(world), found_nothing(with_usual(new_trace), in_building=0)) == "picking_queue"


def test_who_still_stands_before_an_empty_slot_waits_there_to_the_end(world, new_trace):
    trace, start = with_usual(new_trace), D + 8 * H
    trace.order(0, received=start, cleared=start, accepted=start, allocated=start, released=start)
    trace.promise(0, start, DUE, PROMISE)
    trace.visit(0, "picking", 0, start + 1 * H, start + 1 * H, start + 2 * H)
    trace.add("tour_orders", 0, 0)
    trace.add("shorts", 0, 0, ShortPick.WAIT, 1, 5, start + 2 * H)
    assert cause(with_slots(world), trace) == "empty_slot"


def test_who_was_cancelled_after_the_promise_is_late_by_the_seller(world, new_trace):
    trace = with_usual(new_trace)
    start = D + 8 * H
    trace.order(0, received=start, cleared=start, accepted=start, allocated=start, released=start, refused=start + H)
    trace.promise(0, start, DUE, PROMISE)
    assert cause(world, trace) == "refused"


def test_every_late_order_has_one_cause_and_the_counts_add_up(world, new_trace):
    trace = with_usual(new_trace)
    usual(trace, 0, came=3 * D + 12 * H)
    wanted = [find_kpi("n_late"), find_kpi("late_because.transit")]
    found = {v.name: v.value for v in compute(world, trace, kpis=wanted)}
    assert (found["n_late"], found["late_because.transit"], sum(found.values())) == (1, 1, 2)
    by_cause = {
        v.cut["late_because"]: v.value for v in compute(world, trace, ["late_because"], wanted) if v.name == "n_late"
    }
    assert by_cause == {"transit": 1}


def test_steps_before_acceptance_count_where_the_promise_counts_from_placing(world, new_trace):
    placing = replace(world, processing=replace(world.processing, clock_start="placed"))
    trace = with_usual(new_trace)
    usual(trace, 0, start=D + 14 * H, left=2 * D + 18 * H, came=3 * D)
    trace.rows["milestones"] = [
        (0, 0, D) if row[:2] == (0, 0) else (0, 7, 2 * D + 9 * H) if row[:2] == (0, 7) else row
        for row in trace.rows["milestones"]
    ]
    assert cause(placing, trace) == "checks"
    trace.order(0, held=D + H)
    assert cause(placing, trace) == "hold"
    assert cause(world, trace) not in ("hold", "checks")


def test_causes_by_hour_are_counted_in_the_hour_in_which_the_orders_were_due(world, new_trace):
    start, trace = D + 8 * H, new_trace()
    for order in (1, 2):
        usual(trace, order)
    usual(trace, 3, came=4 * D)
    walk(
        trace, 0, start, start, [start + 5 * H, start + 6 * H], [2 * D + 9 * H, 2 * D + 9.5 * H], 2 * D + 18 * H, 3 * D
    )
    cut = compute(world, trace, by=["hour", "late_because"], kpis=[find_kpi("n_late")])
    found = {(part.cut["hour"], part.cut["late_because"]): part.value for part in cut}
    family = find_kpi("late_because.transit")
    whole = {v.name.partition(".")[2]: v.value for v in compute(world, trace, kpis=[family])}
    assert found == {(18, cause(world, trace)): 1, (23, "transit"): 1}
    assert {name: n for name, n in whole.items() if n} == {cause(world, trace): 1, "transit": 1}
