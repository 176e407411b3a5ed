"""Paths, put walls, checks that find wrong goods, short picks, waves of departures: times worked out on paper."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.fulfillment import Batch, Fulfillment, Path, PickErrors, Picking, PickZone, Release, Wave
from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.domain.staff import Role, Shift, Skill
from fulfillsim.domain.work import GIFT, Condition, Station, Step, Wall, WorkTime
from fulfillsim.kpi import check_conservation, compute
from fulfillsim.kpi.journeys import Status, find_journeys
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
from fulfillsim.testing.worlds import DAY_S, catalog_of, days_of

SINGLE, MULTI = [(0, 1)], [(0, 1), (1, 1)]


def station(name, seconds, per_line=0.0):
    return Station(name, WorkTime(seconds, ONE, per_line))


def house(plan, *stations, heads=1, **parts):
    """A world with one person (or several) for each of the stations."""
    staff = tuple(Role(name, (Skill(name),), (Shift("day", heads, ALL_DAY),)) for name in stations)
    parts = {"catalog": catalog_of(3), **parts}
    return replace(bench_world(days_of(1), ALL_DAY, fulfillment=plan, **parts), staff=staff)


def picking(name="picking", seconds=60.0, **given):
    return Picking((PickZone(name, station(name, seconds)),), given.pop("batch", Batch()), **given)


def visited(trace, *columns):
    names = [info.name for info in trace.stations]
    return [(names[row[0]], *row[1:]) for row in rows_of(trace, "visits", "station", *columns)]


def test_singles_go_past_the_put_wall_and_are_picked_together():
    steps = (Step(station("wall", 30.0), only=Condition(paths=(1,))), Step(station("packing", 20.0)))
    singles = Path("singles", Condition(lines=(1, 1)), picking=picking("fast", 40.0, batch=Batch(max_orders=5)))
    world = house(Fulfillment(Release(), picking(), steps, paths=(singles,)), "picking", "fast", "wall", "packing")
    trace = run(world, tape_of([0.0, 1.0, 2.0, 3.0], [SINGLE, MULTI, SINGLE, SINGLE]))
    assert sorted(visited(trace, "item", "started_s", "ended_s")) == [
        ("fast", 0, 0.0, 40.0),
        ("fast", 2, 40.0, 120.0),  # with order 3
        ("packing", 0, 40.0, 60.0),
        ("packing", 1, 91.0, 111.0),
        ("packing", 2, 120.0, 140.0),
        ("packing", 3, 140.0, 160.0),
        ("picking", 1, 1.0, 61.0),
        ("wall", 1, 61.0, 91.0),
    ]
    times = times_of(trace, Milestone.LEFT)
    assert times == {0: 60.0, 1: 111.0, 2: 140.0, 3: 160.0}
    placed = {v.cut["path"]: v.value for v in compute(world, trace, by=("path",)) if v.name == "n_placed"}
    assert placed == {"singles": 3.0, "others": 1.0}


def test_the_first_path_that_fits_takes_an_order():
    big, gifts = Path("big", Condition(units=(2, 9))), Path("any", Condition(lines=(1, 9)))
    steps = (Step(station("a", 10.0), only=Condition(paths=(0,))), Step(station("b", 20.0), only=Condition(paths=(1,))))
    world = house(Fulfillment(Release(), None, steps, paths=(big, gifts)), "a", "b")
    trace = run(world, tape_of([0.0, 0.0, 0.0], [SINGLE, MULTI, []]))
    assert times_of(trace, Milestone.LEFT) == {0: 20.0, 1: 10.0, 2: 0.0}


def test_value_added_steps_take_only_those_who_asked():
    world = house(Fulfillment(Release(), None, (Step(station("wrap", 10.0), only=GIFT),)), "wrap")
    tape = replace(tape_of([0.0, 0.0], [SINGLE, SINGLE]), gift=np.array([False, True]))
    assert times_of(run(world, tape), Milestone.LEFT) == {0: 0.0, 1: 10.0}


def test_an_order_that_finds_the_wall_full_waits_until_a_position_is_emptied_by_the_packer():
    wall = Step(station("wall", 10.0), wall=Wall(1, until="packing"))
    world = house(Fulfillment(Release(), None, (wall, Step(station("packing", 100.0)))), "wall", "packing")
    trace = run(world, tape_of([0.0, 0.0, 0.0]))
    assert sorted(visited(trace, "item", "queued_s", "started_s", "ended_s")) == [
        ("packing", 0, 10.0, 10.0, 110.0),
        ("packing", 1, 20.0, 110.0, 210.0),
        ("packing", 2, 120.0, 210.0, 310.0),
        ("wall", 0, 0.0, 0.0, 10.0),
        ("wall", 1, 10.0, 10.0, 20.0),
        ("wall", 2, 110.0, 110.0, 120.0),
        ("wall_position", 0, 0.0, 0.0, 0.0),
        ("wall_position", 1, 0.0, 10.0, 10.0),  # the packer took order 0 out at once
        ("wall_position", 2, 0.0, 110.0, 110.0),  # order 1 stood in the wall until the packer was free
    ]


def test_a_position_is_free_when_the_work_is_done_where_nothing_else_empties_it():
    wall = Step(station("wall", 10.0), wall=Wall(1))
    world = house(Fulfillment(Release(), None, (wall, Step(station("packing", 100.0)))), "wall", "packing")
    table = visited(run(world, tape_of([0.0, 0.0, 0.0])), "item", "started_s")
    assert [row for row in table if row[0] == "wall"] == [("wall", 0, 0.0), ("wall", 1, 10.0), ("wall", 2, 20.0)]


def test_who_goes_past_the_step_that_empties_the_wall_leaves_it_too():
    wall = Step(station("wall", 10.0), wall=Wall(1, until="packing"))
    packing = Step(station("packing", 100.0), only=GIFT)
    world = house(Fulfillment(Release(), None, (wall, packing)), "wall", "packing")
    assert times_of(run(world, tape_of([0.0, 0.0, 0.0])), Milestone.LEFT) == {0: 10.0, 1: 20.0, 2: 30.0}


CHECK = Step(station("check", 10.0), rework_to="picking", catch_prob=1.0)


def test_a_check_finds_what_was_picked_wrongly_until_it_is_right():
    plan = Fulfillment(Release(), picking(errors=PickErrors(mispick_prob=0.5)), (CHECK,))
    trace = run(house(plan, "picking", "check"), tape_of([300.0 * i for i in range(40)], [SINGLE] * 40))
    wrong = [row for row in rows_of(trace, "milestones", "kind", "order", "time_s") if row[0] == Milestone.MISPICKED]
    assert len(wrong) > 20
    times = times_of(trace, Milestone.LEFT)
    visits = visited(trace, "item")
    assert visits.count(("check", 3)) == 1 + sum(order == 3 for _, order, _ in wrong)
    assert visits.count(("picking", 3)) >= 0
    assert len(times) == 40


@pytest.mark.parametrize(("caught", "n_wrong"), [(0.0, 1), (1.0, 0)])
def test_wrong_goods_that_nobody_finds_reach_the_customer(caught, n_wrong):
    days = days_of(7, n_drain=7)
    step = replace(CHECK, catch_prob=caught, rework_to="picking")
    errors = PickErrors(mispick_prob=0.99999)
    plan = Fulfillment(Release(), picking(errors=errors), (step,) if caught else ())
    world = house(plan, "picking", "check", processing=promising(days), delivery=one_carrier(days, evenings(days)))
    world = replace(world, days=days)
    parcels = run(world, tape_of([HOUR_S], [SINGLE])).columns("parcels")
    assert parcels["wrong"].sum() == (n_wrong if len(parcels["wrong"]) else 0)
    assert len(parcels["wrong"]) == n_wrong  # one that is always picked wrongly never gets through the check


def short(when_short, **more):
    plan = Fulfillment(Release(), picking(errors=PickErrors(short_prob=1.0, when_short=when_short)), ())
    return house(plan, "picking", **more)


def test_a_line_that_is_found_elsewhere_is_fetched_and_the_order_waits():
    trace = run(short("repick"), tape_of([0.0], [MULTI]))
    assert [row[1:] for row in visited(trace, "started_s", "ended_s")] == [(0.0, 60.0), (60.0, 120.0)]
    assert times_of(trace, Milestone.PICKED) == {0: 120.0}
    assert rows_of(trace, "shorts", "order", "sku", "units", "time_s") == [(0, 0, 1.0, 60.0), (0, 1, 1.0, 60.0)]


def test_an_order_of_which_nothing_is_found_is_a_lost_sale_and_the_record_is_written_off():
    world = short("partial", inventory=stocked([5, 5, 5]))
    trace = run(world, tape_of([0.0], [MULTI]))
    assert times_of(trace, Milestone.OUT_OF_STOCK) == {0: 60.0}
    moves = rows_of(trace, "stock", "kind", "sku", "units")
    assert [move[1:] for move in moves if move[0] == StockMove.WRITTEN_OFF] == [(0, 1.0), (1, 1.0)]
    check_conservation(world, trace)


def test_an_order_goes_on_without_the_line_that_was_not_there_and_is_not_in_full():
    days = days_of(7, n_drain=7)
    world = short(
        "partial", inventory=stocked([5, 5, 5]), processing=promising(days), delivery=one_carrier(days, evenings(days))
    )
    world = replace(world, days=days)
    half = replace(world.fulfillment.picking, errors=PickErrors(short_prob=0.5, when_short="partial"))
    world = replace(world, fulfillment=replace(world.fulfillment, picking=half))
    for seed in range(30):
        trace = run(world, tape_of([HOUR_S], [MULTI], seed=seed))
        if len(rows_of(trace, "shorts", "order")) == 1:
            break
    journeys = find_journeys(world, trace)
    assert journeys.units_shipped.tolist() == [1]
    assert journeys.status.tolist() == [Status.DELIVERED]
    assert {value.name: value.value for value in compute(world, trace)}["otif"] == 0.0
    check_conservation(world, trace)


def test_a_line_that_was_not_there_follows_when_other_goods_are_free():
    world = short("backorder", inventory=stocked([5, 5, 5]))
    trace = run(world, tape_of([0.0], [SINGLE]))
    assert times_of(trace, Milestone.BACKORDERED) == {0: 60.0}
    assert times_of(trace, Milestone.LEFT) == {0: 120.0}
    check_conservation(world, trace)


def test_a_line_that_was_not_there_waits_for_the_supplier_where_nothing_is_free():
    world = short("backorder", inventory=stocked([1, 1, 1]))
    trace = run(world, tape_of([0.0], [SINGLE]))
    assert times_of(trace, Milestone.LEFT) == {0: HOUR_S + 60.0}  # ordered at once, put away an hour later


def test_a_wave_takes_the_orders_of_its_departures_and_those_that_have_missed_theirs():
    days = days_of(7, n_drain=7)
    today, tomorrow = 18 * HOUR_S, DAY_S + 18 * HOUR_S
    waves = (
        Wave(10 * HOUR_S, frozenset({(0, today)})),
        Wave(16 * HOUR_S, frozenset({(0, tomorrow)})),
        Wave(DAY_S + 6 * HOUR_S, frozenset({(1, tomorrow)})),  # of another carrier
        Wave(DAY_S + 10 * HOUR_S, frozenset({(0, tomorrow)})),
    )
    plan = Fulfillment(Release("waves", waves), None, (Step(station("bench", 60.0)),))
    delivery = one_carrier(days, evenings(days))
    world = bench_world(days, ALL_DAY, fulfillment=plan, processing=promising(days), delivery=delivery)
    trace = run(world, tape_of([HOUR_S, 13 * HOUR_S, 17 * HOUR_S]))
    due = dict(rows_of(trace, "promises", "order", "due_departure_s"))
    assert due == {0: today, 1: today, 2: tomorrow}
    # order 1 came after its wave and goes with the first one after it has missed its departure
    assert times_of(trace, Milestone.RELEASED) == {0: 10 * HOUR_S, 1: DAY_S + 6 * HOUR_S, 2: DAY_S + 10 * HOUR_S}


def test_paths_have_releases_of_their_own():
    urgent = Path("urgent", Condition(lines=(1, 1)), release=Release())
    plan = Fulfillment(Release("waves", (Wave(1000.0),)), None, (Step(station("bench", 60.0)),), paths=(urgent,))
    trace = run(house(plan, "bench"), tape_of([0.0, 0.0], [SINGLE, MULTI]))
    assert times_of(trace, Milestone.RELEASED) == {0: 0.0, 1: 1000.0}
