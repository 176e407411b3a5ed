"""Records that differ from the shelf: short picks, corrections, cycle counts; times worked out on paper."""

from dataclasses import replace
from time import process_time

import numpy as np
import pytest

from fulfillsim.domain.fulfillment import Batch, Fulfillment, Picking, PickZone, Release
from fulfillsim.domain.records import Discrepancy, Milestone, ShortPick, StockMove
from fulfillsim.domain.slots import Counting, Records
from fulfillsim.domain.staff import Role, Shift, Skill
from fulfillsim.domain.work import Station, WorkTime
from fulfillsim.errors import SimulationError
from fulfillsim.kpi import check_conservation, compute
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.record_accuracy import on_carts
from fulfillsim.sim import run
from fulfillsim.testing.by_hand import ALL_DAY, HOUR_S, ONE, bench_world, rows_of, stocked, tape_of, times_of
from fulfillsim.testing.worlds import DAY_S, catalog_of, days_of


def station(name, seconds, discipline="fifo"):
    return Station(name, WorkTime(seconds, ONE), discipline)


def counting(rounds_s=(), n_skus=1, between=np.inf, seconds=300.0, **given):
    return Counting(station("counting", seconds, "priority"), tuple(rounds_s), np.full(n_skus, between), **given)


def house(on_hand, records, *, days=1, n_beyond=60, **stock):
    """A picker at 60 s an order and somebody who counts."""
    plan = Fulfillment(Release(), Picking((PickZone("picking", station("picking", 60.0)),), Batch()), ())
    names = ("picking", "counting") if records and records.counting else ("picking",)
    duties = tuple(replace(duty, end_s=days * DAY_S) for duty in ALL_DAY)
    staff = tuple(Role(name, (Skill(name),), (Shift("day", 1, duties),)) for name in names)
    inventory = stocked(on_hand, records=records, **{"rule": "none", **stock})
    world = bench_world(days_of(days, n_beyond=n_beyond), duties, fulfillment=plan, catalog=catalog_of(len(on_hand)))
    return replace(world, staff=staff, inventory=inventory)


def ran(world, placed_s, lines, **given):
    trace = run(world, tape_of(placed_s, lines, **given))
    check_conservation(world, trace)
    return trace


def figures(world, trace):
    return {value.name: value.value for value in compute(world, trace)}


def with_less(record, shelf, **given):
    """A seed for which the shelf holds so many units of one SKU where the record says others."""
    world = house([record], Records(wrong_share=1.0, error_cv=0.5, **given))
    for seed in range(500):
        trace = run(world, tape_of([], seed=seed))
        if trace.forward_start.tolist() == [shelf]:
            return seed
    raise AssertionError("no such seed")


def test_a_shelf_with_less_than_its_record_makes_a_short_pick_and_the_order_waits_for_other_goods():
    seed = with_less(4, 2)
    world = house([4], Records(1.0, 0.5), rule="rq")
    trace = ran(world, [0.0, 100.0], [[(0, 2)], [(0, 2)]], seed=seed)
    assert rows_of(trace, "shorts", "order", "kind", "units", "in_building", "time_s") == [
        (1, ShortPick.WAIT, 2.0, 0.0, 160.0)
    ]
    # both orders have reserved two; the second finds nothing: the record is written off, and ten come in an hour
    assert rows_of(trace, "discrepancies", "kind", "units", "time_s") == [
        (Discrepancy.START, -2.0, 0.0),
        (Discrepancy.WRITTEN_OFF, 2.0, 160.0),
    ]
    moves = [row[0] for row in rows_of(trace, "stock", "kind", "time_s") if row[1] == 160.0]
    assert moves == [StockMove.WRITTEN_OFF, StockMove.BACKORDERED]
    ordered = [row[1] for row in rows_of(trace, "stock", "kind", "time_s") if row[0] == StockMove.ORDERED]
    assert times_of(trace, Milestone.PICKED) == {0: 60.0, 1: ordered[0] + HOUR_S + 60.0}


def test_the_record_of_a_short_pick_is_set_right_at_once_so_that_the_next_order_is_not_promised_phantoms():
    seed = with_less(6, 2)
    world = house([6], Records(1.0, 0.5, when_short="cancel"))
    trace = ran(world, [0.0, 100.0, 200.0], [[(0, 2)], [(0, 2)], [(0, 2)]], seed=seed)
    # record 6, shelf 2: order 1 finds nothing at 160 s, two are written off and the other two corrected away
    assert rows_of(trace, "discrepancies", "kind", "units", "time_s")[1:] == [
        (Discrepancy.WRITTEN_OFF, 2.0, 160.0),
        (Discrepancy.CORRECTED, 2.0, 160.0),
    ]
    adjusted = [row[1:] for row in rows_of(trace, "stock", "kind", "units", "time_s") if row[0] == StockMove.ADJUSTED]
    assert adjusted == [(-2.0, 160.0)]
    assert times_of(trace, Milestone.OUT_OF_STOCK) == {1: 160.0}
    assert times_of(trace, Milestone.BACKORDERED) == {2: 200.0}


