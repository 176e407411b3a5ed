import math

import pytest

from fulfillsim.domain.records import WorkerState
from fulfillsim.kpi.facts import Facts
from fulfillsim.kpi.labor import metres_saved_per_line

H, D = 3600.0, 86_400.0


def tour(trace, number, worker, started, ended, n_lines, metres, usual=0.0):
    trace.add("tours", number, 0, 1, n_lines, n_lines, metres, usual, 0, 0, 0)
    trace.visit(number, "picking", worker, started, started, ended)


def test_utilization_leaves_breaks_and_overtime_out(world, trace, kpis):
    trace.on(0, D + 8 * H, D + 12 * H)
    trace.on(0, D + 12 * H, D + 12.5 * H, WorkerState.BREAK)
    trace.on(0, D + 12.5 * H, D + 16 * H)
    trace.on(0, D + 16 * H, D + 17 * H, WorkerState.LEAVING)
    trace.visit(0, "packing", 0, D, D + 9 * H, D + 11 * H)
    trace.visit(1, "packing", 0, D, D + 14.25 * H, D + 17 * H)  # one hour of it after the shift
    values = kpis(world, trace)
    assert values["utilization.pickers"] == pytest.approx((2 + 1.75) / 7.5)
    assert values["overtime_hours"] == 1.0


def test_work_is_cut_at_the_window_and_booked_to_its_station(world, trace, kpis):
    trace.on(0, 0, 4 * D)
    trace.visit(0, "packing", 0, 0, D - H, D + 2 * H)
    tour(trace, 0, 0, 3 * D - H, 3 * D + H, 3, 10.0)
    values = kpis(world, trace)
    assert (values["station_hours.packing"], values["station_hours.picking"]) == (2.0, 1.0)


def test_paid_hours_hold_idle_time_and_overtime_but_no_unpaid_break(world, trace, kpis):
    trace.on(0, D + 16 * H, D + 16.5 * H, WorkerState.LEAVING)
    trace.on(1, D + 12 * H, D + 12.25 * H, WorkerState.LEAVING)  # into the unpaid break: paid too
    values = kpis(world, trace)
    assert values["paid_hours.pickers"] == pytest.approx(2 * 2 * 7.5 + 0.75)
    assert values["paid_hours.agents"] == 48.0
    assert values["cost.labor"] == pytest.approx(30.75 * 20 + 48 * 10)


def test_pick_rate_counts_lines_of_tours_that_ended_in_the_window(world, trace, kpis):
    tour(trace, 0, 0, D + 8 * H, D + 9 * H, 30, 300.0)
    tour(trace, 1, 1, D + 8 * H, D + 9 * H, 60, 600.0)
    tour(trace, 2, 1, 3 * D, 3 * D + H, 500, 1.0)  # after the window
    values = kpis(world, trace)
    assert values["pick_rate"] == pytest.approx(90 / (2 * 0.9))  # 10 % of each hour is indirect
    assert values["orders_per_tour"] == 1.0


def test_productivity_per_paid_hour_carries_all_rostered_time(world, trace, kpis):
    for order in range(4):
        trace.parcel(order, 2 * D, 3 * D)
    trace.visit(0, "packing", 0, D, D + 9 * H, D + 10 * H)
    values = kpis(world, trace)
    assert values["lines_per_direct_hour"] == pytest.approx(4 / 0.9)
    assert values["lines_per_paid_hour"] == pytest.approx(4 / 30)


def test_calls_are_answered_abandoned_or_blocked(world, trace, kpis):
    trace.visit(0, "calls", 2, D, D + 10, D + 100)
    trace.visit(-1, "calls", 2, D, D + 30, D + 100)  # a contact
    trace.visit(1, "calls", -1, D, math.nan, D + 60)
    trace.order(1, hung_up=D + 60)
    trace.order(2, blocked=D + 5)
    values = kpis(world, trace)
    assert [values[f"calls_{how}"] for how in ("answered", "abandoned", "blocked")] == [2, 1, 1]
    assert values["call_wait"] == 20.0


def test_cost_per_shipped_order_is_the_sum_of_its_parts(world, trace, kpis):
    for order in range(2):
        trace.order(order, received=D)
        trace.promise(order, made=D, due=1.5 * D, promise=2.5 * D)
        trace.parcel(order, 1.5 * D, (2.5 + order) * D, cost=4.0)  # the second is late
    trace.order(2, received=D, out_of_stock=D)
    trace.contact(0, 2 * D)
    values = kpis(world, trace)
    expected = {
        "labor": 30 * 20 + 48 * 10,
        "carrier": 8.0,
        "packaging": 1.0,
        "holding": (10 * 10 + 10 * 20) * 0.365 * 2 / 365,
        "stockout": 7.0,
        "contact": 2.0,
        "lateness": 3.0,
    }
    assert {name: values[f"cost.{name}"] for name in expected} == pytest.approx(expected)
    assert values["total_cost"] == pytest.approx(sum(expected.values()))
    assert values["cost_per_shipped_order"] == pytest.approx(values["total_cost"] / 2)
    parts = [v for name, v in values.items() if name.startswith("cost_per_shipped_order_part.")]
    assert values["cost_per_shipped_order"] == pytest.approx(sum(parts))


def test_metres_saved_by_planning_are_those_of_tours_done_in_the_window(world, trace):
    trace.on(0, 0, 4 * D)
    tour(trace, 0, 0, D - 2 * H, D - H, 3, 10.0, usual=1000.0)
    tour(trace, 1, 0, D, D + H, 3, 10.0, usual=30.0)
    tour(trace, 2, 0, D + H, D + 2 * H, 5, 20.0, usual=16.0)
    assert metres_saved_per_line(Facts(world, trace)) == (20.0 - 4.0) / 8
