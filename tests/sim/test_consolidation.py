"""Zones joined at finitely many positions, pickers who hinder each other, releases that learn: times on paper."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.fulfillment import Batch, Consolidation, Fulfillment, Picking, PickZone, Release, WalkedTour
from fulfillsim.domain.layout import RectangularLayout
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.staff import Role, Shift, Skill
from fulfillsim.domain.work import Station, Step, WorkTime
from fulfillsim.kpi import check_conservation
from fulfillsim.sim import run
from fulfillsim.sim.lead_time import ENOUGH, ObservedLead
from fulfillsim.sim.order import Order
from fulfillsim.testing.by_hand import (
    ALL_DAY,
    HOUR_S,
    ONE,
    bench_world,
    evenings,
    one_carrier,
    promising,
    rows_of,
    tape_of,
    times_of,
)
from fulfillsim.testing.worlds import catalog_of, days_of

LEFT, RIGHT = (0, 1), (1, 1)


def station(name, seconds):
    return Station(name, WorkTime(seconds, ONE))


def two_zones(positions=None, steps=(), seconds=(60.0, 100.0), **given):
    """A picker on the left with 60 s a part, one on the right with 100 s; SKU 0 lies left, SKU 1 right."""
    zones = tuple(PickZone(name, station(name, each)) for name, each in zip(("left", "right"), seconds, strict=True))
    meeting = None if positions is None else Consolidation("consolidation", positions)
    plan = Fulfillment(Release(), Picking(zones, Batch(), consolidation=meeting, **given), steps)
    catalog = replace(catalog_of(2), zone=np.array([0, 1], np.int16))
    names = ("left", "right", *(step.station.name for step in steps))
    staff = tuple(Role(name, (Skill(name),), (Shift("day", 1, ALL_DAY),)) for name in names)
    return replace(bench_world(days_of(1), ALL_DAY, fulfillment=plan, catalog=catalog), staff=staff)


def visits(trace, name):
    names = [info.name for info in trace.stations]
    rows = rows_of(trace, "visits", "station", "item", "queued_s", "started_s")
    return [row[1:] for row in rows if names[row[0]] == name]


def test_parts_are_picked_at_the_same_time_and_the_order_goes_on_with_its_last():
    world = two_zones(steps=(Step(station("packing", 10.0)),))
    trace = run(world, tape_of([0.0, 0.0, 0.0], [[LEFT, RIGHT], [LEFT], [RIGHT]]))
    assert times_of(trace, Milestone.PICKED) == {0: 100.0, 1: 120.0, 2: 200.0}
    assert times_of(trace, Milestone.LEFT) == {0: 110.0, 1: 130.0, 2: 210.0}


def test_an_order_without_lines_is_picked_in_the_first_zone():
    world = replace(two_zones(), catalog=None)
    assert times_of(run(world, tape_of([0.0])), Milestone.LEFT) == {0: 60.0}


def test_an_order_that_finds_no_position_waits_with_what_is_picked_of_it():
    both = [LEFT, RIGHT]
    trace = run(two_zones(positions=1), tape_of([0.0, 0.0, 0.0], [both, both, [LEFT]]))
    # left is done with orders 0, 1, 2 at 60, 120, 180 s, right with 0 and 1 at 100 and 200 s
    assert visits(trace, "consolidation_position") == [(0, 60.0, 60.0), (1, 120.0, 120.0)]
    assert times_of(trace, Milestone.PICKED) == {0: 100.0, 1: 200.0, 2: 180.0}
    # left is quicker here: at 60 s order 0 still holds the only position, and order 1 gets it when that leaves
    slow = run(two_zones(positions=1, seconds=(30.0, 100.0)), tape_of([0.0, 0.0, 0.0], [both, both, both]))
    assert visits(slow, "consolidation_position") == [(0, 30.0, 30.0), (1, 60.0, 100.0), (2, 90.0, 200.0)]
    assert times_of(slow, Milestone.PICKED) == {0: 100.0, 1: 200.0, 2: 300.0}


def test_positions_that_are_never_full_change_no_time():
    lines = [[LEFT, RIGHT], [LEFT], [RIGHT], [RIGHT, LEFT]] * 10
    placed = [40.0 * i for i in range(40)]
    one, other = (run(two_zones(positions), tape_of(placed, lines)) for positions in (None, 99))
    assert times_of(one, Milestone.PICKED) == times_of(other, Milestone.PICKED)


# --- congestion -------------------------------------------------------------------------------------------------


def walked(congestion, heads=2):
    """Two SKUs in two aisles, ten metres deep; set-up 10 s, 5 s a line, 1 m/s."""
    layout = RectangularLayout(2, 20, aisle_spacing_m=4.0, cell_m=1.0, end_m=1.0)
    tour = WalkedTour(layout, "s_shape", setup_s=10.0, search_s=5.0, unit_s=0.0, congestion=congestion)
    zone = PickZone("picking", Station("picking", None))
    catalog = replace(catalog_of(2), aisle=np.array([0, 1], np.int32), position_m=np.array([10.0, 10.0]))
    role = Role("pickers", (Skill("picking"),), (Shift("day", heads, ALL_DAY),))
    plan = Fulfillment(Release(), Picking((zone,), Batch(), tour=tour), ())
    return replace(bench_world(days_of(1), ALL_DAY, fulfillment=plan, catalog=catalog), staff=(role,))


def seconds_of_tours(world, placed_s, lines):
    trace = run(world, tape_of(placed_s, lines))
    return rows_of(trace, "tours", "setup_s", "walk_s", "search_s")


def test_another_picker_in_the_same_aisle_makes_walking_and_searching_take_longer():
    alone = seconds_of_tours(walked(0.0), [0.0, 1.0], [[LEFT], [LEFT]])
    assert alone[0] == alone[1]
    setup_s, walk_s, search_s = alone[0]
    crowded = seconds_of_tours(walked(0.3), [0.0, 1.0], [[LEFT], [LEFT]])
    assert crowded == [alone[0], pytest.approx((setup_s, 1.3 * walk_s, 1.3 * search_s))]


def test_pickers_in_aisles_of_their_own_hinder_each_other_half_as_much_on_average():
    alone = seconds_of_tours(walked(0.0), [0.0, 1.0], [[LEFT], [RIGHT]])
    crowded = seconds_of_tours(walked(0.3), [0.0, 1.0], [[LEFT], [RIGHT]])
    # one other picker, two aisles in use
    assert crowded[1] == pytest.approx((alone[1][0], 1.15 * alone[1][1], 1.15 * alone[1][2]))


def test_a_tour_that_has_ended_hinders_nobody():
    assert seconds_of_tours(walked(0.3), [0.0, 5000.0], [[LEFT], [LEFT]]) == seconds_of_tours(
        walked(0.0), [0.0, 5000.0], [[LEFT], [LEFT]]
    )


# --- release by the cutoff ----------------------------------------------------------------------------------------


def cutoff_driven(release):
    days = days_of(7, n_drain=7)
    plan = Fulfillment(release, None, (Step(station("bench", 60.0)),))
    delivery = one_carrier(days, evenings(days))
    return bench_world(days, ALL_DAY, fulfillment=plan, processing=promising(days), delivery=delivery)


def test_an_order_is_released_as_late_as_its_departure_allows():
    world = cutoff_driven(Release("cutoff_driven", lead_s=2 * HOUR_S))
    trace = run(world, tape_of([HOUR_S, 17 * HOUR_S]))
    # the first is due at 18:00 today, the second came after the cutoff and is due tomorrow
    assert times_of(trace, Milestone.RELEASED) == {0: 16 * HOUR_S, 1: 40 * HOUR_S}


def test_the_time_to_staging_is_learnt_from_the_orders_staged_last():
    lead = ObservedLead(7200.0)
    orders = [Order(row, 0.0, 0, 0, 0, 0.0, 0, [], []) for row in range(30)]
    for order in orders:
        lead.released(order, 100.0)
    for row, order in enumerate(orders):
        assert lead.lead_s == (7200.0 if row < ENOUGH else float(np.ceil(0.9 * row)) * 10.0)
        lead.staged(order, 100.0 + 10.0 * (row + 1))  # after 10, 20, 30 ... seconds
    lead.staged(orders[0], 99999.0)  # its second parcel
    assert lead.lead_s == 270.0


def test_an_observed_lead_releases_later_once_orders_turn_out_to_be_quick():
    planned = cutoff_driven(Release("cutoff_driven", lead_s=4 * HOUR_S))
    observed = cutoff_driven(Release("cutoff_driven", lead_s=4 * HOUR_S, is_observed=True))
    placed = [HOUR_S + i for i in range(20)] + [25 * HOUR_S]
    one, other = (run(world, tape_of(placed)) for world in (planned, observed))
    check_conservation(observed, other)
    # twenty orders are released at 14:00 and staged 60, 120 ... 1200 s later: the 18th of them is the 90th percentile
    assert times_of(one, Milestone.RELEASED)[20] == 38 * HOUR_S
    assert times_of(other, Milestone.RELEASED)[20] == 42 * HOUR_S - 18 * 60.0
    assert [times_of(trace, Milestone.RELEASED)[0] for trace in (one, other)] == [14 * HOUR_S] * 2
