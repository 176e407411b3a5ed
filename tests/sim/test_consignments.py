"""Parts of a split order that wait for each other at the dock: moments and prices by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fulfillsim.domain.delivery import Assignment
from fulfillsim.domain.records import Milestone
from fulfillsim.domain.staff import Duty
from fulfillsim.domain.tariff import Tariff, weight_breaks
from fulfillsim.kpi import check_conservation
from fulfillsim.kpi.carriers import consignment_saving, consolidated, consolidation_wait
from fulfillsim.kpi.facts import Facts
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import HOUR_S, bench_world, evenings, one_carrier, promising, rows_of, stocked, tape_of
from fulfillsim.testing.own_vans import driving
from fulfillsim.testing.worlds import DAY_S, catalog_of, days_of

DAYS = days_of(5, n_drain=5)
ALWAYS = (Duty(0.0, 10 * DAY_S),)
CARD = weight_breaks({"all": {1.0: 4.0, 3.0: 7.0, 9.0: 20.0}})
TEN, ONE_PM, SIX = 10 * HOUR_S, 13 * HOUR_S, 18 * HOUR_S


def splitting(wait_s, comes_s, per_consignment=True, **delivery):
    """Goods of the first line are there, those of the second come later; the truck leaves at 18:00 every weekday."""
    tariff = Tariff(CARD, per_consignment=per_consignment)
    plan = replace(one_carrier(DAYS, evenings(DAYS), tariff=tariff), consolidate_s=wait_s, **delivery)
    parts = {"processing": promising(DAYS), "catalog": catalog_of(2), "inventory": stocked([5, 0], "split", comes_s)}
    return bench_world(DAYS, ALWAYS, delivery=plan, **parts)


def two_lines(n_later=4):
    """An order of Monday 10:00: half a kilogram is there, ``n_later`` times that comes later."""
    return tape_of([TEN], [[(0, 1), (1, n_later)]])


def left(trace):
    return rows_of(trace, "parcels", "units", "departed_s", "cost")


def gathered(trace):
    return rows_of(trace, "gatherings", "n_parts", "since_s", "until_s")


@pytest.mark.parametrize("assignment", [None, Assignment("optimal")])
def test_parts_that_meet_at_the_dock_leave_as_one_and_are_rated_as_one(assignment):
    """Packed at 10:01 and 13:01; half a kilogram and two cost 4 and 7 apart, two and a half cost 7."""
    world = splitting(4 * HOUR_S, ONE_PM, assignment=assignment)
    trace = run(world, two_lines())
    assert gathered(trace) == [(2, TEN + 60.0, ONE_PM + 60.0)]
    assert left(trace) == [(1, SIX, 7.0), (4, SIX, 0.0)]
    assert rows_of(trace, "consignments", "order", "time_s", "n_parcels", "cost", "apart_cost") == [
        (0, SIX, 2, 7.0, 11.0)
    ]
    facts = Facts(world, trace)
    assert consolidated(facts) == 1.0
    assert consolidation_wait(facts) == pytest.approx(3.0)
    assert consignment_saving(facts) == pytest.approx(4.0)
    check_conservation(world, trace)


def test_a_part_waits_no_longer_than_it_may():
    """Two hours are over at 12:01; the other part comes at 13:01, and each is rated by itself."""
    world = splitting(2 * HOUR_S, ONE_PM)
    trace = run(world, two_lines())
    end_s = ONE_PM + 60.0
    assert gathered(trace) == [(1, TEN + 60.0, TEN + 2 * HOUR_S + 60.0), (1, end_s, end_s)]
    assert left(trace) == [(1, SIX, 4.0), (4, SIX, 7.0)]
    facts = Facts(world, trace)
    assert consolidated(facts) == 0.0
    assert consignment_saving(facts) == 0.0
    check_conservation(world, trace)


def test_a_part_does_not_miss_its_due_departure_for_the_sake_of_another():
    """The rest comes on Tuesday; the first part stands ready when Monday's truck leaves, and takes it."""
    trace = run(splitting(3 * DAY_S, DAY_S + TEN), two_lines())
    assert gathered(trace)[0] == (1, TEN + 60.0, SIX)
    assert left(trace) == [(1, SIX, 4.0), (4, DAY_S + SIX, 7.0)]


def test_a_card_that_rates_parcels_asks_for_each_though_they_leave_together():
    trace = run(splitting(4 * HOUR_S, ONE_PM, per_consignment=False), two_lines())
    assert left(trace) == [(1, SIX, 4.0), (4, SIX, 7.0)]
    assert len(gathered(trace)) == 1
    assert len(rows_of(trace, "consignments", "order")) == 0


def test_whole_orders_do_not_wait_and_nothing_changes_for_them():
    tape = tape_of([TEN, TEN + 1.0], [[(0, 1)], [(0, 2)]])
    waiting, plain = run(splitting(4 * HOUR_S, HOUR_S), tape), run(splitting(None, HOUR_S), tape)
    assert left(waiting) == left(plain)
    assert gathered(waiting) == []
    for name, column in plain.columns("milestones").items():
        np.testing.assert_array_equal(waiting.columns("milestones")[name], column)


def test_an_order_is_staged_with_its_last_part():
    trace = run(splitting(4 * HOUR_S, ONE_PM), two_lines())
    staged = [time_s for kind, time_s in rows_of(trace, "milestones", "kind", "time_s") if kind == Milestone.STAGED]
    assert staged == [TEN + 60.0, ONE_PM + 60.0]


@pytest.mark.parametrize(("wait_s", "n_doors"), [(None, 2), (4 * HOUR_S, 1)])
def test_own_vans_ring_once_for_what_travels_together(wait_s, n_doors):
    world = driving()
    plan = replace(world.delivery, consolidate_s=wait_s)
    stock = stocked([5, 0], "split", ONE_PM)
    world = replace(world, delivery=plan, catalog=catalog_of(2), inventory=stock)
    trace = run(world, two_lines())
    assert len(rows_of(trace, "stops", "order")) == n_doors
    assert sorted(units for (units,) in rows_of(trace, "parcels", "units")) == [1, 4]
    check_conservation(world, trace)