def test_without_correction_the_next_order_meets_the_same_phantoms_until_somebody_has_counted():
    seed = with_less(8, 2)
    records = Records(1.0, 0.5, when_short="cancel", is_corrected=False, counting=counting())
    world = house([8], records)
    trace = ran(world, [0.0, 100.0, 200.0, 500.0], [[(0, 2)]] * 4, seed=seed)
    # the short pick at 160 s asks for a count, which takes 300 s; order 2 is short too, order 3 comes after the count
    assert rows_of(trace, "shorts", "order", "time_s") == [(1, 160.0), (2, 260.0)]
    assert rows_of(trace, "counts", "sku", "units", "asked_s", "done_s") == [(0, -2.0, 160.0, 460.0)]
    assert times_of(trace, Milestone.BACKORDERED) == {3: 500.0}
    assert figures(world, trace)["wrong_counts"] == 1.0


def test_a_count_that_waits_its_turn_comes_next_when_a_picker_finds_too_little():
    records = Records(1.0, 0.5, when_short="cancel", is_corrected=False, counting=counting([0.0], 3, between=1.0))
    world = house([8, 8, 8], records)
    seed = next(seed for seed in range(2000) if run(world, tape_of([], seed=seed)).forward_start[2] == 2)
    trace = ran(world, [0.0, 100.0], [[(2, 2)], [(2, 2)]], seed=seed)
    # all three are given out at 0 s, 300 s each; the short pick of SKU 2 at 160 s moves it before SKU 1
    assert rows_of(trace, "shorts", "order", "time_s") == [(1, 160.0)]
    assert rows_of(trace, "counts", "sku", "asked_s", "done_s") == [(0, 0.0, 300.0), (2, 0.0, 600.0), (1, 0.0, 900.0)]


def test_a_short_line_may_follow_by_itself():
    seed = with_less(4, 2)
    world = house([4, 9], Records(1.0, 0.5, when_short="split"), rule="rq")
    for seed in range(2000):
        trace = run(world, tape_of([], seed=seed))
        if trace.forward_start[0] == 2 and trace.forward_start[1] >= 9:
            break
    trace = ran(world, [0.0, 100.0], [[(0, 2)], [(0, 2), (1, 1)]], seed=seed)
    left = [row[1:] for row in rows_of(trace, "milestones", "kind", "order", "time_s") if row[0] == Milestone.LEFT]
    assert left[:2] == [(0, 60.0), (1, 160.0)]
    assert left[2][0] == 1 and left[2][1] > HOUR_S


def test_more_on_the_shelf_than_on_record_is_found_by_a_count_and_can_be_sold_then():
    seed = with_less(2, 3)
    world = house([2], Records(1.0, 0.5, counting=counting([1000.0], between=1.0)))
    trace = ran(world, [0.0, 100.0], [[(0, 2)], [(0, 1)]], seed=seed)
    assert rows_of(trace, "counts", "units", "asked_s", "done_s") == [(1.0, 1000.0, 1300.0)]
    assert times_of(trace, Milestone.PICKED) == {0: 60.0, 1: 1360.0}


def test_accuracy_is_the_share_of_records_that_are_right_over_time():
    seed = with_less(2, 3)
    # of two records one is wrong until 43,200 s, half of the day, when its count ends
    world = house([2, 2], Records(1.0, 0.5, counting=counting([DAY_S / 2 - 300.0], 2, per_round=2, seconds=300.0)))
    trace = ran(world, [], [], seed=seed)
    wrong = trace.columns("discrepancies")
    start = wrong["kind"] == Discrepancy.START
    done = dict(zip(trace.columns("counts")["sku"].tolist(), trace.columns("counts")["done_s"].tolist(), strict=True))
    expected = 1.0 - sum(done[sku] for sku in wrong["sku"][start].tolist()) / (2 * DAY_S)
    assert figures(world, trace)["record_accuracy"] == pytest.approx(expected)
    assert figures(world, trace)["n_counts"] == 2.0


