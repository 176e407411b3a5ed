"""Forward slots and reserve: who finds what, when, and how slots are refilled; times worked out on paper."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.fulfillment import Batch, Fulfillment, PickErrors, Picking, PickZone, Release, Wave
from fulfillsim.domain.records import Milestone, ShortPick, SlotMove, StockMove
from fulfillsim.domain.slots import NO_LIMIT, Forward
from fulfillsim.domain.staff import Role, Shift, Skill
from fulfillsim.domain.work import Station, WorkTime
from fulfillsim.errors import SimulationError
from fulfillsim.kpi import check_conservation, compute
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.slots import check_slots
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import ALL_DAY, HOUR_S, ONE, bench_world, rows_of, stocked, tape_of, times_of
from fulfillsim.testing.worlds import catalog_of, days_of


def station(name, seconds, discipline="fifo"):
    return Station(name, WorkTime(seconds, ONE), discipline)


def forward(capacity, minimum=0, seconds=600.0, **given):
    capacity = np.array(capacity, np.int64)
    refill = station("replenishment", seconds, "priority")
    return Forward(capacity, np.full(len(capacity), minimum, np.int64), refill, **given)


def house(on_hand, slots, *, heads=1, batch=None, release=None, errors=None, zones=("picking",), **stock):
    """A picker per zone at 60 s a pick and a replenisher at 10 min a refill, unless said otherwise."""
    places = tuple(PickZone(name, station(name, 60.0)) for name in zones)
    plan = Fulfillment(release or Release(), Picking(places, batch or Batch(), errors=errors), ())
    catalog = catalog_of(len(on_hand))
    catalog = replace(catalog, zone=(np.arange(len(on_hand)) % len(zones)).astype(np.int16))
    people = [(name, heads) for name in zones] + [("replenishment", 1)]
    staff = tuple(Role(name, (Skill(name),), (Shift("day", n, ALL_DAY),)) for name, n in people)
    inventory = stocked(on_hand, forward=slots, **{"rule": "none", **stock})
    world = bench_world(days_of(1), ALL_DAY, fulfillment=plan, catalog=catalog, inventory=inventory)
    return replace(world, staff=staff)


def ran(world, placed_s, lines, **given):
    trace = run(world, tape_of(placed_s, lines, **given))
    check_conservation(world, trace)
    return trace


def test_a_slot_that_falls_to_its_minimum_is_refilled_to_its_capacity():
    world = house([20], forward([5], minimum=2))
    trace = ran(world, [0.0, 100.0, 200.0], [[(0, 1)], [(0, 2)], [(0, 1)]])
    # goods leave the slot as the tour sets out: 5 - 1 = 4 at 0 s, 2 at 100 s, which is the minimum
    assert rows_of(trace, "replenishments", "sku", "units", "asked_s", "done_s") == [(0, 3.0, 100.0, 700.0)]
    assert times_of(trace, Milestone.LEFT) == {0: 60.0, 1: 160.0, 2: 260.0}
    assert len(rows_of(trace, "shorts", "order")) == 0
    assert rows_of(trace, "slot_moves", "kind", "units", "time_s") == [
        (SlotMove.TAKEN, 1.0, 0.0),
        (SlotMove.TAKEN, 2.0, 100.0),
        (SlotMove.TAKEN, 1.0, 200.0),
        (SlotMove.REPLENISHED, 3.0, 700.0),
    ]


def test_a_line_that_its_slot_cannot_fill_waits_for_the_refill_and_the_order_with_it():
    world = house([20, 9], forward([2, 9]))
    trace = ran(world, [0.0, 100.0], [[(0, 2)], [(0, 2), (1, 1)]])
    # the slot is empty at 0 s and refilled at 600 s; order 1 is picked in part until 160 s, the rest from 600 s on
    assert rows_of(trace, "shorts", "order", "sku", "kind", "in_building", "time_s") == [
        (1, 0, ShortPick.WAIT, 18.0, 160.0)
    ]
    assert times_of(trace, Milestone.PICKED) == {0: 60.0, 1: 660.0}
    assert rows_of(trace, "tour_orders", "order") == [(0,), (1,), (1,)]
    moves = rows_of(trace, "stock", "kind", "sku", "units", "time_s")
    assert [move[1:] for move in moves if move[0] == StockMove.PICKED] == [
        (0, 2.0, 60.0),
        (1, 1.0, 160.0),
        (0, 2.0, 660.0),
    ]


def test_goods_that_are_set_aside_for_who_waits_are_not_taken_by_a_later_order():
    world = house([6], forward([2]), heads=2)
    trace = ran(world, [0.0, 100.0, 600.0], [[(0, 2)], [(0, 2)], [(0, 1)]])
    # both units of the refill at 600 s are order 1's, although order 2 sets out in the same second
    assert times_of(trace, Milestone.LEFT) == {0: 60.0, 1: 660.0, 2: 1260.0}


def test_the_picker_fetches_from_the_reserve_what_the_slot_lacks_and_the_tour_takes_longer():
    world = house([20], forward([2], when_empty="reserve", reserve_pick_s=180.0))
    trace = ran(world, [0.0, 100.0], [[(0, 2)], [(0, 2)]])
    assert times_of(trace, Milestone.LEFT) == {0: 60.0, 1: 340.0}
    assert rows_of(trace, "shorts", "order", "kind", "units", "in_building") == [(1, ShortPick.RESERVE, 2.0, 18.0)]
    second = (SlotMove.TAKEN_FROM_RESERVE, 2.0, 100.0)
    assert rows_of(trace, "slot_moves", "kind", "units", "time_s")[1] == second
    figures = {value.name: value.value for value in compute(world, trace)}
    assert (figures["reserve_picks_per_1000_lines"], figures["shorts_per_1000_lines"]) == (500.0, 0.0)


def test_a_line_of_more_than_fits_comes_from_the_reserve_whatever_the_rule():
    world = house([8], forward([3], when_empty="cancel", reserve_pick_s=100.0))
    trace = ran(world, [0.0], [[(0, 7)]])
    assert times_of(trace, Milestone.LEFT) == {0: 160.0}
    # five lay in reserve, two more come from the slot
    assert rows_of(trace, "slot_moves", "kind", "units") == [(SlotMove.TAKEN, 2.0), (SlotMove.TAKEN_FROM_RESERVE, 5.0)]


def test_a_line_before_an_empty_slot_is_given_up_and_its_goods_are_free_again():
    world = house([4, 9], forward([2, 9], when_empty="cancel"))
    trace = ran(world, [0.0, 100.0, 1000.0], [[(0, 2)], [(0, 2), (1, 1)], [(0, 2)]])
    assert rows_of(trace, "shorts", "order", "kind", "in_building") == [(1, ShortPick.PARTIAL, 2.0)]
    assert times_of(trace, Milestone.LEFT) == {0: 60.0, 1: 160.0, 2: 1060.0}
    moves = rows_of(trace, "stock", "kind", "sku", "units", "time_s")
    assert [move[1:] for move in moves if move[0] == StockMove.RELEASED] == [(0, 2.0, 160.0)]
    figures = {value.name: value.value for value in compute(world, trace)}
    assert figures["empty_slot_shorts_per_1000_lines"] == pytest.approx(250.0)


def test_an_order_all_of_whose_lines_are_given_up_ends_there():
    world = house([4], forward([2], when_empty="cancel"))
    trace = ran(world, [0.0, 100.0], [[(0, 2)], [(0, 2)]])
    assert times_of(trace, Milestone.OUT_OF_STOCK) == {1: 160.0}


def test_a_line_before_an_empty_slot_may_follow_by_itself():
    world = house([4, 9], forward([2, 9], when_empty="split"))
    trace = ran(world, [0.0, 100.0], [[(0, 2)], [(0, 2), (1, 1)]])
    left = [row for row in rows_of(trace, "milestones", "kind", "order", "time_s") if row[0] == Milestone.LEFT]
    assert [row[1:] for row in left] == [(0, 60.0), (1, 160.0), (1, 660.0)]


def test_whoever_picks_and_replenishes_begins_the_tour_before_the_refill_that_it_asks_for():
    world = house([4], forward([2]))
    both = Role("crew", (Skill("picking"), Skill("replenishment")), (Shift("day", 1, ALL_DAY),))
    trace = ran(replace(world, staff=(both,)), [0.0], [[(0, 2)]])
    assert times_of(trace, Milestone.LEFT) == {0: 60.0}
    assert rows_of(trace, "replenishments", "asked_s", "done_s") == [(0.0, 660.0)]


def test_a_replenishment_that_somebody_waits_for_goes_before_those_that_nobody_needs_yet():
    world = house([9, 9, 9], forward([4, 4, 2], minimum=3))
    # refills of SKUs 0, 1 and 2 are asked for at 0, 60 and 120 s; the first is under way when order 3 finds nothing
    trace = ran(world, [0.0, 60.0, 120.0, 180.0], [[(0, 1)], [(1, 1)], [(2, 2)], [(2, 2)]])
    assert rows_of(trace, "replenishments", "sku", "done_s") == [(0, 600.0), (2, 1200.0), (1, 1800.0), (2, 2400.0)]
    assert times_of(trace, Milestone.LEFT)[3] == 1260.0


def test_demand_of_a_wave_is_brought_to_the_slots_before_it_is_asked_for():
    waves = Release("waves", (Wave(1000.0),))
    orders = [[(0, 2)]] * 3
    late = house([20], forward([4]), release=waves)
    soon = house([20], forward([4], rule="demand"), release=waves)
    placed = [0.0, 1.0, 2.0]
    # min_max: the slot is empty as the second tour sets out at 1060 s
    assert rows_of(ran(late, placed, orders), "replenishments", "asked_s", "units")[0] == (1060.0, 4.0)
    # demand: six units are released at 1000 s, of which the first tour has taken two when there is room for two
    assert rows_of(ran(soon, placed, orders), "replenishments", "asked_s", "units")[0] == (1000.0, 2.0)


def test_a_delivery_goes_to_the_reserve_and_from_there_to_the_slot():
    world = house([2], forward([5], minimum=4), rule="rq")
    trace = ran(world, [0.0], [[(0, 2)]])
    # ordered in tens as nothing is free, there an hour later, then asked for and ten minutes later at the slot
    assert rows_of(trace, "replenishments", "units", "asked_s", "done_s") == [(5.0, HOUR_S, HOUR_S + 600.0)]


def test_a_sku_without_a_slot_is_picked_where_all_of_it_lies():
    world = house([9], forward([NO_LIMIT], minimum=3), rule="rq")
    trace = ran(world, [0.0, 100.0], [[(0, 9)], [(0, 2)]])
    assert times_of(trace, Milestone.LEFT) == {0: 60.0, 1: HOUR_S + 60.0}
    assert len(rows_of(trace, "replenishments", "sku")) == 0


def test_zones_wait_for_their_own_slots_and_the_order_for_all_of_them():
    world = house([9, 9], forward([2, 9]), zones=("left", "right"))
    trace = ran(world, [0.0, 100.0], [[(0, 2)], [(0, 2), (1, 1)]])
    assert times_of(trace, Milestone.PICKED) == {0: 60.0, 1: 660.0}


def test_goods_found_elsewhere_by_chance_are_not_taken_from_the_slot_twice():
    world = house([9], forward([4]), errors=PickErrors(short_prob=1.0, when_short="repick"))
    trace = ran(world, [0.0], [[(0, 2)]])
    assert times_of(trace, Milestone.LEFT) == {0: 120.0}
    assert rows_of(trace, "slot_moves", "kind", "units") == [(SlotMove.TAKEN, 2.0)]


def test_slots_as_large_as_all_stock_change_nothing():
    placed, lines = [50.0 * i for i in range(40)], [[(i % 3, 1 + i % 2), ((i + 1) % 3, 1)] for i in range(40)]
    large = house([500] * 3, forward([10**6] * 3), batch=Batch(max_orders=3))
    without = replace(large, inventory=replace(large.inventory, forward=None), staff=large.staff[:1])
    one, other = (ran(world, placed, lines) for world in (large, without))
    for table in ("milestones", "stock", "tours", "tour_orders"):
        for name, values in one.columns(table).items():
            assert np.array_equal(values, other.columns(table)[name]), f"{table}.{name}"


def test_slots_that_hold_more_than_fits_are_found():
    world = house([20], forward([5], minimum=2))
    trace = run(world, tape_of([0.0], [[(0, 1)]]))
    trace.tables["slot_moves"].add(0, SlotMove.REPLENISHED, 3.0, 50.0)
    with pytest.raises(SimulationError, match="the slot holds 7 units, which cannot be"):
        check_slots(Facts(world, trace))
