"""Kits to order and to stock, on times and units worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.assembly import Assembly, Bench, Kit
from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release
from fulfillsim.domain.records import Milestone, StockMove
from fulfillsim.domain.staff import Role, Shift, Skill
from fulfillsim.domain.stock import Supplier
from fulfillsim.domain.work import Condition, Station, Step, WorkTime
from fulfillsim.errors import SimulationError
from fulfillsim.kpi import check_conservation, compute
from fulfillsim.kpi.snapshot import still_at
from fulfillsim.sampling.distributions import make
from fulfillsim.sim import run
from fulfillsim.sim.workload import order_work
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
from fulfillsim.testing.worlds import DAY_S, always, catalog_of, days_of

DAYS = days_of(7, n_drain=7)
BOX, BOTTLE, GLASS, BASKET = range(4)
HUNDRED_S = make("deterministic", mean=100.0)
IN_BOX = ((BOTTLE, 1), (GLASS, 2))
NINE = 9 * HOUR_S


def box(**parts):
    return Kit(BOX, IN_BOX, HUNDRED_S, **parts)


def workshop(tape, on_hand=(0, 10, 20, 0), kits=None, positions=None, heads=1, picked=False, **parts):
    """A bench, a packer (60 s) and perhaps a picker (10 s a line); what happens to the orders of a tape."""
    assembly = Assembly(kits or (box(),), (Bench(Station("assembly", None, "priority"), positions),))
    staff = [always("makers", heads, ["assembly"], DAYS), always("packers", 1, ["packing"], DAYS)]
    packing = Step(Station("packing", WorkTime(60.0, ONE)))
    picking = None
    if picked:
        zone = PickZone("picking", Station("picking", WorkTime(0.0, ONE, per_line_s=10.0)))
        picking = Picking((zone,), Batch())
        staff.append(always("pickers", 1, ["picking"], DAYS))
    given = {
        "catalog": catalog_of(len(on_hand)),
        "assembly": assembly,
        "inventory": stocked(on_hand, rule="none"),
        "fulfillment": Fulfillment(Release(), picking, (packing,)),
        "staff": tuple(staff),
    }
    given = given | parts
    given["inventory"] = without_suppliers(given["inventory"], assembly)
    world = replace(bench_world(DAYS, ALL_DAY), **given)
    trace = run(world, tape)
    check_conservation(world, trace)
    return world, trace


def without_suppliers(plan, assembly):
    """Nobody delivers kits, and those made to order have no level."""
    kits, to_order = [kit.sku for kit in assembly.kits], sorted(assembly.to_order)
    supplier, point = plan.supplier.copy(), plan.reorder_point.copy()
    supplier[kits], point[to_order] = -1, -1
    return replace(plan, supplier=supplier, reorder_point=point)


def moves_of(trace, kind):
    table = trace.columns("stock")
    rows = table["kind"] == kind
    return [tuple(row) for row in zip(*(table[c][rows].tolist() for c in ("sku", "units", "time_s")), strict=True)]


def visits_of(trace, station):
    index = [info.name for info in trace.stations].index(station)
    table = trace.columns("visits")
    rows = table["station"] == index
    return [
        tuple(row) for row in zip(*(table[c][rows].tolist() for c in ("item", "started_s", "ended_s")), strict=True)
    ]


# To order -------------------------------------------------------------------------------------------------------------


def test_a_kit_made_to_order_reserves_its_components_and_passes_the_bench_before_packing():
    world, trace = workshop(tape_of([NINE], [[(BOX, 2), (BOTTLE, 1)]]))
    assert moves_of(trace, StockMove.RESERVED) == [(BOTTLE, 3, NINE), (GLASS, 4, NINE)]
    assert visits_of(trace, "assembly") == [(0, NINE, NINE + 200)]
    assert visits_of(trace, "packing") == [(0, NINE + 200, NINE + 260)]
    assert moves_of(trace, StockMove.CONSUMED) == [(BOTTLE, 2, NINE + 200), (GLASS, 4, NINE + 200)]
    assert moves_of(trace, StockMove.ASSEMBLED) == [(BOX, 2, NINE + 200)]
    assert times_of(trace, Milestone.LEFT) == {0: NINE + 260}
    values = {value.name: value.value for value in compute(world, trace)}
    assert values["kits_per_day"] == pytest.approx(2 / 7)
    assert (values["kit_orders_held_up"], values["kit_order_wait"]) == (0.0, 0.0)
    assert values["fill_rate"] == 1.0


def test_components_are_picked_and_the_order_is_packed_as_it_was_placed():
    _, trace = workshop(tape_of([NINE], [[(BOX, 2), (BOTTLE, 1)]]), picked=True)
    assert rows_of(trace, "tours", "n_lines", "n_units") == [(2, 7)]  # three bottles, four glasses
    assert visits_of(trace, "picking") == [(0, NINE, NINE + 20)]
    assert moves_of(trace, StockMove.PICKED) == [(BOTTLE, 3, NINE + 20), (GLASS, 4, NINE + 20)]
    assert visits_of(trace, "assembly") == [(0, NINE + 20, NINE + 220)]


def test_an_order_without_kits_passes_by_the_bench():
    _, trace = workshop(tape_of([NINE], [[(BOTTLE, 1)]]))
    assert visits_of(trace, "assembly") == []
    assert times_of(trace, Milestone.LEFT) == {0: NINE + 60}


def test_kits_in_kits_made_to_order_are_looked_through_and_put_together_together():
    basket = Kit(BASKET, ((BOX, 2), (GLASS, 1)), make("deterministic", mean=30.0), setup_s=5.0)
    _, trace = workshop(tape_of([NINE], [[(BASKET, 3)]]), kits=(box(), basket))
    assert moves_of(trace, StockMove.RESERVED) == [(BOTTLE, 6, NINE), (GLASS, 15, NINE)]
    done = NINE + 6 * 100 + 5 + 3 * 30
    assert moves_of(trace, StockMove.ASSEMBLED) == [(BOX, 6, done), (BASKET, 3, done)]
    assert moves_of(trace, StockMove.CONSUMED) == [
        (BOTTLE, 6, done),
        (GLASS, 12, done),
        (BOX, 6, done),
        (GLASS, 3, done),
    ]


def test_an_order_waits_for_the_component_that_its_kit_lacks():
    supplied = stocked((0, 10, 1, 0), lead_s=2 * HOUR_S)  # below its level of zero only once it is asked for
    tape = tape_of([NINE], [[(BOX, 1), (BOTTLE, 1)]])
    world, trace = workshop(tape, inventory=supplied)
    assert moves_of(trace, StockMove.BACKORDERED) == [(BOX, 1, NINE)]
    assert moves_of(trace, StockMove.LACKING) == [(GLASS, 2, NINE)]
    assert moves_of(trace, StockMove.RESERVED) == [(BOTTLE, 2, NINE), (GLASS, 2, NINE + 2 * HOUR_S)]
    assert visits_of(trace, "assembly") == [(0, NINE + 2 * HOUR_S, NINE + 2 * HOUR_S + 100)]
    values = {value.name: value.value for value in compute(world, trace)}
    assert (values["kit_orders_held_up"], values["kit_order_wait"]) == (1.0, 2.0)
    assert values["fill_rate"] == 0.5  # of a box and a bottle the bottle was there


def test_a_split_order_ships_what_is_there_and_the_kit_follows():
    supplied = stocked((0, 2, 1, 0), shortage="split", lead_s=2 * HOUR_S)
    _, trace = workshop(tape_of([NINE], [[(BOTTLE, 2), (BOX, 1)]]), inventory=supplied)
    # the two bottles belong to the line that can go; the box waits for a bottle and two glasses
    assert moves_of(trace, StockMove.LACKING) == [(BOTTLE, 1, NINE), (GLASS, 2, NINE)]
    assert visits_of(trace, "packing")[0] == (0, NINE, NINE + 60)
    came = NINE + 2 * HOUR_S
    assert visits_of(trace, "assembly") == [(0, came, came + 100)]
    assert visits_of(trace, "packing")[1] == (0, came + 100, came + 160)


def test_an_order_is_cancelled_if_a_component_is_missing_and_the_scenario_says_so():
    short = stocked((0, 10, 1, 0), shortage="cancel", rule="none")
    _, trace = workshop(tape_of([NINE, NINE + 1], [[(BOX, 1)], [(BOTTLE, 1)]]), inventory=short)
    assert times_of(trace, Milestone.OUT_OF_STOCK) == {0: NINE}
    assert list(times_of(trace, Milestone.LEFT)) == [1]


def test_a_promise_for_later_looks_through_the_bill_of_material():
    supplied = stocked((0, 10, 1, 0), shortage="later", lead_s=2 * DAY_S)
    stages = {"processing": promising(DAYS), "delivery": one_carrier(DAYS, evenings(DAYS))}
    tape = tape_of([NINE, NINE], [[(BOX, 1)], [(BOTTLE, 1)]])  # on Monday, before the cutoff
    _, trace = workshop(tape, inventory=supplied, **stages)
    due = dict(rows_of(trace, "promises", "order", "due_departure_s"))
    assert due == {0: 2 * DAY_S + 18 * HOUR_S, 1: 18 * HOUR_S}


def test_those_who_wait_for_a_component_get_it_by_priority():
    supplied = stocked((0, 10, 1, 0), lead_s=HOUR_S, waiting="priority", order_quantity=np.full(4, 2))
    tape = tape_of([NINE, NINE + 1], [[(BOX, 1)], [(BOX, 1)]], priority=[2, 1])
    world, _ = workshop(tape, inventory=supplied)
    plan = replace(world.fulfillment, order_priority="class")
    trace = run(replace(world, fulfillment=plan), tape)
    allocated = times_of(trace, Milestone.ALLOCATED)
    # each asks for a lot of two glasses, beside the one that is there; the first lot goes to the later, urgent order
    assert allocated == {0: NINE + 1 + HOUR_S, 1: NINE + HOUR_S}
    assert [row for row, *_ in visits_of(trace, "assembly")] == [1, 0]


# Benches --------------------------------------------------------------------------------------------------------------


def test_a_bench_has_room_for_so_many_and_the_others_wait_for_a_position():
    tape = tape_of([NINE, NINE + 1], [[(BOX, 1)], [(BOX, 1)]])
    _, roomy = workshop(tape, heads=2)
    assert visits_of(roomy, "assembly") == [(0, NINE, NINE + 100), (1, NINE + 1, NINE + 101)]
    world, narrow = workshop(tape, heads=2, positions=1)
    assert visits_of(narrow, "assembly") == [(0, NINE, NINE + 100), (1, NINE + 100, NINE + 200)]
    waits = {value.name: value.value for value in compute(world, narrow)}
    assert waits["wait.assembly_position"] == pytest.approx(99 / 2)


def test_an_order_passes_the_benches_of_its_kits_one_after_the_other():
    first, second = Bench(Station("gluing", None)), Bench(Station("wrapping", None))
    basket = Kit(BASKET, ((BOX, 1),), make("deterministic", mean=30.0), bench=1)
    assembly = Assembly((box(), basket), (first, second))
    staff = (always("makers", 1, ["gluing", "wrapping"], DAYS), always("packers", 1, ["packing"], DAYS))
    _, trace = workshop(tape_of([NINE], [[(BASKET, 1)]]), assembly=assembly, staff=staff)
    assert visits_of(trace, "gluing") == [(0, NINE, NINE + 100)]
    assert visits_of(trace, "wrapping") == [(0, NINE + 100, NINE + 130)]


def test_work_of_an_order_that_lacked_time_at_the_bench_is_named_by_it():
    stages = {"processing": promising(DAYS), "delivery": one_carrier(DAYS, evenings(DAYS))}
    slow = replace(box(), time=make("deterministic", mean=4 * HOUR_S))
    tape = tape_of([NINE, NINE + 1, NINE + 2, NINE + 3], [[(BOTTLE, 1)], [(BOX, 1)], [(BOX, 1)], [(BOX, 1)]])
    world, trace = workshop(tape, kits=(slow,), **stages)
    values = {value.name: value.value for value in compute(world, trace)}
    # the boxes are ready at 13, 17 and 21 o'clock, the truck leaves at 18
    assert values["n_late"] == 1.0
    assert values["late_because.assembly_queue"] == 1.0


def test_an_order_late_for_lack_of_a_component_is_late_for_lack_of_stock():
    stages = {"processing": promising(DAYS), "delivery": one_carrier(DAYS, evenings(DAYS))}
    supplied = stocked((0, 10, 1, 0), lead_s=2 * DAY_S)
    world, trace = workshop(tape_of([NINE], [[(BOX, 1)]]), inventory=supplied, **stages)
    values = {value.name: value.value for value in compute(world, trace)}
    assert (values["n_late"], values["late_because.stock"]) == (1.0, 1.0)


def test_a_step_may_be_for_orders_with_kits_only_and_picking_zones_are_those_of_the_components():
    check = Step(Station("check", WorkTime(7.0, ONE), staffed=False), only=Condition(options=(("kit", True),)))
    far = Step(Station("far", WorkTime(3.0, ONE), staffed=False), only=Condition(pick_zones=(1,)))
    steps = (check, far, Step(Station("packing", WorkTime(60.0, ONE))))
    catalog = replace(catalog_of(4), zone=np.array([0, 1, 1, 0], np.int16))
    tape = tape_of([NINE, NINE + HOUR_S], [[(BOTTLE, 1)], [(BOX, 1)]])
    _, trace = workshop(tape, fulfillment=Fulfillment(Release(), None, steps), catalog=catalog)
    assert visits_of(trace, "check") == [(1, NINE + HOUR_S + 100, NINE + HOUR_S + 107)]
    assert [row for row, *_ in visits_of(trace, "far")] == [0, 1]  # the box's slot, of which nothing is picked, is near


# To stock -------------------------------------------------------------------------------------------------------------


def made_to_stock(on_hand, tape, lot=4, **parts):
    """(r, q) = (0, 10) for all; whoever buys the last box opens a work order for ten."""
    return workshop(tape, on_hand, kits=(box(to_stock=True, lot=lot, lead_s=HOUR_S),), **parts)


def test_the_rule_opens_work_orders_that_bring_kits_to_the_shelf():
    tape = tape_of([NINE], [[(BOX, 2)]])
    world, trace = made_to_stock((2, 100, 100, 0), tape, inventory=stocked((2, 100, 100, 1)))
    assert moves_of(trace, StockMove.ORDERED) == [(BOX, 4, NINE), (BOX, 4, NINE), (BOX, 2, NINE)]
    assert moves_of(trace, StockMove.RESERVED)[1:] == [
        (part, n * units, NINE) for n in (4, 4, 2) for part, units in IN_BOX
    ]
    assert visits_of(trace, "assembly") == [
        (-1, NINE, NINE + 400),
        (-2, NINE + 400, NINE + 800),
        (-3, NINE + 800, NINE + 1000),
    ]
    made = [(BOX, 4, NINE + 400), (BOX, 4, NINE + 800), (BOX, 2, NINE + 1000)]
    assert moves_of(trace, StockMove.ASSEMBLED) == moves_of(trace, StockMove.PUT_AWAY) == made
    assert times_of(trace, Milestone.LEFT) == {0: NINE + 60}  # the boxes were on the shelf
    values = {value.name: value.value for value in compute(world, trace)}
    assert values["work_order_wait"] == 0.0
    assert values["work_order_time"] == pytest.approx((400 + 800 + 1000) / 3 / HOUR_S)


def test_a_work_order_waits_for_its_components_and_fetches_them_together():
    tape = tape_of([NINE], [[(BOX, 2)]])
    supplied = stocked((2, 100, 3, 1), lead_s=2 * HOUR_S)
    world, trace = made_to_stock((2, 100, 3, 1), tape, lot=10, inventory=supplied)
    came = NINE + 2 * HOUR_S
    # twenty glasses are wanted, three are there: (r, q) orders two lots of ten
    assert moves_of(trace, StockMove.LACKING) == [(GLASS, 20, NINE)]
    assert moves_of(trace, StockMove.ORDERED)[1:] == [(GLASS, 20, NINE)]
    assert moves_of(trace, StockMove.PICKED) == [(BOTTLE, 10, came), (GLASS, 20, came)]
    assert rows_of(trace, "work_orders", "units", "opened_s", "ready_s", "made_s") == [(10, NINE, came, came + 1000)]
    values = {value.name: value.value for value in compute(world, trace)}
    assert values["work_order_wait"] == 2.0
    assert values["fill_rate"] == 1.0  # no customer asked for glasses


def test_a_review_orders_what_the_work_orders_of_the_same_review_take():
    up_to = np.array([10, 30, 30, 1])
    plan = stocked((4, 30, 30, 1), rule="RS", order_up_to=up_to, review_times_s=(NINE, NINE + DAY_S), lead_s=HOUR_S)
    _, trace = made_to_stock((4, 30, 30, 1), tape_of([NINE + HOUR_S], [[(BOTTLE, 1)]]), lot=10, inventory=plan)
    # six boxes take six bottles and twelve glasses, which are ordered by the same look
    assert moves_of(trace, StockMove.ORDERED)[:3] == [(BOX, 6, NINE), (BOTTLE, 6, NINE), (GLASS, 12, NINE)]


def test_an_order_for_kits_that_are_being_made_gets_them_from_the_bench():
    tape = tape_of([NINE, NINE + 10], [[(BOX, 2)], [(BOX, 3)]])
    _, trace = made_to_stock((2, 100, 100, 1), tape, inventory=stocked((2, 100, 100, 1)))
    assert moves_of(trace, StockMove.BACKORDERED) == [(BOX, 3, NINE + 10)]
    assert times_of(trace, Milestone.ALLOCATED)[1] == NINE + 400


def test_kits_from_the_bench_are_put_away_by_people_if_there_are_some():
    putaway = Station("putaway", WorkTime(30.0, ONE))
    staff = (
        always("makers", 1, ["assembly"], DAYS),
        always("packers", 1, ["packing"], DAYS),
        always("drivers", 1, ["putaway"], DAYS),
    )
    plan = stocked((2, 100, 100, 1), putaway=putaway, putaway_per_unit_s=1.0)
    tape = tape_of([NINE], [[(BOX, 2)]])
    _, trace = made_to_stock((2, 100, 100, 1), tape, lot=10, inventory=plan, staff=staff)
    assert moves_of(trace, StockMove.ARRIVED) == [(BOX, 10, NINE + 1000)]
    assert moves_of(trace, StockMove.PUT_AWAY) == [(BOX, 10, NINE + 1040)]


def test_a_customer_comes_before_a_work_order_where_the_urgent_are_served_first():
    kits = (box(to_stock=True, lot=1),)
    tape = tape_of([NINE, NINE + 10], [[(BOX, 1)], [(GLASS, 2)]])
    glasses = stocked((1, 10, 1, 1), lead_s=HOUR_S, waiting="priority", order_quantity=np.array([1, 2, 2, 2]))
    _, trace = workshop(tape, kits=kits, inventory=glasses)
    allocated = times_of(trace, Milestone.ALLOCATED)[1]
    ready = rows_of(trace, "work_orders", "ready_s")[0][0]
    assert (allocated, ready) == (NINE + HOUR_S, NINE + 10 + HOUR_S)


def test_who_buys_the_last_kit_and_its_components_gets_them_before_the_work_order():
    tape = tape_of([NINE], [[(BOX, 2), (BOTTLE, 10), (GLASS, 15)]])
    _, trace = made_to_stock((2, 10, 20, 1), tape, lot=10, inventory=stocked((2, 10, 20, 1), lead_s=HOUR_S))
    assert times_of(trace, Milestone.LEFT) == {0: NINE + 60}
    # ten bottles and twenty glasses for ten boxes: none, and five, are left
    assert moves_of(trace, StockMove.LACKING) == [(BOTTLE, 10, NINE), (GLASS, 20, NINE)]


def test_the_load_of_a_bench_and_of_picking_is_known_before_the_clock_runs():
    basket = Kit(BASKET, ((BOX, 2), (GLASS, 1)), make("deterministic", mean=30.0), setup_s=20.0, to_stock=True, lot=10)
    tape = tape_of([NINE, NINE + 1, NINE + 2], [[(BOX, 2)], [(BASKET, 3)], [(BOTTLE, 1), (BOX, 1)]])
    world, _ = workshop(tape, (0, 50, 50, 5), kits=(box(), basket), picked=True)
    work = order_work(world, tape).seconds
    assert work["assembly"].tolist() == [200.0, 3 * (32.0 + 200.0), 100.0]
    assert work["picking"].tolist() == [20.0, 10.0, 20.0]  # ten a line: bottle and glass, basket, bottle and glass


def test_an_order_at_the_bench_begins_anew_in_a_run_that_goes_on_from_there():
    world, trace = workshop(tape_of([NINE, NINE + 1], [[(BOX, 2)], [(BOTTLE, 1)]]), picked=True)
    still = still_at(world, trace, NINE + 100)  # the box is at the bench, the bottle is packed
    assert still.snapshot.stage == ("picking",)
    assert still.on_hand.tolist() == [0, 9, 20, 0]  # its bottles and glasses lie on the shelf again
    assert still_at(world, trace, NINE + 250).snapshot.stage == ("packing",)


# Nothing is lost, nothing is moved ------------------------------------------------------------------------------------


def test_components_that_no_bill_of_material_asks_for_are_found_missing():
    world, trace = workshop(tape_of([NINE], [[(BOX, 1)]]))
    trace.tables["stock"].add(GLASS, StockMove.CONSUMED, 1.0, NINE + 500)
    with pytest.raises(SimulationError, match=r"SKU sku2: 3 units used up in kits, whose bills of material say 2"):
        check_conservation(world, trace)


def test_a_kit_that_nobody_orders_changes_nothing():
    gen = np.random.default_rng(4)
    lines = [[(int(sku), 1 + int(n))] for sku, n in zip(gen.integers(1, 3, 40), gen.integers(0, 4, 40), strict=True)]
    tape = tape_of([NINE + 600.0 * n for n in range(40)], lines)
    supplied = stocked((0, 30, 30, 0), supplier=Supplier("acme", make("gamma", mean=DAY_S, cv=1.0)))
    traces = []
    for kits in (None, (box(),), (box(), Kit(BASKET, ((BOX, 2), (GLASS, 1)), HUNDRED_S))):
        plan = without_suppliers(supplied, Assembly((box(), Kit(BASKET, ((BOX, 1),), ONE)), ()))
        given = {"inventory": plan} if kits is None else {"inventory": plan, "kits": kits}
        world, trace = workshop(tape, **given)
        if kits is None:
            trace = run(replace(world, assembly=None, staff=world.staff[1:]), tape)
        traces.append(trace)
    for table in ("stock", "milestones", "arrivals", "deliveries"):
        one, *others = (trace.columns(table) for trace in traces)
        for other in others:
            assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


def test_time_at_the_bench_is_drawn_by_order_and_kit_and_not_by_what_else_is_made():
    time = make("gamma", mean=100.0, cv=1.0)
    kits = (replace(box(), time=time), Kit(BASKET, ((GLASS, 1),), time))
    _, alone = workshop(tape_of([NINE, NINE + DAY_S], [[(BOX, 1)], [(BOX, 2)]]), kits=kits)
    _, beside = workshop(tape_of([NINE, NINE + DAY_S], [[(BASKET, 3)], [(BOX, 2)]]), kits=kits)
    one, other = visits_of(alone, "assembly")[1], visits_of(beside, "assembly")[1]
    assert one[2] - one[1] == other[2] - other[1] > 0


def test_a_role_serves_a_bench_by_its_name():
    crew = (Role("all", (Skill("assembly"), Skill("packing", 2)), (Shift("day", 1, ALL_DAY),)),)
    _, trace = workshop(tape_of([NINE], [[(BOX, 1)]]), staff=crew)
    assert times_of(trace, Milestone.LEFT) == {0: NINE + 160}