def test_each_sku_is_counted_as_often_as_its_class_says_wherever_its_turn_begins():
    n = 200
    world = house(
        [5] * n,
        Records(
            shrinkage_per_year=0.0,
            wrong_share=0.1,
            counting=counting([DAY_S * day for day in range(20)], n, 4.0, seconds=1.0),
        ),
        days=20,
    )
    trace = ran(world, [], [])
    assert np.bincount(trace.columns("counts")["sku"].astype(int), minlength=n).tolist() == [5] * n
    per_day = np.bincount((trace.columns("counts")["asked_s"] // DAY_S).astype(int))
    assert 30 <= per_day.min() <= per_day.max() <= 70  # 50 in the mean


def test_so_many_counts_a_day_take_all_skus_in_turn():
    world = house(
        [5] * 4,
        Records(wrong_share=0.5, counting=counting([DAY_S * day for day in range(6)], 4, per_round=3, seconds=1.0)),
        days=6,
    )
    sku = ran(world, [], []).columns("counts")["sku"].astype(int)
    assert len(sku) == 18
    assert sorted(np.bincount(sku).tolist()) == [4, 4, 5, 5]
    assert set(sku[:3]) | {sku[3]} == {0, 1, 2, 3}


def test_goods_vanish_at_the_stated_pace():
    # 400 SKUs of 1000 units at 36.5 % a year lose 1 per 1000 a day: 400 units a day, four days, sd 40
    world = house([1000] * 400, Records(shrinkage_per_year=0.365), days=5)
    trace = ran(world, [], [])
    lost = -trace.columns("discrepancies")["units"].sum()
    assert abs(lost - 1600) < 4 * 40
    assert figures(world, trace)["units_lost"] == lost


def test_bookings_go_wrong_at_the_stated_rate_both_ways():
    n = 4000
    world = house([5000], Records(misbooked_prob=0.1))
    trace = ran(world, [1.0 * i for i in range(n)], [[(0, 1)]] * n)
    units = trace.columns("discrepancies")["units"]
    picked = len(times_of(trace, Milestone.PICKED))
    assert abs(len(units) - 0.1 * picked) < 4 * np.sqrt(0.09 * picked)
    assert set(units.tolist()) == {-1.0, 1.0}
    assert abs((units > 0).mean() - 0.5) < 4 * 0.5 / np.sqrt(len(units))


def test_when_all_tours_have_come_back_shelf_and_record_differ_by_the_known_discrepancies_alone():
    world = house([40] * 3, Records(0.5, 0.3, 0.2, 0.5, when_short="cancel", counting=counting([], 3)), rule="rq")
    lines = [[(i % 3, 1 + i % 4), ((i + 1) % 3, 2)] for i in range(120)]
    trace = ran(world, [200.0 * i for i in range(120)], lines)
    assert len(rows_of(trace, "shorts", "order")) > 3
    assert on_carts(Facts(world, trace)).tolist() == [0.0, 0.0, 0.0]


def test_goods_that_left_the_shelf_unseen_are_found():
    world = house([5], Records(misbooked_prob=0.5))
    trace = run(world, tape_of([0.0], [[(0, 1)]]))
    trace.tables["stock"].add(0, StockMove.PICKED, 1.0, 70.0)
    with pytest.raises(SimulationError, match="differ by 1 units more than their known discrepancy"):
        check_conservation(world, trace)


def test_records_that_are_never_wrong_change_nothing():
    placed, lines = [50.0 * i for i in range(40)], [[(i % 3, 1 + i % 2), ((i + 1) % 3, 1)] for i in range(40)]
    sure = house([20] * 3, None, rule="rq")
    never = replace(sure, inventory=replace(sure.inventory, records=Records()))
    one, other = ran(sure, placed, lines), ran(never, placed, lines)
    for table in ("milestones", "stock", "tours", "visits"):
        for name, values in one.columns(table).items():
            assert np.array_equal(values, other.columns(table)[name], equal_nan=True), f"{table}.{name}"


def test_errors_of_a_sku_are_the_same_whatever_other_orders_there_are():
    records = Records(0.5, 0.3, 0.2, 0.5)
    world = house([1000] * 3, records, days=3)
    few = ran(world, [0.0], [[(0, 1)]])
    many = ran(world, [0.0, 10.0, 20.0], [[(0, 1)], [(1, 1)], [(1, 2)]])
    of = [
        [row for row in rows_of(trace, "discrepancies", "sku", "kind", "units", "time_s") if row[0] != 1]
        for trace in (few, many)
    ]
    assert of[0] == of[1]


def test_a_hundred_thousand_skus_are_drawn_shrunk_and_given_out_for_counting_at_once():
    n = 100_000
    rounds = [DAY_S * day for day in range(3)]
    world = house([50] * n, Records(0.1, 0.2, 0.0, 0.1, counting=counting(rounds, n, 250.0, seconds=60.0)), days=3)
    began = process_time()
    trace = ran(world, [0.0], [[(0, 1)]])
    assert process_time() - began < 20.0
    wrong = trace.columns("discrepancies")["kind"]
    assert abs((wrong == Discrepancy.START).sum() - 10_000) < 4 * 95
    # three rounds of 400 in the mean: a SKU has its turn in them with a chance of 3 / 250
    assert abs(len(trace.columns("counts")["done_s"]) - 1200) < 4 * 35
