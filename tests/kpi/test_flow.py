import math
from dataclasses import replace

import pytest

from fulfillsim.domain.fulfillment import Path
from fulfillsim.domain.work import Condition

H, D = 3600.0, 86_400.0


def flowing(trace, order, received, out=None, allocated=None):
    trace.order(order, received=received, allocated=received if allocated is None else allocated)
    if out is not None:
        trace.parcel(order, out, out + D)


def test_throughput_counts_an_order_once_on_the_day_its_last_parcel_leaves(world, new_trace, kpis):
    trace = new_trace(units=(2, 1, 3, 1))
    flowing(trace, 0, D)
    trace.parcel(0, 1.2 * D, 3 * D)
    trace.parcel(0, 2.2 * D, 3 * D)  # complete on the second day
    flowing(trace, 1, D, out=1.5 * D)
    trace.parcel(2, 2 * D, 3 * D, units=3)
    flowing(trace, 3, D, out=3 * D)  # after the window
    values = kpis(world, trace)
    assert [values[n] for n in ("throughput", "throughput_lines", "throughput_units")] == [1.5, 1.5, 3.0]
    by_day = kpis(world, trace, "day")
    assert [by_day["throughput", f"2026-03-0{day}"] for day in (3, 4)] == [1.0, 2.0]


def test_an_hour_in_which_the_house_is_staffed_counts_once_whoever_is_there(world, trace, kpis):
    flowing(trace, 0, D, out=1.5 * D)
    assert kpis(world, trace)["throughput_per_operating_hour"] == pytest.approx(1 / 16)


def test_backlog_is_of_workable_orders_and_waiting_ones_have_a_line_of_their_own(world, trace, kpis):
    flowing(trace, 0, 0.5 * D, out=2 * D)  # workable at the start, gone at the end
    flowing(trace, 1, 2 * D)
    flowing(trace, 2, 2 * D, allocated=2.5 * D)
    trace.order(3, received=2 * D, backordered=2 * D)  # waits for goods
    values = kpis(world, trace)
    assert (values["backlog_end"], values["backlog_change"], values["backlog_waiting"]) == (2, 1, 1)
    assert values["shipped_share_of_workable"] == 0.5


def test_backlog_in_hours_uses_the_direct_work_of_an_order(world, trace, kpis):
    flowing(trace, 0, D, out=2 * D)
    flowing(trace, 1, D)
    trace.visit(0, "packing", 0, 1.5 * D, 1.5 * D, 1.5 * D + H)
    trace.visit(1, "packing", 0, 1.5 * D, 1.5 * D + H, 1.5 * D + 2 * H)
    assert kpis(world, trace)["backlog_change_hours"] == pytest.approx(1.8)  # 2 h less 10 % indirect, one order left


def test_wip_is_the_mean_over_time_and_the_oldest_age_is_taken_at_the_end(world, trace, kpis):
    flowing(trace, 0, 0.5 * D, out=1.5 * D)  # half a day of two in the window
    flowing(trace, 1, 2.5 * D)
    flowing(trace, 2, 2.75 * D)
    trace.order(3, received=D, refused=1.5 * D)
    values = kpis(world, trace)
    assert values["wip"] == pytest.approx((0.5 + 0.5 + 0.25 + 0.5) / 2)
    assert values["oldest_age"] == 12.0


def test_counts_tell_how_orders_ended(world, trace, kpis):
    trace.order(0, hung_up=D)
    trace.order(1, received=D, duplicate=D)
    trace.order(2, received=D)
    trace.parcel(3, D, math.nan, attempted=2 * D, lost=1)
    values = kpis(world, trace)
    names = ("n_placed", "n_received", "n_hung_up", "n_blocked", "n_cancelled.duplicate", "n_open", "n_lost")
    assert [values[name] for name in names] == [4, 2, 1, 0, 1, 1, 1]


def test_waits_are_of_visits_queued_in_the_window_and_served(world, trace, kpis):
    trace.visit(0, "packing", 0, D, D + 30, D + 60)
    trace.visit(1, "packing", 0, D, D + 90, D + 120)
    trace.visit(2, "packing", 0, D - 1, D + 500, D + 600)  # queued before
    trace.visit(3, "packing", -1, D, math.nan, D + 50)  # gave up
    values = kpis(world, trace)
    assert values["wait.packing"] == 60.0
    assert values["queue_length.packing"] == pytest.approx((30 + 90 + 500 + 50) / (2 * D))


def test_an_interrupted_visit_waits_once_with_all_its_waits(world, trace, kpis):
    trace.visit(0, "packing", 0, D, D + 10, D + 20)  # interrupted
    trace.visit(0, "packing", 1, D + 20, D + 50, D + 60)  # the rest of it
    trace.visit(1, "packing", 1, D, D, D + 5)
    assert kpis(world, trace)["wait.packing"] == (10 + 30 + 0) / 2


def test_stock_is_weighed_by_time_and_turns_by_value(world, trace, kpis):
    trace.stock("picked", 4, 2 * D)  # SKU A: 10 for one day, 6 for the other
    trace.stock("put_away", 2, 0.5 * D, sku=1)  # SKU B: 12 throughout
    trace.stock("reserved", 5, 1.5 * D)  # still on the shelf
    values = kpis(world, trace)
    assert values["stock_value"] == pytest.approx(8 * 10 + 12 * 20)
    assert values["stock_turns"] == pytest.approx(40 * 365 / 2 / 320)


def test_goods_leave_the_shelf_with_the_pick_also_where_only_paths_have_picking(world, trace, kpis):
    path = Path("singles", Condition(), picking=world.fulfillment.picking)
    plan = replace(world.fulfillment, picking=None, paths=(path,))
    trace.stock("reserved", 4, D)
    trace.stock("picked", 4, 2 * D)  # as above: SKU A 10 for one day, 6 for the other
    values = kpis(replace(world, fulfillment=plan), trace)
    assert values["stock_value"] == pytest.approx(8 * 10 + 10 * 20)


def test_backorders_last_until_the_goods_are_reserved(world, trace, kpis):
    trace.order(0, accepted=D, backordered=D, allocated=1.5 * D)
    trace.order(1, accepted=2 * D, backordered=2 * D)  # still waiting
    trace.order(2, accepted=D, allocated=D, backordered=D)  # split: its rest ...
    trace.order(2, allocated=2 * D)  # ... came a day later
    values = kpis(world, trace)
    assert values["backorder_days"] == pytest.approx(0.5 + 1 + 1)
    assert values["mean_backorders"] == pytest.approx(1.25)


def test_a_cycle_is_bad_if_its_sku_was_backordered_before_its_putaway(world, trace, kpis):
    trace.stock("backordered", 1, 1.2 * D)
    for day in (1.5, 2.0, 2.5, 3.5):
        trace.stock("put_away", 5, day * D)
    trace.stock("put_away", 5, 2 * D, sku=1)
    assert kpis(world, trace)["cycle_service_level"] == 0.75
